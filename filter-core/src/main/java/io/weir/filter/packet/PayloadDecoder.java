package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * What TCP and UDP carry: applications and tunnels, by port and content.
 *
 * <pre>
 *  VXLAN   | flags 1 | reserved 3 | network 3 | reserved 1 |                       RFC 7348 section 5
 *  GTP-U   | version 3 bits, type 1, flags 4 | message 1 | length 2 | tunnel 4 |   3GPP TS 29.281 section 5.1
 * </pre>
 */
final class PayloadDecoder {
    private static final int DNS_PORT = 53;

    private static final int VXLAN_PORT = 4789;
    private static final int VXLAN_HEADER = 8;
    private static final int VXLAN_NETWORK_PRESENT = 0x08;

    private static final int GTP_PORT = 2152;
    private static final int GTP_HEADER = 8;
    /** Version 1, protocol type GTP, message G-PDU: the one that carries a packet. */
    private static final int GTP_PACKET = 0x30ff;

    private static final int GTP_MASK = 0xf0ff;

    private static final int HTTP2_FRAME_HEADER = 9;
    private static final int HTTP2_HEADERS = 1;
    private static final int HTTP2_PADDED = 8;
    private static final int HTTP2_PRIORITIZED = 32;
    /** All flags but the end of the stream, padding and priority: none else is defined. */
    private static final int HTTP2_FLAGS = 0xd6;

    private static final int HTTP2_END_HEADERS = 4;
    /** SETTINGS_MAX_FRAME_SIZE unless it was said otherwise (RFC 9113 section 6.5.2). */
    private static final int HTTP2_MOST_BYTES = 1 << 14;
    /** Fields 8 to 14 of the static table (RFC 7541 appendix A). */
    private static final int HTTP2_FIRST_STATUS = 0x88;

    private static final int HTTP2_LAST_STATUS = 0x8e;

    private PayloadDecoder() {}

    /** Reads the payload columns' bytes of a packet whose transport header was whole. */
    static void decode(MemorySegment frames, long frame, PacketBatch b, int i) {
        int protocol = b.protocol[i];
        int at = b.payloadOffset[i];
        int captured = at + b.payloadCaptured[i];
        boolean dns = b.sourcePort[i] == DNS_PORT || b.destinationPort[i] == DNS_PORT;
        if (protocol == IpProtocol.TCP) {
            if (!dns || !DnsDecoder.decodeTcp(frames, frame, at, captured, b, i)) {
                tcp(frames, frame + at, captured - at, b, i);
            }
        } else if (protocol == IpProtocol.UDP) {
            if (dns) {
                DnsDecoder.decodeUdp(frames, frame, at, captured, b, i);
            } else {
                udp(frames, frame, at, captured, b, i);
            }
        }
    }

    private static void tcp(MemorySegment frames, long payload, int captured, PacketBatch b, int i) {
        if (HttpRequestLine.matches(frames, payload, captured)) {
            b.application[i] = (byte) Application.HTTP_REQUEST.ordinal();
        } else if (TlsClientHello.matches(frames, payload, captured)) {
            b.application[i] = (byte) Application.TLS_CLIENT_HELLO.ordinal();
        } else if (isHttp2Request(frames, payload, captured)) {
            b.application[i] = (byte) Application.HTTP2_REQUEST.ordinal();
        }
    }

    /**
     * Whether it begins with the headers of a request in HTTP/2, whole, of a client's stream (RFC 9113 sections 5.1.1 and
     * 6.2), the first field one of the tables: of answers that is the status.
     */
    private static boolean isHttp2Request(MemorySegment frames, long at, int captured) {
        if (captured <= HTTP2_FRAME_HEADER || Bytes.u8(frames, at) != 0) {
            return false;
        }
        long header = Bytes.i64(frames, at);
        int flags = (int) (header >>> 24) & 0xff;
        int length = (int) (header >>> 40);
        int stream = (int) header << Byte.SIZE | Bytes.u8(frames, at + 8);
        int before = ((flags & HTTP2_PADDED) != 0 ? 1 : 0) + ((flags & HTTP2_PRIORITIZED) != 0 ? 5 : 0);
        if (((int) (header >>> 32) & 0xff) != HTTP2_HEADERS
                || (flags & HTTP2_FLAGS) != HTTP2_END_HEADERS
                || length <= before
                || length > HTTP2_MOST_BYTES
                || stream < 0
                || (stream & 1) == 0
                || captured <= HTTP2_FRAME_HEADER + before) {
            return false;
        }
        int field = Bytes.u8(frames, at + HTTP2_FRAME_HEADER + before);
        return field > 0x80 && (field < HTTP2_FIRST_STATUS || field > HTTP2_LAST_STATUS);
    }

    private static void udp(MemorySegment frames, long frame, int at, int captured, PacketBatch b, int i) {
        int destination = b.destinationPort[i];
        if (destination == VXLAN_PORT) {
            if (at + VXLAN_HEADER <= captured && (Bytes.u8(frames, frame + at) & VXLAN_NETWORK_PRESENT) != 0) {
                b.tunnel[i] = (byte) Tunnel.VXLAN.ordinal();
            }
        } else if (destination == GTP_PORT) {
            if (at + GTP_HEADER <= captured && (Bytes.u16(frames, frame + at) & GTP_MASK) == GTP_PACKET) {
                b.tunnel[i] = (byte) Tunnel.GTP_U.ordinal();
            }
        } else {
            DnsDecoder.guess(frames, frame, at, captured, at + b.payloadLength[i], b, i);
        }
    }
}
