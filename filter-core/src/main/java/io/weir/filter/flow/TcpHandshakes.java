package io.weir.filter.flow;

import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Verdict;

/**
 * SYNs that wait for their handshake, and those that were refused.
 *
 * <p>Word A of an opening holds the initial sequence numbers, the initiator's in the high half, the responder's in the
 * low. Its word B: {@link CandidateWord}.
 */
final class TcpHandshakes {
    /** What {@link #relateToRefused} answers where no SYN was refused. */
    static final int NONE = -1;

    /** No client is nearer than this: an ACK that comes sooner after its SYN wasn't made by a stack that saw an answer. */
    private static final long MINIMUM_ROUND_TRIP_NANOS = 20_000;
    /** How far beyond the handshake the segment may be that completes it, some having been lost to the capture. */
    private static final int HANDSHAKE_SLACK = 1 << 16;
    /** SYNs of both sides cross within a round trip; later the first would have been sent again (RFC 6298 section 2). */
    private static final long CROSSING_NANOS = 1_000_000_000L;

    /** Linux sends a SYN seven times with {@code tcp_syn_linear_timeouts}, others fewer; with as much again for chance. */
    private static final int MOST_RETRANSMISSIONS = 8;
    /** Windows tries again 500 ms after a reset; all others after a second (RFC 6298 section 2.1) and no sooner later. */
    private static final long SOONEST_RETRANSMISSION_NANOS = 400_000_000L;

    private final CandidateTable openings;
    private final RefusedTable refused;
    private final TcpProof proof;

    private int opening;
    private int refusal;
    private int refusedVerdict;
    /** Whether the last SYN was dropped: so will be the next, likely. */
    private boolean isRefusing;

    TcpHandshakes(FlowTables tables, TcpProof proof) {
        this.openings = tables.openings;
        this.refused = tables.refused;
        this.proof = proof;
    }

    /** Before each segment: nothing is known of it yet. */
    void clear() {
        opening = CandidateTable.NONE;
        refusal = RefusedTable.NONE;
    }

    /**
     * How a segment that is no SYN stands to an opening of its flow.
     *
     * @param isClientBelieved whether progress of the client alone proves it
     * @return {@link Relation#STRANGER} where it doesn't fit, or there is none
     */
    int relateToOpening(PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos, boolean isClientBelieved) {
        opening = openings.find(flow, nowNanos);
        if (opening == CandidateTable.NONE) {
            return Relation.STRANGER;
        }
        int flags = batch.tcpFlags[i];
        boolean isReset = (flags & TcpFlags.RST) != 0;
        boolean hasAcknowledgment = (flags & TcpFlags.ACK) != 0;
        long word = openings.wordB(opening);
        int initiatorFirst = (int) (openings.wordA(opening) >>> 32) + 1;
        if (CandidateWord.sourceEnd(word) != sourceEnd) {
            // Of a tool that repeats its tuple only one SYN is remembered; answers to the others are answers all the
            // same.
            boolean isAnswer = isReset
                    || (flags & TcpFlags.SYN) != 0
                    || hasAcknowledgment && isWithin(batch.tcpAcknowledgment[i], initiatorFirst);
            return isAnswer ? Relation.ANSWERS : Relation.STRANGER;
        }
        if (isReset) {
            return Relation.ANSWERS; // takes the opening back
        }
        // A SYN-ACK of the initiator answers the SYN that crossed its own.
        int first = batch.tcpSequence[i] + ((flags & TcpFlags.SYN) >>> 1);
        if (!hasAcknowledgment || !isWithin(first, initiatorFirst)) {
            return Relation.STRANGER;
        }
        if (CandidateWord.has(word, CandidateWord.PROGRESSED)) {
            return batch.payloadLength[i] == 0 ? Relation.BELONGS : completesByData();
        }
        boolean isProven = isAnswered(word)
                ? isWithin(batch.tcpAcknowledgment[i], (int) openings.wordA(opening) + 1)
                : isClientBelieved && nowNanos - openings.timeNanos(opening) >= MINIMUM_ROUND_TRIP_NANOS;
        return isProven ? completes(word) : Relation.STRANGER;
    }

    /**
     * How a segment stands to a SYN of its flow that was refused, {@link #NONE} where there is none.
     *
     * @param isClientBelieved whether progress of the client alone proves it
     */
    int relateToRefused(PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos, boolean isClientBelieved) {
        refusal = refused.find(flow, nowNanos);
        if (refusal == RefusedTable.NONE) {
            return NONE;
        }
        refusedVerdict = refused.verdict(refusal);
        // A flood's victim may get through later; what rules refuse stays refused, its answers included.
        if (Verdict.isByRule(refusedVerdict)) {
            return Relation.FOLLOWS_REFUSED;
        }
        if (!refused.isFromRefused(refusal, sourceEnd)) {
            return Relation.ANSWERS;
        }
        // Nobody but the two ends has seen the answer's sequence number: whoever acknowledges it is real.
        if (RefusedTable.isAnswered(refusal)
                && (batch.tcpFlags[i] & (TcpFlags.ACK | TcpFlags.RST)) == TcpFlags.ACK
                && isWithin(batch.tcpSequence[i], refused.sequence(refusal) + 1)
                && isWithin(batch.tcpAcknowledgment[i], refused.answerSequence(refusal) + 1)) {
            proof.set(refused.timeNanos(refusal, nowNanos), 1, 0, true, false);
            return Relation.COMPLETES;
        }
        // Whoever sends data was answered: a recorded client, whose SYN was dropped here but not where it was recorded.
        if (isClientBelieved && hasDataAfterRefused(batch, i, nowNanos)) {
            proof.set(refused.timeNanos(refusal, nowNanos), 1, 0, true, false);
            return Relation.COMPLETES;
        }
        return Relation.FOLLOWS_REFUSED;
    }

    private boolean hasDataAfterRefused(PacketBatch batch, int i, long nowNanos) {
        return !RefusedTable.isAnswered(refusal)
                && batch.payloadLength[i] > 0
                && (batch.tcpFlags[i] & (TcpFlags.ACK | TcpFlags.RST | TcpFlags.SYN)) == TcpFlags.ACK
                && nowNanos - refused.timeNanos(refusal, nowNanos) >= MINIMUM_ROUND_TRIP_NANOS
                && isWithin(batch.tcpSequence[i], refused.sequence(refusal) + 1);
    }

    /** The SYN was proven by the bare ACK already; it must not be proven twice. */
    private int completesByData() {
        proof.clear();
        return Relation.COMPLETES;
    }

    private int completes(long word) {
        int packets = 1 + CandidateWord.repeats(word);
        proof.set(openings.timeNanos(opening), packets, CandidateWord.lengthBytes(word), false, false);
        return Relation.COMPLETES;
    }

    private static boolean isAnswered(long word) {
        return CandidateWord.has(word, CandidateWord.ANSWERED | CandidateWord.CROSSED);
    }

    private static boolean isWithin(int number, int expected) {
        int distance = number - expected;
        return distance >= 0 && distance <= HANDSHAKE_SLACK;
    }

    /** Learns from a SYN. */
    void commitSyn(PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos, int verdict) {
        isRefusing = Verdict.isDrop(verdict);
        if (isRefusing) {
            refused.put(flow, sourceEnd, batch.tcpSequence[i], verdict, nowNanos);
        } else {
            int known = openings.find(flow, nowNanos);
            if (known == CandidateTable.NONE || !isKept(batch, i, known, sourceEnd, nowNanos)) {
                int at = openings.put(flow, nowNanos);
                openings.setWordA(at, (long) batch.tcpSequence[i] << 32);
                long word = CandidateWord.of(sourceEnd, batch.wireLength[i], 0);
                openings.setWordB(at, CandidateWord.withScale(word, batch, i, true));
            }
        }
    }

    /** Whether the opening that is known stays: this SYN is the same again, or the other side's at the same time. */
    private boolean isKept(PacketBatch batch, int i, int known, int sourceEnd, long nowNanos) {
        long word = openings.wordB(known);
        if (CandidateWord.sourceEnd(word) == sourceEnd) {
            boolean isRepeat = (int) (openings.wordA(known) >>> 32) == batch.tcpSequence[i];
            if (isRepeat) {
                openings.setWordB(known, CandidateWord.withRepeat(word));
            }
            return isRepeat;
        }
        boolean isCrossing = !isAnswered(word) && nowNanos - openings.timeNanos(known) <= CROSSING_NANOS;
        if (isCrossing) {
            noteResponder(batch, i, known, CandidateWord.CROSSED);
        }
        return isCrossing;
    }

    /** Whether a SYN is one that was seen and not answered, sent again no sooner than stacks do. */
    boolean isRetransmission(PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos) {
        int known = openings.find(flow, nowNanos);
        if (known == CandidateTable.NONE) {
            return false;
        }
        long word = openings.wordB(known);
        int count = CandidateWord.repeats(word) + 1;
        return CandidateWord.sourceEnd(word) == sourceEnd
                && !isAnswered(word)
                && (int) (openings.wordA(known) >>> 32) == batch.tcpSequence[i]
                && count <= MOST_RETRANSMISSIONS
                && nowNanos - openings.timeNanos(known) >= count * SOONEST_RETRANSMISSION_NANOS;
    }

    private void noteResponder(PacketBatch batch, int i, int at, int bit) {
        openings.setWordA(at, EntryWord.withHalf(openings.wordA(at), EntryWord.RESPONDER, batch.tcpSequence[i]));
        openings.setWordB(at, CandidateWord.withScale(openings.wordB(at), batch, i, false) | bit);
    }

    /**
     * Learns from an answer that passed.
     *
     * @return whether it agrees to the opening
     */
    boolean commitAnswer(PacketBatch batch, int i, long flow, long nowNanos) {
        if ((batch.tcpFlags[i] & (TcpFlags.SYN | TcpFlags.ACK)) != (TcpFlags.SYN | TcpFlags.ACK)) {
            return false;
        }
        if (opening != CandidateTable.NONE) {
            int initiatorFirst = (int) (openings.wordA(opening) >>> 32) + 1;
            if (isWithin(batch.tcpAcknowledgment[i], initiatorFirst)) {
                noteResponder(batch, i, opening, CandidateWord.ANSWERED);
                return true;
            }
        } else if (refusal != RefusedTable.NONE) {
            refused.answer(refusal, flow, batch.tcpSequence[i], nowNanos);
        }
        return false;
    }

    /** Whether the segment that completes only counts: the connection opens when data advances. */
    boolean isOnlyCounted(PacketBatch batch, int i) {
        return opening != CandidateTable.NONE && !isAnswered(openings.wordB(opening)) && batch.payloadLength[i] == 0;
    }

    boolean isOfRefused() {
        return refusal != RefusedTable.NONE;
    }

    /** Rules refuse what opened although its SYN had been dropped: from now on it is theirs. */
    void refuse(PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos, int verdict) {
        if (refusal != RefusedTable.NONE) {
            refused.remove(refusal);
            refused.put(flow, sourceEnd, batch.tcpSequence[i], verdict, nowNanos);
        }
    }

    void noteProgress() {
        if (opening != CandidateTable.NONE) {
            openings.setWordB(opening, openings.wordB(opening) | CandidateWord.PROGRESSED);
        }
    }

    /** Whether the handshake is proven by its client's side alone. */
    boolean isOneSided() {
        return opening != CandidateTable.NONE
                ? !isAnswered(openings.wordB(opening))
                : refusal != RefusedTable.NONE && !RefusedTable.isAnswered(refusal);
    }

    /** The window of a segment of the initiator that completes an opening, {@link TcpWindow#UNKNOWN} without one. */
    int windowBytes(PacketBatch batch, int i) {
        if (opening == CandidateTable.NONE || !TcpWindow.isCaptured(batch, i)) {
            return TcpWindow.UNKNOWN;
        }
        long word = openings.wordB(opening);
        int scale = isAnswered(word) ? CandidateWord.scale(word, true) : CandidateWord.offeredScale(word);
        boolean isShrunk = scale == 0 && TcpWindow.isShrunk(batch, i, EntryWord.roomBytes(CandidateWord.room(word)));
        return CandidateWord.isWhole(word) && !isShrunk ? batch.tcpWindow[i] << scale : TcpWindow.UNKNOWN;
    }

    /** The state of the connection that the handshake opens. */
    int openedState() {
        return isOneSided() ? FlowState.TCP_ONE_SIDED : FlowState.TCP_OPEN;
    }

    /** Hands what is known of the handshake to its connection, and forgets it. */
    void moveTo(TcpWindow window, int entry, int acknowledgment) {
        if (opening != CandidateTable.NONE) {
            long numbers = openings.wordA(opening);
            long word = openings.wordB(opening);
            int initiatorNext = EntryWord.half(numbers, EntryWord.INITIATOR) + 1;
            window.begin(
                    entry,
                    initiatorNext,
                    isAnswered(word) ? EntryWord.half(numbers, EntryWord.RESPONDER) + 1 : acknowledgment);
            if (isAnswered(word) && CandidateWord.isWhole(word)) {
                window.beginWindows(entry, CandidateWord.scale(word, true), CandidateWord.scale(word, false));
            } else if (CandidateWord.isWhole(word)) {
                window.keepScale(entry, CandidateWord.offeredScale(word));
            }
            window.keepRoom(entry, CandidateWord.room(word));
            openings.remove(opening);
        } else {
            int answered = RefusedTable.isAnswered(refusal) ? refused.answerSequence(refusal) + 1 : acknowledgment;
            window.begin(entry, refused.sequence(refusal) + 1, answered);
            refused.remove(refusal);
        }
    }

    int refusedVerdict() {
        return refusedVerdict;
    }

    /** Brings the lines that so many SYNs will be remembered in into the cache; the value means nothing. */
    long touchForOpenings(long[] flows, int count) {
        return isRefusing ? refused.touch(flows, count) : openings.touchForPut(flows, count);
    }
}
