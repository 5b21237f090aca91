package io.weir.detector.scrub.request;

import java.util.Arrays;

/**
 * Keys that are remembered until a time. A 4-way set-associative table of fixed size; when a set is full, the key that is
 * forgotten first gives way. Keys must be keyed hashes already.
 */
public final class ExpiringSet {
    private static final int WAYS = 4;

    private final long[] keys;
    private final long[] untilNanos;
    private final int setMask;

    /** @param entries a power of two */
    public ExpiringSet(int entries) {
        keys = new long[entries];
        untilNanos = new long[entries];
        setMask = entries / WAYS - 1;
        clear();
    }

    public void clear() {
        Arrays.fill(untilNanos, Long.MIN_VALUE);
    }

    /** Memory in bytes. */
    public long sizeBytes() {
        return 16L * keys.length;
    }

    public boolean contains(long key, long nowNanos) {
        int at = find(key);
        return at >= 0 && untilNanos[at] > nowNanos;
    }

    /** Remembers a key until a time, longer if it was to be remembered longer already. */
    public void put(long key, long until) {
        int at = find(key);
        if (at < 0) {
            at = first(key);
            for (int way = at + 1; way < first(key) + WAYS; way++) {
                at = untilNanos[way] < untilNanos[at] ? way : at;
            }
            keys[at] = key;
            untilNanos[at] = until;
        }
        untilNanos[at] = Math.max(untilNanos[at], until);
    }

    /** Forgets a key. */
    public void remove(long key) {
        int at = find(key);
        if (at >= 0) {
            untilNanos[at] = Long.MIN_VALUE;
        }
    }

    private int find(long key) {
        int first = first(key);
        for (int at = first; at < first + WAYS; at++) {
            if (keys[at] == key && untilNanos[at] != Long.MIN_VALUE) {
                return at;
            }
        }
        return -1;
    }

    private int first(long key) {
        return (int) (key >>> 32 & setMask) * WAYS;
    }
}
