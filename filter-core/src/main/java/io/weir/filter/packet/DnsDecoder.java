package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * The DNS header and the first question (RFC 1035 sections 4.1.1 and 4.1.2).
 *
 * <pre>
 *  | identifier 2 | QR 1 bit, opcode 4, AA 1, TC 1, RD 1, RA 1, Z 1, AD 1, CD 1, RCODE 4 |
 *  | questions 2 | answers 2 | authority records 2 | additional records 2 |
 *  | name: (length 1, label)*, 0 | type 2 | class 2 | …
 *
 *  over TCP   | message length 2 | message |     RFC 1035 section 4.2.2
 * </pre>
 *
 * <p>A question is read where the message holds exactly one (RFC 9619); compression can't occur in it.
 */
final class DnsDecoder {
    private static final int HEADER = 12;
    private static final int FLAGS = 2;
    private static final int QUESTIONS = 4;
    private static final int ANSWERS = 6;
    private static final int AUTHORITY = 8;
    private static final int ADDITIONAL = 10;
    /** Type and class. */
    private static final int QUESTION_TAIL = 4;

    private static final int RESPONSE = 0x8000;
    private static final int TRUNCATED = 0x0200;
    private static final int LENGTH_PREFIX = 2;
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_LABEL = 63;

    /** A root name, type, class, time to live and no data. */
    private static final int SHORTEST_RECORD = 11;
    /** EDNS and a signature are all that a query adds. */
    private static final int MOST_ADDITIONAL_OF_QUERY = 2;

    /** The first eight bytes: the zero bit, and one question. */
    private static final long ONE_QUESTION_MASK = 0x0000_0040_ffff_0000L;

    /** Likewise, and opcode 0. */
    private static final long GUESS_MASK = 0x0000_7840_ffff_0000L;

    private static final long ONE_QUESTION = 0x0000_0000_0001_0000L;
    /** AA, TC, RA and RCODE: 0 in a query. */
    private static final int RESPONSE_FLAGS = 0x068f;

    private static final int NETBIOS_PORT = 137;
    private static final int MULTICAST_DNS_PORT = 5353;
    private static final int LLMNR_PORT = 5355;

    private DnsDecoder() {}

    /** UDP from or to port 53: the port says what it is, so any readable question counts. */
    static void decodeUdp(MemorySegment frames, long frame, int at, int captured, PacketBatch b, int i) {
        if (at + HEADER > captured) {
            return;
        }
        int flags = Bytes.u16(frames, frame + at + FLAGS);
        int name = Bytes.u16(frames, frame + at + QUESTIONS) == 1
                ? questionName(frames, frame + at + HEADER, captured - at - HEADER, false)
                : 0;
        if (name != 0 || (flags & RESPONSE) != 0) {
            write(flags, name, frames, frame, at, b, i);
        }
    }

    /**
     * TCP from or to port 53, where most segments of a long answer start in its middle: the length prefix, counts and
     * question have to agree.
     *
     * @return whether a message starts here
     */
    static boolean decodeTcp(MemorySegment frames, long frame, int at, int captured, PacketBatch b, int i) {
        int message = at + LENGTH_PREFIX;
        if (message + HEADER > captured || (Bytes.i64(frames, frame + message) & ONE_QUESTION_MASK) != ONE_QUESTION) {
            return false;
        }
        int length = Bytes.u16(frames, frame + at);
        int name = questionName(frames, frame + message + HEADER, captured - message - HEADER, false);
        int room = length - HEADER - name - QUESTION_TAIL;
        if (name == 0 || !isPlausible(frames, frame + message, name, room)) {
            return false;
        }
        write(Bytes.u16(frames, frame + message + FLAGS), name, frames, frame, message, b, i);
        return true;
    }

    /** UDP on any other port: recognised by its content alone, so all of the header and the question have to fit. */
    static void guess(MemorySegment frames, long frame, int at, int captured, int end, PacketBatch b, int i) {
        if (at + HEADER + 1 + QUESTION_TAIL > captured
                || (Bytes.i64(frames, frame + at) & GUESS_MASK) != ONE_QUESTION
                || hasSameFormat(b.sourcePort[i])
                || hasSameFormat(b.destinationPort[i])) {
            return;
        }
        int flags = Bytes.u16(frames, frame + at + FLAGS);
        int name = questionName(frames, frame + at + HEADER, captured - at - HEADER, true);
        // The first fragment ends before the message does.
        int messageEnd = (b.fragment[i] & Fragment.MORE) != 0 ? Integer.MAX_VALUE : end;
        int room = messageEnd - at - HEADER - name - QUESTION_TAIL;
        if (name != 0
                && isPlausible(frames, frame + at, name, room)
                && ((flags & RESPONSE) != 0 || isPlainQuery(flags, frames, frame + at))) {
            write(flags, name, frames, frame, at, b, i);
        }
    }

    /** NetBIOS names, mDNS and LLMNR share the format and are no DNS. */
    private static boolean hasSameFormat(int port) {
        return port == NETBIOS_PORT || port == MULTICAST_DNS_PORT || port == LLMNR_PORT;
    }

    /** Whether type and class exist, and the records that the header counts fit the bytes behind the question. */
    private static boolean isPlausible(MemorySegment frames, long message, int name, int room) {
        int type = Bytes.u16(frames, message + HEADER + name);
        int questionClass = Bytes.u16(frames, message + HEADER + name + 2);
        boolean known = questionClass == 1 || questionClass == 3 || questionClass == 255; // IN, CH, ANY
        int records = Bytes.u16(frames, message + ANSWERS)
                + Bytes.u16(frames, message + AUTHORITY)
                + Bytes.u16(frames, message + ADDITIONAL);
        boolean fits = records == 0 ? room == 0 : room >= records * SHORTEST_RECORD;
        boolean truncated = (Bytes.u16(frames, message + FLAGS) & TRUNCATED) != 0;
        return type != 0 && known && (fits || truncated && room >= 0);
    }

    private static boolean isPlainQuery(int flags, MemorySegment frames, long message) {
        return (flags & RESPONSE_FLAGS) == 0
                && Bytes.u16(frames, message + ANSWERS) == 0
                && Bytes.u16(frames, message + AUTHORITY) == 0
                && Bytes.u16(frames, message + ADDITIONAL) <= MOST_ADDITIONAL_OF_QUERY;
    }

    /**
     * Bytes of the name that starts at {@code at}, its root label included, or 0 if it isn't whole, valid and followed
     * by type and class within {@code available} bytes.
     */
    private static int questionName(MemorySegment frames, long at, int available, boolean printable) {
        int limit = Math.min(available - QUESTION_TAIL, LONGEST_NAME);
        int length = 0;
        while (length < limit) {
            int label = Bytes.u8(frames, at + length);
            length++;
            if (label == 0) {
                return length;
            }
            if (label > LONGEST_LABEL
                    || length + label > limit
                    || printable && !isPrintable(frames, at + length, label)) {
                return 0;
            }
            length += label;
        }
        return 0;
    }

    private static boolean isPrintable(MemorySegment frames, long at, int length) {
        for (int k = 0; k < length; k++) {
            int c = Bytes.u8(frames, at + k);
            if (c <= ' ' || c > '~') {
                return false;
            }
        }
        return true;
    }

    private static void write(
            int flags, int name, MemorySegment frames, long frame, int message, PacketBatch b, int i) {
        Application application = (flags & RESPONSE) != 0 ? Application.DNS_RESPONSE : Application.DNS_QUERY;
        b.application[i] = (byte) application.ordinal();
        b.dnsFlags[i] = flags;
        if (name != 0) {
            b.dnsNameOffset[i] = message + HEADER;
            b.dnsNameLength[i] = name;
            b.dnsType[i] = Bytes.u16(frames, frame + message + HEADER + name);
        }
    }
}
