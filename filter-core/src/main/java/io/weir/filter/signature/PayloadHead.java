package io.weir.filter.signature;

import java.nio.charset.StandardCharsets;

/**
 * The first bytes of a payload, some of which may be any.
 *
 * @param length bytes, 1 to {@value #LONGEST}; the last is never any
 * @param firstMask which bits of the first eight bytes are fixed, the first byte highest: 0xff or 0 for each byte
 * @param first their values, 0 where any
 */
public record PayloadHead(int length, long firstMask, long first, long secondMask, long second) {
    /** Bytes of a payload that signatures know. */
    public static final int LONGEST = 16;

    /** Fewer characters than these are better read as numbers. */
    private static final int SHORTEST_TEXT = 4;

    /** Cuts the end that may be any. */
    public PayloadHead {
        first &= firstMask;
        second &= secondMask;
        int needed = secondMask != 0
                ? 16 - Long.numberOfTrailingZeros(secondMask) / 8
                : 8 - Long.numberOfTrailingZeros(firstMask) / 8;
        if (firstMask == 0 && secondMask == 0) {
            throw new IllegalArgumentException("no byte is fixed");
        }
        length = needed;
    }

    /** Bytes that are fixed where {@code isFixed} says so. */
    public static PayloadHead of(byte[] bytes, boolean[] isFixed) {
        long[] words = new long[4];
        for (int i = 0; i < bytes.length; i++) {
            if (isFixed[i]) {
                int shift = 56 - 8 * (i & 7);
                words[i >>> 3] |= 0xffL << shift;
                words[2 + (i >>> 3)] |= (bytes[i] & 0xffL) << shift;
            }
        }
        return new PayloadHead(bytes.length, words[0], words[2], words[1], words[3]);
    }

    boolean matches(long payloadFirst, long payloadSecond) {
        return (payloadFirst & firstMask) == first && (payloadSecond & secondMask) == second;
    }

    /** Whether byte {@code i} has to be {@link #value}. */
    public boolean isFixed(int i) {
        return ((i < 8 ? firstMask : secondMask) >>> 56 - 8 * (i & 7) & 0xff) != 0;
    }

    /** Byte {@code i}, 0 where it may be any. */
    public int value(int i) {
        return (int) ((i < 8 ? first : second) >>> 56 - 8 * (i & 7)) & 0xff;
    }

    /** Bytes that are fixed. */
    public int fixedCount() {
        return (Long.bitCount(firstMask) + Long.bitCount(secondMask)) / 8;
    }

    /** {@code "GET / HTTP/1.1"} where it is text, else {@code 0x17??032a}. */
    @Override
    public String toString() {
        StringBuilder hex = new StringBuilder("0x");
        byte[] bytes = new byte[length];
        boolean isText = length >= SHORTEST_TEXT;
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) value(i);
            isText &= isFixed(i) && value(i) >= ' ' && value(i) <= '~' && value(i) != '"' && value(i) != '\\';
            hex.append(isFixed(i) ? String.format("%02x", value(i)) : "??");
        }
        return isText ? '"' + new String(bytes, StandardCharsets.US_ASCII) + '"' : hex.toString();
    }
}
