package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * IPv6 and its extension headers (RFC 8200 sections 3 and 4).
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------+---------------+---------------------------------------+
 *  |Version| Traffic class |              Flow label               |
 *  +-------+---------------+-------+---------------+---------------+
 *  |        Payload length         |  Next header  |   Hop limit   |
 *  +-------------------------------+---------------+---------------+
 *  |                      Source address, 16                       |
 *  |                    Destination address, 16                    |
 *  +---------------------------------------------------------------+
 *
 *  extension  | next header 1 | length in 8 bytes, less 1: 1 | ... |
 *  fragment   | next header 1 | reserved 1 | offset 13 bits, reserved 2, M 1 | identification 4 |
 *  AH         | next header 1 | length in 4 bytes, less 2: 1 | ... |      RFC 4302 section 2
 * </pre>
 */
final class Ipv6Decoder {
    private static final int HEADER = 40;
    private static final int PAYLOAD_LENGTH = 4;
    private static final int SOURCE = 8;
    private static final int DESTINATION = 24;
    private static final int SHORTEST_EXTENSION = 8;
    private static final int LARGEST_PAYLOAD = 65_535;

    private static final int FRAGMENT_WORD = 2;
    private static final int FRAGMENT_IDENTIFICATION = 4;
    private static final int OFFSET_MASK = 0xfff8;
    private static final int MORE_FRAGMENTS = 1;

    /**
     * Extension headers followed in one packet. RFC 8200 section 4.1 lets a sender use each kind once and destination
     * options twice: eight of the kinds followed here, and this is twice that. The cost of a packet stays bounded.
     */
    private static final int MOST_EXTENSIONS = 16;

    private Ipv6Decoder() {}

    /** Whether a fixed header of version 6 was captured at {@code at}: then that offset. */
    static int check(MemorySegment frames, long frame, int at, int captured, int wire) {
        if (at + HEADER > captured) {
            return Step.missing(at + HEADER, wire, DecodeOutcome.IP_TRUNCATED);
        }
        return Bytes.u8(frames, frame + at) >>> 4 == 6 ? at : Step.stop(DecodeOutcome.IP_VERSION);
    }

    /** Writes the columns of a checked header that hold whatever its length is. */
    static void fields(MemorySegment frames, long frame, int at, PacketBatch b, int i) {
        int word = Bytes.i32(frames, frame + at + PAYLOAD_LENGTH);
        b.ipVersion[i] = 6;
        b.ipOffset[i] = at;
        b.protocol[i] = word >>> 8 & 0xff;
        b.timeToLive[i] = word & 0xff;
        b.sourceHigh[i] = Bytes.i64(frames, frame + at + SOURCE);
        b.sourceLow[i] = Bytes.i64(frames, frame + at + SOURCE + 8);
        b.destinationHigh[i] = Bytes.i64(frames, frame + at + DESTINATION);
        b.destinationLow[i] = Bytes.i64(frames, frame + at + DESTINATION + 8);
    }

    /** Reads length and extension headers of a checked header, and returns where the transport header starts. */
    static int lengths(MemorySegment frames, long frame, int at, int captured, int wire, PacketBatch b, int i) {
        int word = Bytes.i32(frames, frame + at + PAYLOAD_LENGTH);
        int stated = word >>> 16;
        int next = word >>> 8 & 0xff;
        // Payload length 0 with something to carry: a jumbogram (RFC 2675 section 3) or segmentation offload. The frame
        // tells its length: frames of that size have no padding.
        int length = stated == 0 && next != IpProtocol.NO_NEXT_HEADER ? wire - at : HEADER + stated;
        b.ipLength[i] = length;
        int end = at + length;
        if (end > wire) {
            return Step.stop(DecodeOutcome.IP_LENGTH);
        }
        if (isExtension(next)) {
            return extensions(next, frames, frame, at + HEADER, Math.min(captured, end), end, b, i);
        }
        return at + HEADER;
    }

    /** Whether another header follows it that this decoder can reach: ESP hides its own. */
    static boolean isExtension(int protocol) {
        return switch (protocol) {
            case IpProtocol.HOP_BY_HOP,
                    IpProtocol.ROUTING,
                    IpProtocol.FRAGMENT,
                    IpProtocol.AH,
                    IpProtocol.DESTINATION_OPTIONS,
                    IpProtocol.MOBILITY,
                    IpProtocol.HIP,
                    IpProtocol.SHIM6 -> true;
            default -> false;
        };
    }

    /** Bytes of an extension header, from its kind and its length field. */
    static int extensionLength(int protocol, int lengthField) {
        return switch (protocol) {
            case IpProtocol.FRAGMENT -> SHORTEST_EXTENSION;
            case IpProtocol.AH -> (lengthField + 2) * 4;
            default -> (lengthField + 1) * 8;
        };
    }

    private static int extensions(
            int next, MemorySegment frames, long frame, int at, int captured, int end, PacketBatch b, int i) {
        for (int count = 0; isExtension(next); count++) {
            if (count == MOST_EXTENSIONS) {
                return Step.stop(DecodeOutcome.IPV6_EXTENSION_CHAIN);
            }
            if (at + SHORTEST_EXTENSION > captured) {
                return Step.missing(at + SHORTEST_EXTENSION, end, DecodeOutcome.IPV6_EXTENSION);
            }
            int after = at + extensionLength(next, Bytes.u8(frames, frame + at + 1));
            if (after > captured) {
                return Step.missing(after, end, DecodeOutcome.IPV6_EXTENSION);
            }
            int here = next;
            next = Bytes.u8(frames, frame + at);
            b.protocol[i] = next;
            if (here == IpProtocol.FRAGMENT) {
                b.ipIdentification[i] = Bytes.i32(frames, frame + at + FRAGMENT_IDENTIFICATION);
                int word = Bytes.u16(frames, frame + at + FRAGMENT_WORD) & (OFFSET_MASK | MORE_FRAGMENTS);
                // Offset 0 and nothing more to come is a whole packet (RFC 6946 section 4).
                if (word != 0 && !fragment(word, after, end, b, i)) {
                    return Step.stop(DecodeOutcome.FRAGMENT_BOUNDS);
                }
                if ((word & OFFSET_MASK) != 0) {
                    return TransportDecoder.tail(next, after, captured, end, b, i);
                }
            }
            at = after;
        }
        return at;
    }

    /** Writes the fragment columns; false where its bounds are impossible (RFC 8200 section 4.5). */
    private static boolean fragment(int word, int at, int end, PacketBatch b, int i) {
        int offset = word & OFFSET_MASK;
        int more = (word & MORE_FRAGMENTS) != 0 ? Fragment.MORE : 0;
        b.fragment[i] = (byte) (Fragment.PRESENT | more | (offset == 0 ? Fragment.FIRST : 0));
        b.fragmentOffset[i] = offset;
        int before = at - SHORTEST_EXTENSION - HEADER - b.ipOffset[i];
        return before + offset + end - at <= LARGEST_PAYLOAD && (more == 0 || (end - at) % 8 == 0);
    }
}
