package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * How much of an HTTP/1 request a segment leaves to come (RFC 9112 sections 2.1 and 6.2): a head ends with a blank line, a
 * body after the {@code Content-Length}.
 *
 * <p>A body in chunks ends when its sender likes; so what is awaited of it isn't told, nor where the capture cut the
 * segment.
 */
public final class RequestHead {
    /** What {@link #awaited} answers of a head without its blank line. */
    public static final long UNFINISHED = -1;

    private static final int MOST_BYTES = 4096;
    private static final int PREFACE = 0x50524920; // "PRI "
    private static final String CONTENT_LENGTH = "content-length:";
    private static final String TRANSFER_ENCODING = "transfer-encoding:";
    private static final long CHUNKED = -1;
    private static final int MOST_PIPELINED = 4096;
    private static final String EXPECT = "expect:";
    private static final String RANGE = "range:";
    private static final String BYTES = "bytes=";
    private static final int FEW_OVERLAPPING = 2;
    private static final long LARGEST_LENGTH = 1L << 50;

    private RequestHead() {}

    /**
     * Bytes that have to follow packet {@code i}, which begins a request, until the request is whole: 0 if it is, {@link
     * #UNFINISHED} if the head isn't.
     */
    public static long awaited(PacketBatch batch, int i) {
        int captured = batch.payloadCaptured[i];
        if (captured < batch.payloadLength[i] || captured < 4) {
            return 0;
        }
        MemorySegment frames = batch.frames;
        long at = batch.frameOffset[i] + batch.payloadOffset[i];
        int first = Bytes.i32(frames, at);
        if (first == PREFACE || Bytes.i32(frames, at + captured - 4) == 0x0d0a0d0a && first == 0x47455420) {
            return 0; // a GET whose last bytes are its blank line: nearly all
        }
        long end = at + captured;
        long body = blankLineEnd(frames, at, Math.min(end, at + MOST_BYTES));
        if (body < 0) {
            return captured > MOST_BYTES ? 0 : UNFINISHED;
        }
        return Math.max(0, contentLength(frames, at, body) - (end - body));
    }

    /** Whether the request that packet {@code i} begins waits with its body for the server's word (RFC 9110 section 10.1.1). */
    public static boolean isExpecting(PacketBatch batch, int i) {
        long at = batch.frameOffset[i] + batch.payloadOffset[i];
        long end = at + Math.min(batch.payloadCaptured[i], MOST_BYTES);
        for (long line = at; line < end; line = HttpRequestShape.lineEnd(batch.frames, line, end) + 1) {
            if (line + EXPECT.length() < end && HttpRequestShape.is(batch.frames, line, EXPECT)) {
                return true;
            }
        }
        return false;
    }

    /** Requests that follow the one that packet {@code i} begins, in the same packet (RFC 9112 section 9.3.2, HTTP/2). */
    public static int pipelined(PacketBatch batch, int i) {
        if (batch.application[i] == Application.HTTP2_REQUEST.ordinal()) {
            return batch.http2Requests[i] - 1;
        }
        long at = batch.frameOffset[i] + batch.payloadOffset[i];
        return pipelined(batch.frames, at, at + batch.payloadCaptured[i]);
    }

    /** The same of the request that stands from {@code at} to {@code end}. Bodies hold none, whatever is in them. */
    static int pipelined(MemorySegment frames, long at, long end) {
        int count = 0;
        long body = 0;
        long line = at;
        while (line < end && count < MOST_PIPELINED) {
            int first = Bytes.u8(frames, line);
            long next = HttpRequestShape.lineEnd(frames, line, end) + 1;
            if (first == '\r' || first == '\n') {
                next = body == CHUNKED ? chunksEnd(frames, next, end) : next + body;
                if (next >= end || !HttpRequestLine.matches(frames, next, (int) (end - next))) {
                    return count;
                }
                count++;
                body = 0;
            } else {
                body = bodyAfter(frames, line, next, end, body);
            }
            line = next;
        }
        return count;
    }

    /** How long a body follows, as one more field says it; of both, chunks count (RFC 9112 section 6.3). */
    private static long bodyAfter(MemorySegment frames, long line, long next, long end, long before) {
        long value = line + CONTENT_LENGTH.length();
        if (value < next && next <= end && HttpRequestShape.is(frames, line, CONTENT_LENGTH)) {
            return before == CHUNKED ? before : number(frames, value, end);
        }
        boolean isCoded = line + TRANSFER_ENCODING.length() < next
                && next <= end
                && HttpRequestShape.is(frames, line, TRANSFER_ENCODING);
        return isCoded ? CHUNKED : before;
    }

    /** Where a body in chunks ends (RFC 9112 section 7.1), {@code end} where it goes on. */
    private static long chunksEnd(MemorySegment frames, long at, long end) {
        long line = at;
        while (line < end) {
            long length = 0;
            for (long digit = line; digit < end && Character.digit(Bytes.u8(frames, digit), 16) >= 0; digit++) {
                length = Math.min(LARGEST_LENGTH, 16 * length + Character.digit(Bytes.u8(frames, digit), 16));
            }
            long data = HttpRequestShape.lineEnd(frames, line, end) + 1;
            if (length == 0) {
                return HttpRequestShape.lineEnd(frames, data, end) + 1; // trailers are rare, and end it all the same
            }
            line = Math.min(end, data + length + 2);
        }
        return end;
    }

    /**
     * Whether a field is a {@code Range} with more than two ranges that overlap the one before, or end before they begin: no
     * client needs such (RFC 9110 section 14.2), and servers that answer them copy the same bytes over and over.
     */
    public static boolean hasOverlappingRanges(MemorySegment frames, long line, long end) {
        if (line + RANGE.length() >= end || !HttpRequestShape.is(frames, line, RANGE)) {
            return false;
        }
        long at = line + RANGE.length();
        while (at < end && (Bytes.u8(frames, at) == ' ' || Bytes.u8(frames, at) == '\t')) {
            at++;
        }
        if (at + BYTES.length() >= end || !HttpRequestShape.is(frames, at, BYTES)) {
            return false;
        }
        at += BYTES.length();
        int overlapping = 0;
        long firstBefore = 0;
        long lastBefore = -1;
        while (at < end && Bytes.u8(frames, at) != '\r' && overlapping <= FEW_OVERLAPPING) {
            if (isDigit(frames, at)) {
                long first = number(frames, at, end);
                long dash = skipDigits(frames, at, end);
                at = Math.min(end, dash + 1);
                boolean isOpen = at >= end || !isDigit(frames, at);
                long last = isOpen ? LARGEST_LENGTH : number(frames, at, end);
                boolean isNone = last < first;
                overlapping += isNone || first <= lastBefore && last >= firstBefore ? 1 : 0;
                firstBefore = first;
                lastBefore = last;
                at = skipDigits(frames, at, end);
            } else {
                at++;
            }
        }
        return overlapping > FEW_OVERLAPPING;
    }

    private static boolean isDigit(MemorySegment frames, long at) {
        int letter = Bytes.u8(frames, at);
        return letter >= '0' && letter <= '9';
    }

    private static long skipDigits(MemorySegment frames, long at, long end) {
        long next = at;
        while (next < end && isDigit(frames, next)) {
            next++;
        }
        return next;
    }

    /** Whether the segment holds the blank line that ends a head. */
    public static boolean endsHead(PacketBatch batch, int i) {
        long at = batch.frameOffset[i] + batch.payloadOffset[i];
        int captured = batch.payloadCaptured[i];
        boolean isBlankFirst = captured >= 2 && Bytes.u16(batch.frames, at) == 0x0d0a;
        return captured < batch.payloadLength[i]
                || captured >= 1 && Bytes.u8(batch.frames, at) == '\n'
                || isBlankFirst
                || blankLineEnd(batch.frames, at, at + captured) >= 0;
    }

    /** Where the first blank line ends, or -1. Lines may end with a line feed alone (RFC 9112 section 2.2). */
    private static long blankLineEnd(MemorySegment frames, long at, long end) {
        int before = 0;
        for (long next = at; next < end; next++) {
            int c = Bytes.u8(frames, next);
            if (c == '\n') {
                if (before == '\n') {
                    return next + 1;
                }
                before = '\n';
            } else if (c != '\r' || before != '\n') {
                before = c;
            }
        }
        return -1;
    }

    private static long contentLength(MemorySegment frames, long at, long end) {
        for (long line = at; line < end; line = HttpRequestShape.lineEnd(frames, line, end) + 1) {
            long value = line + CONTENT_LENGTH.length();
            if (value < end && HttpRequestShape.is(frames, line, CONTENT_LENGTH)) {
                return number(frames, value, end);
            }
        }
        return 0;
    }

    private static long number(MemorySegment frames, long at, long end) {
        long next = at;
        while (next < end && Bytes.u8(frames, next) == ' ') {
            next++;
        }
        long number = 0;
        while (next < end && isDigit(frames, next)) {
            number = Math.min(LARGEST_LENGTH, 10 * number + Bytes.u8(frames, next) - '0');
            next++;
        }
        return number;
    }
}
