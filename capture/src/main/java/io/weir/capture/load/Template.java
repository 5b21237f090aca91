package io.weir.capture.load;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** A request with places for eight bytes that differ each time. */
final class Template {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** Nothing to be asked. */
    static final Template NONE = new Template(new Slice(0, 0), false);

    private final Slice bytes;
    private final boolean text;
    private final int[] places;

    /**
     * A request of these bytes.
     *
     * @param text whether the places take hexadecimal digits rather than any bytes
     * @param places offsets in the request
     */
    Template(Slice bytes, boolean text, int... places) {
        this.bytes = bytes;
        this.text = text;
        this.places = places;
    }

    int length() {
        return bytes.length();
    }

    /** Writes the request to the start of some memory, the same nonce always the same; returns its length in bytes. */
    int write(MemorySegment out, long nonce) {
        MemorySegment.copy(Payloads.MEMORY, bytes.offset(), out, 0, bytes.length());
        for (int i = 0; i < places.length; i++) {
            long bits = LoadRandom.mix(nonce + i);
            out.set(LONG, places[i], text ? hexDigits((int) bits) : bits);
        }
        return bytes.length();
    }

    private static long hexDigits(int value) {
        long digits = 0;
        for (int shift = 28; shift >= 0; shift -= 4) {
            digits = digits << 8 | Character.forDigit(value >>> shift & 0xf, 16);
        }
        return digits;
    }
}
