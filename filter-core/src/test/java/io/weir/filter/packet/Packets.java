package io.weir.filter.packet;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;

/** Headers as hexadecimal text, composed from the inside out; lengths are filled in. */
final class Packets {
    static final String SYN = tcp(40000, 80, 0x002, "020405b4", "");
    static final String UDP = udp(40000, 9999, "ab".repeat(20));
    /** Identifier 1234, recursion desired, one question: www.example.com, A, IN. */
    static final String DNS_QUERY = "123401000001000000000000" + "03777777076578616d706c6503636f6d00" + "00010001";

    private Packets() {}

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static String text(String ascii) {
        return HexFormat.of().formatHex(ascii.getBytes(StandardCharsets.ISO_8859_1));
    }

    static String u8(int value) {
        return String.format(Locale.ROOT, "%02x", value & 0xff);
    }

    static String u16(int value) {
        return String.format(Locale.ROOT, "%04x", value & 0xffff);
    }

    static int length(String hex) {
        return bytes(hex).length;
    }

    static String ethernet(int type, String payload) {
        return "020000000001" + "020000000002" + u16(type) + payload;
    }

    static String ethernet4(String ipv4Payload) {
        return ethernet(0x0800, ipv4Payload);
    }

    static String ethernet6(String ipv6Payload) {
        return ethernet(0x86dd, ipv6Payload);
    }

    /** From 10.0.0.1 to 10.0.0.2, identification 0xbeef, time to live 64. */
    static String ipv4(int protocol, String payload) {
        return ipv4(protocol, 0x4000, "", payload);
    }

    static String ipv4(int protocol, int flagsAndOffset, String options, String payload) {
        int headerLength = 20 + length(options);
        return u8(0x40 | headerLength / 4)
                + "00"
                + u16(headerLength + length(payload))
                + "beef"
                + u16(flagsAndOffset)
                + "40"
                + u8(protocol)
                + "0000"
                + "0a000001"
                + "0a000002"
                + options
                + payload;
    }

    /** From 2001:db8::1 to 2001:db8::2, hop limit 64. */
    static String ipv6(int next, String payload) {
        return "60000000"
                + u16(length(payload))
                + u8(next)
                + "40"
                + "20010db8000000000000000000000001"
                + "20010db8000000000000000000000002"
                + payload;
    }

    /** Sequence 0x11223344, acknowledgment 0x55667788, window 0x7210. */
    static String tcp(int source, int destination, int flags, String options, String payload) {
        int words = 5 + length(options) / 4;
        return u16(source)
                + u16(destination)
                + "11223344"
                + "55667788"
                + u16(words << 12 | flags)
                + "7210"
                + "0000"
                + "0000"
                + options
                + payload;
    }

    static String udp(int source, int destination, String payload) {
        return u16(source) + u16(destination) + u16(8 + length(payload)) + "0000" + payload;
    }

    /** Echo request, identifier 0x4242. */
    static String echo(int type) {
        return u8(type) + "00" + "0000" + "4242" + "0001" + "00010203";
    }
}
