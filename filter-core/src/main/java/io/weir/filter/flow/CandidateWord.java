package io.weir.filter.flow;

import io.weir.filter.packet.PacketBatch;

/**
 * Word B of an opening and of a stranger.
 *
 * <pre>
 *   63    38 37  33     32      31  30           16 15   12 11    8 7     4 3    0
 *  +--------+------+----------+---+---------------+-------+-------+-------+------+
 *  |  free  | room | sender's |cut| length, bytes | scale | scale |repeats| bits |   scales: initiator's, responder's
 *  |        |      |   end    |   |               |       |       |       |      |   end: see {@link FlowHash#end}
 *  +--------+------+----------+---+---------------+-------+-------+-------+------+   room: see {@link EntryWord#room}
 * </pre>
 */
final class CandidateWord {
    static final int ANSWERED = 1;
    static final int PROGRESSED = 2;
    /**
     * A stranger's segment that was dropped: its sender's next one admits nobody, only the other side's answer does, unless it
     * was for want of room.
     */
    static final int DROPPED = 4;
    /** Of a stranger: it was, because a flood left no room, and may be of a connection nevertheless. */
    static final int CROWDED_OUT = 8;
    /** Both sides have sent a SYN (RFC 9293 section 3.5, simultaneous open). */
    static final int CROSSED = 8;

    /** The scale of who offers none. */
    static final int NO_SCALE = 15;

    private static final int MOST_REPEATS = 15;
    private static final int REPEAT_SHIFT = 4;
    private static final int RESPONDER_SCALE_SHIFT = 8;
    private static final int INITIATOR_SCALE_SHIFT = 12;
    private static final int LENGTH_SHIFT = 16;
    private static final int MOST_LENGTH = 0x7fff;
    private static final long CUT = 1L << 31;
    private static final int ROOM_SHIFT = 33;

    private CandidateWord() {}

    static long of(int sourceEnd, int lengthBytes, int bits) {
        return (long) sourceEnd << 32 | (long) Math.min(lengthBytes, MOST_LENGTH) << LENGTH_SHIFT | bits;
    }

    static int sourceEnd(long word) {
        return (int) (word >>> 32) & 1;
    }

    static int lengthBytes(long word) {
        return (int) (word >>> LENGTH_SHIFT) & MOST_LENGTH;
    }

    static boolean has(long word, int bits) {
        return (word & bits) != 0;
    }

    /** How often the packet came again. */
    static int repeats(long word) {
        return (int) (word >>> REPEAT_SHIFT) & MOST_REPEATS;
    }

    static long withRepeat(long word) {
        return repeats(word) < MOST_REPEATS ? word + (1 << REPEAT_SHIFT) : word;
    }

    /** Keeps the window scale that a SYN offers. */
    static long withScale(long word, PacketBatch batch, int i, boolean ofInitiator) {
        int shift = ofInitiator ? INITIATOR_SCALE_SHIFT : RESPONDER_SCALE_SHIFT;
        int offered = batch.tcpWindowScale[i] < 0 ? NO_SCALE : batch.tcpWindowScale[i];
        boolean isCut = batch.payloadOffset[i] > batch.capturedLength[i];
        long room = ofInitiator ? (long) EntryWord.roomOf(batch.tcpWindow[i]) << ROOM_SHIFT : 0;
        return word & ~((long) NO_SCALE << shift) | (long) offered << shift | (isCut ? CUT : 0) | room;
    }

    /** What the initiator's SYN offered, see {@link EntryWord#room}. */
    static int room(long word) {
        return (int) (word >>> ROOM_SHIFT) & EntryWord.ROOM_MASK;
    }

    /** Whether both SYNs were captured with all their options. */
    static boolean isWhole(long word) {
        return (word & CUT) == 0;
    }

    /** The shift that the initiator offers, whatever the responder does, whose SYN wasn't seen. */
    static int offeredScale(long word) {
        int offered = (int) (word >>> INITIATOR_SCALE_SHIFT) & NO_SCALE;
        return offered == NO_SCALE ? 0 : offered;
    }

    /** The shift of a side's windows: none where either side offers none (RFC 7323 section 2.2). */
    static int scale(long word, boolean ofInitiator) {
        int initiators = (int) (word >>> INITIATOR_SCALE_SHIFT) & NO_SCALE;
        int responders = (int) (word >>> RESPONDER_SCALE_SHIFT) & NO_SCALE;
        return initiators == NO_SCALE || responders == NO_SCALE ? 0 : ofInitiator ? initiators : responders;
    }
}
