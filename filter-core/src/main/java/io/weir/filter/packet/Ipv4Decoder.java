package io.weir.filter.packet;

import io.weir.filter.address.IpAddress;
import java.lang.foreign.MemorySegment;

/**
 * IPv4 (RFC 791 section 3.1).
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------+-------+---------------+-------------------------------+
 *  |Version|  IHL  |Type of service|         Total length          |
 *  +-------+-------+---------------+-----+-------------------------+
 *  |        Identification         |Flags|     Fragment offset     |
 *  +---------------+---------------+-----+-------------------------+
 *  |  Time to live |    Protocol   |        Header checksum        |
 *  +---------------+---------------+-------------------------------+
 *  |                        Source address                         |
 *  |                      Destination address                      |
 *  |                           Options                             |
 *  +---------------------------------------------------------------+
 * </pre>
 */
final class Ipv4Decoder {
    private static final int SHORTEST_HEADER = 20;
    private static final int IDENTIFICATION = 4;
    private static final int DESTINATION = 16;
    private static final int TIME_TO_LIVE = 8;

    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int OFFSET_MASK = 0x1fff;
    private static final int LARGEST_PACKET = 65_535;

    /** Authentication headers followed in one packet: one is usual, RFC 4301 section 4.5 allows nesting. */
    private static final int MOST_AUTHENTICATION_HEADERS = 4;

    private static final int AUTHENTICATION_HEADER = 12;

    private Ipv4Decoder() {}

    /** Whether a fixed header of version 4 was captured at {@code at}: then that offset. */
    static int check(MemorySegment frames, long frame, int at, int captured, int wire) {
        if (at + SHORTEST_HEADER > captured) {
            return Step.missing(at + SHORTEST_HEADER, wire, DecodeOutcome.IP_TRUNCATED);
        }
        return Bytes.u8(frames, frame + at) >>> 4 == 4 ? at : Step.stop(DecodeOutcome.IP_VERSION);
    }

    /** Writes the columns of a checked header that hold whatever its lengths are. */
    static void fields(MemorySegment frames, long frame, int at, PacketBatch b, int i) {
        long word = Bytes.i64(frames, frame + at + TIME_TO_LIVE);
        b.ipVersion[i] = 4;
        b.ipOffset[i] = at;
        b.ipIdentification[i] = Bytes.u16(frames, frame + at + IDENTIFICATION);
        b.timeToLive[i] = (int) (word >>> 56);
        b.protocol[i] = (int) (word >>> 48) & 0xff;
        b.sourceLow[i] = IpAddress.mapped((int) word);
        b.destinationLow[i] = IpAddress.mapped(Bytes.i32(frames, frame + at + DESTINATION));
    }

    /** Reads lengths and fragment offset of a checked header, and returns where the transport header starts. */
    static int lengths(MemorySegment frames, long frame, int at, int captured, int wire, PacketBatch b, int i) {
        long word = Bytes.i64(frames, frame + at);
        int stated = (int) (word >>> 32) & 0xffff;
        // Total length 0: the host handed a larger segment to its network card (segmentation offload). The frame tells.
        int length = stated == 0 ? wire - at : stated;
        b.ipLength[i] = length;
        int headerLength = (int) (word >>> 56 & 0xf) * 4;
        int header = at + headerLength;
        int end = at + length;
        if (headerLength < SHORTEST_HEADER || header > end || end > wire || header > captured) {
            return fault(headerLength, at, length, wire);
        }
        int fragment = (int) word & (MORE_FRAGMENTS | OFFSET_MASK);
        if (fragment != 0) {
            return fragment(fragment, header, Math.min(captured, end), end, b, i);
        }
        return header;
    }

    private static int fault(int headerLength, int at, int length, int wire) {
        if (headerLength < SHORTEST_HEADER) {
            return Step.stop(DecodeOutcome.IPV4_HEADER_LENGTH);
        }
        if (at + headerLength > wire) {
            return Step.stop(DecodeOutcome.IP_TRUNCATED);
        }
        if (length < SHORTEST_HEADER || at + length > wire) {
            return Step.stop(DecodeOutcome.IP_LENGTH);
        }
        return Step.stop(headerLength > length ? DecodeOutcome.IPV4_HEADER_LENGTH : DecodeOutcome.CUT);
    }

    private static int fragment(int word, int at, int captured, int end, PacketBatch b, int i) {
        int offset = (word & OFFSET_MASK) * 8;
        int more = (word & MORE_FRAGMENTS) != 0 ? Fragment.MORE : 0;
        int headerLength = at - b.ipOffset[i];
        b.fragment[i] = (byte) (Fragment.PRESENT | more | (offset == 0 ? Fragment.FIRST : 0));
        b.fragmentOffset[i] = offset;
        if (headerLength + offset + end - at > LARGEST_PACKET || more != 0 && (end - at) % 8 != 0) {
            return Step.stop(DecodeOutcome.FRAGMENT_BOUNDS);
        }
        if (offset != 0) {
            return TransportDecoder.tail(b.protocol[i], at, captured, end, b, i);
        }
        return at;
    }

    /**
     * Follows authentication headers (RFC 4302 section 2) and decodes what they protect.
     *
     * <pre>
     *  | next header 1 | length in 4 bytes, less 2: 1 | reserved 2 | SPI 4 | sequence 4 | check value |
     * </pre>
     */
    static int authenticated(MemorySegment frames, long frame, int at, int captured, int end, PacketBatch b, int i) {
        int next = IpProtocol.AH;
        for (int count = 0; next == IpProtocol.AH && count < MOST_AUTHENTICATION_HEADERS; count++) {
            if (at + AUTHENTICATION_HEADER > captured) {
                return Step.missing(at + AUTHENTICATION_HEADER, end, DecodeOutcome.TRANSPORT_TRUNCATED);
            }
            int after = at + (Bytes.u8(frames, frame + at + 1) + 2) * 4;
            if (after > captured) {
                return Step.missing(after, end, DecodeOutcome.TRANSPORT_TRUNCATED);
            }
            next = Bytes.u8(frames, frame + at);
            at = after;
            b.protocol[i] = next;
        }
        return next == IpProtocol.AH
                ? TransportDecoder.opaque(at, captured, end, b, i)
                : TransportDecoder.decode(frames, frame, at, captured, end, b, i);
    }
}
