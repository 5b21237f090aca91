package io.weir.filter.flow;

import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Verdict;

/**
 * TCP's part of {@link FlowTracker}.
 *
 * <pre>
 *   SYN ──passed──▶ openings ──SYN-ACK, ACK that fits──▶ connections ◀──second consistent segment── strangers ◀── segment
 *    └────dropped─▶ refused  ──SYN-ACK, ACK that fits──────▲
 * </pre>
 *
 * <p>Words of an opening and of a refused SYN: A holds the initial sequence numbers, the initiator's in the high half,
 * the responder's in the low. B of an opening: the initiator's endpoint hash (32 bits), the SYN's length on the wire
 * (24), state bits (8). B of a refused SYN: the endpoint hash with its lowest bit replaced by "answered", the verdict.
 * A stranger's A: next sequence number, acknowledgment; its B is an opening's.
 */
final class TcpRelation {
    /** Sequence numbers this far from the expected one still belong: what the largest common windows leave in flight. */
    private static final int SEQUENCE_SLACK = 1 << 24;
    /** No client is nearer than this: an ACK that comes sooner after its SYN wasn't made by a stack that saw an answer. */
    private static final long MINIMUM_ROUND_TRIP_NANOS = 20_000;
    /** How far beyond the handshake the segment may be that completes it, some having been lost to the capture. */
    private static final int HANDSHAKE_SLACK = 1 << 16;

    /** Repeated segments in a row without progress: more than any retransmission, of which RFC 1122 asks for a few. */
    private static final int REPEAT_LIMIT = 64;
    /** A SYN's repeats are counted in the state bits above the three flags. */
    private static final int REPEAT_SHIFT = 3;

    private static final int MOST_REPEATS = 31;

    /** How long after its start a stream meets connections in their middle that only one side is seen of. */
    private static final long LEARNING_NANOS = 60_000_000_000L;
    /** A gap like this one begins a new stream. */
    private static final long RESTART_NANOS = 3_600_000_000_000L;

    private static final int ANSWERED = 1;
    private static final int PROGRESSED = 2;
    /** A stranger's segment that was dropped: its sender's next one admits nobody, only the other side's answer does. */
    private static final int DROPPED = 4;

    private final ConnectionTable connections;
    private final CandidateTable openings;
    private final CandidateTable strangers;
    private final RefusedTable refused;

    private long learnedNanos = Long.MIN_VALUE;
    private long lastNanos = Long.MIN_VALUE;
    private int connection;
    private int opening;
    private int refusal;
    private int stranger;
    private long provenNanos;
    private int provenLengthBytes;
    private boolean provenWasRefused;
    private boolean isProvenOtherSide;
    private int provenPackets;
    private boolean isRepeated;
    /** Whether the last SYN was dropped: so will be the next, likely. */
    private boolean isRefusing;

    private int refusedVerdict;

    TcpRelation(FlowTables tables) {
        connections = tables.connections;
        openings = tables.openings;
        strangers = tables.strangers;
        refused = tables.refused;
    }

    int relate(PacketBatch batch, int i, long flow, int sourceTag, long nowNanos, boolean answersExpected) {
        int flags = batch.tcpFlags[i];
        opening = CandidateTable.NONE;
        refusal = RefusedTable.NONE;
        stranger = CandidateTable.NONE;
        connection = ConnectionTable.NONE;
        noteTime(nowNanos);
        if ((flags & (TcpFlags.SYN | TcpFlags.ACK)) == TcpFlags.SYN) {
            return Relation.OPENS;
        }
        connection = connections.find(flow, nowNanos);
        boolean isInWindow = connection != ConnectionTable.NONE && isInWindow(batch, i);
        if (isInWindow && connections.state(connection) != FlowState.TCP_CLOSING) {
            return relateToConnection(batch, i);
        }
        opening = openings.find(flow, nowNanos);
        if (opening != CandidateTable.NONE) {
            int relation = relateToOpening(batch, i, sourceTag, nowNanos, answersExpected);
            if (relation != Relation.STRANGER) {
                return relation;
            }
        }
        if (isInWindow) {
            return Relation.BELONGS;
        }
        refusal = refused.find(flow, nowNanos);
        if (refusal != RefusedTable.NONE) {
            return relateToRefused(batch, i, sourceTag, nowNanos);
        }
        stranger = strangers.find(flow, nowNanos);
        return stranger == CandidateTable.NONE
                ? Relation.STRANGER
                : relateToStranger(batch, i, sourceTag, answersExpected);
    }

    /** Where so much time is missing that whoever was connected is forgotten, everybody is met in the middle again. */
    private void noteTime(long nowNanos) {
        if (lastNanos == Long.MIN_VALUE || nowNanos - lastNanos > RESTART_NANOS) {
            learnedNanos = nowNanos + LEARNING_NANOS;
        }
        lastNanos = nowNanos;
    }

    private int relateToConnection(PacketBatch batch, int i) {
        boolean isFromInitiator = isFromInitiator(batch, i);
        int end = batch.tcpSequence[i] + batch.payloadLength[i];
        isRepeated = batch.payloadLength[i] > 0 && end - connections.nextSequence(connection, isFromInitiator) <= 0;
        boolean isStuck = isRepeated && connections.unanswered(connection, isFromInitiator) >= REPEAT_LIMIT;
        return isStuck ? Relation.UNPROVEN : Relation.BELONGS;
    }

    private boolean isInWindow(PacketBatch batch, int i) {
        int expected = connections.nextSequence(connection, isFromInitiator(batch, i));
        return Math.abs((long) (batch.tcpSequence[i] - expected)) <= SEQUENCE_SLACK;
    }

    private int relateToOpening(PacketBatch batch, int i, int sourceTag, long nowNanos, boolean answersExpected) {
        int flags = batch.tcpFlags[i];
        boolean isReset = (flags & TcpFlags.RST) != 0;
        boolean hasAcknowledgment = (flags & TcpFlags.ACK) != 0;
        int state = (int) openings.wordB(opening) & 0xff;
        int initiatorFirst = (int) (openings.wordA(opening) >>> 32) + 1;
        if ((int) (openings.wordB(opening) >>> 32) != sourceTag) {
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
        if (!hasAcknowledgment || !isWithin(batch.tcpSequence[i], initiatorFirst)) {
            return Relation.STRANGER;
        }
        if ((state & PROGRESSED) != 0) {
            return batch.payloadLength[i] == 0 ? Relation.BELONGS : completesByData();
        }
        boolean isProven = (state & ANSWERED) != 0
                ? isWithin(batch.tcpAcknowledgment[i], (int) openings.wordA(opening) + 1)
                : !answersExpected && nowNanos - openings.timeNanos(opening) >= MINIMUM_ROUND_TRIP_NANOS;
        return isProven ? completes(openings, opening) : Relation.STRANGER;
    }

    private int relateToRefused(PacketBatch batch, int i, int sourceTag, long nowNanos) {
        if (!refused.isFromRefused(refusal, sourceTag)) {
            return Relation.ANSWERS;
        }
        // Nobody but the two ends has seen the answer's sequence number: whoever acknowledges it is real.
        if (RefusedTable.isAnswered(refusal)
                && (batch.tcpFlags[i] & (TcpFlags.ACK | TcpFlags.RST)) == TcpFlags.ACK
                && isWithin(batch.tcpSequence[i], refused.sequence(refusal) + 1)
                && isWithin(batch.tcpAcknowledgment[i], refused.answerSequence(refusal) + 1)) {
            return completesRefused(nowNanos);
        }
        refusedVerdict = refused.verdict(refusal);
        return Relation.FOLLOWS_REFUSED;
    }

    private int relateToStranger(PacketBatch batch, int i, int sourceTag, boolean answersExpected) {
        boolean isReset = (batch.tcpFlags[i] & TcpFlags.RST) != 0;
        boolean hasAcknowledgment = (batch.tcpFlags[i] & TcpFlags.ACK) != 0;
        int next = (int) (strangers.wordA(stranger) >>> 32);
        int acknowledged = (int) strangers.wordA(stranger);
        boolean isDropped = (strangers.wordB(stranger) & DROPPED) != 0;
        if ((int) (strangers.wordB(stranger) >>> 32) != sourceTag) {
            if (isReset) {
                return Relation.ANSWERS;
            }
            boolean isConsistent =
                    hasAcknowledgment && (batch.tcpSequence[i] == acknowledged || batch.tcpAcknowledgment[i] == next);
            return isConsistent ? completesStranger(true) : Relation.STRANGER;
        }
        // A tool that sends one frame again and again is in sequence too: only progress counts.
        boolean hasProgress = batch.payloadLength[i] > 0
                || (strangers.wordB(stranger) & PROGRESSED) != 0
                || batch.tcpAcknowledgment[i] - acknowledged > 0
                        && batch.tcpAcknowledgment[i] - acknowledged <= SEQUENCE_SLACK;
        boolean isBelieved = lastNanos <= learnedNanos || !answersExpected;
        boolean isConsistent = isBelieved
                && !isDropped
                && !isReset
                && hasAcknowledgment
                && batch.tcpSequence[i] == next
                && hasProgress;
        return isConsistent ? completesStranger(false) : Relation.STRANGER;
    }

    private int completesStranger(boolean isOtherSide) {
        completes(strangers, stranger);
        isProvenOtherSide = isOtherSide;
        return Relation.ADMITS;
    }

    /** The SYN was proven by the bare ACK already; it must not be proven twice. */
    private int completesByData() {
        provenNanos = Long.MIN_VALUE;
        provenPackets = 0;
        provenLengthBytes = 0;
        provenWasRefused = false;
        isProvenOtherSide = false;
        return Relation.COMPLETES;
    }

    private int completes(CandidateTable table, int candidate) {
        provenNanos = table.timeNanos(candidate);
        provenLengthBytes = (int) (table.wordB(candidate) >>> 8) & 0xff_ffff;
        provenWasRefused = false;
        provenPackets = 1 + ((int) table.wordB(candidate) >>> REPEAT_SHIFT & MOST_REPEATS);
        isProvenOtherSide = false;
        return Relation.COMPLETES;
    }

    private int completesRefused(long nowNanos) {
        provenNanos = refused.timeNanos(refusal, nowNanos);
        provenLengthBytes = 0;
        provenWasRefused = true;
        provenPackets = 1;
        isProvenOtherSide = false;
        return Relation.COMPLETES;
    }

    private static boolean isWithin(int number, int expected) {
        int distance = number - expected;
        return distance >= 0 && distance <= HANDSHAKE_SLACK;
    }

    void commit(PacketBatch batch, int i, long flow, int sourceTag, long nowNanos, int relation, int verdict) {
        boolean isPassed = !Verdict.isDrop(verdict);
        if (relation == Relation.OPENS) {
            commitOpening(batch, i, flow, sourceTag, nowNanos, verdict);
        } else if (relation == Relation.STRANGER) {
            rememberStranger(batch, i, flow, sourceTag, nowNanos, isPassed);
        } else if (isPassed) {
            switch (relation) {
                case Relation.BELONGS -> advance(batch, i, nowNanos);
                case Relation.ANSWERS -> rememberAnswer(batch, i, flow, nowNanos);
                case Relation.COMPLETES -> commitCompletion(batch, i, flow, nowNanos);
                case Relation.ADMITS -> commitAdmission(batch, i, flow, sourceTag, nowNanos);
                default -> {}
            }
        }
    }

    private void commitOpening(PacketBatch batch, int i, long flow, int sourceTag, long nowNanos, int verdict) {
        long sequences = (long) batch.tcpSequence[i] << 32;
        isRefusing = Verdict.isDrop(verdict);
        if (!isRefusing) {
            int known = openings.find(flow, nowNanos);
            if (known != CandidateTable.NONE && isRepeatOf(known, batch.tcpSequence[i], sourceTag)) {
                long wordB = openings.wordB(known);
                if ((wordB >>> REPEAT_SHIFT & MOST_REPEATS) < MOST_REPEATS) {
                    openings.setWordB(known, wordB + (1 << REPEAT_SHIFT));
                }
                return;
            }
            int at = openings.put(flow, nowNanos);
            openings.setWordA(at, sequences);
            openings.setWordB(at, candidateWord(sourceTag, batch.wireLength[i], 0));
        } else {
            refused.put(flow, sourceTag, batch.tcpSequence[i], verdict, nowNanos);
        }
    }

    /** The same SYN again: a retransmission, or a capture that holds each packet twice. */
    private boolean isRepeatOf(int known, int sequence, int sourceTag) {
        return (int) (openings.wordB(known) >>> 32) == sourceTag && (int) (openings.wordA(known) >>> 32) == sequence;
    }

    private void rememberAnswer(PacketBatch batch, int i, long flow, long nowNanos) {
        if ((batch.tcpFlags[i] & (TcpFlags.SYN | TcpFlags.ACK)) != (TcpFlags.SYN | TcpFlags.ACK)) {
            return;
        }
        long sequence = batch.tcpSequence[i] & 0xffff_ffffL;
        if (opening != CandidateTable.NONE) {
            int initiatorFirst = (int) (openings.wordA(opening) >>> 32) + 1;
            if (!isWithin(batch.tcpAcknowledgment[i], initiatorFirst)) {
                return;
            }
            openings.setWordA(opening, openings.wordA(opening) & ~0xffff_ffffL | sequence);
            openings.setWordB(opening, openings.wordB(opening) | ANSWERED);
        } else if (refusal != RefusedTable.NONE) {
            refused.answer(refusal, flow, (int) sequence, nowNanos);
        }
    }

    private void commitCompletion(PacketBatch batch, int i, long flow, long nowNanos) {
        if (opening != CandidateTable.NONE) {
            boolean isAnswered = (openings.wordB(opening) & ANSWERED) != 0;
            if (!isAnswered && batch.payloadLength[i] == 0) {
                // One-sided: the handshake counts as completed, the connection opens when data advances.
                openings.setWordB(opening, openings.wordB(opening) | PROGRESSED);
                return;
            }
            openings.remove(opening);
        } else if (refusal != RefusedTable.NONE) {
            refused.remove(refusal);
        }
        open(batch, i, flow, nowNanos, true, FlowState.TCP_OPEN);
    }

    private void commitAdmission(PacketBatch batch, int i, long flow, int sourceTag, long nowNanos) {
        boolean isSameSide = (int) (strangers.wordB(stranger) >>> 32) == sourceTag;
        strangers.remove(stranger);
        // Who began can't be known from the middle: the lower port serves, by convention.
        boolean isFromInitiator = batch.sourcePort[i] == batch.destinationPort[i]
                ? isSameSide
                : batch.sourcePort[i] > batch.destinationPort[i];
        open(batch, i, flow, nowNanos, isFromInitiator, FlowState.TCP_MIDSTREAM);
    }

    private void open(PacketBatch b, int i, long flow, long nowNanos, boolean isFromInitiator, int state) {
        connection = isFromInitiator
                ? connections.put(
                        flow,
                        b.sourceHigh[i],
                        b.sourceLow[i],
                        b.destinationHigh[i],
                        b.destinationLow[i],
                        identity(b.sourcePort[i], b.destinationPort[i], state),
                        nowNanos)
                : connections.put(
                        flow,
                        b.destinationHigh[i],
                        b.destinationLow[i],
                        b.sourceHigh[i],
                        b.sourceLow[i],
                        identity(b.destinationPort[i], b.sourcePort[i], state),
                        nowNanos);
        connections.setNextSequence(connection, isFromInitiator, b.tcpSequence[i]);
        connections.setNextSequence(connection, !isFromInitiator, b.tcpAcknowledgment[i]);
        advance(b, i, nowNanos);
    }

    private static long identity(int initiatorPort, int responderPort, int state) {
        return ConnectionTable.identity(initiatorPort, responderPort, IpProtocol.TCP, state);
    }

    private void advance(PacketBatch batch, int i, long nowNanos) {
        if (connection == ConnectionTable.NONE) {
            return;
        }
        boolean isFromInitiator = isFromInitiator(batch, i);
        int next = nextSequence(batch, i);
        if (next - connections.nextSequence(connection, isFromInitiator) > 0) {
            connections.setNextSequence(connection, isFromInitiator, next);
            connections.clearUnanswered(connection);
        } else if (isRepeated) {
            connections.countPacket(connection, isFromInitiator);
        }
        connections.setLastSeenNanos(connection, nowNanos);
        if ((batch.tcpFlags[i] & (TcpFlags.FIN | TcpFlags.RST)) != 0) {
            connections.setState(connection, FlowState.TCP_CLOSING);
        }
    }

    private void rememberStranger(PacketBatch batch, int i, long flow, int sourceTag, long nowNanos, boolean isPassed) {
        boolean isKept = stranger != CandidateTable.NONE && (strangers.wordB(stranger) & DROPPED) == 0;
        if ((batch.tcpFlags[i] & TcpFlags.RST) != 0 || !isPassed && isKept) {
            return;
        }
        int at = strangers.put(flow, nowNanos);
        long next = (long) nextSequence(batch, i) << 32;
        strangers.setWordA(at, next | batch.tcpAcknowledgment[i] & 0xffff_ffffL);
        int state = (batch.payloadLength[i] > 0 ? PROGRESSED : 0) | (isPassed ? 0 : DROPPED);
        strangers.setWordB(at, candidateWord(sourceTag, batch.wireLength[i], state));
    }

    /** SYN and FIN take a sequence number each (RFC 9293 section 3.4). */
    private static int nextSequence(PacketBatch batch, int i) {
        int flags = batch.tcpFlags[i];
        return batch.tcpSequence[i] + batch.payloadLength[i] + (flags & TcpFlags.FIN) + ((flags & TcpFlags.SYN) >>> 1);
    }

    private static long candidateWord(int sourceTag, int lengthBytes, int state) {
        return (long) sourceTag << 32 | (long) Math.min(lengthBytes, 0xff_ffff) << 8 | state;
    }

    private boolean isFromInitiator(PacketBatch batch, int i) {
        return connections.isFromInitiator(connection, batch.sourceHigh[i], batch.sourceLow[i], batch.sourcePort[i]);
    }

    /** Brings the line that a SYN will be remembered in into the cache; the value means nothing. */
    long touchForOpening(long flow) {
        return isRefusing ? refused.touch(flow) : openings.touchForPut(flow);
    }

    /** Before each packet: nothing is known of it yet. */
    void clear() {
        isRepeated = false;
    }

    boolean isRepeated() {
        return isRepeated;
    }

    int provenPackets() {
        return provenPackets;
    }

    int refusedVerdict() {
        return refusedVerdict;
    }

    long provenNanos() {
        return provenNanos;
    }

    int provenLengthBytes() {
        return provenLengthBytes;
    }

    boolean isProvenOtherSide() {
        return isProvenOtherSide;
    }

    boolean provenWasRefused() {
        return provenWasRefused;
    }
}
