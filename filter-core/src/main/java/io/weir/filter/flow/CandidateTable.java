package io.weir.filter.flow;

/**
 * Flows that have proven nothing yet, by their 64-bit keyed hash alone: a fixed number of entries of 32 bytes, in sets
 * of four, and a tag of 16 bits each. When a set is full, its entries give way in turn: under a flood the table
 * forgets, it never grows or refuses.
 *
 * <p>A flow that isn't there costs its set's tag word and, once in 4,096 times, an entry: the tags of a whole table
 * fit the second-level cache. An entry holds the time of its first packet and two words whose meaning is the user's.
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

    private static final long LOW_BITS = 0x0001_0001_0001_0001L;
    private static final long HIGH_BITS = 0x8000_8000_8000_8000L;

    /** Which bits of a tag word are tags: the rest of the two lowest is the number of the way whose turn it is. */
    private static final long TAG_BITS = 0xbfff_bfff_bfff_bfffL;

    private static final int TURN_LOW_BIT = 14;
    private static final int TURN_HIGH_BIT = 30;

    /** By set: four tags; 0 for an empty way. */
    private final long[] tags;

    private final long[] entries;
    private final int setMask;
    private final long timeoutNanos;

    /**
     * @param capacity entries, rounded up to a power of two, at least 4
     * @param timeoutNanos an entry older than this is as good as gone
     */
    CandidateTable(int capacity, long timeoutNanos) {
        int sets = Math.max(1, Integer.highestOneBit(Math.max(capacity - 1, 1)) * 2 / WAYS);
        this.tags = new long[sets];
        this.entries = new long[sets * WAYS * STRIDE];
        this.setMask = sets - 1;
        this.timeoutNanos = timeoutNanos;
    }

    /** The live entry of a flow, or {@link #NONE}. */
    int find(long hash, long nowNanos) {
        int entry = entry(hash);
        return entry != NONE && nowNanos - entries[entry + TIME] <= timeoutNanos ? entry : NONE;
    }

    /** The entry of a flow, live or not. */
    private int entry(long hash) {
        int set = set(hash);
        long difference = tags[set] & TAG_BITS ^ tag(hash) * LOW_BITS;
        // Marks each zero tag; one above a zero tag may be marked too, which the hash comparison rules out.
        long matches = difference - LOW_BITS & ~difference & HIGH_BITS;
        while (matches != 0) {
            int at = (set * WAYS + (Long.numberOfTrailingZeros(matches) >>> 4)) * STRIDE;
            if (entries[at + HASH] == hash) {
                return at;
            }
            matches &= matches - 1;
        }
        return NONE;
    }

    /** Enters a flow, in place of an older entry of its own or of another's, with both words 0. */
    int put(long hash, long nowNanos) {
        int at = entry(hash);
        if (at == NONE) {
            int set = set(hash);
            long word = tags[set];
            int way = wayFor(word);
            if ((word & HIGH_BITS) == HIGH_BITS) {
                word = withTurn(word, way + 1);
            }
            tags[set] = word & ~(0xbfffL << way * 16) | tag(hash) << way * 16;
            at = (set * WAYS + way) * STRIDE;
            entries[at + HASH] = hash;
        }
        entries[at + TIME] = nowNanos;
        entries[at + WORD_A] = 0;
        entries[at + WORD_B] = 0;
        return at;
    }

    private static int wayFor(long word) {
        long free = ~word & HIGH_BITS;
        // Reading the entries for the oldest would cost four cache lines: hence turns.
        return free != 0
                ? Long.numberOfTrailingZeros(free) >>> 4
                : (int) (word >>> TURN_LOW_BIT & 1 | (word >>> TURN_HIGH_BIT & 1) << 1);
    }

    private static long withTurn(long word, int way) {
        long cleared = word & ~(1L << TURN_LOW_BIT | 1L << TURN_HIGH_BIT);
        return cleared | (way & 1L) << TURN_LOW_BIT | (way >>> 1 & 1L) << TURN_HIGH_BIT;
    }

    void remove(int entry) {
        int way = entry / STRIDE % WAYS;
        tags[entry / STRIDE / WAYS] &= ~(0xbfffL << way * 16);
        entries[entry + HASH] = 0;
    }

    /**
     * Brings the entries that {@link #put} would write for so many flows into the cache; the value means nothing. Two
     * short loops: the processor fetches for dozens of flows at once.
     */
    long touchForPut(long[] hashes, int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += tags[set(hashes[i])];
        }
        for (int i = 0; i < count; i++) {
            int set = set(hashes[i]);
            sum += entries[(set * WAYS + wayFor(tags[set])) * STRIDE];
        }
        return sum;
    }

    /** Brings what {@link #find} looks at first into the cache; the value means nothing. */
    long touch(long hash) {
        return tags[set(hash)];
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

    long sizeBytes() {
        return (tags.length + (long) entries.length) * 8;
    }

    private int set(long hash) {
        return (int) (hash >>> 32) & setMask;
    }

    private static long tag(long hash) {
        return hash & 0x3fff | 0x8000;
    }
}
