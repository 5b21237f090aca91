package io.weir.filter.match;

import io.weir.filter.address.IpPrefix;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The different prefixes of one address column, numbered from 1 so that each stands before those that it holds; 0 is
 * "no prefix at all". An address belongs to the class of its most specific prefix: two addresses of one class match the
 * same rules, two of different classes don't, because a prefix without a rule of its own isn't in the list.
 */
final class PrefixClasses {
    private static final Comparator<IpPrefix> ORDER = (left, right) -> {
        int high = Long.compareUnsigned(left.high(), right.high());
        int order = high != 0 ? high : Long.compareUnsigned(left.low(), right.low());
        return order != 0 ? order : Integer.compare(left.length(), right.length());
    };

    /** By class, {@code null} nowhere but at 0: the prefix. */
    private final IpPrefix[] prefixes;

    private final int[] parents;
    /** Of each prefix in the order given: its class. */
    private final int[] classOf;

    private PrefixClasses(IpPrefix[] prefixes, int[] parents, int[] classOf) {
        this.prefixes = prefixes;
        this.parents = parents;
        this.classOf = classOf;
    }

    /** @param given prefixes of one IP version, with repeats */
    static PrefixClasses of(List<IpPrefix> given) {
        Integer[] order = new Integer[given.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparing(given::get, ORDER));
        IpPrefix[] distinct = new IpPrefix[given.size()];
        int[] classOf = new int[given.size()];
        int count = 0;
        for (int index : order) {
            IpPrefix prefix = given.get(index);
            if (count == 0 || !prefix.equals(distinct[count - 1])) {
                distinct[count++] = prefix;
            }
            classOf[index] = count;
        }
        IpPrefix[] prefixes = Arrays.copyOf(distinct, count);
        int[] parents = new int[count + 1];
        for (int i = 1; i <= count; i++) {
            int above = i - 1;
            while (above > 0 && !prefixes[above - 1].contains(prefixes[i - 1])) {
                above = parents[above];
            }
            parents[i] = above;
        }
        return new PrefixClasses(prefixes, parents, classOf);
    }

    /** Classes, that of no prefix included. */
    int count() {
        return parents.length;
    }

    int classOf(int index) {
        return classOf[index];
    }

    /** The class of the next wider prefix, 0 for none. */
    int parent(int prefixClass) {
        return parents[prefixClass];
    }

    IpPrefix prefix(int prefixClass) {
        return prefixes[prefixClass - 1];
    }

    /** Whether {@code prefixClass} is {@code outer} or one that it holds. */
    boolean isWithin(int prefixClass, int outer) {
        int up = prefixClass;
        // A prefix has a smaller number than those that it holds.
        while (up > outer) {
            up = parents[up];
        }
        return up == outer;
    }

    /** Of each class, how much of {@code own} lies in it and all that it holds. */
    int[] totals(int[] own) {
        int[] totals = own.clone();
        for (int i = totals.length - 1; i > 0; i--) {
            totals[parents[i]] += totals[i];
        }
        return totals;
    }

    /** The whole space as ranges that follow each other, each of one class and neighbours of different ones. */
    Ranges ranges(int version) {
        Ranges ranges = new Ranges(2 * prefixes.length + 1);
        ranges.start(0, version == 4 ? Ranges.IPV4_FIRST : 0, 0);
        int open = 0;
        for (int next = 1; next <= prefixes.length; next++) {
            open = close(ranges, open, parents[next]);
            ranges.start(prefix(next).high(), prefix(next).low(), next);
            open = next;
        }
        close(ranges, open, 0);
        return ranges;
    }

    private int close(Ranges ranges, int from, int until) {
        int open = from;
        while (open != until) {
            IpPrefix closed = prefix(open);
            open = parents[open];
            long low = closed.lastLow() + 1;
            long high = low == 0 ? closed.lastHigh() + 1 : closed.lastHigh();
            boolean isBeyondLast =
                    closed.version() == 4 ? low == Ranges.IPV4_FIRST + (1L << 32) : high == 0 && low == 0;
            if (!isBeyondLast) {
                ranges.start(high, low, open);
            }
        }
        return open;
    }

    /** Sorted ranges of addresses; each ends where the next one starts. */
    static final class Ranges {
        static final long IPV4_FIRST = 0xffff_0000_0000L;

        long[] highs;
        long[] lows;
        int[] classes;
        int size;

        private Ranges(int capacity) {
            highs = new long[capacity];
            lows = new long[capacity];
            classes = new int[capacity];
        }

        /** A range that starts where the one before does replaces it, one of the same class prolongs it. */
        private void start(long high, long low, int prefixClass) {
            if (size > 0 && highs[size - 1] == high && lows[size - 1] == low) {
                size--;
            }
            if (size > 0 && classes[size - 1] == prefixClass) {
                return;
            }
            highs[size] = high;
            lows[size] = low;
            classes[size++] = prefixClass;
        }
    }
}
