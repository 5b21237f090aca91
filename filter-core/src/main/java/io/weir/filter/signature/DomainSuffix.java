package io.weir.filter.signature;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A domain name, or everything beneath one. Upper and lower case are the same (RFC 4343).
 *
 * <p>Held as the wire form (RFC 1035 section 3.1) in words from its end, so that eight bytes are compared at a time: bit
 * 5 of a letter is left out by the mask.
 */
public final class DomainSuffix {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int LONGEST_NAME = 255;

    private final byte[] wire;
    private final boolean isBeneath;
    /** Word {@code k} holds the eight bytes that end {@code 8 * k} bytes before the end. */
    private final long[] masks;

    private final long[] values;

    /**
     * @param wire labels each behind its length, the root's 0 at the end
     * @param isBeneath whether names beneath it are meant, and not itself
     */
    public DomainSuffix(byte[] wire, boolean isBeneath) {
        if (wire.length < 1 || wire.length > LONGEST_NAME || isBeneath && wire.length == 1) {
            throw new IllegalArgumentException("no name of " + wire.length + " bytes");
        }
        this.wire = lowerCase(wire);
        this.isBeneath = isBeneath;
        int words = (wire.length + 7) / 8;
        masks = new long[words];
        values = new long[words];
        for (int i = 0; i < wire.length; i++) {
            int fromEnd = wire.length - 1 - i;
            int shift = 8 * (fromEnd & 7);
            masks[fromEnd >>> 3] |= (isLetter(this.wire[i]) ? 0xdfL : 0xffL) << shift;
            values[fromEnd >>> 3] |= (this.wire[i] & (isLetter(this.wire[i]) ? 0xdfL : 0xffL)) << shift;
        }
    }

    private static byte[] lowerCase(byte[] name) {
        byte[] lower = name.clone();
        for (int i = 0; i < lower.length; i++) {
            lower[i] = (byte) (lower[i] >= 'A' && lower[i] <= 'Z' ? lower[i] + 32 : lower[i]);
        }
        return lower;
    }

    private static boolean isLetter(byte lower) {
        return lower >= 'a' && lower <= 'z';
    }

    int wireLength() {
        return wire.length;
    }

    /** Whether names beneath it are meant, and not itself. */
    public boolean isBeneath() {
        return isBeneath;
    }

    /** The wire form in lower case. */
    public byte[] wire() {
        return wire.clone();
    }

    /**
     * Whether a name is meant.
     *
     * @param at where it starts; a DNS header lies before it
     * @param length of its wire form
     */
    boolean matches(MemorySegment frames, long at, int length) {
        if (isBeneath ? length <= wire.length : length != wire.length) {
            return false;
        }
        int start = 0;
        while (length - start > wire.length) {
            start += 1 + (frames.get(ValueLayout.JAVA_BYTE, at + start) & 0xff);
        }
        if (length - start != wire.length) {
            return false;
        }
        long end = at + length - 8;
        for (int k = 0; k < masks.length; k++) {
            if ((frames.get(LONG, end - 8L * k) & masks[k]) != values[k]) {
                return false;
            }
        }
        return true;
    }

    /** The same of a name's last bytes, word by word from the end, without regard to where its labels begin. */
    boolean matchesTail(long[] tail, int at, int words, int length) {
        if ((isBeneath ? length <= wire.length : length != wire.length) || masks.length > words) {
            return false;
        }
        for (int k = 0; k < masks.length; k++) {
            if ((tail[at + k] & masks[k]) != values[k]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DomainSuffix suffix
                && suffix.isBeneath == isBeneath
                && Arrays.equals(suffix.wire, wire);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(wire) * 2 + (isBeneath ? 1 : 0);
    }

    /**
     * In presentation format (RFC 1035 section 5.1), with {@code *.} in front where names beneath are meant. What would
     * end a word of a signature, and what isn't printable, is written as {@code \\DDD}.
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(isBeneath ? "*." : "");
        if (wire.length == 1) {
            return text.append('.').toString();
        }
        for (int at = 0; wire[at] != 0; at += 1 + wire[at]) {
            text.append(at > 0 ? "." : "");
            for (int k = 1; k <= wire[at]; k++) {
                append(text, wire[at + k] & 0xff);
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder text, int c) {
        if (c == '.' || c == '\\') {
            text.append('\\').append((char) c);
        } else if (c > ' ' && c <= '~' && c != ',' && c != '*') {
            text.append((char) c);
        } else {
            text.append(String.format("\\%03d", c));
        }
    }
}
