package io.weir.filter.address;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * The prefixes of one IP version as disjoint ranges that cover the version's whole space, each owned by the most
 * specific prefix there or by none. A range ends where the next one starts. At most 2n + 1 ranges for n prefixes.
 *
 * <p>Built in one sweep in address order: prefixes nest or stand apart, so those that hold the current address form a
 * stack with the most specific on top.
 */
final class DisjointRanges {
    private final List<IpPrefix> prefixes;
    private final Deque<Integer> open = new ArrayDeque<>();
    private final long[] highs;
    private final long[] lows;
    private final int[] owners;
    private int size;

    private DisjointRanges(List<IpPrefix> prefixes, int count) {
        this.prefixes = prefixes;
        highs = new long[2 * count + 1];
        lows = new long[2 * count + 1];
        owners = new int[2 * count + 1];
    }

    static DisjointRanges of(List<IpPrefix> prefixes, int version) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < prefixes.size(); i++) {
            if (prefixes.get(i).version() == version) {
                order.add(i);
            }
        }
        // At one start the wider prefix opens first; of equal ones the first of the list opens last and so owns.
        order.sort(Comparator.comparing(prefixes::get, DisjointRanges::compareStarts)
                .thenComparingInt(i -> prefixes.get(i).length())
                .thenComparing(Comparator.reverseOrder()));
        DisjointRanges ranges = new DisjointRanges(prefixes, order.size());
        ranges.start(0, version == 4 ? IpAddress.IPV4_MAPPED : 0, PrefixTable.NONE);
        for (int index : order) {
            IpPrefix prefix = prefixes.get(index);
            ranges.closeBefore(prefix);
            ranges.start(prefix.high(), prefix.low(), index);
            ranges.open.push(index);
        }
        while (!ranges.open.isEmpty()) {
            ranges.closeTop(version);
        }
        return ranges;
    }

    private static int compareStarts(IpPrefix left, IpPrefix right) {
        return compare(left.high(), left.low(), right.high(), right.low());
    }

    private static int compare(long high, long low, long otherHigh, long otherLow) {
        int order = Long.compareUnsigned(high, otherHigh);
        return order != 0 ? order : Long.compareUnsigned(low, otherLow);
    }

    private void closeBefore(IpPrefix next) {
        while (!open.isEmpty()) {
            IpPrefix top = prefixes.get(open.peek());
            if (compare(top.lastHigh(), top.lastLow(), next.high(), next.low()) >= 0) {
                return;
            }
            closeTop(top.version());
        }
    }

    private void closeTop(int version) {
        IpPrefix closed = prefixes.get(open.pop());
        long low = closed.lastLow() + 1;
        long high = low == 0 ? closed.lastHigh() + 1 : closed.lastHigh();
        boolean beyondLast = version == 4 ? !IpAddress.isIpv4(high, low) : high == 0 && low == 0;
        if (!beyondLast) {
            start(high, low, open.isEmpty() ? PrefixTable.NONE : open.peek());
        }
    }

    /** A range that starts where the previous one did replaces it. */
    private void start(long high, long low, int owner) {
        if (size > 0 && highs[size - 1] == high && lows[size - 1] == low) {
            size--;
        }
        highs[size] = high;
        lows[size] = low;
        owners[size++] = owner;
    }

    int size() {
        return size;
    }

    long high(int range) {
        return highs[range];
    }

    long low(int range) {
        return lows[range];
    }

    int[] owners() {
        return Arrays.copyOf(owners, size);
    }
}
