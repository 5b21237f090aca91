package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * The start of an HTTP/1 request (RFC 9112 section 3), or the HTTP/2 connection preface (RFC 9113 section 3.4).
 *
 * <pre>
 *  | method | space | target: "/path", "http://…", "*", or "host:port" | space | "HTTP/" version |
 * </pre>
 *
 * <p>Methods are those of RFC 9110 section 9, PATCH (RFC 5789), WebDAV (RFC 4918, REPORT of RFC 3253, SEARCH of RFC
 * 5323, MKCALENDAR of RFC 4791). Only the first segment of a request is recognised, and only with the first byte of its
 * target.
 */
final class HttpRequestLine {
    /** A method of three letters, a space and a target. */
    private static final int SHORTEST = 5;

    private static final String NO_METHOD = "\uffff";
    private static final String ASTERISK_FORM = "* HTTP/";
    private static final int HTTP = 0x68747470;
    private static final int LOWER_CASE = 0x20202020;
    private static final int CONNECT = 0x434f4e4e;
    private static final int OPTIONS = 0x4f505449;
    private static final int PROPERTY = 0x50524f50;
    static final int PREFACE = 0x50524920;
    private static final String PREFACE_TEXT = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    /** Enough of the preface to tell it. */
    private static final int PREFACE_SHORTEST = 5;

    private HttpRequestLine() {}

    /** Whether the payload at {@code at}, of which {@code captured} bytes are there, starts with one. */
    static boolean matches(MemorySegment frames, long at, int captured) {
        if (captured < SHORTEST) {
            return false;
        }
        int word = Bytes.i32(frames, at);
        // Every method starts with an upper case letter: one test for most payloads.
        int letter = word >>> 24;
        if (letter < 'C' || letter > 'U') {
            return false;
        }
        if (word == PREFACE) {
            return captured >= PREFACE_SHORTEST
                    && Bytes.matches(frames, at, PREFACE_TEXT, Math.min(captured, PREFACE_TEXT.length()));
        }
        String rest = restOfMethod(word);
        if (word == PROPERTY && captured > 4 && Bytes.u8(frames, at + 4) == 'P') {
            rest = "PATCH ";
        }
        int target = 4 + rest.length();
        return target < captured
                && Bytes.matches(frames, at + 4, rest, rest.length())
                && isTarget(word, frames, at + target, captured - target);
    }

    /** What has to follow the first four bytes up to the target; an impossible text where they begin no method. */
    private static String restOfMethod(int word) {
        return switch (word) {
            case 0x47455420, 0x50555420 -> ""; // "GET ", "PUT "
            case 0x504f5354, 0x48454144, 0x434f5059, 0x4d4f5645, 0x4c4f434b -> " "; // POST HEAD COPY MOVE LOCK
            case 0x50415443 -> "H "; // PATC
            case 0x54524143 -> "E "; // TRAC
            case 0x4d4b434f -> "L "; // MKCO
            case 0x4d4b4341 -> "LENDAR "; // MKCA
            case 0x44454c45 -> "TE "; // DELE
            case OPTIONS -> "ONS ";
            case CONNECT -> "ECT ";
            case 0x554e4c4f -> "CK "; // UNLO
            case 0x5245504f -> "RT "; // REPO
            case 0x53454152 -> "CH "; // SEAR
            case PROPERTY -> "FIND ";
            default -> NO_METHOD;
        };
    }

    private static boolean isTarget(int word, MemorySegment frames, long at, int captured) {
        int first = Bytes.u8(frames, at);
        if (word == CONNECT) {
            return first == '[' || isLetterOrDigit(first);
        }
        return switch (first) {
            case '/' -> true;
            // RTSP has "OPTIONS *" too.
            case '*' ->
                word == OPTIONS
                        && captured >= ASTERISK_FORM.length()
                        && Bytes.matches(frames, at, ASTERISK_FORM, ASTERISK_FORM.length());
            case 'h', 'H' -> captured >= 4 && (Bytes.i32(frames, at) | LOWER_CASE) == HTTP;
            default -> false;
        };
    }

    private static boolean isLetterOrDigit(int c) {
        return c >= '0' && c <= '9' || (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    }
}
