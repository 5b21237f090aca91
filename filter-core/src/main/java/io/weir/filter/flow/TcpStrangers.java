package io.weir.filter.flow;

import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;

/**
 * Segments of connections that nothing else is known of: the last one of each. Two that fit each other admit their
 * connection in its middle.
 *
 * <p>Word A: next sequence number, acknowledgment. Word B: {@link CandidateWord}.
 */
final class TcpStrangers {
    /** An acknowledgment that moves further than this is no progress. */
    private static final int MOST_PROGRESS = 1 << 24;

    /** Linux waits no shorter (TCP_RTO_MIN), others longer (RFC 6298 section 2.4). */
    private static final long SOONEST_RETRANSMISSION_NANOS = 200_000_000L;

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
        boolean isDropped = CandidateWord.has(word, CandidateWord.DROPPED);
        boolean isConsistent = isSideBelieved
                && (!isDropped || CandidateWord.has(word, CandidateWord.CROWDED_OUT))
                && !isReset
                && hasAcknowledgment
                && (batch.tcpSequence[i] == next && hasProgress || isDropped && isSentAgain(batch, i, next, nowNanos));
        return isConsistent ? admits(word, false) : Relation.STRANGER;
    }

    /** Whether data that was dropped comes again as a stack sends it that had no answer. */
    private boolean isSentAgain(PacketBatch batch, int i, int next, long nowNanos) {
        return batch.payloadLength[i] > 0
                && batch.tcpSequence[i] + TcpWindow.lengthOf(batch, i) == next
                && nowNanos - strangers.timeNanos(stranger) >= SOONEST_RETRANSMISSION_NANOS;
    }

    private int admits(long word, boolean isOtherSide) {
        int packets = 1 + CandidateWord.repeats(word);
        boolean wasDropped = !isOtherSide && CandidateWord.has(word, CandidateWord.DROPPED);
        proof.set(strangers.timeNanos(stranger), packets, CandidateWord.lengthBytes(word), wasDropped, isOtherSide);
        return Relation.ADMITS;
    }

    /** @param isLearning whether anybody may be met in the middle; else whoever only answers may, whose SYN went unseen */
    void remember(PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos, int verdict, boolean isLearning) {
        boolean isPassed = !Verdict.isDrop(verdict);
        boolean isKept =
                stranger != CandidateTable.NONE && !CandidateWord.has(strangers.wordB(stranger), CandidateWord.DROPPED);
        if ((batch.tcpFlags[i] & TcpFlags.RST) != 0 || !isPassed && isKept) {
            return;
        }
        int at = strangers.put(flow, nowNanos);
        int next = batch.tcpSequence[i] + TcpWindow.lengthOf(batch, i);
        strangers.setWordA(at, EntryWord.halves(next, batch.tcpAcknowledgment[i]));
        int bits = (batch.payloadLength[i] > 0 ? CandidateWord.PROGRESSED : 0) | (isPassed ? 0 : CandidateWord.DROPPED);
        boolean maybeReal = isLearning || (batch.tcpFlags[i] & TcpFlags.SYN) != 0;
        boolean isCrowdedOut = maybeReal && !isPassed && Verdict.reason(verdict) == Reason.ACK_FLOOD;
        bits |= isCrowdedOut ? CandidateWord.CROWDED_OUT : 0;
        strangers.setWordB(at, CandidateWord.of(sourceEnd, batch.wireLength[i], bits));
    }

    /** Forgets the segment whose connection was admitted. */
    void remove() {
        strangers.remove(stranger);
    }
}
