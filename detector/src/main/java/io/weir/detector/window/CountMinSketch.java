package io.weir.detector.window;

import java.util.Arrays;

/**
 * Counts of keys over about the last window: a Count-Min sketch with conservative update (Cormode, Muthukrishnan 2005;
 * Estan, Varghese 2002), two of them taking turns.
 *
 * <p>Never less than the true count since the last turn; more by at most 2.72 N / width with probability 1 - e^-depth,
 * N being all counts of a window. Keys must be keyed hashes already.
 */
public final class CountMinSketch {
    private final int widthMask;
    private final int widthBits;
    private final int depth;
    private final long windowNanos;
    /** Each counter of the present window beside the one of the window before it: a look at both is one cache line. */
    private final int[] counters;

    /** Which of the two is the present one's, 0 or 1. */
    private int present;

    private long currentAdded;
    private long previousAdded;
    private long turnNanos = Long.MIN_VALUE;

    /**
     * A sketch without counts.
     *
     * @param width counters a row, a power of two
     * @param depth rows, up to 4: each uses 16 bits of the key
     */
    public CountMinSketch(int width, int depth, long windowNanos) {
        this.widthMask = width - 1;
        this.widthBits = Integer.numberOfTrailingZeros(width);
        this.depth = depth;
        this.windowNanos = windowNanos;
        this.counters = new int[2 * width * depth];
    }

    /** Counts a key once and gives its count in this window and the one before it. */
    public long add(long key, long nowNanos) {
        turn(nowNanos);
        int least = Integer.MAX_VALUE;
        int leastBefore = Integer.MAX_VALUE;
        for (int row = 0; row < depth; row++) {
            int at = counter(key, row);
            least = Math.min(least, counters[at]);
            leastBefore = Math.min(leastBefore, counters[at ^ 1]);
        }
        currentAdded++;
        int counted = least == Integer.MAX_VALUE ? least : least + 1;
        for (int row = 0; row < depth; row++) {
            int at = counter(key, row);
            counters[at] = Math.max(counters[at], counted);
        }
        return (long) counted + leastBefore;
    }

    /**
     * The same, less what keys without number add to every key's counters: so many keys that come once each look like none
     * of them came often.
     */
    public long addExcess(long key, long nowNanos) {
        long count = add(key, nowNanos);
        return count - (currentAdded + previousAdded >> widthBits);
    }

    /** Forgets all counts and the time. */
    public void restart() {
        Arrays.fill(counters, 0);
        currentAdded = 0;
        previousAdded = 0;
        turnNanos = Long.MIN_VALUE;
    }

    /** Memory in bytes, fixed at construction. */
    public long sizeBytes() {
        return counters.length * 4L;
    }

    /** Where a row has a key's counter of the present window. */
    private int counter(long key, int row) {
        return 2 * (row * (widthMask + 1) + ((int) (key >>> 16 * row) & widthMask)) + present;
    }

    private void turn(long nowNanos) {
        if (turnNanos == Long.MIN_VALUE) {
            turnNanos = nowNanos;
        }
        long since = nowNanos - turnNanos;
        if (since < windowNanos) {
            return;
        }
        previousAdded = currentAdded;
        currentAdded = 0;
        present ^= 1;
        if (since >= 2 * windowNanos) {
            Arrays.fill(counters, 0);
            previousAdded = 0;
        } else {
            for (int at = present; at < counters.length; at += 2) {
                counters[at] = 0;
            }
        }
        turnNanos = nowNanos;
    }
}
