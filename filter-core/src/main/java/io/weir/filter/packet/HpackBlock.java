package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a header block of HTTP/2 (RFC 7541 section 6) tells of a request, as {@link RequestShape} has it. One is used again
 * and again, by one thread.
 *
 * <pre>
 *  | 1, index 7 |                               a field of the tables
 *  | 01, name's index 6 | [name] | value |      a field that enters the dynamic table
 *  | 001, size 5 |                              how large that may be
 *  | 000, never 1, name's index 4 | [name] | value |
 * </pre>
 *
 * <p>Of each field of a connection's dynamic table a word is kept, the newest {@value #TABLE}: a kind, and what the field
 * adds. Fields are counted from the newest, so that it doesn't matter which of them gave way.
 */
final class HpackBlock {
    /** Words of a connection's table. Of browsers' requests about twenty fields enter it. */
    static final int TABLE = 64;

    /** Names of the static table end here (RFC 7541 appendix A). */
    private static final int STATIC = 61;

    private static final int AUTHORITY = 1;
    private static final int METHOD_GET = 2;
    private static final int METHOD_POST = 3;
    private static final int PATH_ROOT = 4;
    private static final int PATH_INDEX = 5;
    private static final int ACCEPT_ENCODING = 16;
    private static final int CACHE_CONTROL = 24;
    private static final int CONTENT_TYPE = 31;
    private static final int COOKIE = 32;
    private static final int IF_MODIFIED_SINCE = 40;
    private static final int IF_NONE_MATCH = 41;
    private static final int RANGE = 50;
    private static final int REFERER = 51;
    private static final int USER_AGENT = 58;

    // Kinds of fields, in the lowest bits of their words.
    private static final int KIND_BITS = 4;
    private static final int KIND = (1 << KIND_BITS) - 1;
    private static final int PLAIN = 0;
    /** Its value tells of the program. */
    private static final int VALUED = 1;
    /** It comes and goes. */
    private static final int OPTIONAL = 2;

    private static final int COOKIES = 3;
    private static final int METHOD = 4;
    private static final int POST = 5;
    private static final int PATH = 6;
    private static final int HOST = 7;
    private static final int TYPE = 8;
    private static final int CALL = 9;
    private static final int CLIENT = 10;

    private static final int MOST_TEXT = 512;
    private static final int LARGEST_SHIFT = 21;
    private static final byte[] SLASH = {'/'};
    private static final byte[] INDEX = {'/', 'i', 'n', 'd', 'e', 'x', '.', 'h', 't', 'm', 'l'};
    private static final String REMOTE_CALL = "application/grpc";
    private static final String FORWARDED = "x-forwarded-for";
    private static final String PSEUDO_PATH = ":path";
    private static final String PSEUDO_METHOD = ":method";

    private final byte[] text = new byte[MOST_TEXT];
    private int textLength;

    private MemorySegment frames = MemorySegment.NULL;
    private long at;
    private long end;
    private long[] table = {};
    private int tableAt;
    private int inserted;
    private boolean isTableKnown;

    private long software;
    private long stack;
    private long method;
    private long path;
    private long object;
    private long host;
    private long form;
    private int names;
    private int client;
    private boolean isPost;
    private boolean isCall;

    /** Begins with nothing known. */
    void clear() {
        software = 6;
        stack = 6;
        method = 1;
        path = 1;
        object = 1;
        host = 1;
        form = 0;
        names = 0;
        client = 0;
        isPost = false;
        isCall = false;
    }

    /**
     * Reads a block, or the part of one that stands from {@code from} to {@code to}.
     *
     * @param words tables of all connections
     * @param first where this one's begins
     * @param entered fields that have entered it so far
     * @param isKnown whether all of them were seen
     * @return fields that have entered it by now
     */
    int read(MemorySegment segment, long from, long to, long[] words, int first, int entered, boolean isKnown) {
        frames = segment;
        at = from;
        end = to;
        table = words;
        tableAt = first;
        inserted = entered;
        isTableKnown = isKnown;
        clear();
        while (at < end) {
            field();
        }
        return inserted;
    }

    /** Nothing that can be read: what of a connection's frames are no requests. */
    void beNone() {
        clear();
        software = 7;
        stack = 7;
    }

    /** @param isReset whether its connection takes back what it asks for: so does a program of its own */
    void copyTo(RequestShape shape, int requests, boolean isReset) {
        long program = isReset ? ContentHash.add(software, 14) : software;
        shape.set(program, isReset ? 14 : stack, ContentHash.add(method, object), host, form, requests);
    }

    int pathHash() {
        return (int) (path >>> Integer.SIZE);
    }

    /** Of the query's names, 0 without such: in the upper half; whom a proxy asks for in the lower. */
    int namesAndClient() {
        return names << Short.SIZE | client;
    }

    boolean isPost() {
        return isPost;
    }

    /** Whether it calls a procedure of a service (gRPC). */
    boolean isCall() {
        return isCall;
    }

    boolean isForwarded() {
        return client != 0;
    }

    private void field() {
        int first = Bytes.u8(frames, at);
        if ((first & 0x80) != 0) {
            indexed(number(7));
        } else if ((first & 0x40) != 0) {
            long word = literal(number(6));
            if (at <= end) {
                table[tableAt + (inserted & TABLE - 1)] = word;
                inserted++;
            }
        } else if ((first & 0x20) != 0) {
            number(5);
        } else {
            literal(number(4));
        }
    }

    private void indexed(int index) {
        if (index > STATIC) {
            add(entered(index), false);
        } else if (index == PATH_ROOT || index == PATH_INDEX) {
            byte[] known = index == PATH_ROOT ? SLASH : INDEX;
            System.arraycopy(known, 0, text, 0, known.length);
            textLength = known.length;
            add(pathWord(), false);
        } else {
            int kind = kindOf(index);
            long hash = ContentHash.add(index, index == AUTHORITY ? 0 : 1);
            add(word(index == METHOD_POST ? POST : kind, hash), false);
        }
    }

    /** What entered the table so long ago: index 62 is the newest. */
    private long entered(int index) {
        int age = index - STATIC - 1;
        boolean isThere = isTableKnown && age < Math.min(inserted, TABLE);
        return isThere ? table[tableAt + (inserted - 1 - age & TABLE - 1)] : word(PLAIN, isTableKnown ? index : 1);
    }

    /** Reads the rest of a field whose name has an index, or 0; what it is as a word. */
    private long literal(int index) {
        int kind;
        long name;
        if (index == 0) {
            long start = at;
            string();
            name = start < end ? ContentHash.add(8, frames, start, Math.min(at, end)) : 8;
            kind = kindOfText();
        } else if (index <= STATIC) {
            name = ContentHash.add(index, 2);
            kind = kindOf(index);
        } else {
            long word = entered(index);
            kind = (int) word & KIND;
            kind = kind == POST ? METHOD : kind == CALL ? TYPE : kind;
            name = kind == PLAIN || kind == OPTIONAL ? word >>> KIND_BITS : kind;
        }
        long value = at;
        string();
        long word = word(value, kind, name);
        add(word, true);
        return word;
    }

    private long word(long value, int kind, long name) {
        return switch (kind) {
            case VALUED -> word(kind, ContentHash.add(name, frames, value, Math.min(at, end)));
            case HOST -> word(kind, ContentHash.add(9, frames, value, Math.min(at, end)));
            case METHOD -> word(is("POST") ? POST : METHOD, is("GET") ? METHOD_GET : hash(10, textLength));
            case PATH -> pathWord();
            case TYPE -> word(starts(REMOTE_CALL) ? CALL : TYPE, name);
            case CLIENT -> word(kind, hash(11, firstOfList()));
            default -> word(kind, name);
        };
    }

    private static long word(int kind, long hash) {
        return hash << KIND_BITS | kind;
    }

    private void add(long word, boolean isRead) {
        int kind = (int) word & KIND;
        long hash = word >>> KIND_BITS;
        switch (kind) {
            case VALUED -> {
                software = ContentHash.add(software, hash);
                stack = ContentHash.add(stack, VALUED);
            }
            case METHOD, POST -> {
                method = kind == POST ? METHOD_POST : hash;
                isPost = kind == POST;
                software = ContentHash.add(software, method);
                stack = ContentHash.add(stack, method);
            }
            case PATH -> {
                object = hash;
                path = isRead ? path : hash;
                software = ContentHash.add(software, PATH);
                stack = ContentHash.add(stack, PATH);
            }
            case HOST -> {
                host = hash;
                software = ContentHash.add(software, HOST);
                stack = ContentHash.add(stack, HOST);
            }
            case CLIENT -> client = (int) hash & 0xffff | 1;
            case COOKIES -> {} // in ever so many crumbs
            case OPTIONAL -> software = ContentHash.add(software, hash);
            default -> {
                isCall |= kind == CALL;
                software = ContentHash.add(software, hash);
                stack = ContentHash.add(stack, hash);
            }
        }
    }

    private static int kindOf(int index) {
        return switch (index) {
            case AUTHORITY -> HOST;
            case METHOD_GET, METHOD_POST -> METHOD;
            case PATH_ROOT, PATH_INDEX -> PATH;
            case ACCEPT_ENCODING, USER_AGENT -> VALUED;
            case COOKIE -> COOKIES;
            case CONTENT_TYPE -> TYPE;
            case CACHE_CONTROL, IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE, REFERER -> OPTIONAL;
            default -> PLAIN;
        };
    }

    private int kindOfText() {
        return is(FORWARDED) ? CLIENT : is(PSEUDO_PATH) ? PATH : is(PSEUDO_METHOD) ? METHOD : PLAIN;
    }

    /** Of the text as a target: its path, the names of its query without their values, and how its last part is built. */
    private long pathWord() {
        long hash = 12;
        long query = 13;
        int last = 0;
        int parts = 0;
        int k = 0;
        for (; k < textLength && text[k] != '?'; k++) {
            hash = ContentHash.add(hash, text[k]);
            if (text[k] == '/') {
                parts++;
                last = k + 1;
            }
        }
        int pathEnd = k;
        boolean isNamed = false;
        boolean isInValue = false;
        for (; k < textLength; k++) {
            isNamed |= isInValue && text[k] != '=' && text[k] != '&';
            isInValue = text[k] != '&' && (isInValue || text[k] == '=');
            query = isInValue ? query : ContentHash.add(query, text[k]);
        }
        form = (long) parts << Byte.SIZE | formOf(last, pathEnd);
        boolean hasQuery = pathEnd < textLength;
        names = hasQuery ? (int) (query >>> Short.SIZE) & 0xfffe | (isNamed ? 1 : 0) : 0;
        path = hash << KIND_BITS >>> KIND_BITS;
        return word(PATH, hasQuery ? ContentHash.add(hash, query) : hash);
    }

    private long formOf(int from, int to) {
        long separated = 0;
        for (int k = from; k < to; k++) {
            separated |= text[k] == '-' || text[k] == '_' || text[k] == '.' ? 0x80 : 0;
        }
        return Math.min(to - from, 0x7f) | separated;
    }

    /** A number behind a prefix of so many bits (RFC 7541 section 5.1); one that is too large ends the block. */
    private int number(int prefixBits) {
        int most = (1 << prefixBits) - 1;
        int number = Bytes.u8(frames, at++) & most;
        if (number < most) {
            return number;
        }
        for (int shift = 0; shift <= LARGEST_SHIFT && at < end; shift += 7) {
            int octet = Bytes.u8(frames, at++);
            number += (octet & 0x7f) << shift;
            if ((octet & 0x80) == 0) {
                return number;
            }
        }
        at = end;
        return 0;
    }

    /** Reads a string (RFC 7541 section 5.2) as a text, and goes behind it: beyond the end where it isn't whole. */
    private void string() {
        textLength = 0;
        if (at >= end) {
            at = end + 1;
            return;
        }
        boolean isCoded = (Bytes.u8(frames, at) & 0x80) != 0;
        long length = number(7);
        long next = at + length;
        long readable = Math.min(next, end);
        if (isCoded) {
            textLength = HpackHuffman.decode(frames, at, readable, text);
        } else {
            textLength = (int) Math.min(readable - at, MOST_TEXT);
            MemorySegment.copy(frames, ValueLayout.JAVA_BYTE, at, text, 0, textLength);
        }
        at = next;
    }

    private boolean is(String word) {
        return textLength == word.length() && starts(word);
    }

    private boolean starts(String word) {
        int k = 0;
        while (k < word.length() && k < textLength && text[k] == word.charAt(k)) {
            k++;
        }
        return k == word.length();
    }

    private int firstOfList() {
        int k = 0;
        while (k < textLength && text[k] != ',') {
            k++;
        }
        return k;
    }

    private long hash(long seed, int length) {
        long hash = seed;
        for (int k = 0; k < length; k++) {
            hash = ContentHash.add(hash, text[k]);
        }
        return hash;
    }
}
