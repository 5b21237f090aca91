package io.weir.capture.load;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the services answer that are used as reflectors: a few different servers of each. */
record ReflectedAnswers(int port, List<Slice> answers) {
    /** All answers, in native memory. */
    static final MemorySegment MEMORY;

    private static final Map<FloodVector, ReflectedAnswers> SERVICES = new EnumMap<>(FloodVector.class);
    private static final int SERVERS = 16;
    private static final int MOST = 1_400;

    static {
        PayloadBank bank = new PayloadBank();
        add(bank, FloodVector.DNS_REFLECTION, 53, server -> dns(6 + server));
        // Six entries of a monitor list, 72 bytes each (ntpd's mode 7).
        add(bank, FloodVector.NTP_REFLECTION, 123, server -> with(hex("d700032a00060048"), 432, server));
        add(bank, FloodVector.SSDP_REFLECTION, 1900, ReflectedAnswers::ssdp);
        add(bank, FloodVector.MEMCACHED_REFLECTION, 11_211, ReflectedAnswers::memcached);
        add(
                bank,
                FloodVector.CLDAP_REFLECTION,
                389,
                server -> with(hex("3084000005a202010764840000059904003084000005910484"), MOST - 24 * server, server));
        add(
                bank,
                FloodVector.SNMP_REFLECTION,
                161,
                server -> with(hex("308204f102010104067075626c6963a28204e2020101020100"), 700 + 40 * server, server));
        add(bank, FloodVector.CHARGEN_REFLECTION, 19, server -> chargen(74 * (1 + server)));
        add(bank, FloodVector.ISAKMP_REFLECTION, 500, server -> isakmp(60 + 12 * server, server));
        add(
                bank,
                FloodVector.BACNET_REFLECTION,
                47_808,
                server -> with(hex("810a01c0010030010e0c"), 300 + 10 * server, server));
        add(
                bank,
                FloodVector.UNKNOWN_REFLECTION,
                20_911,
                server -> with(hex("a55a0107c0de0002"), 700 + 25 * server, server));
        MEMORY = bank.toMemory();
    }

    /** Makes the answer of one of the servers. */
    private interface Maker {
        byte[] make(int server);
    }

    private static void add(PayloadBank bank, FloodVector vector, int port, Maker maker) {
        List<Slice> answers = new ArrayList<>();
        for (int server = 0; server < SERVERS; server++) {
            answers.add(bank.add(maker.make(server)));
        }
        SERVICES.put(vector, new ReflectedAnswers(port, List.copyOf(answers)));
    }

    /** The service of a vector. */
    static ReflectedAnswers of(FloodVector vector) {
        ReflectedAnswers service = SERVICES.get(vector);
        if (service == null) {
            throw new IllegalArgumentException("nothing is reflected: " + vector);
        }
        return service;
    }

    /** The answer that the server gives whom some bits choose. */
    Slice answer(long bits) {
        return answers.get((int) bits & SERVERS - 1);
    }

    private static byte[] with(byte[] head, int moreBytes, int seed) {
        return ByteBuffer.allocate(head.length + moreBytes)
                .put(head)
                .put(TlsRecords.opaque(moreBytes, seed + 500L))
                .array();
    }

    private static byte[] hex(String digits) {
        byte[] bytes = new byte[digits.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(digits, 2 * i, 2 * i + 2, 16);
        }
        return bytes;
    }

    /** A question for everything about a zone, and so many texts (RFC 1035 section 4). */
    private static byte[] dns(int texts) {
        byte[] zone = hex("076578616d706c6503636f6d00");
        byte[] text = "v=spf1 include:_spf.example.com ip4:192.0.2.0/24 -all".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(12 + zone.length + 4 + texts * (13 + text.length));
        out.putInt(0x8180).putShort((short) 1).putShort((short) texts).putInt(0);
        out.put(zone).putInt(255 << 16 | 1);
        for (int i = 0; i < texts; i++) {
            out.putShort((short) 0xc00c).putInt(16 << 16 | 1).putInt(3600).putShort((short) (1 + text.length));
            out.put((byte) text.length).put(text);
        }
        return out.array();
    }

    private static byte[] ssdp(int server) {
        String text = "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nLOCATION: http://192.168.0." + server
                + ":49152/rootDesc.xml\r\nSERVER: Linux/3." + server + " UPnP/1.0 MiniUPnPd/1." + server
                + "\r\nST: upnp:rootdevice\r\nUSN: uuid:4d696e69-444c-164e-9d41-00000000" + (1000 + server)
                + "::upnp:rootdevice\r\n" + "X-PAD: 0\r\n".repeat(server) + "\r\n";
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** memcached's protocol.txt, "UDP protocol": eight bytes before each datagram. */
    private static byte[] memcached(int server) {
        byte[] head =
                ("\0\0\0" + (char) server + "\0\u0010\0\0VALUE a 0 1048576\r\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[MOST];
        Arrays.fill(all, (byte) ('a' + server));
        System.arraycopy(head, 0, all, 0, head.length);
        return all;
    }

    /** RFC 864: lines of 72 characters, each shifted by one. */
    private static byte[] chargen(int lengthBytes) {
        byte[] out = new byte[lengthBytes];
        for (int i = 0; i < lengthBytes; i++) {
            int column = i % 74;
            out[i] = column == 72 ? (byte) '\r' : column == 73 ? (byte) '\n' : (byte) (' ' + (i / 74 + column) % 95);
        }
        return out;
    }

    /** RFC 2408 section 3.1: two cookies, then what follows is a security association of main mode. */
    private static byte[] isakmp(int moreBytes, int server) {
        ByteBuffer out = ByteBuffer.allocate(28 + moreBytes);
        out.put(TlsRecords.opaque(16, server + 900L))
                .putInt(0x01100200)
                .putInt(0)
                .putInt(28 + moreBytes);
        return out.put(TlsRecords.opaque(moreBytes, server + 950L)).array();
    }
}
