package io.weir.filter.flow;

/**
 * What proves an exchange of which only one side is in sight: that it goes on between the same ends for more than a
 * second, as calls, games, tunnels and transfers do. A forger draws its ends anew. It proves
 * little, so what all such streams together may send is bounded where packets are counted.
 *
 * <p>The lower half of a word of its own while it is unproven, beneath which end began it:
 *
 * <pre>
 *   31              6 5      1  0
 *  +-----------------+--------+---+
 *  |  slot of time   | slots  |ans|      slots in which it went on; whether it was answered
 *  +-----------------+--------+---+
 * </pre>
 *
 * Once it is proven, a word with the slot of time in the upper half, and how many packets came in it in the lower.
 */
final class OneSidedExchange {
    /** A slot of time is 2^27 ns, 134 ms. */
    private static final int SLOT_SHIFT = 27;
    /** At the least 1.2 s, so that a threshold, which is judged over one second, has seen it before. */
    static final int PROVING_SLOTS = 10;

    /** 16 s: what pauses for longer begins anew. */
    private static final int LONGEST_PAUSE_SLOTS = 120;
    /**
     * 15,000 packets a second: a tunnel or transfer of 170 Mbit/s. Beyond them nobody knows whether they are wanted.
     */
    static final int MOST_PER_SLOT = 2048;

    private static final int COUNT_SHIFT = 1;
    private static final int COUNT_MASK = 0x1f;
    private static final int WORD_SLOT_SHIFT = 6;
    private static final long WORD_SLOT_MASK = 0x3ff_ffff;
    private static final long KEPT = -1L << 32 | 1;
    private static final long HALF = 0xffff_ffffL;

    private OneSidedExchange() {}

    /** The word, one packet on. */
    static long advance(long word, long nowNanos) {
        long slot = nowNanos >> SLOT_SHIFT & WORD_SLOT_MASK;
        long pause = slot - (word >>> WORD_SLOT_SHIFT) & WORD_SLOT_MASK;
        int count = count(word);
        if (pause != 0 || count == 0) {
            count = pause > LONGEST_PAUSE_SLOTS ? 1 : Math.min(count + 1, COUNT_MASK);
        }
        return word & KEPT | slot << WORD_SLOT_SHIFT | (long) count << COUNT_SHIFT;
    }

    static boolean isProven(long word) {
        return count(word) >= PROVING_SLOTS;
    }

    private static int count(long word) {
        return (int) (word >>> COUNT_SHIFT) & COUNT_MASK;
    }

    /** Of a proven one's word: whether it may go on now. */
    static boolean isBelieved(long word, long nowNanos) {
        return word >>> 32 != slot(nowNanos) || (word & HALF) < MOST_PER_SLOT;
    }

    /** A proven one's word, one packet on. */
    static long counted(long word, long nowNanos) {
        long slot = slot(nowNanos);
        return word >>> 32 == slot ? word + 1 : slot << 32 | 1;
    }

    private static long slot(long nowNanos) {
        return nowNanos >> SLOT_SHIFT & HALF;
    }
}
