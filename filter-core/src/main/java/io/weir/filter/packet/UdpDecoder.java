package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * UDP (RFC 768), and the tunnels it carries.
 *
 * <pre>
 *  UDP     | source port 2 | destination port 2 | length 2 | checksum 2 |
 *  VXLAN   | flags 1 | reserved 3 | network 3 | reserved 1 |               RFC 7348 section 5
 *  GTP-U   | version 3 bits, type 1, flags 4 | message 1 | length 2 | tunnel 4 |   3GPP TS 29.281 section 5.1
 * </pre>
 */
final class UdpDecoder {
    private static final int HEADER = 8;
    private static final int LARGEST_LENGTH = 65_535;
    private static final int DNS_PORT = 53;

    private static final int VXLAN_PORT = 4789;
    private static final int VXLAN_HEADER = 8;
    private static final int VXLAN_NETWORK_PRESENT = 0x08;

    private static final int GTP_PORT = 2152;
    private static final int GTP_HEADER = 8;
    /** Version 1, protocol type GTP, message G-PDU: the one that carries a packet. */
    private static final int GTP_PACKET = 0x30ff;

    private static final int GTP_MASK = 0xf0ff;

    private UdpDecoder() {}

    static DecodeOutcome decode(MemorySegment frames, long frame, int at, int captured, int end, PacketBatch b, int i) {
        if (at + HEADER > captured) {
            return FrameDecoder.missing(at + HEADER, end, DecodeOutcome.TRANSPORT_TRUNCATED);
        }
        long header = Bytes.i64(frames, frame + at);
        int source = (int) (header >>> 48);
        int destination = (int) (header >>> 32) & 0xffff;
        int stated = (int) (header >>> 16) & 0xffff;
        b.sourcePort[i] = source;
        b.destinationPort[i] = destination;

        int room = end - at;
        // RFC 2675 section 4: length 0 in a datagram too large to state it.
        int length = stated == 0 && room > LARGEST_LENGTH ? room : stated;
        if (length < HEADER) {
            return DecodeOutcome.UDP_LENGTH;
        }
        if (length > room) {
            // The first fragment states the length of the whole datagram.
            if ((b.fragment[i] & Fragment.MORE) == 0) {
                return DecodeOutcome.UDP_LENGTH;
            }
            length = room;
        }
        int payload = at + HEADER;
        int payloadEnd = at + length;
        int payloadCaptured = Math.min(captured, payloadEnd);
        TransportDecoder.payload(payload, payloadCaptured, payloadEnd, b, i);
        if (payload < payloadCaptured) {
            if (source == DNS_PORT || destination == DNS_PORT) {
                DnsDecoder.decodeUdp(frames, frame, payload, payloadCaptured, b, i);
            } else {
                application(destination, frames, frame, payload, payloadCaptured, payloadEnd, b, i);
            }
        }
        return DecodeOutcome.OK;
    }

    private static void application(
            int destination, MemorySegment frames, long frame, int at, int captured, int end, PacketBatch b, int i) {
        if (destination == VXLAN_PORT) {
            if (at + VXLAN_HEADER <= captured && (Bytes.u8(frames, frame + at) & VXLAN_NETWORK_PRESENT) != 0) {
                b.tunnel[i] = (byte) Tunnel.VXLAN.ordinal();
            }
        } else if (destination == GTP_PORT) {
            if (at + GTP_HEADER <= captured && (Bytes.u16(frames, frame + at) & GTP_MASK) == GTP_PACKET) {
                b.tunnel[i] = (byte) Tunnel.GTP_U.ordinal();
            }
        } else {
            DnsDecoder.guess(frames, frame, at, captured, end, b, i);
        }
    }
}
