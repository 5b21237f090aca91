package io.weir.filter.flow;

/**
 * Words of a {@link ConnectionTable} entry.
 *
 * <pre>
 *   63            41 40           18 17   14 13   10 9      4 3     0
 *  +----------------+---------------+-------+-------+--------+-------+
 *  |   rule epoch   |    rule id    | scale | scale | flags  | state |   meta word; scales: initiator's, responder's
 *  +----------------+---------------+-------+-------+--------+-------+
 * </pre>
 */
final class EntryWord {
    /** The handshake was seen whole: windows are known and hold. */
    static final long WINDOWED = 1L << 4;

    static final long INITIATOR_HEARD = 1L << 5;
    static final long RESPONDER_HEARD = 1L << 6;
    static final long BOTH_HEARD = INITIATOR_HEARD | RESPONDER_HEARD;
    static final long INITIATOR_FINISHED = 1L << 7;
    static final long RESPONDER_FINISHED = 1L << 8;
    static final long BOTH_FINISHED = INITIATOR_FINISHED | RESPONDER_FINISHED;

    /** The largest rule id and the largest epoch that an entry holds. */
    static final int MOST_RULE = (1 << 23) - 1;

    private static final long STATE_MASK = 0xf;
    private static final int INITIATOR_SCALE_SHIFT = 14;
    private static final int RESPONDER_SCALE_SHIFT = 10;
    private static final int RULE_SHIFT = 18;
    private static final int EPOCH_SHIFT = 41;
    private static final long RULE_MASK = -1L << RULE_SHIFT;
    private static final long LOW_HALF = 0xffff_ffffL;

    private EntryWord() {}

    static int state(long meta) {
        return (int) (meta & STATE_MASK);
    }

    static long withState(long meta, int state) {
        return meta & ~STATE_MASK | state;
    }

    /** @param initiatorScale shift of the initiator's windows (RFC 7323 section 2.2), 0 to 14 */
    static long withScales(long meta, int initiatorScale, int responderScale) {
        return meta | (long) initiatorScale << INITIATOR_SCALE_SHIFT | (long) responderScale << RESPONDER_SCALE_SHIFT;
    }

    static int scale(long meta, boolean ofInitiator) {
        return (int) (meta >>> (ofInitiator ? INITIATOR_SCALE_SHIFT : RESPONDER_SCALE_SHIFT)) & 0xf;
    }

    static int ruleId(long meta) {
        return (int) (meta >>> RULE_SHIFT) & MOST_RULE;
    }

    static int ruleEpoch(long meta) {
        return (int) (meta >>> EPOCH_SHIFT);
    }

    /** @param epoch its low 23 bits are kept */
    static long withRule(long meta, int id, int epoch) {
        return meta & ~RULE_MASK | (long) (id & MOST_RULE) << RULE_SHIFT | (long) epoch << EPOCH_SHIFT;
    }

    /** Of a word with a number for each side, the initiator's in its high half. */
    static int half(long word, boolean ofInitiator) {
        return (int) (word >>> (ofInitiator ? 32 : 0));
    }

    static long withHalf(long word, boolean ofInitiator, int number) {
        return ofInitiator ? word & LOW_HALF | (long) number << 32 : word & ~LOW_HALF | number & LOW_HALF;
    }

    static long halves(int initiators, int responders) {
        return (long) initiators << 32 | responders & LOW_HALF;
    }
}
