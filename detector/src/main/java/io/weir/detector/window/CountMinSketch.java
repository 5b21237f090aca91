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
    private int[] current;
    private int[] previous;
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
        this.current = new int[width * depth];
        this.previous = new int[width * depth];
    }

    /** Counts a key once and gives its count in this window and the one before it. */
    public long add(long key, long nowNanos) {
        turn(nowNanos);
        int least = Integer.MAX_VALUE;
        int leastBefore = Integer.MAX_VALUE;
        for (int row = 0; row < depth; row++) {
            int at = cell(key, row);
            least = Math.min(least, current[at]);
            leastBefore = Math.min(leastBefore, previous[at]);
        }
        currentAdded++;
        int counted = least == Integer.MAX_VALUE ? least : least + 1;
        for (int row = 0; row < depth; row++) {
            int at = cell(key, row);
            current[at] = Math.max(current[at], counted);
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
        Arrays.fill(current, 0);
        Arrays.fill(previous, 0);
        currentAdded = 0;
        previousAdded = 0;
        turnNanos = Long.MIN_VALUE;
    }

    /** Memory in bytes, fixed at construction. */
    public long sizeBytes() {
        return (current.length + (long) previous.length) * 4;
    }

    private int cell(long key, int row) {
        return row * (widthMask + 1) + ((int) (key >>> 16 * row) & widthMask);
    }

    private void turn(long nowNanos) {
        if (turnNanos == Long.MIN_VALUE) {
            turnNanos = nowNanos;
        }
        long since = nowNanos - turnNanos;
        if (since < windowNanos) {
            return;
        }
        int[] oldest = previous;
        previous = current;
        current = oldest;
        Arrays.fill(current, 0);
        previousAdded = currentAdded;
        currentAdded = 0;
        if (since >= 2 * windowNanos) {
            Arrays.fill(previous, 0);
            previousAdded = 0;
        }
        turnNanos = nowNanos;
    }
}
