package io.weir.filter.address;

import java.util.Arrays;
import java.util.List;

/**
 * Longest-prefix match over a fixed list of prefixes, IPv4 and IPv6 apart.
 *
 * <p>Nested prefixes are cut into disjoint sorted ranges when the table is built, so a lookup is a binary search: for n
 * prefixes of the address's version at most ceil(log2(2n + 1)) steps for IPv4 and twice that for IPv6 (the second half
 * only where prefixes longer than /64 share their first 64 bits), whatever the address. Nothing is allocated. At most 8
 * bytes a range for IPv4 and 24 for IPv6. Immutable, safe for any number of threads.
 */
public final class PrefixTable {
    /** What {@link #lookup} returns where no prefix holds the address. */
    public static final int NONE = -1;

    /** First addresses of the IPv4 ranges with the sign bit flipped, so that signed comparison sorts them. */
    private final int[] starts4;

    private final int[] owners4;

    /** The different high halves at which IPv6 ranges start, sign bit flipped. */
    private final long[] highs6;
    /** The first range that starts at each high half, and at the end the number of ranges. */
    private final int[] firstRange6;
    /** Low halves at which the IPv6 ranges start, sign bit flipped. */
    private final long[] lows6;

    private final int[] owners6;

    private PrefixTable(DisjointRanges ranges4, DisjointRanges ranges6) {
        starts4 = new int[ranges4.size()];
        Arrays.setAll(starts4, i -> (int) ranges4.low(i) ^ Integer.MIN_VALUE);
        owners4 = ranges4.owners();
        int ranges = ranges6.size();
        lows6 = new long[ranges];
        Arrays.setAll(lows6, i -> ranges6.low(i) ^ Long.MIN_VALUE);
        owners6 = ranges6.owners();
        long[] highs = new long[ranges];
        int[] firsts = new int[ranges + 1];
        int groups = 0;
        for (int i = 0; i < ranges; i++) {
            if (i == 0 || ranges6.high(i) != ranges6.high(i - 1)) {
                highs[groups] = ranges6.high(i) ^ Long.MIN_VALUE;
                firsts[groups++] = i;
            }
        }
        firsts[groups] = ranges;
        highs6 = Arrays.copyOf(highs, groups);
        firstRange6 = Arrays.copyOf(firsts, groups + 1);
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

    /** High halves first: one comparison a step, where comparing 128 bits at a time measured half as slow again. */
    private int lookup6(long high, long low) {
        long key = high ^ Long.MIN_VALUE;
        long[] highs = highs6;
        int group = lastNotAbove(highs, 0, highs.length, key);
        int end = firstRange6[group + 1];
        if (highs[group] != key) {
            return owners6[end - 1];
        }
        int first = firstRange6[group];
        long lowKey = low ^ Long.MIN_VALUE;
        // Below the group's first start still lies the range before it. Range 0 starts at ::, so there is one.
        int range = lowKey < lows6[first] ? first - 1 : lastNotAbove(lows6, first, end - first, lowKey);
        return owners6[range];
    }

    private static int lastNotAbove(long[] sorted, int from, int length, long key) {
        int base = from;
        for (int count = length; count > 1; ) {
            int half = count >>> 1;
            base = sorted[base + half] <= key ? base + half : base;
            count -= half;
        }
        return base;
    }
}
