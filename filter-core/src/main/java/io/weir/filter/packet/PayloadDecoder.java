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
        }
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
