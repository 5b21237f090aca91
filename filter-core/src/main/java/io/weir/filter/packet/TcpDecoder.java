package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * TCP (RFC 9293 section 3.1).
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------------------------------+-------------------------------+
 *  |          Source port          |       Destination port        |
 *  +-------------------------------+-------------------------------+
 *  |                        Sequence number                        |
 *  |                    Acknowledgment number                      |
 *  +-------+-----+-----------------+-------------------------------+
 *  |Offset |Rsrvd|      Flags      |            Window             |
 *  +-------+-----+-----------------+-------------------------------+
 *  |           Checksum            |        Urgent pointer         |
 *  +-------------------------------+-------------------------------+
 *  |                           Options                             |
 *  +---------------------------------------------------------------+
 * </pre>
 */
final class TcpDecoder {
    private static final int SHORTEST_HEADER = 20;
    private static final int ACKNOWLEDGMENT = 8;
    private static final int OFFSET_AND_FLAGS = 12;
    private static final int WINDOW = 14;
    private static final int FLAGS_MASK = 0x1ff;

    private static final int END_OF_OPTIONS = 0;
    private static final int NO_OPERATION = 1;
    private static final int MAXIMUM_SEGMENT_SIZE = 2;
    private static final int MAXIMUM_SEGMENT_SIZE_LENGTH = 4;
    /** Kind and length: what the options of nearly every SYN start with. */
    private static final int MAXIMUM_SEGMENT_SIZE_FIRST = 0x0204;

    private static final int WINDOW_SCALE = 3;
    private static final int WINDOW_SCALE_LENGTH = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int SACK = 5;
    private static final int TIMESTAMPS = 8;
    private static final int FAST_OPEN = 34;
    /** Two no-operations, then timestamps of 10 bytes: what most segments carry (RFC 7323 appendix A). */
    private static final int ALIGNED_TIMESTAMPS = 0x0101_080a;

    private static final int ALIGNED_TIMESTAMPS_LENGTH = 12;
    /** RFC 7323 section 2.3: larger shifts are to be read as 14. */
    private static final int LARGEST_SHIFT = 14;

    private TcpDecoder() {}

    static int decode(MemorySegment frames, long frame, int at, int captured, int end, PacketBatch b, int i) {
        if (at + SHORTEST_HEADER > captured) {
            return cut(frames, frame, at, captured, end, b, i);
        }
        long first = Bytes.i64(frames, frame + at);
        long second = Bytes.i64(frames, frame + at + ACKNOWLEDGMENT);
        b.sourcePort[i] = (int) (first >>> 48);
        b.destinationPort[i] = (int) (first >>> 32) & 0xffff;
        b.tcpSequence[i] = (int) first;
        b.tcpAcknowledgment[i] = (int) (second >>> 32);
        b.tcpFlags[i] = (int) (second >>> 16) & FLAGS_MASK;
        b.tcpWindow[i] = (int) second & 0xffff;

        int headerLength = (int) (second >>> 28 & 0xf) * 4;
        int header = at + headerLength;
        if (headerLength < SHORTEST_HEADER || header > end) {
            return Step.stop(DecodeOutcome.TCP_HEADER_LENGTH);
        }
        TransportDecoder.payload(header, captured, end, b, i);
        return headerLength == SHORTEST_HEADER ? Step.stop(DecodeOutcome.OK) : at + SHORTEST_HEADER;
    }

    /** A fixed header that the capture cut: read if its flags were captured, which end the fields that relate it. */
    private static int cut(MemorySegment frames, long frame, int at, int captured, int end, PacketBatch b, int i) {
        if (at + SHORTEST_HEADER > end || at + WINDOW > captured) {
            return Step.missing(at + SHORTEST_HEADER, end, DecodeOutcome.TRANSPORT_TRUNCATED);
        }
        long first = Bytes.i64(frames, frame + at);
        int word = Bytes.u16(frames, frame + at + OFFSET_AND_FLAGS);
        b.sourcePort[i] = (int) (first >>> 48);
        b.destinationPort[i] = (int) (first >>> 32) & 0xffff;
        b.tcpSequence[i] = (int) first;
        b.tcpAcknowledgment[i] = Bytes.i32(frames, frame + at + ACKNOWLEDGMENT);
        b.tcpFlags[i] = word & FLAGS_MASK;
        if (at + WINDOW + 2 <= captured) {
            b.tcpWindow[i] = Bytes.u16(frames, frame + at + WINDOW);
        }
        int headerLength = (word >>> 12) * 4;
        if (headerLength < SHORTEST_HEADER || at + headerLength > end) {
            return Step.stop(DecodeOutcome.TCP_HEADER_LENGTH);
        }
        TransportDecoder.payload(at + headerLength, captured, end, b, i);
        return Step.stop(DecodeOutcome.OK);
    }

    /**
     * Reads the options (RFC 9293 section 3.2) that start at {@code at}: up to the payload, or to the last that was
     * captured whole.
     */
    static int options(MemorySegment frames, long frame, int at, int captured, PacketBatch b, int i) {
        int end = b.payloadOffset[i];
        int limit = Math.min(captured, end);
        if (limit - at == ALIGNED_TIMESTAMPS_LENGTH && Bytes.i32(frames, frame + at) == ALIGNED_TIMESTAMPS) {
            b.tcpOptions[i] = TcpOptions.TIMESTAMPS;
            return Step.stop(DecodeOutcome.OK);
        }
        int seen = 0;
        if (limit - at >= MAXIMUM_SEGMENT_SIZE_LENGTH && Bytes.u16(frames, frame + at) == MAXIMUM_SEGMENT_SIZE_FIRST) {
            b.tcpMaximumSegmentSize[i] = Bytes.u16(frames, frame + at + 2);
            seen = TcpOptions.MAXIMUM_SEGMENT_SIZE;
            at += MAXIMUM_SEGMENT_SIZE_LENGTH;
        }
        while (at < limit) {
            int kind = Bytes.u8(frames, frame + at);
            if (kind == END_OF_OPTIONS) {
                break;
            }
            if (kind == NO_OPERATION) {
                at++;
                continue;
            }
            int length = at + 1 < limit ? Bytes.u8(frames, frame + at + 1) : 0;
            if (length < 2 || at + length > limit) {
                b.tcpOptions[i] = seen;
                return Step.stop(isCut(at, length, limit, end) ? DecodeOutcome.OK : DecodeOutcome.TCP_OPTION);
            }
            seen |= option(kind, length, frames, frame + at + 2, b, i);
            at += length;
        }
        b.tcpOptions[i] = seen;
        return Step.stop(DecodeOutcome.OK);
    }

    /** Whether an option that isn't whole before {@code limit} is so by the capture, and sound as far as it shows. */
    private static boolean isCut(int at, int length, int limit, int end) {
        return limit < end && (at + 1 == limit || length >= 2 && at + length <= end);
    }

    /** The bit of an option; its value is read only where the length is the one its RFC gives. */
    private static int option(int kind, int length, MemorySegment frames, long value, PacketBatch b, int i) {
        if (kind == MAXIMUM_SEGMENT_SIZE && length == MAXIMUM_SEGMENT_SIZE_LENGTH) {
            b.tcpMaximumSegmentSize[i] = Bytes.u16(frames, value);
        } else if (kind == WINDOW_SCALE && length == WINDOW_SCALE_LENGTH) {
            b.tcpWindowScale[i] = (byte) Math.min(Bytes.u8(frames, value), LARGEST_SHIFT);
        }
        return switch (kind) {
            case MAXIMUM_SEGMENT_SIZE -> TcpOptions.MAXIMUM_SEGMENT_SIZE;
            case WINDOW_SCALE -> TcpOptions.WINDOW_SCALE;
            case SACK_PERMITTED -> TcpOptions.SACK_PERMITTED;
            case SACK -> TcpOptions.SACK;
            case TIMESTAMPS -> TcpOptions.TIMESTAMPS;
            case FAST_OPEN -> TcpOptions.FAST_OPEN;
            default -> TcpOptions.OTHER;
        };
    }
}
