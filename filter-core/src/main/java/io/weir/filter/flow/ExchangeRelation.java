package io.weir.filter.flow;

import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Verdict;

/**
 * The part of {@link FlowTracker} for every protocol but TCP: a first packet, its answer, and once the first side comes
 * back, a proven exchange.
 *
 * <p>Words of an exchange: A counts the answers since the initiator's last packet; B holds which end of the flow began it
 * (bit 32), whether it was answered, and how it went on without, see {@link OneSidedExchange}. A question with one answer
 * stays here: only the third packet takes an entry of the connection table, which a spoofed source can't make.
 */
final class ExchangeRelation {
    /**
     * One side is believed for this many packets without one of the other. A stream that is wanted is acknowledged or
     * at least kept alive: QUIC after every second to tenth packet, RTP by RTCP every few seconds.
     */
    static final int UNANSWERED_LIMIT = 1024;

    private static final int ANSWERED = 1;

    private static final int ICMP_ECHO_REPLY = 0;
    private static final int ICMP_TIMESTAMP_REPLY = 14;
    private static final int ICMPV6_ECHO_REPLY = 129;

    private final ConnectionTable connections;
    private final CandidateTable exchanges;
    private final RefusedTable refused;
    private final IcmpErrors errors;
    private final long unrepliedNanos;
    private final long icmpNanos;

    private int connection;
    private int exchange;
    private int side;
    private boolean isFromInitiator;
    private boolean isQuote;
    private boolean isPing;
    private boolean isOneSided;
    private int refusedVerdict;

    ExchangeRelation(FlowTables tables, FlowHash hash, FlowTimeouts timeouts) {
        this.connections = tables.connections;
        this.exchanges = tables.exchanges;
        this.refused = tables.refused;
        this.errors = new IcmpErrors(tables, hash, timeouts);
        this.unrepliedNanos = timeouts.udpUnrepliedNanos();
        this.icmpNanos = timeouts.icmpNanos();
    }

    /** Before each packet: nothing is known of it yet. */
    void clear() {
        connection = ConnectionTable.NONE;
        exchange = CandidateTable.NONE;
        isFromInitiator = true;
        isOneSided = false;
    }

    /** Says that answers wouldn't be seen, and that nothing speaks against believing whoever goes on without. */
    void noteOneSided() {
        isOneSided = true;
    }

    int relate(PacketBatch batch, int i, long flow, int place, int sourceEnd, long nowNanos) {
        boolean isIcmp = isIcmp(batch.protocol[i]);
        isPing = isIcmp;
        isQuote = isIcmp && errors.read(batch, i);
        if (isQuote) {
            return errors.relate(batch, i, nowNanos);
        }
        if (!isIcmp) {
            connection = connections.find(flow, place, nowNanos);
            if (connection != ConnectionTable.NONE) {
                side = connections.side(connection, sourceEnd);
                isFromInitiator = side == EntryWord.INITIATOR;
                return isBelieved(nowNanos) ? Relation.BELONGS : Relation.UNPROVEN;
            }
        }
        exchange = findExchange(flow, isIcmp, nowNanos);
        if (exchange != CandidateTable.NONE) {
            return relateToExchange(batch, i, sourceEnd, isIcmp);
        }
        int refusal = refused.find(flow, nowNanos);
        if (refusal == RefusedTable.NONE || refused.isFromRefused(refusal, sourceEnd) || isIcmp && !isReply(batch, i)) {
            return Relation.UNPROVEN;
        }
        refusedVerdict = refused.verdict(refusal);
        return Verdict.isByRule(refusedVerdict) ? Relation.FOLLOWS_REFUSED : Relation.ANSWERS;
    }

    private boolean isBelieved(long nowNanos) {
        return connections.state(connection) == FlowState.ONE_SIDED_EXCHANGE && isFromInitiator
                ? OneSidedExchange.isBelieved(connections.word(connection, EntryWord.LIMITS), nowNanos)
                : connections.unanswered(connection, side) < UNANSWERED_LIMIT;
    }

    private int findExchange(long flow, boolean isIcmp, long nowNanos) {
        int found = exchanges.find(flow, nowNanos);
        long timeoutNanos = isIcmp ? icmpNanos : unrepliedNanos;
        return found != CandidateTable.NONE && nowNanos - exchanges.timeNanos(found) <= timeoutNanos
                ? found
                : CandidateTable.NONE;
    }

    private int relateToExchange(PacketBatch batch, int i, int sourceEnd, boolean isIcmp) {
        // A host that pings itself is both ends: there the type alone tells.
        boolean isOwnReply = isIcmp
                && isReply(batch, i)
                && batch.sourceLow[i] == batch.destinationLow[i]
                && batch.sourceHigh[i] == batch.destinationHigh[i];
        isFromInitiator = (int) (exchanges.wordB(exchange) >>> 32) == sourceEnd && !isOwnReply;
        if (isFromInitiator) {
            // A ping proves nothing by being answered: every one of a flood would be.
            boolean isAnswered = (exchanges.wordB(exchange) & ANSWERED) != 0;
            return isAnswered && !isIcmp ? Relation.BELONGS : Relation.UNPROVEN;
        }
        boolean isAnswer = exchanges.wordA(exchange) < UNANSWERED_LIMIT && (!isIcmp || isReply(batch, i));
        return isAnswer ? Relation.ANSWERS : Relation.UNPROVEN;
    }

    int refusedVerdict() {
        return refusedVerdict;
    }

    void commit(PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos, int relation, int verdict) {
        if (isQuote) {
            return;
        }
        if (Verdict.isDrop(verdict)) {
            // What answers a refused packet doesn't take its place: the side that was refused stays known.
            if (connection == ConnectionTable.NONE
                    && exchange == CandidateTable.NONE
                    && relation != Relation.FOLLOWS_REFUSED) {
                refused.put(flow, sourceEnd, 0, verdict, nowNanos);
            } else if (exchange != CandidateTable.NONE && isFromInitiator) {
                // In a recording it has been answered all the same.
                exchanges.setWordA(exchange, 0);
            }
        } else if (connection != ConnectionTable.NONE) {
            countPacket(nowNanos);
        } else if (exchange == CandidateTable.NONE) {
            if (relation == Relation.UNPROVEN) {
                exchanges.setWordB(
                        exchanges.put(flow, nowNanos), OneSidedExchange.advance((long) sourceEnd << 32, nowNanos));
            }
        } else if ((int) (exchanges.wordB(exchange) >>> 32) != sourceEnd) {
            exchanges.setWordA(exchange, exchanges.wordA(exchange) + 1);
            exchanges.setWordB(exchange, exchanges.wordB(exchange) | ANSWERED);
            exchanges.setTimeNanos(exchange, nowNanos);
        } else if (relation == Relation.BELONGS) {
            prove(batch, i, flow, sourceEnd, FlowState.EXCHANGE, nowNanos);
        } else {
            goOn(batch, i, flow, sourceEnd, nowNanos);
        }
    }

    private void countPacket(long nowNanos) {
        if (connections.state(connection) == FlowState.ONE_SIDED_EXCHANGE) {
            if (isFromInitiator) {
                long word = connections.word(connection, EntryWord.LIMITS);
                connections.setWord(connection, EntryWord.LIMITS, OneSidedExchange.counted(word, nowNanos));
            } else {
                connections.setState(connection, FlowState.EXCHANGE);
            }
        }
        connections.countPacket(connection, side);
        connections.setLastSeenNanos(connection, nowNanos);
    }

    private void goOn(PacketBatch batch, int i, long flow, int sourceEnd, long nowNanos) {
        long word = OneSidedExchange.advance(exchanges.wordB(exchange), nowNanos);
        exchanges.setWordB(exchange, word);
        if (isOneSided && OneSidedExchange.isProven(word)) {
            prove(batch, i, flow, sourceEnd, FlowState.ONE_SIDED_EXCHANGE, nowNanos);
        } else {
            exchanges.setWordA(exchange, 0);
            exchanges.setTimeNanos(exchange, nowNanos);
        }
    }

    /** Where the connection table is full of better proven ones, the exchange goes on as it is. */
    private void prove(PacketBatch batch, int i, long flow, int sourceEnd, int state, long nowNanos) {
        connection = connections.put(flow, sourceEnd, state, nowNanos);
        if (connection == ConnectionTable.NONE) {
            exchanges.setWordA(exchange, 0);
            exchanges.setTimeNanos(exchange, nowNanos);
        } else {
            exchanges.remove(exchange);
            connections.name(connection, batch, i, true, nowNanos);
            connections.countPacket(connection, EntryWord.INITIATOR);
        }
    }

    /** The entry that a packet was related to or that its commit made, {@link ConnectionTable#NONE} without. */
    int entry() {
        return connection;
    }

    /** Whether the packet goes along what was accepted before, though it proves nothing. */
    boolean isFollowing() {
        return connection != ConnectionTable.NONE || exchange != CandidateTable.NONE && !isFromInitiator && !isPing;
    }

    boolean isOfOneSided() {
        return connection != ConnectionTable.NONE && connections.state(connection) == FlowState.ONE_SIDED_EXCHANGE;
    }

    boolean isFromInitiator() {
        return isFromInitiator;
    }

    private static boolean isIcmp(int protocol) {
        return protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6;
    }

    private static boolean isReply(PacketBatch batch, int i) {
        int type = batch.icmpTypeCode[i] >>> 8;
        return batch.protocol[i] == IpProtocol.ICMP
                ? type == ICMP_ECHO_REPLY || type == ICMP_TIMESTAMP_REPLY
                : type == ICMPV6_ECHO_REPLY;
    }
}
