package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The checksum of IPv4, TCP, UDP, ICMP and ICMPv6 (RFC 1071). Partial sums are folded 16-bit values in network order:
 * add any number of them as ints, then {@link #finish}.
 */
public final class InternetChecksum {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private InternetChecksum() {}

    /**
     * The one's complement sum of some bytes, an odd last byte padded with zero.
     *
     * @param bytes native memory
     * @return 0 to 0xffff
     */
    public static int sum(MemorySegment bytes, long offset, int lengthBytes) {
        // RFC 1071 section 2(B): the sum in the other byte order is the same sum with its bytes swapped, so that wide
        // little-endian loads serve and one swap at the end makes it right.
        long sum = 0;
        int i = 0;
        for (; i + 8 <= lengthBytes; i += 8) {
            long word = bytes.get(LONG, offset + i);
            sum += (word & 0xffff_ffffL) + (word >>> 32);
        }
        for (; i + 2 <= lengthBytes; i += 2) {
            sum += bytes.get(SHORT, offset + i) & 0xffff;
        }
        if (i < lengthBytes) {
            sum += bytes.get(ValueLayout.JAVA_BYTE, offset + i) & 0xff;
        }
        return Short.reverseBytes((short) fold(sum)) & 0xffff;
    }

    /** The checksum field of a sum of partial sums: folded and complemented, 0 to 0xffff. */
    public static int finish(int sum) {
        return ~fold(sum) & 0xffff;
    }

    private static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) folded;
    }
}
