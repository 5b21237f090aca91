package io.weir.detector.window;

import io.weir.filter.packet.Application;
import io.weir.filter.packet.Http2Traits;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.RequestHead;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a payload is about, in one number: the whole in the upper half, the part that a flood varies in the lower.
 *
 * <pre>
 *   DNS    upper: the name but for its first label    lower: the whole name
 *   HTTP   upper: the path                            lower: half its query's names, or its credentials; half its client
 *   else   upper: payload bytes 0 to 3                lower: bytes 4 to 7
 * </pre>
 *
 * <p>Of HTTP the lowest bit of the upper half says whether the request looks like a login: it carries a user's name and
 * password (RFC 7617), or posts a form to where logins go; the next whether it posts, the next whether its headers break
 * off, the next whether a proxy says for which client it asks: that is what the lower half tells, 0 where none does; the
 * next whether it asks for overlapping ranges; of HTTP/2 the next four say what {@link Http2Traits} has. Of a
 * query the names are told and not the values: pages ask for ever other values of the same names, tools for other names.
 * Names and targets are hashed (FNV-1a), case folded; what wasn't captured is 0.
 */
public final class SampleShape {
    private static final int FNV_BASIS = 0x811c_9dc5;
    private static final int FNV_PRIME = 0x0100_0193;
    /** More of a request's target tells nothing new. */
    private static final int LONGEST_TARGET = 512;
    /** Credentials stand among the first headers, if at all. */
    private static final int SEARCHED_BYTES = 1024;

    private static final int FIRST_BYTES = 8;

    private static final int LOGIN = 1;
    private static final int POSTED = 2;
    private static final int UNFINISHED = 4;
    private static final int FORWARDED = 8;
    private static final int OVERLAPPING = 16;
    private static final int RESET = 32;
    private static final int CONTROL = 64;
    private static final int CALL = 128;
    private static final int SERVED = 256;
    private static final int TRAITS = 511;
    private static final int PATH_SHIFT = 41;
    private static final int NAMED = 1;
    /** A request this long may go on in another segment; a shorter one would not. */
    private static final int SHORT_BYTES = 1_000;

    private static final int BLANK_LINE = 0x0d0a_0d0a;

    private static final String[] LOGIN_WORDS = {"login", "logon", "signin", "auth", "session", "xmlrpc", "admin"};
    /** Digests, signatures and tokens differ with every request: only this guesses at a password. */
    private static final String[] CREDENTIALS = {"authorization: basic "};
    /** Proxies name the client in one of these (RFC 7239, and what is older). */
    private static final String[] CLIENT_NAMES = {
        "x-forwarded-for: ", "forwarded: ", "x-real-ip: ", "cf-connecting-ip: ", "true-client-ip: ", "x-client-ip: "
    };

    private static final int POST = 'P' << 24 | 'O' << 16 | 'S' << 8 | 'T';

    private SampleShape() {}

    /** The shape of packet {@code i}, 0 without payload. */
    static long of(PacketBatch batch, int i) {
        int captured = batch.payloadCaptured[i];
        if (captured == 0) {
            return 0;
        }
        long payload = batch.frameOffset[i] + batch.payloadOffset[i];
        return switch (Application.of(batch.application[i])) {
            case DNS_QUERY -> name(batch, i);
            case HTTP2_REQUEST -> streams(batch, i);
            case HTTP_REQUEST -> request(batch.frames, payload, captured, isShort(batch, i));
            default -> start(batch.frames, payload, Math.min(captured, FIRST_BYTES));
        };
    }

    /** Whether an HTTP request of this shape looks like a login. */
    public static boolean isLogin(long shape) {
        return (shape >>> 32 & LOGIN) != 0;
    }

    /** Whether the headers of an HTTP request of this shape break off, though nothing cut them. */
    public static boolean isUnfinished(long shape) {
        return (shape >>> 32 & UNFINISHED) != 0;
    }

    /** The path of an HTTP request of this shape. */
    public static long path(long shape) {
        return shape >>> PATH_SHIFT;
    }

    /**
     * What stands in the query of an HTTP request of this shape, but for the values, 0 where it has none; of a login, its
     * credentials.
     */
    public static int names(long shape) {
        return (int) (shape >>> Short.SIZE) & 0xffff;
    }

    /** Whether there is a name among them, that is something with a value: a token alone tells what is asked for. */
    public static boolean isNamed(long shape) {
        return (names(shape) & NAMED) != 0;
    }

    /** Whether a proxy sent an HTTP request of this shape and says for whom. */
    public static boolean isForwarded(long shape) {
        return (shape >>> 32 & FORWARDED) != 0;
    }

    /** Whether an HTTP request of this shape asks for the same bytes over and over. */
    public static boolean isOverlapping(long shape) {
        return (shape >>> 32 & OVERLAPPING) != 0;
    }

    /** Whether requests of HTTP/2 of this shape's connection are taken back as soon as they are made. */
    public static boolean isReset(long shape) {
        return (shape >>> 32 & RESET) != 0;
    }

    /** Whether it is none, but frames of HTTP/2 that ask for nothing and come too often. */
    public static boolean isControl(long shape) {
        return (shape >>> 32 & CONTROL) != 0;
    }

    /** Whether it calls a procedure of a service. */
    public static boolean isCall(long shape) {
        return (shape >>> 32 & CALL) != 0;
    }

    /** Whether the server has answered its connection as one that has procedures to call. */
    public static boolean isServed(long shape) {
        return (shape >>> 32 & SERVED) != 0;
    }

    /** For whom. */
    public static int client(long shape) {
        return (int) shape & 0xffff;
    }

    /** Whether an HTTP request of this shape posts. */
    public static boolean isPost(long shape) {
        return (shape >>> 32 & POSTED) != 0;
    }

    private static long start(MemorySegment frames, long at, int length) {
        long bytes = 0;
        for (int k = 0; k < length; k++) {
            bytes |= (long) unsigned(frames, at + k) << 56 - 8 * k;
        }
        return bytes;
    }

    private static long name(PacketBatch batch, int i) {
        int capturedEnd = batch.payloadOffset[i] + batch.payloadCaptured[i];
        int length = Math.min(batch.dnsNameLength[i], capturedEnd - batch.dnsNameOffset[i]);
        if (length <= 0) {
            return 0;
        }
        MemorySegment frames = batch.frames;
        long at = batch.frameOffset[i] + batch.dnsNameOffset[i];
        int firstLabel = 1 + unsigned(frames, at);
        int whole = FNV_BASIS;
        int suffix = FNV_BASIS;
        for (int k = 0; k < length; k++) {
            int letter = lower(unsigned(frames, at + k));
            whole = (whole ^ letter) * FNV_PRIME;
            suffix = k < firstLabel ? suffix : (suffix ^ letter) * FNV_PRIME;
        }
        return pair(suffix, whole);
    }

    private static long streams(PacketBatch batch, int i) {
        int bits = batch.http2Traits[i];
        int traits = ((bits & Http2Traits.POST) != 0 ? POSTED : 0)
                | ((bits & Http2Traits.CALL) != 0 ? CALL : 0)
                | ((bits & Http2Traits.SERVED) != 0 ? SERVED : 0)
                | ((bits & Http2Traits.FORWARDED) != 0 ? FORWARDED : 0)
                | ((bits & Http2Traits.RESET) != 0 ? RESET : 0)
                | ((bits & Http2Traits.CONTROL) != 0 ? CONTROL : 0);
        return pair(batch.http2Path[i] & ~TRAITS | traits, batch.http2Names[i]);
    }

    private static boolean isShort(PacketBatch batch, int i) {
        return batch.payloadLength[i] < SHORT_BYTES && batch.payloadCaptured[i] == batch.payloadLength[i];
    }

    private static long request(MemorySegment frames, long at, int captured, boolean isShort) {
        int from = 0;
        while (from < captured && unsigned(frames, at + from) != ' ') {
            from++;
        }
        int path = FNV_BASIS;
        int names = FNV_BASIS;
        boolean isInPath = true;
        boolean isInValue = false;
        boolean isNamed = false;
        int k = from + 1;
        int end = Math.min(captured, k + LONGEST_TARGET);
        for (; k < end; k++) {
            int letter = unsigned(frames, at + k);
            if (letter == ' ' || letter == '\r') {
                break;
            }
            isInPath &= letter != '?';
            isNamed |= isInValue && letter != '=' && letter != '&'; // not the padding of a token
            isInValue = !isInPath && letter != '&' && (isInValue || letter == '=');
            path = isInPath ? (path ^ letter) * FNV_PRIME : path;
            names = isInPath || isInValue ? names : (names ^ letter) * FNV_PRIME;
        }
        boolean isPost = captured >= 4 && (int) (start(frames, at, 4) >>> 32) == POST;
        int credentials = 0;
        int client = 0;
        boolean isOverlapping = false;
        int searched = Math.min(captured, SEARCHED_BYTES);
        for (int line = nextLine(frames, at, k, searched);
                line < searched;
                line = nextLine(frames, at, line, searched)) {
            switch (lower(unsigned(frames, at + line))) {
                case 'a' -> credentials = starts(frames, at, line, searched, CREDENTIALS, credentials);
                case 'r' -> isOverlapping |= RequestHead.hasOverlappingRanges(frames, at + line, at + captured);
                case 'x', 'f', 'c', 't' -> client = starts(frames, at, line, searched, CLIENT_NAMES, client);
                default -> {}
            }
        }
        boolean isLogin = credentials > 0 || isPost && hasLoginWord(frames, at + from, k - from);
        boolean isUnfinished = isShort && !hasBlankLine(frames, at + k, captured - k);
        int traits = (isLogin ? LOGIN : 0)
                | (isPost ? POSTED : 0)
                | (isUnfinished ? UNFINISHED : 0)
                | (client > 0 ? FORWARDED : 0)
                | (isOverlapping ? OVERLAPPING : 0);
        int query = isInPath ? 0 : folded(names) & ~NAMED | (isNamed ? NAMED : 0);
        int varied = credentials > 0 ? value(frames, at, credentials, captured) : query;
        int asker = client > 0 ? value(frames, at, client, captured) : 0;
        return pair(path & ~TRAITS | traits, varied << Short.SIZE | asker);
    }

    /** Where the next line starts, or {@code end}. */
    private static int nextLine(MemorySegment frames, long at, int from, int end) {
        int k = from;
        while (k < end && unsigned(frames, at + k) != '\n') {
            k++;
        }
        return Math.min(k + 1, end);
    }

    /** Where the value of a field with one of these names starts; what was found before where none is. */
    private static int starts(MemorySegment frames, long at, int line, int end, String[] names, int before) {
        int value = before;
        for (String name : names) {
            boolean isThis = line + name.length() < end && find(frames, at + line, name.length(), name) >= 0;
            value = isThis && value == 0 ? line + name.length() : value;
        }
        return value;
    }

    /** Of a field's value up to its end or the first comma. */
    private static int value(MemorySegment frames, long at, int from, int captured) {
        int hash = FNV_BASIS;
        for (int k = from; k < captured; k++) {
            int letter = unsigned(frames, at + k);
            if (letter == '\r' || letter == ',') {
                break;
            }
            hash = (hash ^ letter) * FNV_PRIME;
        }
        return folded(hash);
    }

    private static int folded(int hash) {
        return (hash ^ hash >>> Short.SIZE) & 0xffff;
    }

    private static boolean hasBlankLine(MemorySegment frames, long at, int length) {
        int last = 0;
        for (int k = 0; k < length; k++) {
            last = last << 8 | unsigned(frames, at + k);
            if (last == BLANK_LINE) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasLoginWord(MemorySegment frames, long at, int length) {
        for (String word : LOGIN_WORDS) {
            if (find(frames, at, length, word) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Where a text ends, or -1. */
    private static int find(MemorySegment frames, long at, int length, String wanted) {
        for (int k = 0; k + wanted.length() <= length; k++) {
            int same = 0;
            while (same < wanted.length() && lower(unsigned(frames, at + k + same)) == wanted.charAt(same)) {
                same++;
            }
            if (same == wanted.length()) {
                return k + same;
            }
        }
        return -1;
    }

    private static long pair(int upper, int lower) {
        return (long) upper << 32 | lower & 0xffff_ffffL;
    }

    private static int lower(int letter) {
        return letter >= 'A' && letter <= 'Z' ? letter | 0x20 : letter;
    }

    private static int unsigned(MemorySegment frames, long at) {
        return frames.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }
}
