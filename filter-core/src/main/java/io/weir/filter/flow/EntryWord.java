package io.weir.filter.flow;

/**
 * Words of a {@link ConnectionTable} entry.
 *
 * <pre>
 *   63            41 40  24 23  19 18  17   14 13   10  9  8      4 3     0
 *  +----------------+------+------+---+-------+-------+---+--------+-------+
 *  |   rule epoch   | free | room |has| scale | scale |end| flags  | state |   meta word; scales: initiator's, responder's
 *  +----------------+------+------+---+-------+-------+---+--------+-------+
 *                                   └─ scales        └─ which end of its flow began it, see {@link FlowHash#end}
 * </pre>
 */
final class EntryWord {
    /**
     * The two sides of a connection: how far a word with a number for each is to be shifted for the one of this side. A
     * number and no boolean, so that nothing branches on who sent a packet.
     */
    static final int INITIATOR = 32;

    static final int RESPONDER = 0;

    /** Index of the word with the verdict of the rules that cut the connection, 0 while none have. */
    static final int CUT = 1;
    /** Index of the meta word. */
    static final int META = 3;
    /** Index of the word with the sequence numbers after the last that each side has sent. */
    static final int ENDS = 4;
    /** The right edges of the windows that each was given by the other. */
    static final int LIMITS = 5;
    /** The highest acknowledgments that each has sent: what it expects next. */
    static final int ACKNOWLEDGED = 6;

    /** The handshake was seen whole: windows are known and hold. */
    static final long WINDOWED = 1L << 4;

    static final long BOTH_HEARD = 3L << 5;
    static final long BOTH_FINISHED = 3L << 7;

    /** The scales are known: at least the initiator's SYN was seen with its options. */
    static final long SCALED = 1L << 18;

    static final int ROOM_MASK = 0x1f;

    private static final int ROOM_SHIFT = 19;
    private static final long STATE_MASK = 0xf;
    private static final int INITIATOR_SCALE_SHIFT = 14;
    private static final int RESPONDER_SCALE_SHIFT = 10;
    private static final int RESPONDER_HEARD_BIT = 6;
    private static final int RESPONDER_FINISHED_BIT = 8;
    private static final int EPOCH_SHIFT = 41;
    private static final int INITIATOR_END_SHIFT = 9;
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
        return meta
                | SCALED
                | (long) initiatorScale << INITIATOR_SCALE_SHIFT
                | (long) responderScale << RESPONDER_SCALE_SHIFT;
    }

    /** A window in five bits: how many its number has. */
    static int roomOf(int window) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(window);
    }

    /** What a window that was kept by {@link #roomOf} held at least, in bytes. */
    static int roomBytes(int room) {
        return 1 << room >>> 1;
    }

    /** What the initiator's SYN offered, as {@link #roomOf} says it; 0 where that isn't known. */
    static int room(long meta) {
        return (int) (meta >>> ROOM_SHIFT) & ROOM_MASK;
    }

    static long withRoom(long meta, int room) {
        return meta & ~((long) ROOM_MASK << ROOM_SHIFT) | (long) room << ROOM_SHIFT;
    }

    static int scale(long meta, int side) {
        return (int) (meta >>> RESPONDER_SCALE_SHIFT + (side >>> 3)) & 0xf;
    }

    /** The bit that says whether a side was heard. */
    static long heard(int side) {
        return 1L << RESPONDER_HEARD_BIT - (side >>> 5);
    }

    /** The bit that says whether a side has sent its FIN. */
    static long finished(int side) {
        return 1L << RESPONDER_FINISHED_BIT - (side >>> 5);
    }

    static int other(int side) {
        return side ^ INITIATOR;
    }

    static int ruleEpoch(long meta) {
        return (int) (meta >>> EPOCH_SHIFT);
    }

    /** @param epoch its low 23 bits are kept */
    static long withRuleEpoch(long meta, int epoch) {
        return meta & ~(-1L << EPOCH_SHIFT) | (long) epoch << EPOCH_SHIFT;
    }

    /** The meta word of a new entry. */
    static long meta(int state, int initiatorEnd) {
        return state | (long) initiatorEnd << INITIATOR_END_SHIFT;
    }

    /** The side that is a given end of its flow, see {@link FlowHash#end}. */
    static int side(long meta, int end) {
        return (int) ~((meta >>> INITIATOR_END_SHIFT ^ end) << 5) & INITIATOR;
    }

    /** Of a word with a number for each side, the initiator's in its high half. */
    static int half(long word, int side) {
        return (int) (word >>> side);
    }

    static long withHalf(long word, int side, int number) {
        return word & ~(LOW_HALF << side) | (number & LOW_HALF) << side;
    }

    static long halves(int initiators, int responders) {
        return (long) initiators << 32 | responders & LOW_HALF;
    }
}
