package io.weir.capture.load;

import io.weir.filter.address.IpAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** DNS questions and answers (RFC 1035 section 4), written into native memory. */
final class DnsMessages {
    /** Bits that stand for www.example.com where a name is asked for by its bits. */
    static final long WEB_NAME = 0;

    private static final int TYPE_A = 1;
    private static final int TYPE_AAAA = 28;
    private static final int TYPE_SOA = 6;
    private static final int TYPE_OPT = 41;
    private static final int CLASS_IN = 1;
    private static final int RESPONSE = 0x8000;
    private static final int AUTHORITATIVE = 0x0400;
    private static final int RECURSION_DESIRED = 0x0100;
    private static final int RECURSION_AVAILABLE = 0x0080;
    private static final int NAME_ERROR = 3;
    private static final int NUMBERED_HOSTS = 800;
    private static final int NAME_AT = 12;
    private static final int NAME_POINTER = 0xc000;
    private static final int RANDOM_LABEL_LENGTH = 12;
    private static final byte[] DIGITS = "abcdefghijklmnopqrstuvwxyz234567".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CONSONANTS = "bcdfghklmnprstvw".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VOWELS = "aeiouyao".getBytes(StandardCharsets.US_ASCII);
    private static final long PLAUSIBLE = 1L << 62;
    private static final int MAXIMUM_PAYLOAD = 1232; // what resolvers agreed on at the flag day of 2020

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final byte[] ZONE = labels("example", "com");
    /** Names that exist, the web server's first (RFC 2606: example.com is nobody's). */
    private static final List<byte[]> HOSTS = hosts();

    private DnsMessages() {}

    private static List<byte[]> hosts() {
        List<byte[]> hosts = new ArrayList<>();
        for (String name :
                "www mail api cdn ns1 shop img m static app dev blog smtp imap ftp vpn git ns2".split(" ", -1)) {
            hosts.add(labels(name));
        }
        for (int i = 1; i <= NUMBERED_HOSTS; i++) {
            hosts.add(labels("host-" + i));
        }
        return List.copyOf(hosts);
    }

    /** A or AAAA, as the target's address is. */
    static int addressType(Host target) {
        return IpAddress.isIpv4(target.high(), target.low()) ? TYPE_A : TYPE_AAAA;
    }

    /** A name that exists: some bits for {@link #question}, negative ones stand for names that don't. */
    static long existingName(LoadRandom random) {
        // Zipf's law: each is asked for in inverse proportion to its rank.
        return (long) StrictMath.pow(HOSTS.size(), random.nextDouble()) - 1;
    }

    /** A name that nobody has, as random-label floods ask for. */
    static long randomName(LoadRandom random) {
        return (random.nextLong() | Long.MIN_VALUE) & ~PLAUSIBLE;
    }

    /** A name that nobody has, of letters and a length as real ones have them. */
    static long plausibleName(LoadRandom random) {
        return random.nextLong() | Long.MIN_VALUE | PLAUSIBLE;
    }

    /** Writes a question with an EDNS record (RFC 6891); returns its length in bytes. */
    static int question(MemorySegment out, int id, long name, int type) {
        int at = header(out, id, RECURSION_DESIRED, 0, 1, name, type);
        return edns(out, at);
    }

    /** The same without EDNS, as simple tools ask. */
    static int plainQuestion(MemorySegment out, int id, long name, int type) {
        return header(out, id, RECURSION_DESIRED, 0, 0, name, type);
    }

    /** Writes the answer to a question: the target's address, or that there is no such name (RFC 2308). */
    static int answer(MemorySegment out, int id, long name, int type, boolean authoritative, Host target) {
        boolean exists = name >= 0;
        int flags = RESPONSE | RECURSION_DESIRED | (authoritative ? AUTHORITATIVE : RECURSION_AVAILABLE);
        int at = header(
                out, id, exists ? flags : flags | NAME_ERROR, exists ? 1 : 0, (exists ? 0 : 1) << 16 | 1, name, type);
        return edns(out, exists ? address(out, at, type, target) : startOfAuthority(out, at, name));
    }

    private static int header(MemorySegment out, int id, int flags, int answers, int others, long name, int type) {
        out.set(SHORT, 0, (short) id);
        out.set(SHORT, 2, (short) flags);
        out.set(INT, 4, 1 << 16 | answers);
        out.set(INT, 8, others);
        int at = name >= 0 ? put(out, NAME_AT, HOSTS.get((int) name)) : randomLabel(out, name);
        at = put(out, at, ZONE);
        out.set(BYTE, at, (byte) 0);
        out.set(INT, at + 1, type << 16 | CLASS_IN);
        return at + 5;
    }

    private static int randomLabel(MemorySegment out, long bits) {
        int length = labelLength(bits);
        boolean isPlausible = (bits & PLAUSIBLE) != 0;
        out.set(BYTE, NAME_AT, (byte) length);
        long left = isPlausible ? LoadRandom.mix(bits) : bits;
        for (int i = 1; i <= length; i++) {
            byte[] letters = !isPlausible ? DIGITS : i % 2 == 0 ? VOWELS : CONSONANTS;
            out.set(BYTE, NAME_AT + i, letters[(int) left & letters.length - 1]);
            left >>>= 5;
        }
        return NAME_AT + 1 + length;
    }

    private static int labelLength(long bits) {
        return (bits & PLAUSIBLE) == 0 ? RANDOM_LABEL_LENGTH : 4 + (int) (bits & 7);
    }

    private static int address(MemorySegment out, int from, int type, Host target) {
        int at = record(out, from, NAME_POINTER | NAME_AT, type, type == TYPE_A ? 4 : 16);
        if (type == TYPE_A) {
            out.set(INT, at, (int) target.low());
            return at + 4;
        }
        out.set(LONG, at, target.high());
        out.set(LONG, at + 8, target.low());
        return at + 16;
    }

    private static int startOfAuthority(MemorySegment out, int from, long name) {
        // The zone's name follows the random label in the question.
        int zone = NAME_POINTER | NAME_AT + 1 + labelLength(name);
        int at = record(out, from, zone, TYPE_SOA, 4 + 20);
        out.set(INT, at, zone << 16 | zone);
        out.set(INT, at + 4, 2026_01_01);
        out.set(INT, at + 8, 7200);
        out.set(INT, at + 12, 3600);
        out.set(INT, at + 16, 1_209_600);
        out.set(INT, at + 20, 300);
        return at + 24;
    }

    private static int record(MemorySegment out, int at, int name, int type, int dataLength) {
        out.set(SHORT, at, (short) name);
        out.set(INT, at + 2, type << 16 | CLASS_IN);
        out.set(INT, at + 6, 300);
        out.set(SHORT, at + 10, (short) dataLength);
        return at + 12;
    }

    private static int edns(MemorySegment out, int at) {
        out.set(BYTE, at, (byte) 0);
        out.set(INT, at + 1, TYPE_OPT << 16 | MAXIMUM_PAYLOAD);
        out.set(INT, at + 5, 0);
        out.set(SHORT, at + 9, (short) 0);
        return at + 11;
    }

    private static int put(MemorySegment out, int at, byte[] bytes) {
        MemorySegment.copy(bytes, 0, out, BYTE, at, bytes.length);
        return at + bytes.length;
    }

    private static byte[] labels(String... labels) {
        StringBuilder text = new StringBuilder();
        for (String label : labels) {
            text.append((char) label.length()).append(label);
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
