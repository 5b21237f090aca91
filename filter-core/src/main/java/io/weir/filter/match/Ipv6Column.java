package io.weir.filter.match;

import io.weir.filter.match.PrefixClasses.Ranges;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * IPv6 addresses of one column to rows: 16 bits behind what all longer prefixes share choose a stretch of the sorted ranges, a
 * binary search in it finds the upper half of the range's start, and where several ranges share that half, a second one
 * the lower half.
 *
 * <p>At most 4 + ceil(log2(r + 1)) loads for the upper and 2 + ceil(log2 s) for the lower half, r the most upper halves
 * in one stretch and s the most ranges that share one: {@link #worstLoads}.
 */
final class Ipv6Column {
    private static final int ROOT_BITS = 16;

    /** The different upper halves at which ranges start, sign bit flipped so that signed comparison sorts them. */
    private final long[] highs;
    /** The first range at each upper half, and at the end the number of ranges. */
    private final int[] firstRange;

    private final long[] lows;
    private final int[] rangeRows;

    /** Upper halves, sign bit flipped, from {@link #rootFirst} to {@link #rootLast} go through the root. */
    private final long rootFirst;

    private final long rootLast;
    private final int rootShift;
    /** For each piece the last of {@link #highs} that isn't above its first address; the one behind the last: its end. */
    private final int[] root;

    private final int searchSteps;
    private final int worstLoads;

    Ipv6Column(Ranges ranges, IntUnaryOperator rowOf) {
        lows = new long[ranges.size];
        Arrays.setAll(lows, i -> ranges.lows[i] ^ Long.MIN_VALUE);
        rangeRows = new int[ranges.size];
        Arrays.setAll(rangeRows, i -> rowOf.applyAsInt(ranges.classes[i]));
        long[] different = new long[ranges.size];
        int[] firsts = new int[ranges.size + 1];
        int count = 0;
        for (int i = 0; i < ranges.size; i++) {
            if (i == 0 || ranges.highs[i] != ranges.highs[i - 1]) {
                different[count] = ranges.highs[i] ^ Long.MIN_VALUE;
                firsts[count++] = i;
            }
        }
        firsts[count] = ranges.size;
        highs = Arrays.copyOf(different, count);
        firstRange = Arrays.copyOf(firsts, count + 1);
        int shared = sharedBits();
        rootShift = Long.SIZE - ROOT_BITS - Math.min(shared, Long.SIZE - ROOT_BITS);
        long rootMask = -1L << rootShift + ROOT_BITS;
        // A shift by 64 is one by 0.
        // One group needs no root: every address lies before it.
        boolean isOneGroup = count == 1;
        rootFirst =
                isOneGroup ? Long.MAX_VALUE : rootShift + ROOT_BITS == Long.SIZE ? Long.MIN_VALUE : highs[1] & rootMask;
        rootLast = rootShift + ROOT_BITS == Long.SIZE ? Long.MAX_VALUE : rootFirst | ~rootMask;
        root = new int[isOneGroup ? 2 : (1 << ROOT_BITS) + 1];
        int widest = isOneGroup ? 0 : fillRoot();
        searchSteps = Integer.SIZE - Integer.numberOfLeadingZeros(widest);
        int mostLows = 1;
        for (int i = 0; i < count; i++) {
            mostLows = Math.max(mostLows, firstRange[i + 1] - firstRange[i]);
        }
        worstLoads = 6 + searchSteps + Integer.SIZE - Integer.numberOfLeadingZeros(mostLows);
    }

    /** Leading bits that all starts share, but for the first range's (::) and what follows the last one's end. */
    private int sharedBits() {
        if (highs.length < 3) {
            return 0;
        }
        return Long.numberOfLeadingZeros(highs[1] ^ highs[highs.length - 2]);
    }

    /** The most upper halves that the search in one piece has to choose from, less one. */
    private int fillRoot() {
        int widest = 0;
        int last = 0;
        for (int i = 0; i < root.length; i++) {
            long end = rootFirst + ((long) i << rootShift);
            boolean isBehind = i == root.length - 1;
            while (last + 1 < highs.length && (isBehind ? highs[last + 1] <= rootLast : highs[last + 1] <= end)) {
                last++;
            }
            root[i] = last;
            widest = i == 0 ? 0 : Math.max(widest, last - root[i - 1]);
        }
        return widest;
    }

    /**
     * Finds the rows of all packets.
     *
     * @param highsAt where in {@link LookupScratch#longs} the upper halves of addresses stand
     * @param rowsAt where in {@link LookupScratch#ints} to leave the rows
     */
    void find(LookupScratch s, int highsAt, int lowsAt, int rowsAt) {
        long[] longs = s.longs;
        int[] ints = s.ints;
        for (int k = 0; k < s.count; k++) {
            ints[rowsAt + k] = group(longs[highsAt + k] ^ Long.MIN_VALUE);
        }
        for (int k = 0; k < s.count; k++) {
            int group = ints[rowsAt + k];
            int first = firstRange[group];
            int end = firstRange[group + 1];
            long high = longs[highsAt + k] ^ Long.MIN_VALUE;
            int range = end - 1;
            if (highs[group] == high && (end - first > 1 || first > 0)) {
                range = lowRange(first, end, longs[lowsAt + k] ^ Long.MIN_VALUE);
            }
            ints[rowsAt + k] = rangeRows[range];
        }
    }

    /** The last upper half that isn't above this one. */
    private int group(long high) {
        if (high < rootFirst) {
            // Only the range that starts at :: lies before the root.
            return 0;
        }
        if (high > rootLast) {
            return root[root.length - 1] + (isAfterRoot(high) ? 1 : 0);
        }
        int piece = (int) (high - rootFirst >>> rootShift);
        int base = root[piece];
        // The last one whose start isn't above: the same number of steps for every address, so that none is guessed.
        int limit = root[piece + 1];
        for (int step = 1 << searchSteps >> 1; step > 0; step >>= 1) {
            int probe = Math.min(base + step, limit);
            base = highs[probe] <= high ? probe : base;
        }
        return base;
    }

    private boolean isAfterRoot(long high) {
        int next = root[root.length - 1] + 1;
        return next < highs.length && highs[next] <= high;
    }

    private int lowRange(int first, int end, long low) {
        int base = first - 1;
        for (int count = end - first; count > 0; ) {
            int half = count + 1 >>> 1;
            boolean isAbove = lows[base + half] <= low;
            base = isAbove ? base + half : base;
            count = isAbove ? count - half : half - 1;
        }
        return base;
    }

    int worstLoads() {
        return worstLoads;
    }

    long sizeBytes() {
        return 8L * (highs.length + lows.length) + 4L * (firstRange.length + rangeRows.length + root.length);
    }
}
