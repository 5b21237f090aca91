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
    private final int depth;
    private final long windowNanos;
    private int[] current;
    private int[] previous;
    private long turnNanos = Long.MIN_VALUE;

    /**
     * @param width counters a row, a power of two
     * @param depth rows, up to 4: each uses 16 bits of the key
     */
    public CountMinSketch(int width, int depth, long windowNanos) {
        this.widthMask = width - 1;
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
        int counted = least == Integer.MAX_VALUE ? least : least + 1;
        for (int row = 0; row < depth; row++) {
            int at = cell(key, row);
            current[at] = Math.max(current[at], counted);
        }
        return (long) counted + leastBefore;
    }

    /** Forgets all counts and the time. */
    void restart() {
        Arrays.fill(current, 0);
        Arrays.fill(previous, 0);
        turnNanos = Long.MIN_VALUE;
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
        if (since >= 2 * windowNanos) {
            Arrays.fill(previous, 0);
        }
        turnNanos = nowNanos;
    }
}
