package io.weir.capture.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * ClientHellos (RFC 8446 section 4.1.2) as browsers and a tool send them: which suites and extensions, in which order, is
 * what fingerprints are made of. Their random bytes are zeros.
 */
final class TlsHellos {
    /** Chrome draws the order of its extensions anew each time (since version 110): so many of them. */
    private static final int ORDERS = 8;

    private static final int HEADER = 5 + 4 + 2 + 32 + 1 + 32;
    private static final int GREASE = 0x3a3a; // RFC 8701
    private static final int PADDED = 5 + 512; // RFC 7685
    private static final int[] FIREFOX = {
        0x1301, 0x1303, 0x1302, 0xc02b, 0xc02f, 0xcca9, 0xcca8, 0xc02c, 0xc030, 0xc00a, 0xc009, 0xc013, 0xc014, 0x9c,
        0x9d, 0x2f, 0x35
    };
    private static final int[] CHROME = {
        GREASE, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x9c, 0x9d,
        0x2f, 0x35
    };
    private static final int[] SAFARI = {
        GREASE, 0x1301, 0x1302, 0x1303, 0xc02c, 0xc02b, 0xcca9, 0xc030, 0xc02f, 0xcca8, 0xc00a, 0xc009, 0xc014, 0xc013,
        0x9d, 0x9c, 0x35, 0x2f
    };
    private static final int[] OPENSSL = {
        0x1302, 0x1303, 0x1301, 0xc02c, 0xc030, 0x9f, 0xcca9, 0xcca8, 0xccaa, 0xc02b, 0xc02f, 0x9e, 0xc024, 0xc028,
        0x6b, 0xc023, 0xc027, 0x67, 0xff
    };

    private TlsHellos() {}

    /** Those of a stack's usual browser: Firefox on Linux, Chrome on Android and Windows, Safari on Apple's. */
    static List<byte[]> of(ClientStack stack, String name) {
        List<Integer> order = List.of(0, 23, 65_281, 10, 11, 35, 16, 5, 51, 43, 13, 45);
        return switch (stack) {
            case LINUX -> List.of(hello(FIREFOX, order, name, PADDED));
            case APPLE ->
                List.of(hello(SAFARI, List.of(GREASE, 0, 23, 65_281, 10, 11, 16, 5, 13, 18, 51, 45, 43), name, PADDED));
            case ANDROID, WINDOWS -> chrome(order, name, stack == ClientStack.ANDROID ? 1 : 2);
        };
    }

    private static List<byte[]> chrome(List<Integer> order, String name, int seed) {
        List<byte[]> hellos = new ArrayList<>();
        for (int i = 0; i < ORDERS; i++) {
            List<Integer> shuffled = new ArrayList<>(order);
            LoadRandom random = new LoadRandom(seed, i);
            for (int last = shuffled.size() - 1; last > 0; last--) {
                Collections.swap(shuffled, last, random.nextInt(last + 1));
            }
            shuffled.addFirst(GREASE);
            hellos.add(hello(CHROME, shuffled, name, PADDED));
        }
        return List.copyOf(hellos);
    }

    /** What a flood over OpenSSL sends: no name, no padding, the library's own order. */
    static byte[] ofTool() {
        return hello(OPENSSL, List.of(11, 10, 35, 22, 23, 13, 43, 45, 51), "", 0);
    }

    private static byte[] hello(int[] suites, List<Integer> order, String name, int paddedBytes) {
        ByteBuffer extensions = ByteBuffer.allocate(1024);
        order.forEach(type -> extension(extensions, type, name));
        int length = HEADER + 2 + 2 * suites.length + 2 + 2 + extensions.position();
        if (length + 4 < paddedBytes) {
            shorts(extensions, 21, paddedBytes - length - 4);
            extensions.position(extensions.position() + paddedBytes - length - 4);
            length = paddedBytes;
        }
        ByteBuffer out = ByteBuffer.allocate(length);
        out.put((byte) 22).putShort((short) 0x0301).putShort((short) (length - 5));
        out.putInt(1 << 24 | length - 9).putShort((short) 0x0303);
        out.put(new byte[32]).put((byte) 32).put(new byte[32]);
        shorts(out, 2 * suites.length);
        shorts(out, suites);
        shorts(out, 0x0100, extensions.position()); // one compression method, none
        return out.put(extensions.flip()).array();
    }

    private static void extension(ByteBuffer out, int type, String name) {
        switch (type) {
            case 0 -> { // server_name (RFC 6066 section 3)
                byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
                shorts(out, 0, bytes.length + 5, bytes.length + 3);
                out.put((byte) 0).putShort((short) bytes.length).put(bytes);
            }
            case 5 -> { // status_request
                shorts(out, 5, 5);
                out.put((byte) 1).putInt(0);
            }
            case 10 -> shorts(out, 10, 8, 6, 0x001d, 0x0017, 0x0018); // supported_groups
            case 11 -> { // ec_point_formats
                shorts(out, 11, 2);
                out.put((byte) 1).put((byte) 0);
            }
            case 13 ->
                shorts(out, 13, 18, 16, 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601); // signatures
            case 16 -> { // application_layer_protocol_negotiation (RFC 7301)
                shorts(out, 16, 14, 12);
                out.put((byte) 2).put(ascii("h2")).put((byte) 8).put(ascii("http/1.1"));
            }
            case 43 -> { // supported_versions
                shorts(out, 43, 5);
                out.put((byte) 4).putShort((short) 0x0304).putShort((short) 0x0303);
            }
            case 45 -> shorts(out, 45, 2, 0x0101); // psk_key_exchange_modes
            case 51 -> { // key_share
                shorts(out, 51, 38, 36, 0x001d, 32);
                out.put(TlsRecords.opaque(32, 77));
            }
            case 65_281 -> { // renegotiation_info
                shorts(out, 65_281, 1);
                out.put((byte) 0);
            }
            default -> shorts(out, type, 0);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void shorts(ByteBuffer out, int... values) {
        for (int value : values) {
            out.putShort((short) value);
        }
    }
}
