package io.weir.filter.flow;

/**
 * Flows that have proven nothing yet, by their 64-bit keyed hash alone: a fixed number of entries of 32 bytes, in sets
 * of four. When a set is full the oldest entry gives way: under a flood the table forgets, it never grows or refuses.
 *
 * <p>An entry holds the time of its first packet and three words whose meaning is the user's.
 */
final class CandidateTable {
    /** What {@link #find} answers for a flow that isn't there. */
    static final int NONE = -1;

    private static final int WAYS = 4;
    private static final int STRIDE = 4;
    private static final int HASH = 0;
    private static final int TIME = 1;
    private static final int WORD_A = 2;
    private static final int WORD_B = 3;

    private final long[] entries;
    private final int setMask;
    private final long timeoutNanos;
    private long evictions;

    /**
     * @param capacity entries, rounded up to a power of two, at least 4
     * @param timeoutNanos an entry older than this is as good as gone
     */
    CandidateTable(int capacity, long timeoutNanos) {
        int sets = Math.max(1, Integer.highestOneBit(Math.max(capacity - 1, 1)) * 2 / WAYS);
        this.entries = new long[sets * WAYS * STRIDE];
        this.setMask = sets - 1;
        this.timeoutNanos = timeoutNanos;
    }

    /** The live entry of a flow, or {@link #NONE}. */
    int find(long hash, long nowNanos) {
        int base = base(hash);
        for (int at = base; at < base + WAYS * STRIDE; at += STRIDE) {
            if (entries[at + HASH] == hash) {
                return nowNanos - entries[at + TIME] <= timeoutNanos ? at : NONE;
            }
        }
        return NONE;
    }

    /** Enters a flow, in place of an older entry of its own or of another's, with both words 0. */
    int put(long hash, long nowNanos) {
        int base = base(hash);
        int oldest = base;
        for (int at = base; at < base + WAYS * STRIDE; at += STRIDE) {
            long other = entries[at + HASH];
            if (other == hash) {
                // Before any free place: a flow with two entries would come back from the older one.
                oldest = at;
                break;
            }
            boolean isFree = entries[oldest + HASH] == 0;
            if (!isFree && (other == 0 || entries[at + TIME] < entries[oldest + TIME])) {
                oldest = at;
            }
        }
        long evicted = entries[oldest + HASH];
        if (evicted != 0 && evicted != hash && nowNanos - entries[oldest + TIME] <= timeoutNanos) {
            evictions++;
        }
        entries[oldest + HASH] = hash;
        entries[oldest + TIME] = nowNanos;
        entries[oldest + WORD_A] = 0;
        entries[oldest + WORD_B] = 0;
        return oldest;
    }

    void remove(int entry) {
        entries[entry + HASH] = 0;
    }

    /** Brings the flow's line into the cache; the value means nothing. */
    long touch(long hash) {
        return entries[base(hash)];
    }

    long timeNanos(int entry) {
        return entries[entry + TIME];
    }

    void setTimeNanos(int entry, long nowNanos) {
        entries[entry + TIME] = nowNanos;
    }

    long wordA(int entry) {
        return entries[entry + WORD_A];
    }

    void setWordA(int entry, long word) {
        entries[entry + WORD_A] = word;
    }

    long wordB(int entry) {
        return entries[entry + WORD_B];
    }

    void setWordB(int entry, long word) {
        entries[entry + WORD_B] = word;
    }

    /** Live entries that had to give way since the start. */
    long evictions() {
        return evictions;
    }

    long sizeBytes() {
        return entries.length * 8L;
    }

    private int base(long hash) {
        return ((int) (hash >>> 32) & setMask) * WAYS * STRIDE;
    }
}
