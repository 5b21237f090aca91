package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * UDP (RFC 768).
 *
 * <pre>
 *  | source port 2 | destination port 2 | length 2 | checksum 2 |
 * </pre>
 */
final class UdpDecoder {
    private static final int HEADER = 8;
    private static final int PORTS = 4;
    private static final int LENGTH_END = 6;
    private static final int LARGEST_LENGTH = 65_535;

    private UdpDecoder() {}

    static int decode(MemorySegment frames, long frame, int at, int captured, int end, PacketBatch b, int i) {
        if (at + HEADER > captured) {
            return cut(frames, frame, at, captured, end, b, i);
        }
        long header = Bytes.i64(frames, frame + at);
        int source = (int) (header >>> 48);
        int destination = (int) (header >>> 32) & 0xffff;
        int stated = (int) (header >>> 16) & 0xffff;
        b.sourcePort[i] = source;
        b.destinationPort[i] = destination;
        return payload(stated, at, captured, end, b, i);
    }

    /** A header that the capture cut: read if both ports were captured. */
    private static int cut(MemorySegment frames, long frame, int at, int captured, int end, PacketBatch b, int i) {
        if (at + HEADER > end || at + PORTS > captured) {
            return Step.missing(at + HEADER, end, DecodeOutcome.TRANSPORT_TRUNCATED);
        }
        b.sourcePort[i] = Bytes.u16(frames, frame + at);
        b.destinationPort[i] = Bytes.u16(frames, frame + at + 2);
        // The IP length stands in for a length that wasn't captured: they agree in every usual datagram.
        int stated = at + LENGTH_END <= captured ? Bytes.u16(frames, frame + at + PORTS) : end - at;
        return payload(stated, at, captured, end, b, i);
    }

    private static int payload(int stated, int at, int captured, int end, PacketBatch b, int i) {
        int room = end - at;
        // RFC 2675 section 4: length 0 in a datagram too large to state it.
        int length = stated == 0 && room > LARGEST_LENGTH ? room : stated;
        if (length < HEADER) {
            return Step.stop(DecodeOutcome.UDP_LENGTH);
        }
        if (length > room) {
            // The first fragment states the length of the whole datagram.
            if ((b.fragment[i] & Fragment.MORE) == 0) {
                return Step.stop(DecodeOutcome.UDP_LENGTH);
            }
            length = room;
        }
        int payload = at + HEADER;
        int payloadEnd = at + length;
        int payloadCaptured = Math.min(captured, payloadEnd);
        TransportDecoder.payload(payload, payloadCaptured, payloadEnd, b, i);
        return Step.stop(DecodeOutcome.OK);
    }
}
