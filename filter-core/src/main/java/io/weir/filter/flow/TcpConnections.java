package io.weir.filter.flow;

import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;

/** The life of a tracked TCP connection: which segments are its own, and what they make of its state. */
final class TcpConnections {
    /** Repeated segments in a row without progress: more than any retransmission, of which RFC 1122 asks for a few. */
    private static final int REPEAT_LIMIT = 64;

    private final ConnectionTable connections;
    private final TcpWindow window;

    private int entry;
    private int side;
    private boolean isRepeated;

    TcpConnections(ConnectionTable connections) {
        this.connections = connections;
        this.window = new TcpWindow(connections);
    }

    /** Before each packet: nothing is known of it yet. */
    void clear() {
        entry = ConnectionTable.NONE;
        isRepeated = false;
    }

    /** Whether a segment fits the connection of an entry. */
    boolean holds(PacketBatch batch, int i, int found, int sourceEnd) {
        side = connections.side(found, sourceEnd);
        boolean isHeld = window.holds(batch, i, found, side);
        entry = isHeld ? found : ConnectionTable.NONE;
        return isHeld;
    }

    /** How a segment stands to the connection that it fits. */
    int relate(PacketBatch batch, int i) {
        int end = batch.tcpSequence[i] + batch.payloadLength[i];
        isRepeated =
                batch.payloadLength[i] > 0 && end - EntryWord.half(connections.word(entry, EntryWord.ENDS), side) <= 0;
        boolean isStuck = isRepeated && connections.unanswered(entry, side) >= REPEAT_LIMIT;
        return isStuck ? Relation.UNPROVEN : Relation.BELONGS;
    }

    /** Enters a connection; {@link ConnectionTable#NONE} where the table is full of better ones. */
    int open(
            PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos, boolean isPacketOfInitiator, int state) {
        side = isPacketOfInitiator ? EntryWord.INITIATOR : EntryWord.RESPONDER;
        entry = connections.put(flow, isPacketOfInitiator ? sourceEnd : sourceEnd ^ 1, state, nowNanos);
        if (entry == ConnectionTable.NONE) {
            return entry;
        }
        connections.name(entry, batch, i, isPacketOfInitiator, nowNanos);
        if (state == FlowState.TCP_OPEN) {
            connections.setWord(entry, EntryWord.META, connections.word(entry, EntryWord.META) | EntryWord.BOTH_HEARD);
        }
        return entry;
    }

    /** Begins with the segment that admitted the connection just entered. */
    void beginMidstream(PacketBatch batch, int i) {
        window.beginMidstream(batch, i, entry, side);
    }

    /** Learns from a segment that passed. */
    void advance(PacketBatch batch, int i, long nowNanos) {
        if (entry == ConnectionTable.NONE) {
            return; // a bare ACK of an opening
        }
        int flags = batch.tcpFlags[i];
        if ((flags & TcpFlags.RST) != 0) {
            // RFC 5961 section 3.2: any other within the window is challenged by the host, and changes nothing.
            if (window.isExactReset(batch, i, entry, side)) {
                connections.setLastSeenNanos(entry, nowNanos);
                connections.setState(entry, FlowState.TCP_CLOSED);
            }
            return;
        }
        if (window.advance(batch, i, entry, side)) {
            connections.clearUnanswered(entry);
        } else if (isRepeated) {
            connections.countPacket(entry, side);
        }
        connections.setLastSeenNanos(entry, nowNanos);
        connections.setWord(entry, EntryWord.CUT, 0);
        long meta = connections.word(entry, EntryWord.META);
        long heard = EntryWord.heard(side);
        if ((flags & TcpFlags.FIN) != 0 || (meta & heard) == 0) {
            connections.setWord(entry, EntryWord.META, afterStep(meta | heard, (flags & TcpFlags.FIN) != 0));
        }
    }

    /** The meta word after a FIN, or after a side was heard first. */
    private long afterStep(long meta, boolean isFinished) {
        int state = EntryWord.state(meta);
        boolean isBothHeard = (meta & EntryWord.BOTH_HEARD) == EntryWord.BOTH_HEARD;
        if (isBothHeard && (state == FlowState.TCP_MIDSTREAM || state == FlowState.TCP_ONE_SIDED)) {
            state = FlowState.TCP_OPEN;
        }
        if (isFinished) {
            meta |= EntryWord.finished(side);
            boolean isBothFinished = (meta & EntryWord.BOTH_FINISHED) == EntryWord.BOTH_FINISHED;
            // Where one side alone was heard, the other's FIN won't be either.
            state = isBothFinished || !isBothHeard ? FlowState.TCP_CLOSED : FlowState.TCP_FIN_WAIT;
        }
        return EntryWord.withState(meta, state);
    }

    /** Remembers that rules refuse the connection that they accepted before: until one of its segments passes again. */
    void cut(int verdict) {
        if (entry != ConnectionTable.NONE) {
            connections.setWord(entry, EntryWord.CUT, verdict & 0xffff_ffffL);
        }
    }

    /** The room that the segment's sender offers; see {@link TcpWindow#windowBytes}. */
    int windowBytes(PacketBatch batch, int i) {
        return window.windowBytes(batch, i, entry, side);
    }

    TcpWindow window() {
        return window;
    }

    int entry() {
        return entry;
    }

    boolean isFromInitiator() {
        return side == EntryWord.INITIATOR;
    }

    boolean isRepeated() {
        return isRepeated;
    }
}
