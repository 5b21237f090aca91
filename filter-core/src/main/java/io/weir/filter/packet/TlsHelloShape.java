package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * The shape of a ClientHello (RFC 8446 section 4.1.2), in the manner of JA4: what the program offers, without what varies
 * from one handshake to the next.
 *
 * <pre>
 *  | record header 5 | handshake header 4 | version 2 | random 32 | session (length 1) | cipher suites (length 2) |
 *  | compression (length 1) | extensions (length 2): (type 2, (length 2) data)* |
 * </pre>
 *
 * <p>Extensions count as a set, because browsers shuffle them; GREASE (RFC 8701) counts for nothing. Of a hello that goes
 * on in another segment the extensions are left out, since which of them are here is chance.
 */
final class TlsHelloShape {
    private static final int VERSION = 9;
    private static final int SESSION = 43;
    private static final int SERVER_NAME = 0;
    private static final int GROUPS = 10;
    private static final int SIGNATURES = 13;
    private static final int ALPN = 16;
    private static final int PADDING = 21;
    private static final int PRE_SHARED_KEY = 41;
    private static final int EARLY_DATA = 42;
    private static final int SERVER_NAME_TEXT = 5;

    private TlsHelloShape() {}

    static boolean read(MemorySegment frames, long at, long end, RequestShape into) {
        if (at + SESSION >= end) {
            return false;
        }
        long suites = at + SESSION + 1 + Bytes.u8(frames, at + SESSION);
        if (suites + 2 > end) {
            return false;
        }
        long suitesEnd = suites + 2 + Bytes.u16(frames, suites);
        long stack = ContentHash.add(4, Bytes.u16(frames, at + VERSION));
        for (long next = suites + 2; next + 2 <= Math.min(suitesEnd, end); next += 2) {
            int suite = Bytes.u16(frames, next);
            stack = isGrease(suite) ? stack : ContentHash.add(stack, suite);
        }
        long extensions = suitesEnd < end ? suitesEnd + 1 + Bytes.u8(frames, suitesEnd) : end;
        if (extensions + 2 > end) {
            into.set(stack, stack, 1, 1, 0, 1);
            return true;
        }
        long extensionsEnd = extensions + 2 + Bytes.u16(frames, extensions);
        extensions(frames, extensions + 2, extensionsEnd, end, stack, into);
        return true;
    }

    private static void extensions(
            MemorySegment frames, long first, long extensionsEnd, long end, long stack, RequestShape into) {
        boolean isWhole = extensionsEnd <= end;
        long set = 0;
        long serverName = 1;
        long form = 0;
        long at = first;
        while (at + 4 <= Math.min(end, extensionsEnd)) {
            int type = Bytes.u16(frames, at);
            long data = at + 4;
            long next = Math.min(data + Bytes.u16(frames, at + 2), end);
            if (type == SERVER_NAME) {
                long name = Math.min(data + SERVER_NAME_TEXT, next);
                serverName = ContentHash.add(5, frames, name, next);
                form = RequestForm.of(frames, name, next);
            }
            set += member(frames, type, data, next);
            at = next;
        }
        // The length of the whole is the same for all hellos of a program but for the server's name.
        long software = ContentHash.add(stack, isWhole ? set : 1);
        into.set(software, stack, serverName, 1, form, 1);
    }

    private static long member(MemorySegment frames, int type, long data, long end) {
        if (isGrease(type) || type == PADDING || type == PRE_SHARED_KEY || type == EARLY_DATA) {
            return 0;
        }
        if (type != GROUPS && type != SIGNATURES && type != ALPN) {
            return ContentHash.member(type);
        }
        long values = type;
        // All three are lists behind a length of two bytes; the first two of values of two bytes.
        for (long at = data + 2; at + 2 <= end; at += 2) {
            int value = Bytes.u16(frames, at);
            values = type != ALPN && isGrease(value) ? values : ContentHash.add(values, value);
        }
        return ContentHash.member(values);
    }

    /** RFC 8701 section 2: both bytes the same, each ending in 10. */
    private static boolean isGrease(int value) {
        return (value & 0x0f0f) == 0x0a0a && value >>> 8 == (value & 0xff);
    }
}
