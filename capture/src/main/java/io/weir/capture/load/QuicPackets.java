package io.weir.capture.load;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** QUIC as it looks from outside (RFC 9000 section 17): long headers while a connection opens, then short ones. */
final class QuicPackets {
    /** RFC 9000 section 14.1: a client's first datagram is at least so long. */
    static final int INITIAL_BYTES = 1200;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int INITIAL = 0xc3;
    private static final int HANDSHAKE = 0xe3;
    private static final int SHORT_HEADER = 0x43;
    private static final int VERSION_1 = 1;

    private QuicPackets() {}

    /** A client's first packet; the bits are its connection ids and what it hides. */
    static int initial(MemorySegment out, long bits) {
        return longHeader(out, INITIAL, bits, INITIAL_BYTES);
    }

    /** A packet of the handshake. */
    static int handshake(MemorySegment out, long bits, int lengthBytes) {
        return longHeader(out, HANDSHAKE, bits, lengthBytes);
    }

    /** A packet of an open connection. */
    static int data(MemorySegment out, long bits, int lengthBytes) {
        out.set(BYTE, 0, (byte) (SHORT_HEADER | (int) (bits >>> 60 & 3) << 4));
        out.set(LONG, 1, LoadRandom.mix(bits));
        opaque(out, 9, lengthBytes, bits);
        return lengthBytes;
    }

    private static int longHeader(MemorySegment out, int type, long bits, int lengthBytes) {
        out.set(BYTE, 0, (byte) type);
        out.set(INT, 1, VERSION_1);
        out.set(BYTE, 5, (byte) 8);
        out.set(LONG, 6, LoadRandom.mix(bits));
        out.set(BYTE, 14, (byte) 0); // no source connection id, as browsers have it
        out.set(BYTE, 15, (byte) 0); // no token
        out.set(BYTE, 16, (byte) (0x40 | lengthBytes - 18 >>> 8));
        out.set(BYTE, 17, (byte) (lengthBytes - 18));
        opaque(out, 18, lengthBytes, bits);
        return lengthBytes;
    }

    private static void opaque(MemorySegment out, int from, int to, long bits) {
        int source = (int) (LoadRandom.mix(bits + 1) >>> 50);
        MemorySegment.copy(Payloads.MEMORY, Payloads.RANDOM.offset() + source, out, from, to - from);
    }
}
