package io.weir.detector.scan;

import java.util.Arrays;

/**
 * What sources are watched for: {@value #CAPACITY} entries in sets of eight, each with a bitmap of the different things it
 * tried (linear counting, Whang et al. 1990).
 *
 * <p>A newcomer takes a free place in its set, else that of an entry which has been silent too long, else that of the one
 * with the fewest: so a flood of spoofed sources displaces itself, not who has tried more than once.
 */
final class SuspectTable {
    static final int CAPACITY = 8192;

    private static final int WAYS = 8;
    /** Tools send a guess again where the answer was lost or says so; who is let in goes on with it. */
    private static final int MOST_REPEATS = 2;

    private static final int BITS = 1024;
    private static final int WORDS = BITS / 64;

    final long[] keys = new long[CAPACITY];
    final long[] sourceHigh = new long[CAPACITY];
    final long[] sourceLow = new long[CAPACITY];
    final long[] targetHigh = new long[CAPACITY];
    final long[] targetLow = new long[CAPACITY];
    final int[] ports = new int[CAPACITY];
    /** Ordinal of the {@link Suspicion}, and of the method. */
    final byte[] suspicions = new byte[CAPACITY];

    final byte[] methods = new byte[CAPACITY];
    final long[] firstNanos = new long[CAPACITY];
    final long[] lastNanos = new long[CAPACITY];
    /** When so many came that it is an event, {@link Long#MAX_VALUE} before. */
    final long[] crossedNanos = new long[CAPACITY];

    final boolean[] isReported = new boolean[CAPACITY];
    final int[] attempts = new int[CAPACITY];
    /** Requests of the same source that are no attempts. */
    final int[] others = new int[CAPACITY];

    /** What was tried last, and how often it came again at once. */
    private final int[] last = new int[CAPACITY];

    private final byte[] repeats = new byte[CAPACITY];

    private final boolean[] isTaken = new boolean[CAPACITY];
    private final int[] distinct = new int[CAPACITY];
    private final long[] seen = new long[CAPACITY * WORDS];

    /** The entry of a key, or -1. */
    int find(long key) {
        int base = base(key);
        for (int entry = base; entry < base + WAYS; entry++) {
            if (isTaken[entry] && keys[entry] == key) {
                return entry;
            }
        }
        return -1;
    }

    /** A place for a key that has none, empty; -1 where only such that are reported would have to give way. */
    int enter(long key, long nowNanos, long idleNanos) {
        int base = base(key);
        int victim = -1;
        for (int entry = base; entry < base + WAYS; entry++) {
            boolean isFree = !isTaken[entry] || !isReported[entry] && nowNanos - lastNanos[entry] > idleNanos;
            if (isFree) {
                victim = entry;
                break;
            }
            if (!isReported[entry] && (victim < 0 || isWeaker(entry, victim))) {
                victim = entry;
            }
        }
        if (victim >= 0) {
            clear(victim);
            isTaken[victim] = true;
            keys[victim] = key;
            firstNanos[victim] = nowNanos;
        }
        return victim;
    }

    private boolean isWeaker(int entry, int other) {
        return distinct[entry] < distinct[other]
                || distinct[entry] == distinct[other] && lastNanos[entry] < lastNanos[other];
    }

    /** Notes that an entry tried something. */
    void add(int entry, int thing, long nowNanos) {
        int place = place(thing);
        int at = entry * WORDS + place / 64;
        long bit = 1L << place;
        distinct[entry] += (seen[at] & bit) == 0 ? 1 : 0;
        seen[at] |= bit;
        attempts[entry]++;
        lastNanos[entry] = nowNanos;
    }

    /** Whether a thing is only the last one once more; more than {@value #MOST_REPEATS} times it is tried anew. */
    boolean isRepeat(int entry, int thing) {
        boolean isLast = attempts[entry] > 0 && last[entry] == thing;
        repeats[entry] = isLast ? (byte) Math.min(repeats[entry] + 1, MOST_REPEATS + 1) : 0;
        last[entry] = thing;
        return isLast && repeats[entry] <= MOST_REPEATS;
    }

    /** Takes it back: it wasn't in vain. */
    void remove(int entry, int thing) {
        int place = place(thing);
        int at = entry * WORDS + place / 64;
        long bit = 1L << place;
        distinct[entry] -= (seen[at] & bit) != 0 ? 1 : 0;
        seen[at] &= ~bit;
    }

    /** Ports that follow one another must not fill the bitmap evenly: the finalizer of MurmurHash3. */
    private static int place(int thing) {
        int mixed = (thing ^ thing >>> 16) * 0x85eb_ca6b;
        mixed = (mixed ^ mixed >>> 13) * 0xc2b2_ae35;
        return (mixed ^ mixed >>> 16) & BITS - 1;
    }

    /** Different things tried, as far as the bitmap tells them apart; exact for a few. */
    int distinct(int entry) {
        return distinct[entry];
    }

    /** The same, estimated beyond what the bitmap tells apart. */
    long estimate(int entry) {
        double zeros = Math.max(BITS - distinct[entry], 0.5);
        return Math.max(distinct[entry], Math.round(-BITS * Math.log(zeros / BITS)));
    }

    boolean isTaken(int entry) {
        return isTaken[entry];
    }

    /** Begins an entry anew, its key staying. */
    void begin(int entry, long nowNanos) {
        clear(entry);
        isTaken[entry] = true;
        firstNanos[entry] = nowNanos;
    }

    void free(int entry) {
        clear(entry);
    }

    void restart() {
        for (int entry = 0; entry < CAPACITY; entry++) {
            clear(entry);
        }
    }

    private void clear(int entry) {
        isTaken[entry] = false;
        isReported[entry] = false;
        distinct[entry] = 0;
        attempts[entry] = 0;
        others[entry] = 0;
        crossedNanos[entry] = Long.MAX_VALUE;
        Arrays.fill(seen, entry * WORDS, (entry + 1) * WORDS, 0);
    }

    private static int base(long key) {
        return ((int) (key >>> 32) & CAPACITY / WAYS - 1) * WAYS;
    }
}
