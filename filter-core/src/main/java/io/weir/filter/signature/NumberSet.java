package io.weir.filter.signature;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Numbers as ranges.
 *
 * @param ranges sorted, apart from each other, at least one and at most {@value #MOST_RANGES}
 */
public record NumberSet(List<Range> ranges) {
    /** More alternatives than these are no pattern, and would make matching slow. */
    public static final int MOST_RANGES = 8;

    /** Numbers from {@code first} to {@code last}, both inside, never negative. */
    public record Range(long first, long last) {
        /** @throws IllegalArgumentException unless {@code 0 <= first <= last} */
        public Range {
            if (first < 0 || first > last) {
                throw new IllegalArgumentException("no range " + first + "-" + last);
            }
        }
    }

    /** Sorts the ranges and joins those that overlap. */
    public NumberSet {
        List<Range> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingLong(Range::first));
        List<Range> joined = new ArrayList<>();
        for (Range range : sorted) {
            if (!joined.isEmpty() && range.first() <= joined.getLast().last()) {
                Range before = joined.removeLast();
                joined.add(new Range(before.first(), Math.max(before.last(), range.last())));
            } else {
                joined.add(range);
            }
        }
        if (joined.isEmpty() || joined.size() > MOST_RANGES) {
            throw new IllegalArgumentException(joined.size() + " ranges; 1 to " + MOST_RANGES + " are allowed");
        }
        ranges = List.copyOf(joined);
    }

    /** One number. */
    public static NumberSet of(long number) {
        return range(number, number);
    }

    /** The numbers from one to another, both inside. */
    public static NumberSet range(long first, long last) {
        return new NumberSet(List.of(new Range(first, last)));
    }

    /** Some numbers. */
    public static NumberSet ofAll(List<Long> numbers) {
        return new NumberSet(
                numbers.stream().map(number -> new Range(number, number)).toList());
    }

    /** Whether a number is inside. */
    public boolean contains(long number) {
        for (int i = 0; i < ranges.size(); i++) {
            Range range = ranges.get(i);
            if (number >= range.first() && number <= range.last()) {
                return true;
            }
        }
        return false;
    }

    /** How many numbers are inside. */
    public long count() {
        long count = 0;
        for (int i = 0; i < ranges.size(); i++) {
            count += ranges.get(i).last() - ranges.get(i).first() + 1;
        }
        return count;
    }

    /** Whether some numbers are given by a first and a last. */
    boolean hasRange() {
        return count() > ranges.size();
    }

    long last() {
        return ranges.getLast().last();
    }
}
