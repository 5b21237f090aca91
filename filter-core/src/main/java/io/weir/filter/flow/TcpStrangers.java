package io.weir.filter.flow;

import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;

/**
 * Segments of connections that nothing else is known of: the last one of each. Two that fit each other admit their
 * connection in its middle.
 *
 * <p>Word A: next sequence number, acknowledgment. Word B: {@link CandidateWord}.
 */
final class TcpStrangers {
    /** An acknowledgment that moves further than this is no progress. */
    private static final int MOST_PROGRESS = 1 << 24;

    private final CandidateTable strangers;
    private final TcpProof proof;
    private int stranger;

    TcpStrangers(FlowTables tables, TcpProof proof) {
        this.strangers = tables.strangers;
        this.proof = proof;
    }

    /** Before each segment: nothing is known of it yet. */
    void clear() {
        stranger = CandidateTable.NONE;
    }

    /** @param isSideBelieved whether two segments of the same side admit its connection */
    int relate(PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos, boolean isSideBelieved) {
        stranger = strangers.find(flow, nowNanos);
        if (stranger == CandidateTable.NONE) {
            return Relation.STRANGER;
        }
        boolean isReset = (batch.tcpFlags[i] & TcpFlags.RST) != 0;
        boolean hasAcknowledgment = (batch.tcpFlags[i] & TcpFlags.ACK) != 0;
        int next = (int) (strangers.wordA(stranger) >>> 32);
        int acknowledged = (int) strangers.wordA(stranger);
        long word = strangers.wordB(stranger);
        if (CandidateWord.sourceEnd(word) != sourceEnd) {
            if (isReset) {
                return Relation.ANSWERS;
            }
            boolean isConsistent =
                    hasAcknowledgment && (batch.tcpSequence[i] == acknowledged || batch.tcpAcknowledgment[i] == next);
            return isConsistent ? admits(word, true) : Relation.STRANGER;
        }
        // A tool that sends one frame again and again is in sequence too: only progress counts.
        int moved = batch.tcpAcknowledgment[i] - acknowledged;
        boolean hasProgress = batch.payloadLength[i] > 0
                || CandidateWord.has(word, CandidateWord.PROGRESSED)
                || moved > 0 && moved <= MOST_PROGRESS;
        boolean isConsistent = isSideBelieved
                && !CandidateWord.has(word, CandidateWord.DROPPED)
                && !isReset
                && hasAcknowledgment
                && batch.tcpSequence[i] == next
                && hasProgress;
        return isConsistent ? admits(word, false) : Relation.STRANGER;
    }

    private int admits(long word, boolean isOtherSide) {
        int packets = 1 + CandidateWord.repeats(word);
        proof.set(strangers.timeNanos(stranger), packets, CandidateWord.lengthBytes(word), false, isOtherSide);
        return Relation.ADMITS;
    }

    void remember(PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos, boolean isPassed) {
        boolean isKept =
                stranger != CandidateTable.NONE && !CandidateWord.has(strangers.wordB(stranger), CandidateWord.DROPPED);
        if ((batch.tcpFlags[i] & TcpFlags.RST) != 0 || !isPassed && isKept) {
            return;
        }
        int at = strangers.put(flow, nowNanos);
        int next = batch.tcpSequence[i] + TcpWindow.lengthOf(batch, i);
        strangers.setWordA(at, EntryWord.halves(next, batch.tcpAcknowledgment[i]));
        int bits = (batch.payloadLength[i] > 0 ? CandidateWord.PROGRESSED : 0) | (isPassed ? 0 : CandidateWord.DROPPED);
        strangers.setWordB(at, CandidateWord.of(sourceEnd, batch.wireLength[i], bits));
    }

    /** Forgets the segment whose connection was admitted. */
    void remove() {
        strangers.remove(stranger);
    }
}
