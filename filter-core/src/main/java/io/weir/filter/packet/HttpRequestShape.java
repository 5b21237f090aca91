package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * The shape of an HTTP/1 request's head (RFC 9112 section 2.1), or of an HTTP/2 preface with the settings that follow
 * (RFC 9113 section 3.4).
 *
 * <pre>
 *  | method, space, target, space, version, CR LF | (name ":" value CR LF)* | CR LF |
 * </pre>
 *
 * <p>A head that goes on in the next segment is read as far as it is here.
 */
final class HttpRequestShape {
    /** Heads are longer only by cookies. */
    private static final int MOST_BYTES = 4096;
    /** Of a path: what follows tells no more. */
    private static final int MOST_PATH = 256;

    /** Settings are the first frame; their values name the program. */
    private static final int PREFACE = 24;

    private static final int MOST_SETTINGS = 64;

    private HttpRequestShape() {}

    static boolean read(MemorySegment frames, long at, long captured, RequestShape into) {
        long end = Math.min(captured, at + MOST_BYTES);
        if (Bytes.u8(frames, at) == 'P' && Bytes.u8(frames, at + 1) == 'R' && Bytes.u8(frames, at + 2) == 'I') {
            long settings = Math.min(end, at + PREFACE + MOST_SETTINGS);
            long software = ContentHash.add(2, frames, at, settings);
            into.set(software, software, 2, 2, 0, 1);
            return true;
        }
        long line = lineEnd(frames, at, end);
        long method = indexOf(frames, at, line, ' ');
        long target = Math.min(method + 1, line);
        long path = pathEnd(frames, target, line);
        long version = Math.min(line, indexOf(frames, path, line, ' '));
        long start = ContentHash.add(ContentHash.add(1, frames, at, method), frames, version, line);
        long object = ContentHash.add(
                ContentHash.add(3, frames, at, method), frames, target, Math.min(path, target + MOST_PATH));
        object = names(object, frames, path, Math.min(version, path + MOST_PATH));
        fields(frames, line, end, start, object, form(frames, target, path), into);
        into.setRequests(1 + RequestHead.pipelined(frames, at, captured));
        return true;
    }

    /** Of a query its names: pages ask for ever other values of the same, tools that no cache is to answer for other names. */
    private static long names(long hash, MemorySegment frames, long query, long end) {
        long names = hash;
        long at = query;
        while (at < end) {
            long next = Math.min(end, indexOf(frames, at + 1, end, '&'));
            names = ContentHash.add(names, frames, at, Math.min(next, indexOf(frames, at, next, '=')));
            at = next;
        }
        return names;
    }

    /** Of a path: how many parts, how long the last is, and whether it has separators. */
    private static long form(MemorySegment frames, long target, long pathEnd) {
        long parts = 0;
        long last = target;
        for (long at = target; at < pathEnd; at++) {
            if (Bytes.u8(frames, at) == '/') {
                parts++;
                last = at + 1;
            }
        }
        return parts << Byte.SIZE | RequestForm.of(frames, last, pathEnd);
    }

    private static void fields(
            MemorySegment frames, long requestLine, long end, long start, long object, long form, RequestShape into) {
        long software = start;
        long stack = start;
        long host = 1;
        boolean isOverlapping = false;
        long at = requestLine + 1;
        while (at < end && Bytes.u8(frames, at) > '\r') {
            long line = lineEnd(frames, at, end);
            long name = indexOf(frames, at, line, ':');
            long hash = ContentHash.add(0, frames, at, name);
            software = ContentHash.add(software, hash);
            switch (field(frames, at, name)) {
                case VALUED -> {
                    software = ContentHash.add(software, frames, name, line);
                    stack = ContentHash.add(stack, hash);
                }
                case HOST -> {
                    host = ContentHash.add(host, frames, name, line);
                    stack = ContentHash.add(stack, hash);
                }
                case OPTIONAL -> isOverlapping |= RequestHead.hasOverlappingRanges(frames, at, line);
                default -> stack = ContentHash.add(stack, hash);
            }
            at = line + 1;
        }
        into.set(software, stack, object, host, form, 1);
        into.setOverlapping(isOverlapping);
    }

    private static final int PLAIN = 0;
    private static final int VALUED = 1;
    private static final int HOST = 2;
    private static final int OPTIONAL = 3;

    /** What a field tells of the program that sends it. */
    private static int field(MemorySegment frames, long at, long end) {
        return switch ((int) (end - at)) {
            case 4 -> is(frames, at, "host") ? HOST : PLAIN;
            case 5 -> is(frames, at, "range") ? OPTIONAL : PLAIN;
            case 6 ->
                is(frames, at, "cookie") || is(frames, at, "pragma") || is(frames, at, "origin") ? OPTIONAL : PLAIN;
            case 7 -> is(frames, at, "referer") ? OPTIONAL : PLAIN;
            case 10 -> is(frames, at, "user-agent") || is(frames, at, "connection") ? VALUED : PLAIN;
            case 13 -> is(frames, at, "cache-control") || is(frames, at, "if-none-match") ? OPTIONAL : PLAIN;
            case 15 -> is(frames, at, "accept-encoding") ? VALUED : PLAIN;
            case 17 -> is(frames, at, "if-modified-since") ? OPTIONAL : PLAIN;
            default -> PLAIN;
        };
    }

    /** Whether the bytes are a lower-case name in whatever case (RFC 9110 section 5.1). */
    static boolean is(MemorySegment frames, long at, String name) {
        for (int k = 0; k < name.length(); k++) {
            if ((Bytes.u8(frames, at + k) | 0x20) != (name.charAt(k) | 0x20)) {
                return false;
            }
        }
        return true;
    }

    private static long pathEnd(MemorySegment frames, long at, long end) {
        long next = at;
        while (next < end && Bytes.u8(frames, next) != '?' && Bytes.u8(frames, next) != ' ') {
            next++;
        }
        return next;
    }

    static long lineEnd(MemorySegment frames, long at, long end) {
        return indexOf(frames, at, end, '\n');
    }

    /** Where a byte is first found, or {@code end}. */
    private static long indexOf(MemorySegment frames, long at, long end, int wanted) {
        long next = at;
        long pattern = wanted * 0x0101_0101_0101_0101L;
        for (; next + 8 <= end; next += 8) {
            long differences = Bytes.i64(frames, next) ^ pattern;
            // Mycroft's test for a zero byte; borrows only make bytes before, that is behind it in the text, wrong.
            long zeros = differences - 0x0101_0101_0101_0101L & ~differences & 0x8080_8080_8080_8080L;
            if (zeros != 0) {
                break;
            }
        }
        while (next < end && Bytes.u8(frames, next) != wanted) {
            next++;
        }
        return next;
    }
}
