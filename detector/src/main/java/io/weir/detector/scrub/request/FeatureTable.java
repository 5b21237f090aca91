package io.weir.detector.scrub.request;

import java.util.Arrays;

/**
 * How often each feature of requests comes: in peace, and now. A 4-way set-associative table of fixed size; keys must be
 * keyed hashes already.
 *
 * <p>In peace a count goes into a ring of sixteen epochs first, and counts as peace only when its epoch leaves the ring:
 * the beginning of a flood, noticed within that time, teaches nothing ({@link #settle}).
 *
 * <p>When a set is full, the entry that tells least gives way: one that was never seen in peace before any that was, and
 * among those the rarest that isn't marked. So features that an attacker makes up displace each other.
 */
final class FeatureTable {
    /** Length of an epoch: short enough to learn from a capture that begins half a second before a flood. */
    static final long EPOCH_NANOS = 125_000_000;

    /** Epochs in the ring: two seconds, more than any alarm takes. */
    static final int RING = 16;

    /** Nanoseconds a tick as a shift: 1.05 ms. */
    static final int TICK_SHIFT = 20;

    private static final int WAYS = 4;
    private static final int STRIDE = 8;
    private static final int KEY = 0;
    /** Four counts of sixteen bits each in four longs. */
    private static final int COUNTS = 1;
    /** Weighted count in peace as float bits above, what the learning clock showed then below. */
    private static final int PEACE = 5;
    /** Decayed count now as float bits above, the tick below. */
    private static final int NOW = 6;
    /** Tick until which the feature is marked above, newest epoch of the ring below. */
    private static final int EPOCH = 7;

    private static final int MOST_IN_EPOCH = 0xffff;
    private static final long LOW_HALF = 0xffff_ffffL;
    /** Peace is remembered with a time constant of five minutes: it follows the day, and outlasts a quiet minute. */
    private static final int PEACE_EPOCHS = 2400;
    /** Ticks in about a second. */
    static final int SECOND_TICKS = 954;

    private static final Decay PEACE_DECAY = new Decay(PEACE_EPOCHS);
    private static final Decay NOW_DECAY = new Decay(SECOND_TICKS);

    private final long[] table;
    private final int setMask;

    /** @param entries a power of two */
    FeatureTable(int entries) {
        table = new long[entries * STRIDE];
        setMask = entries / WAYS - 1;
    }

    void clear() {
        Arrays.fill(table, 0);
    }

    /** Memory in bytes. */
    long sizeBytes() {
        return 8L * table.length;
    }

    /** Seconds that peace counts stand for, after so many epochs of learning. */
    static double peaceSeconds(int epochs) {
        return PEACE_EPOCHS * (1 - PEACE_DECAY.after(epochs)) * (EPOCH_NANOS / 1e9);
    }

    /** The place of a key, which gets one if it has none. */
    int place(long key, int tick) {
        int first = (int) (key >>> 32 & setMask) * WAYS * STRIDE;
        int worst = first;
        double least = Double.MAX_VALUE;
        for (int at = first; at < first + WAYS * STRIDE; at += STRIDE) {
            if (table[at + KEY] == key) {
                return at;
            }
            double worth = worth(at, tick);
            if (worth < least) {
                least = worth;
                worst = at;
            }
        }
        Arrays.fill(table, worst, worst + STRIDE, 0);
        table[worst + KEY] = key;
        return worst;
    }

    /** The place of a key, or -1 if it has none. */
    int find(long key) {
        int first = (int) (key >>> 32 & setMask) * WAYS * STRIDE;
        for (int at = first; at < first + WAYS * STRIDE; at += STRIDE) {
            if (table[at + KEY] == key) {
                return at;
            }
        }
        return -1;
    }

    private double worth(int at, int tick) {
        if (table[at + KEY] == 0) {
            return -1;
        }
        double peace = Float.intBitsToFloat((int) (table[at + PEACE] >>> 32));
        double mark = isMarked(at, tick) ? 1e5 : 0;
        return now(at, tick, 0) + mark + (peace > 0 || isFresh(at) ? 1e6 + 100 * peace : 0);
    }

    /** Marks a feature until a tick. */
    void mark(int at, int untilTick) {
        table[at + EPOCH] = (long) untilTick << 32 | table[at + EPOCH] & LOW_HALF;
    }

    boolean isMarked(int at, int tick) {
        return (int) (table[at + EPOCH] >>> 32) > tick;
    }

    /** Whether a feature was counted before, however long ago. */
    boolean isCounted(int at) {
        return table[at + NOW] >>> 32 != 0;
    }

    /** Whether a feature was ever seen in peace, however lately. */
    boolean isSeen(int at) {
        return isFresh(at) || table[at + PEACE] >>> 32 != 0;
    }

    private boolean isFresh(int at) {
        return (table[at + COUNTS] | table[at + COUNTS + 1] | table[at + COUNTS + 2] | table[at + COUNTS + 3]) != 0;
    }

    /** The count in peace, weighted by age. */
    double peace(int at) {
        return Float.intBitsToFloat((int) (table[at + PEACE] >>> 32));
    }

    /**
     * Counts in peace.
     *
     * @param epoch now
     * @param learned what the learning clock shows: epochs of peace so far
     */
    void learn(int at, int count, int epoch, int learned) {
        int newest = (int) table[at + EPOCH];
        if (epoch != newest) {
            for (int e = !isFresh(at) ? epoch : Math.max(newest + 1, epoch - RING + 1); e <= epoch; e++) {
                addPeace(at, take(at, e), learned); // what stands where the new epoch goes
            }
            table[at + EPOCH] = table[at + EPOCH] & ~LOW_HALF | epoch & LOW_HALF;
        }
        int shift = (epoch & 3) * 16;
        int word = at + COUNTS + (epoch >> 2 & 3);
        long before = table[word] >>> shift & MOST_IN_EPOCH;
        long after = Math.min(before + count, MOST_IN_EPOCH);
        table[word] += after - before << shift;
    }

    private long take(int at, int epoch) {
        int shift = (epoch & 3) * 16;
        int word = at + COUNTS + (epoch >> 2 & 3);
        long count = table[word] >>> shift & MOST_IN_EPOCH;
        table[word] &= ~((long) MOST_IN_EPOCH << shift);
        return count;
    }

    private void addPeace(int at, long count, int learned) {
        if (count == 0) {
            return;
        }
        float peace = Float.intBitsToFloat((int) (table[at + PEACE] >>> 32));
        peace = peace * PEACE_DECAY.after(learned - (int) table[at + PEACE]) + count;
        table[at + PEACE] = (long) Float.floatToRawIntBits(peace) << 32 | learned & LOW_HALF;
    }

    /**
     * Brings an entry's peace up to date at the beginning of a flood: what came before an epoch is peace, what came in it
     * or later is forgotten.
     */
    void settle(int at, int firstForgotten, int learned) {
        if (isFresh(at)) {
            int newest = (int) table[at + EPOCH];
            for (int e = newest - RING + 1; e <= newest; e++) {
                long count = take(at, e);
                addPeace(at, e < firstForgotten ? count : 0, learned);
            }
        }
        int age = learned - (int) table[at + PEACE];
        if (age != 0 && table[at + PEACE] >>> 32 != 0) {
            float peace = (float) peace(at) * PEACE_DECAY.after(age);
            table[at + PEACE] = (long) Float.floatToRawIntBits(peace) << 32 | learned & LOW_HALF;
        }
    }

    /** Before {@link #settle}: whether what is counted anew has come by an epoch, peace or not. */
    boolean isFreshBy(int at, int epoch) {
        int newest = (int) table[at + EPOCH];
        for (int e = newest - RING + 1; e < epoch && e <= newest; e++) {
            if ((table[at + COUNTS + (e >> 2 & 3)] >>> (e & 3) * 16 & MOST_IN_EPOCH) != 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Counts now.
     *
     * @param slowness how often the time constant of a second is doubled
     * @return the count with this one
     */
    double hit(int at, int count, int tick, int slowness) {
        float now = (float) now(at, tick, slowness) + count;
        table[at + NOW] = (long) Float.floatToRawIntBits(now) << 32 | tick & LOW_HALF;
        return now;
    }

    /** The count now: of a steady rate, what comes in the time constant. */
    double now(int at, int tick, int slowness) {
        float counted = Float.intBitsToFloat((int) (table[at + NOW] >>> 32));
        return counted * NOW_DECAY.after(tick - (int) table[at + NOW] >> slowness);
    }
}
