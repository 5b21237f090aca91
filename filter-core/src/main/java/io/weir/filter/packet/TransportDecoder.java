package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * What follows the network header, by protocol number; those without a decoder of their own are payload.
 *
 * <pre>
 *  SCTP   | source port 2 | destination port 2 | tag 4 | checksum 4 |     RFC 9260 section 3.1
 * </pre>
 *
 * <p>Everywhere behind the IP header, {@code captured} is where the captured bytes of the packet end and {@code end}
 * where its bytes on the wire end, both from the frame's start, link padding excluded: {@code captured <= end}.
 */
final class TransportDecoder {
    private static final int SCTP_HEADER = 12;
    private static final int SCTP_PORTS = 4;

    private TransportDecoder() {}

    /** Reads what {@link PacketBatch#protocol} names; returns where TCP options start, or the end. */
    static int decode(MemorySegment frames, long frame, int at, int captured, int end, PacketBatch b, int i) {
        int protocol = b.protocol[i];
        b.transportOffset[i] = at;
        if (protocol == IpProtocol.TCP) {
            return TcpDecoder.decode(frames, frame, at, captured, end, b, i);
        }
        if (protocol == IpProtocol.UDP) {
            return UdpDecoder.decode(frames, frame, at, captured, end, b, i);
        }
        return other(protocol, frames, frame, at, captured, end, b, i);
    }

    private static int other(
            int protocol, MemorySegment frames, long frame, int at, int captured, int end, PacketBatch b, int i) {
        return switch (protocol) {
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> IcmpDecoder.decode(frames, frame, at, captured, end, b, i);
            case IpProtocol.SCTP -> sctp(frames, frame, at, captured, end, b, i);
            // Behind IPv6 the walk through its extension headers has passed every AH.
            case IpProtocol.AH -> Ipv4Decoder.authenticated(frames, frame, at, captured, end, b, i);
            default -> {
                tunnel(protocol, b, i);
                yield opaque(at, captured, end, b, i);
            }
        };
    }

    /** A protocol without a header of interest. */
    static int opaque(int at, int captured, int end, PacketBatch b, int i) {
        b.transportOffset[i] = at;
        payload(at, captured, end, b, i);
        return Step.stop(DecodeOutcome.OK);
    }

    /** A fragment that is not the first: payload alone. */
    static int tail(int protocol, int at, int captured, int end, PacketBatch b, int i) {
        tunnel(protocol, b, i);
        payload(at, captured, end, b, i);
        return Step.stop(DecodeOutcome.OK);
    }

    /** Writes the payload columns; {@code at} lies behind {@code captured} where the capture cut the header. */
    static void payload(int at, int captured, int end, PacketBatch b, int i) {
        b.payloadOffset[i] = at;
        b.payloadCaptured[i] = Math.max(0, captured - at);
        b.payloadLength[i] = end - at;
    }

    private static void tunnel(int protocol, PacketBatch b, int i) {
        Tunnel tunnel = switch (protocol) {
            case IpProtocol.GRE -> Tunnel.GRE;
            case IpProtocol.IPIP -> Tunnel.IPIP;
            case IpProtocol.IPV6 -> Tunnel.IPV6_IN_IP;
            default -> Tunnel.NONE;
        };
        b.tunnel[i] = (byte) tunnel.ordinal();
    }

    private static int sctp(MemorySegment frames, long frame, int at, int captured, int end, PacketBatch b, int i) {
        if (at + SCTP_HEADER > end || at + SCTP_PORTS > captured) {
            return Step.missing(at + SCTP_HEADER, end, DecodeOutcome.TRANSPORT_TRUNCATED);
        }
        b.sourcePort[i] = Bytes.u16(frames, frame + at);
        b.destinationPort[i] = Bytes.u16(frames, frame + at + 2);
        payload(at + SCTP_HEADER, captured, end, b, i);
        return Step.stop(DecodeOutcome.OK);
    }
}
