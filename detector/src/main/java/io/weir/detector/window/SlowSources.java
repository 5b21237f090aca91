package io.weir.detector.window;

import java.util.Arrays;

/**
 * Connections that each source holds up at once. A fixed table, 4-way set-associative, exact: a source whose set is full
 * isn't counted. It is free again when its count is 0.
 */
final class SlowSources {
    static final int NONE = -1;
    private static final int WAYS = 4;
    private static final int ENTRIES = 1 << 14;

    private final long[] keys = new long[ENTRIES];
    private final int[] counts = new int[ENTRIES];

    void clear() {
        Arrays.fill(counts, 0);
    }

    static long sizeBytes() {
        return ENTRIES * (8L + 4);
    }

    /**
     * Counts one more.
     *
     * @param source keyed hash
     * @return where, for {@link #release}; {@link #NONE} without room
     */
    int hold(long source) {
        int at = find(source);
        int first = first(source);
        for (int way = first; at == NONE && way < first + WAYS; way++) {
            at = counts[way] == 0 ? way : NONE;
        }
        if (at != NONE) {
            keys[at] = source;
            counts[at]++;
        }
        return at;
    }

    /** Counts one less. */
    void release(int at) {
        if (at != NONE) {
            counts[at]--;
        }
    }

    int count(long source) {
        int at = find(source);
        return at == NONE ? 0 : counts[at];
    }

    private int find(long source) {
        int first = first(source);
        for (int way = first; way < first + WAYS; way++) {
            if (keys[way] == source && counts[way] > 0) {
                return way;
            }
        }
        return NONE;
    }

    private static int first(long source) {
        return (int) (source >>> 32 & ENTRIES / WAYS - 1) * WAYS;
    }
}
