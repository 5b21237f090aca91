package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * The start of a TLS handshake: a record with a ClientHello (RFC 8446 sections 4.1.2 and 5.1).
 *
 * <pre>
 *  | type 22: 1 | version 2 | record length 2 | type 1: 1 | length 3 | version 2 | random 32 | session length 1 | …
 * </pre>
 */
final class TlsClientHello {
    private static final int RECORD_LENGTH = 3;
    private static final int HANDSHAKE = 5;
    private static final int HELLO_LENGTH = 6;
    private static final int HELLO_VERSION = 9;
    private static final int SESSION_LENGTH = 43;
    /** Up to the version of the hello. */
    private static final int SHORTEST = 11;

    private static final int HANDSHAKE_HEADER = 4;
    /** Version, random, empty session, one cipher suite, one compression method. */
    private static final int SHORTEST_HELLO = 41;
    /** Two-byte lengths inside bound it: suites and extensions, 65,535 bytes each, and the rest. */
    private static final int LONGEST_HELLO = 2 * 65_535 + 512;

    private static final int LONGEST_RECORD = 1 << 14;
    private static final int LONGEST_SESSION = 32;
    /** Record types 22, versions 3.0 to 3.4. */
    private static final int FIRST_VERSION = 0x16_0300;

    private static final int LAST_VERSION = 0x16_0304;

    private TlsClientHello() {}

    /** Whether the payload at {@code at}, of which {@code captured} bytes are there, starts with one. */
    static boolean matches(MemorySegment frames, long at, int captured) {
        if (captured < SHORTEST) {
            return false;
        }
        int typeAndVersion = Bytes.i32(frames, at) >>> 8;
        if (typeAndVersion < FIRST_VERSION || typeAndVersion > LAST_VERSION) {
            return false;
        }
        int record = Bytes.u16(frames, at + RECORD_LENGTH);
        int hello = Bytes.u8(frames, at + HELLO_LENGTH) << 16 | Bytes.u16(frames, at + HELLO_LENGTH + 1);
        int version = Bytes.u16(frames, at + HELLO_VERSION);
        // A hello may go on in the next record, but nothing shares its record.
        return Bytes.u8(frames, at + HANDSHAKE) == 1
                && hello >= SHORTEST_HELLO
                && hello <= LONGEST_HELLO
                && record > HANDSHAKE_HEADER
                && record <= LONGEST_RECORD
                && record <= hello + HANDSHAKE_HEADER
                && version >= 0x0300
                && version <= 0x0304
                && (captured <= SESSION_LENGTH || Bytes.u8(frames, at + SESSION_LENGTH) <= LONGEST_SESSION);
    }
}
