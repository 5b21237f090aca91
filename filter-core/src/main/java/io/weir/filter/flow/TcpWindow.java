package io.weir.filter.flow;

import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;

/**
 * Which segments fit a tracked connection, by the bounds of van Rooij, Real Stateful TCP Packet Filtering in IP Filter
 * (2001), and RFC 5961.
 *
 * <pre>
 *        what the other side holds,             in flight         still allowed      another window: the one that
 *        one of its windows back                                                     gave it may have been missed
 *   ─────────[────────────────────┼─────────────────────┼─────────────────────┼─────────────────────]─────▶ sequence
 *                          acknowledged                end                  limit
 * </pre>
 *
 * <p>Where the handshake wasn't seen whole, or its options were cut off, nobody knows how windows scale: there a segment
 * fits whose numbers are near the last ones.
 */
final class TcpWindow {
    /** Numbers this far from the last ones are near: what the largest common windows leave in flight. */
    private static final int NEAR = 1 << 24;
    /** The largest window of a SYN: it is never scaled (RFC 7323 section 2.2). */
    private static final int MOST_UNSCALED = 0xffff;
    /** Bytes of a TCP header up to the end of its window field. */
    private static final int WINDOW_END = 16;

    /** What {@link #windowBytes(PacketBatch, int, int, int)} answers where it can't be told. */
    static final int UNKNOWN = -1;

    private final ConnectionTable connections;

    TcpWindow(ConnectionTable connections) {
        this.connections = connections;
    }

    /** Whether a segment fits the connection of {@code entry}. */
    boolean holds(PacketBatch batch, int i, int entry, int side) {
        int flags = batch.tcpFlags[i];
        boolean isReset = (flags & TcpFlags.RST) != 0;
        if (!isReset && (flags & TcpFlags.ACK) == 0) {
            return false; // RFC 9293 section 3.10.7.4: dropped by whoever is connected
        }
        long meta = connections.word(entry, EntryWord.META);
        int sequence = batch.tcpSequence[i];
        int fromEnd = sequence - EntryWord.half(connections.word(entry, EntryWord.ENDS), side);
        if ((meta & EntryWord.WINDOWED) == 0) {
            return isNear(fromEnd) && (isReset || isNear(batch.tcpAcknowledgment[i] - known(entry, side)));
        }
        int otherWindow = windowBytes(entry, meta, EntryWord.other(side));
        int fromLimit = sequence - EntryWord.half(connections.word(entry, EntryWord.LIMITS), side);
        if (fromLimit > otherWindow || fromEnd + lengthOf(batch, i) < -otherWindow) {
            return false;
        }
        return isReset || isAcknowledgmentSound(batch, i, entry, meta, side);
    }

    /**
     * RFC 5961 section 5.2: what is acknowledged was sent, and not longer ago than a window. Of an acknowledgment alone,
     * which injects nothing, it is enough that it could have been sent: a capture misses segments, or sees them late.
     */
    private boolean isAcknowledgmentSound(PacketBatch batch, int i, int entry, long meta, int side) {
        int acknowledgment = batch.tcpAcknowledgment[i];
        int fromHighest = acknowledgment - EntryWord.half(connections.word(entry, EntryWord.ACKNOWLEDGED), side);
        if (fromHighest < -windowBytes(entry, meta, side)) {
            return false;
        }
        boolean isAlone = lengthOf(batch, i) == 0;
        int highest = isAlone
                ? EntryWord.half(connections.word(entry, EntryWord.LIMITS), EntryWord.other(side))
                : known(entry, side);
        return acknowledgment - highest <= 0;
    }

    /** What a side's acknowledgments may reach: what the other was seen to send, or it has acknowledged already. */
    private int known(int entry, int side) {
        int sent = EntryWord.half(connections.word(entry, EntryWord.ENDS), EntryWord.other(side));
        int acknowledged = EntryWord.half(connections.word(entry, EntryWord.ACKNOWLEDGED), side);
        return acknowledged - sent > 0 ? acknowledged : sent;
    }

    /** The first number of a side that the other hasn't acknowledged: what comes before is no longer in flight. */
    int unacknowledged(int entry, int side) {
        return EntryWord.half(connections.word(entry, EntryWord.ACKNOWLEDGED), EntryWord.other(side));
    }

    /** The last number that a side may have sent: the end of what was seen of it; of a side that isn't seen, its window's. */
    int mostSent(int entry, int side) {
        int end = EntryWord.half(connections.word(entry, EntryWord.ENDS), side);
        boolean isSeen = (connections.word(entry, EntryWord.META) & EntryWord.heard(side)) != 0
                && end - unacknowledged(entry, side) >= 0;
        return isSeen ? end : EntryWord.half(connections.word(entry, EntryWord.LIMITS), side);
    }

    private static boolean isNear(int distance) {
        return distance >= -NEAR && distance <= NEAR;
    }

    /** Whether a reset that fits ends its connection: exactly what is expected next (RFC 5961 section 3.2). */
    boolean isExactReset(PacketBatch batch, int i, int entry, int side) {
        int fromEnd = batch.tcpSequence[i] - EntryWord.half(connections.word(entry, EntryWord.ENDS), side);
        int fromExpected = batch.tcpSequence[i]
                - EntryWord.half(connections.word(entry, EntryWord.ACKNOWLEDGED), EntryWord.other(side));
        return fromEnd == 0 || fromExpected == 0 && fromEnd < 0;
    }

    /** Begins with the numbers of the first segments; {@link #advance} follows. */
    void begin(int entry, int initiatorNext, int responderNext) {
        connections.setWord(entry, EntryWord.ENDS, EntryWord.halves(initiatorNext, responderNext));
        connections.setWord(entry, EntryWord.ACKNOWLEDGED, EntryWord.halves(responderNext, initiatorNext));
        connections.setWord(
                entry,
                EntryWord.LIMITS,
                EntryWord.halves(initiatorNext + MOST_UNSCALED, responderNext + MOST_UNSCALED));
    }

    /** Begins with a segment of a connection that is met in its middle. */
    void beginMidstream(PacketBatch batch, int i, int entry, int side) {
        int own = batch.tcpSequence[i];
        int others = batch.tcpAcknowledgment[i];
        long numbers = EntryWord.withHalf(EntryWord.halves(others, others), side, own);
        begin(entry, EntryWord.half(numbers, EntryWord.INITIATOR), EntryWord.half(numbers, EntryWord.RESPONDER));
    }

    /** Keeps the shift of the initiator's windows where its side of the handshake alone was seen. */
    void keepScale(int entry, int initiatorScale) {
        connections.setWord(
                entry,
                EntryWord.META,
                EntryWord.withScales(connections.word(entry, EntryWord.META), initiatorScale, 0));
    }

    /** The room that a segment offers, in bytes, or {@link #UNKNOWN}: nobody knows how its connection's windows scale. */
    int windowBytes(PacketBatch batch, int i, int entry, int side) {
        long meta = connections.word(entry, EntryWord.META);
        boolean isKnown = isCaptured(batch, i) && ((meta & EntryWord.SCALED) != 0 || batch.tcpWindow[i] == 0);
        int scale = EntryWord.scale(meta, side);
        if (!isKnown || scale == 0 && side == EntryWord.INITIATOR && isShrunk(batch, i, entry, meta)) {
            return UNKNOWN;
        }
        return batch.tcpWindow[i] << scale;
    }

    /**
     * Whether the initiator would take back room that its SYN gave, which no stack does (RFC 9293 section 3.8.6): then its
     * windows are scaled after all, whatever was seen of its options.
     */
    private boolean isShrunk(PacketBatch batch, int i, int entry, long meta) {
        // The limit began as if the SYN had given all that it can.
        int limit = EntryWord.half(connections.word(entry, EntryWord.LIMITS), EntryWord.RESPONDER)
                - (MOST_UNSCALED - EntryWord.roomBytes(EntryWord.room(meta)));
        return isShrunk(batch, i, limit - batch.tcpAcknowledgment[i]);
    }

    /** Whether a segment offers less than the room that was given and hasn't been used; no room at all may be meant. */
    static boolean isShrunk(PacketBatch batch, int i, int leftBytes) {
        return batch.tcpWindow[i] > 0 && batch.tcpWindow[i] < leftBytes;
    }

    /** Keeps what the initiator's SYN offered, as {@link EntryWord#roomOf} says it. */
    void keepRoom(int entry, int room) {
        connections.setWord(entry, EntryWord.META, EntryWord.withRoom(connections.word(entry, EntryWord.META), room));
    }

    /** Whether the capture has the window field. */
    static boolean isCaptured(PacketBatch batch, int i) {
        return batch.capturedLength[i] - batch.transportOffset[i] >= WINDOW_END;
    }

    /** Lets the windows of a handshake hold that was seen whole. */
    void beginWindows(int entry, int initiatorScale, int responderScale) {
        long meta = EntryWord.withScales(connections.word(entry, EntryWord.META), initiatorScale, responderScale);
        connections.setWord(entry, EntryWord.META, meta | EntryWord.WINDOWED);
        connections.setLargestWindow(entry, EntryWord.INITIATOR, firstWindow(initiatorScale));
        connections.setLargestWindow(entry, EntryWord.RESPONDER, firstWindow(responderScale));
    }

    /** The windows of the SYNs aren't kept: they were no larger than this. */
    private static int firstWindow(int scale) {
        return Math.min(MOST_UNSCALED, (MOST_UNSCALED >>> scale) + 1);
    }

    /**
     * Moves to a segment that passed; resets move nothing.
     *
     * @return whether it brought its side further
     */
    boolean advance(PacketBatch batch, int i, int entry, int side) {
        long ends = connections.word(entry, EntryWord.ENDS);
        int end = batch.tcpSequence[i] + lengthOf(batch, i);
        boolean isProgress = end - EntryWord.half(ends, side) > 0;
        if (isProgress) {
            connections.setWord(entry, EntryWord.ENDS, EntryWord.withHalf(ends, side, end));
        }
        int acknowledgment = batch.tcpAcknowledgment[i];
        long acknowledged = connections.word(entry, EntryWord.ACKNOWLEDGED);
        if (acknowledgment - EntryWord.half(acknowledged, side) > 0) {
            connections.setWord(entry, EntryWord.ACKNOWLEDGED, EntryWord.withHalf(acknowledged, side, acknowledgment));
        }
        widen(batch, i, entry, side, acknowledgment);
        return isProgress;
    }

    private void widen(PacketBatch batch, int i, int entry, int side, int acknowledgment) {
        int window = isCaptured(batch, i) ? batch.tcpWindow[i] : MOST_UNSCALED;
        boolean isScaled = (batch.tcpFlags[i] & TcpFlags.SYN) == 0;
        int scale = isScaled ? EntryWord.scale(connections.word(entry, EntryWord.META), side) : 0;
        if (isScaled && window > connections.largestWindow(entry, side)) {
            connections.setLargestWindow(entry, side, window);
        }
        long limits = connections.word(entry, EntryWord.LIMITS);
        int limit = acknowledgment + (window << scale);
        if (limit - EntryWord.half(limits, EntryWord.other(side)) > 0) {
            connections.setWord(entry, EntryWord.LIMITS, EntryWord.withHalf(limits, EntryWord.other(side), limit));
        }
    }

    private int windowBytes(int entry, long meta, int side) {
        return connections.largestWindow(entry, side) << EntryWord.scale(meta, side);
    }

    /** SYN and FIN take a sequence number each (RFC 9293 section 3.4). */
    static int lengthOf(PacketBatch batch, int i) {
        int flags = batch.tcpFlags[i];
        return batch.payloadLength[i] + (flags & TcpFlags.FIN) + ((flags & TcpFlags.SYN) >>> 1);
    }
}
