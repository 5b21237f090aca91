package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * The shape of a DNS question: its name in whatever case (RFC 4343), what the name ends in, and how the program asks.
 *
 * <pre>
 *  | header 12 | name | type 2 | class 2 | root name 1, OPT 2, payload size 2, flags 4, … |     RFC 6891 section 6.1.2
 * </pre>
 *
 * <p>The end of a name stands for its zone: the last two labels, or three where the last but one is a registry's ({@code
 * co.uk}).
 */
final class DnsQuestionShape {
    private static final int HEADER = 12;
    private static final int ADDITIONAL = 10;
    private static final int QUESTION_TAIL = 4;
    private static final int OPT_LENGTH = 9;
    private static final int OPT = 41;
    /** Opcode, RD, AD, CD and the reserved bit: what a query sets. */
    private static final int QUERY_FLAGS = 0x7970;

    private static final int COUNTRY_LENGTH = 2;
    private static final int REGISTRY_LENGTH = 3;

    private DnsQuestionShape() {}

    static boolean read(MemorySegment frames, PacketBatch b, int i, RequestShape into) {
        int nameLength = b.dnsNameLength[i];
        if (nameLength == 0) {
            return false;
        }
        long name = b.frameOffset[i] + b.dnsNameOffset[i];
        long nameEnd = name + nameLength;
        long captured = b.frameOffset[i] + b.payloadOffset[i] + b.payloadCaptured[i];
        long software = ContentHash.add(6, b.dnsFlags[i] & QUERY_FLAGS);
        software = ContentHash.add(software, Bytes.u16(frames, name - HEADER + ADDITIONAL));
        long option = nameEnd + QUESTION_TAIL;
        if (option + OPT_LENGTH <= captured && Bytes.u16(frames, option + 1) == OPT) {
            software = ContentHash.add(software, frames, option + 3, option + OPT_LENGTH);
        }
        long zone = zone(frames, name, nameEnd);
        long object = ContentHash.add(lowerCase(frames, name, nameEnd), b.dnsType[i]);
        into.set(software, software, object, lowerCase(frames, zone, nameEnd), form(frames, name, zone), 1);
        return true;
    }

    /** Of the labels before the zone: how many, how long the first is, and whether it has separators. */
    private static long form(MemorySegment frames, long name, long zone) {
        if (zone == name) {
            return 0;
        }
        long labels = 0;
        for (long at = name; at < zone; at += 1 + Bytes.u8(frames, at)) {
            labels++;
        }
        long first = name + 1;
        return labels << Byte.SIZE | RequestForm.of(frames, first, first + Bytes.u8(frames, name));
    }

    /** Where the name's last labels start. */
    private static long zone(MemorySegment frames, long name, long end) {
        long third = name;
        long second = name;
        long last = name;
        long at = name;
        while (at < end && Bytes.u8(frames, at) != 0) {
            third = second;
            second = last;
            last = at;
            at += 1 + Bytes.u8(frames, at);
        }
        boolean isCountry = Bytes.u8(frames, last) == COUNTRY_LENGTH;
        return isCountry && Bytes.u8(frames, second) <= REGISTRY_LENGTH ? third : second;
    }

    private static long lowerCase(MemorySegment frames, long at, long end) {
        long hash = end - at;
        long word = 0;
        int filled = 0;
        for (long next = at; next < end; next++) {
            int c = Bytes.u8(frames, next);
            word = word << 8 | (c >= 'A' && c <= 'Z' ? c | 0x20 : c);
            if (++filled == 8) {
                hash = ContentHash.add(hash, word);
                word = 0;
                filled = 0;
            }
        }
        return ContentHash.add(hash, word);
    }
}
