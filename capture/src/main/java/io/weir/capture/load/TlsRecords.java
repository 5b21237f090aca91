package io.weir.capture.load;

import java.nio.ByteBuffer;

/** TLS 1.3 as it looks from outside (RFC 8446): readable hellos, then opaque records. */
final class TlsRecords {
    /** Offset of the random in a ClientHello record: record and handshake header, then the version. */
    static final int RANDOM = 5 + 4 + 2;
    /** Offset of the session id's 32 bytes. */
    static final int SESSION_ID = RANDOM + 32 + 1;

    private static final int HANDSHAKE = 22;
    private static final int APPLICATION_DATA = 23;
    private static final int CHANGE_CIPHER_SPEC = 20;

    private TlsRecords() {}

    /** A ServerHello and the change of cipher that follows it (RFC 8446 section 4.1.3). */
    static byte[] serverHello(long seed) {
        ByteBuffer out = ByteBuffer.allocate(5 + 122 + 6);
        out.put((byte) HANDSHAKE).putShort((short) 0x0303).putShort((short) 122);
        out.putInt(2 << 24 | 118).putShort((short) 0x0303);
        out.put(opaque(32, seed)).put((byte) 32).put(opaque(32, seed + 1));
        out.putShort((short) 0x1301).put((byte) 0).putShort((short) 46);
        shorts(out, 43, 2, 0x0304); // supported_versions
        shorts(out, 51, 36, 0x001d, 32); // key_share
        out.put(opaque(32, seed + 2));
        return out.put(changeCipherSpec()).array();
    }

    static byte[] changeCipherSpec() {
        return new byte[] {CHANGE_CIPHER_SPEC, 3, 3, 0, 1, 1};
    }

    /** A record of encrypted bytes (RFC 8446 section 5.2), its five bytes of header included in the length. */
    static byte[] applicationData(int lengthBytes, long seed) {
        ByteBuffer out = ByteBuffer.allocate(lengthBytes);
        out.put((byte) APPLICATION_DATA).putShort((short) 0x0303).putShort((short) (lengthBytes - 5));
        return out.put(opaque(lengthBytes - 5, seed)).array();
    }

    /** Bytes without a pattern. */
    static byte[] opaque(int lengthBytes, long seed) {
        byte[] bytes = new byte[lengthBytes];
        for (int i = 0; i < lengthBytes; i++) {
            bytes[i] = (byte) LoadRandom.mix(seed * 0x1_0000_0001L + i);
        }
        return bytes;
    }

    private static void shorts(ByteBuffer out, int... values) {
        for (int value : values) {
            out.putShort((short) value);
        }
    }
}
