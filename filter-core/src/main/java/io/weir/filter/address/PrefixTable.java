package io.weir.filter.address;

import java.util.Arrays;
import java.util.List;

/**
 * Longest-prefix match over a fixed list of prefixes, IPv4 and IPv6 apart.
 *
 * <p>Nested prefixes are cut into disjoint sorted ranges when the table is built, so a lookup is one binary search: for
 * n prefixes of the address's version at most ceil(log2(2n + 1)) steps whatever the address, nothing allocated. 20 bytes
 * a range for IPv6, 8 for IPv4. Immutable, safe for any number of threads.
 */
public final class PrefixTable {
    /** What {@link #lookup} returns where no prefix holds the address. */
    public static final int NONE = -1;

    /** First addresses of the IPv4 ranges with the sign bit flipped, so that signed comparison sorts them. */
    private final int[] starts4;

    private final int[] owners4;
    /** First addresses of the IPv6 ranges, both halves with the sign bit flipped. */
    private final long[] startsHigh6;

    private final long[] startsLow6;
    private final int[] owners6;

    private PrefixTable(DisjointRanges ranges4, DisjointRanges ranges6) {
        starts4 = new int[ranges4.size()];
        Arrays.setAll(starts4, i -> (int) ranges4.low(i) ^ Integer.MIN_VALUE);
        owners4 = ranges4.owners();
        startsHigh6 = new long[ranges6.size()];
        startsLow6 = new long[ranges6.size()];
        Arrays.setAll(startsHigh6, i -> ranges6.high(i) ^ Long.MIN_VALUE);
        Arrays.setAll(startsLow6, i -> ranges6.low(i) ^ Long.MIN_VALUE);
        owners6 = ranges6.owners();
    }

    /** A table that answers with positions in this list; of equal prefixes the first one counts. */
    public static PrefixTable of(List<IpPrefix> prefixes) {
        return new PrefixTable(DisjointRanges.of(prefixes, 4), DisjointRanges.of(prefixes, 6));
    }

    /** Position of the most specific prefix that holds the address, or {@link #NONE}. */
    public int lookup(long high, long low) {
        return IpAddress.isIpv4(high, low) ? lookup4((int) low) : lookup6(high, low);
    }

    private int lookup4(int address) {
        int key = address ^ Integer.MIN_VALUE;
        int[] starts = starts4;
        int base = 0;
        // The first range starts at the lowest address, so the answer is always in base .. base + count - 1.
        for (int count = starts.length; count > 1; ) {
            int half = count >>> 1;
            base = starts[base + half] <= key ? base + half : base;
            count -= half;
        }
        return owners4[base];
    }

    private int lookup6(long high, long low) {
        long keyHigh = high ^ Long.MIN_VALUE;
        long keyLow = low ^ Long.MIN_VALUE;
        int base = 0;
        for (int count = startsHigh6.length; count > 1; ) {
            int half = count >>> 1;
            long startHigh = startsHigh6[base + half];
            if (startHigh < keyHigh || startHigh == keyHigh && startsLow6[base + half] <= keyLow) {
                base += half;
            }
            count -= half;
        }
        return owners6[base];
    }
}
