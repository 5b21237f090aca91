package io.weir.filter.flow;

import java.util.concurrent.TimeUnit;

/**
 * Opening packets that were dropped: a fixed number of entries of 16 bytes, in sets of four, by their keyed hash alone.
 * Small, because a flood writes here with every packet; of a full set the oldest entry gives way.
 *
 * <pre>
 *   word 0   | hash 43 | side 1 | time 20 |      in units of 4 ms: wraps after 70 minutes
 *   word 1   | sequence number 32 | verdict 32 |
 * </pre>
 *
 * <p>A refused SYN that was answered all the same moves to a table of its own, which has room for the answer.
 */
final class RefusedTable {
    /** What {@link #find} answers for a flow that isn't there. */
    static final int NONE = -1;

    private static final int WAYS = 4;
    private static final int WAY_BITS = 2;
    private static final int STRIDE = 2;
    private static final int TIME_BITS = 20;
    private static final long TIME_MASK = (1L << TIME_BITS) - 1;
    private static final long SIDE_BIT = 1L << TIME_BITS;
    private static final long HASH_MASK = -1L << TIME_BITS + 1;
    private static final long UNIT_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    /** An entry number with this bit is one of {@link #answered}. */
    private static final int ANSWERED = 1 << 30;

    private final long[] entries;
    private final int setMask;
    private final long timeoutUnits;
    private final CandidateTable answered;

    /**
     * @param capacity entries, a power of two, at least 4
     * @param timeoutNanos an entry older than this, or than 35 minutes, is as good as gone
     */
    RefusedTable(int capacity, long timeoutNanos) {
        entries = new long[capacity * STRIDE];
        setMask = capacity / WAYS - 1;
        timeoutUnits = Math.min(timeoutNanos / UNIT_NANOS, TIME_MASK / 2);
        answered = new CandidateTable(Math.max(64, capacity / 8), timeoutNanos);
    }

    /** The live entry of a flow, or {@link #NONE}. */
    int find(long hash, long nowNanos) {
        int base = base(hash);
        for (int at = base; at < base + WAYS * STRIDE; at += STRIDE) {
            if (((entries[at] ^ hash) & HASH_MASK) == 0
                    && entries[at] != 0
                    && age(entries[at], nowNanos) <= timeoutUnits) {
                return at;
            }
        }
        int entry = answered.find(hash, nowNanos);
        return entry == CandidateTable.NONE ? NONE : entry | ANSWERED;
    }

    /** Enters a refused packet, in place of an older one of its flow or of the oldest of its set. */
    void put(long hash, int side, int sequence, int verdict, long nowNanos) {
        int base = base(hash);
        long now = units(nowNanos);
        // The age above the place: the greater of two is the older, found without a branch, which nobody could
        // foretell.
        long oldest = 0;
        for (int way = 0; way < WAYS; way++) {
            long word = entries[base + way * STRIDE];
            long age = word == 0 ? TIME_MASK + 1 : now - word & TIME_MASK;
            age = ((word ^ hash) & HASH_MASK) == 0 ? TIME_MASK + 2 : age;
            oldest = Math.max(oldest, age << WAY_BITS | WAYS - 1 - way);
        }
        int best = base + (WAYS - 1 - (int) (oldest & WAYS - 1)) * STRIDE;
        entries[best] = hash & HASH_MASK | (side & 1) * SIDE_BIT | now;
        entries[best + 1] = (long) sequence << 32 | verdict & 0xffff_ffffL;
    }

    /** Whether a packet with this side comes from the side that was refused. */
    boolean isFromRefused(int entry, int side) {
        long own = isAnswered(entry) ? answered.wordB(entry & ~ANSWERED) >>> 32 : entries[entry] >>> TIME_BITS;
        return ((own ^ side) & 1) == 0;
    }

    /** The sequence number of the refused SYN. */
    int sequence(int entry) {
        return (int) ((isAnswered(entry) ? answered.wordA(entry & ~ANSWERED) : entries[entry + 1]) >>> 32);
    }

    int verdict(int entry) {
        return (int) (isAnswered(entry) ? answered.wordB(entry & ~ANSWERED) : entries[entry + 1]);
    }

    /** Whether the other side answered: then {@link #answerSequence} holds. */
    static boolean isAnswered(int entry) {
        return (entry & ANSWERED) != 0;
    }

    /** The sequence number of the answer. */
    int answerSequence(int entry) {
        return (int) answered.wordA(entry & ~ANSWERED);
    }

    /** Notes that the refused SYN was answered all the same. */
    void answer(int entry, long hash, int answerSequence, long nowNanos) {
        int side = isFromRefused(entry, 1) ? 1 : 0;
        long timeNanos = timeNanos(entry, nowNanos);
        long wordA = (long) sequence(entry) << 32 | answerSequence & 0xffff_ffffL;
        long wordB = (long) side << 32 | verdict(entry) & 0xffff_ffffL;
        remove(entry);
        int at = answered.put(hash, timeNanos);
        answered.setWordA(at, wordA);
        answered.setWordB(at, wordB);
    }

    /** The start of the 4 ms in which the refused packet came. */
    long timeNanos(int entry, long nowNanos) {
        return isAnswered(entry)
                ? answered.timeNanos(entry & ~ANSWERED)
                : (nowNanos / UNIT_NANOS - age(entries[entry], nowNanos)) * UNIT_NANOS;
    }

    void remove(int entry) {
        if (isAnswered(entry)) {
            answered.remove(entry & ~ANSWERED);
        } else {
            entries[entry] = 0;
        }
    }

    /** Brings the sets of so many flows into the cache; the value means nothing. */
    long touch(long[] hashes, int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            // The first word and the last: a set may lie in two cache lines.
            int base = base(hashes[i]);
            sum += entries[base] + entries[base + WAYS * STRIDE - 1];
        }
        return sum;
    }

    long sizeBytes() {
        return entries.length * 8L + answered.sizeBytes();
    }

    private int base(long hash) {
        return ((int) hash & setMask) * WAYS * STRIDE;
    }

    private static long units(long nowNanos) {
        return nowNanos / UNIT_NANOS & TIME_MASK;
    }

    private static long age(long word, long nowNanos) {
        return nowNanos / UNIT_NANOS - word & TIME_MASK;
    }
}
