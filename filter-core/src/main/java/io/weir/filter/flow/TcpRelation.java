package io.weir.filter.flow;

import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Verdict;

/**
 * TCP's part of {@link FlowTracker}: which of its tables a segment belongs to.
 *
 * <pre>
 *   SYN ──passed──▶ openings ──SYN-ACK, ACK that fits──▶ connections ◀──second consistent segment── strangers ◀── segment
 *    └────dropped─▶ refused  ──SYN-ACK, ACK that fits──────▲
 * </pre>
 */
final class TcpRelation {
    /**
     * One side alone proves nothing against a connection that was heard of this recently: whoever is connected and has
     * something to say is heard again by then (RFC 6298 section 2.4: no retransmission time-out is shorter).
     */
    private static final long SILENCE_NANOS = 1_000_000_000L;

    private final ConnectionTable connections;
    private final TcpConnections tracked;
    private final TcpHandshakes handshakes;
    private final TcpStrangers strangers;
    private final TcpProof proof = new TcpProof();
    private final StreamClock clock;
    private int refusedVerdict;
    private long misfits;

    TcpRelation(FlowTables tables, StreamClock clock) {
        this.connections = tables.connections;
        this.tracked = new TcpConnections(tables.connections);
        this.handshakes = new TcpHandshakes(tables, proof);
        this.strangers = new TcpStrangers(tables, proof);
        this.clock = clock;
    }

    int relate(PacketBatch batch, int i, long flow, int place, int sourceEnd, long nowNanos, boolean answersExpected) {
        int flags = batch.tcpFlags[i];
        if ((flags & (TcpFlags.SYN | TcpFlags.ACK)) == TcpFlags.SYN) {
            return Relation.OPENS;
        }
        int entry = connections.find(flow, place, nowNanos);
        boolean isTracked = entry != ConnectionTable.NONE && tracked.holds(batch, i, entry, sourceEnd);
        if (isTracked && (flags & TcpFlags.SYN) == 0 && !FlowState.isEnding(connections.state(entry))) {
            return tracked.relate(batch, i);
        }
        handshakes.clear();
        strangers.clear();
        boolean isHeard = entry != ConnectionTable.NONE
                && connections.state(entry) != FlowState.TCP_CLOSED
                && nowNanos - connections.lastSeenNanos(entry) < SILENCE_NANOS;
        boolean isClientBelieved = !answersExpected && !isHeard;
        int relation = handshakes.relateToOpening(batch, i, flow, sourceEnd, nowNanos, isClientBelieved);
        if (relation != Relation.STRANGER) {
            tracked.clear();
            return relation;
        }
        if (isTracked) {
            return tracked.relate(batch, i);
        }
        relation = handshakes.relateToRefused(batch, i, flow, sourceEnd, nowNanos, isClientBelieved);
        if (relation != TcpHandshakes.NONE) {
            refusedVerdict = handshakes.refusedVerdict();
            return relation;
        }
        if (entry != ConnectionTable.NONE) {
            misfits++;
            // One side goes on from what the other's dropped segments said: no stranger, though it doesn't fit.
            refusedVerdict = (int) connections.word(entry, EntryWord.CUT);
            if (refusedVerdict != 0) {
                return Relation.FOLLOWS_REFUSED;
            }
        }
        boolean isSideBelieved = !isHeard && (clock.isLearning() || !answersExpected);
        return strangers.relate(batch, i, flow, sourceEnd, nowNanos, isSideBelieved);
    }

    boolean isRetransmission(PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos) {
        return handshakes.isRetransmission(batch, i, flow, sourceEnd, nowNanos);
    }

    boolean isOfRefused() {
        return handshakes.isOfRefused();
    }

    void commit(PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos, int relation, int verdict) {
        boolean isPassed = !Verdict.isDrop(verdict);
        if (relation == Relation.OPENS) {
            handshakes.commitSyn(batch, i, flow, sourceEnd, nowNanos, verdict);
        } else if (relation == Relation.STRANGER) {
            strangers.remember(batch, i, flow, sourceEnd, nowNanos, verdict, clock.isLearning());
        } else if (isPassed) {
            switch (relation) {
                case Relation.BELONGS -> tracked.advance(batch, i, nowNanos);
                case Relation.ANSWERS -> commitAnswer(batch, i, flow, nowNanos);
                case Relation.COMPLETES -> commitCompletion(batch, i, flow, sourceEnd, nowNanos);
                case Relation.ADMITS -> commitAdmission(batch, i, flow, sourceEnd, nowNanos);
                default -> {}
            }
        } else if (relation == Relation.BELONGS && Verdict.isByRule(verdict)) {
            tracked.cut(verdict);
        } else if (relation == Relation.COMPLETES && Verdict.isByRule(verdict)) {
            handshakes.refuse(batch, i, flow, sourceEnd, nowNanos, verdict);
        }
    }

    void refuseOpening(PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos, int verdict) {
        handshakes.commitSyn(batch, i, flow, sourceEnd, nowNanos, verdict);
    }

    /** Who agrees to open anew has forgotten the connection of before. */
    private void commitAnswer(PacketBatch batch, int i, long flow, long nowNanos) {
        if (handshakes.commitAnswer(batch, i, flow, nowNanos)) {
            int former = connections.find(flow, nowNanos);
            if (former != ConnectionTable.NONE) {
                connections.setState(former, FlowState.TCP_CLOSED);
            }
        }
    }

    private void commitCompletion(PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos) {
        if (handshakes.isOnlyCounted(batch, i)) {
            handshakes.noteProgress();
            return;
        }
        int state = handshakes.openedState();
        int entry = tracked.open(batch, i, flow, sourceEnd, nowNanos, true, state);
        if (entry == ConnectionTable.NONE) {
            handshakes.noteProgress(); // the SYN is proven nevertheless, and goes on to stand for its connection
        } else {
            handshakes.moveTo(tracked.window(), entry, batch.tcpAcknowledgment[i]);
            tracked.advance(batch, i, nowNanos);
        }
    }

    private void commitAdmission(PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos) {
        // Who began can't be known from the middle: the lower port serves, by convention.
        boolean isFromInitiator = batch.sourcePort[i] == batch.destinationPort[i]
                ? !proof.isOtherSide()
                : batch.sourcePort[i] > batch.destinationPort[i];
        int state = proof.isOtherSide() ? FlowState.TCP_OPEN : FlowState.TCP_MIDSTREAM;
        int entry = tracked.open(batch, i, flow, sourceEnd, nowNanos, isFromInitiator, state);
        strangers.remove();
        if (entry != ConnectionTable.NONE) {
            tracked.beginMidstream(batch, i);
            tracked.advance(batch, i, nowNanos);
        }
    }

    /** Before each packet: nothing is known of it yet. */
    void clear() {
        tracked.clear();
    }

    /** The entry that a segment was related to or that its commit made, {@link ConnectionTable#NONE} without. */
    int entry() {
        return tracked.entry();
    }

    int windowBytes(PacketBatch batch, int i) {
        return tracked.entry() == ConnectionTable.NONE
                ? handshakes.windowBytes(batch, i)
                : tracked.windowBytes(batch, i);
    }

    boolean isFromInitiator() {
        return tracked.isFromInitiator();
    }

    /** Segments of tracked connections that didn't fit them. */
    long misfits() {
        return misfits;
    }

    boolean isRepeated() {
        return tracked.isRepeated();
    }

    TcpProof proof() {
        return proof;
    }

    boolean isProvenOneSided() {
        return handshakes.isOneSided();
    }

    int refusedVerdict() {
        return refusedVerdict;
    }

    /** Brings the lines that so many SYNs will be remembered in into the cache; the value means nothing. */
    long touchForOpenings(long[] flows, int count) {
        return handshakes.touchForOpenings(flows, count);
    }
}
