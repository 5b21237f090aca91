package io.weir.filter.flow;

import io.weir.filter.packet.IcmpQuote;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;

/**
 * ICMP errors: they stand as the flow whose packet they quote, if whoever they go to has sent that packet.
 *
 * <p>Anybody can guess addresses and ports. So of TCP the quoted sequence number has to be one that is in flight (RFC
 * 5927 section 4.1): an attacker off the path hits it once in 2^32 divided by the bytes in flight.
 */
final class IcmpErrors {
    /** How far behind the end of a segment its first byte may lie. */
    private static final int MOST_SEGMENT = 0xffff;

    private static final int ICMP_UNREACHABLE = 3;
    private static final int ICMP_FRAGMENTATION_NEEDED = 4;
    private static final int ICMPV6_PACKET_TOO_BIG = 2;

    private final ConnectionTable connections;
    private final TcpWindow window;
    private final CandidateTable openings;
    private final CandidateTable strangers;
    private final CandidateTable exchanges;
    private final RefusedTable refused;
    private final FlowHash hash;
    private final long unrepliedNanos;
    private final long icmpNanos;
    private final IcmpQuote quote = new IcmpQuote();

    IcmpErrors(FlowTables tables, FlowHash hash, FlowTimeouts timeouts) {
        this.connections = tables.connections;
        this.window = new TcpWindow(tables.connections);
        this.openings = tables.openings;
        this.strangers = tables.strangers;
        this.exchanges = tables.exchanges;
        this.refused = tables.refused;
        this.hash = hash;
        this.unrepliedNanos = timeouts.udpUnrepliedNanos();
        this.icmpNanos = timeouts.icmpNanos();
    }

    /** Whether packet {@code i} is an error that quotes a packet. */
    boolean read(PacketBatch batch, int i) {
        return quote.read(batch, i);
    }

    /** How the error read last stands. */
    int relate(PacketBatch batch, int i, long nowNanos) {
        if (quote.sourceHigh() != batch.destinationHigh[i] || quote.sourceLow() != batch.destinationLow[i]) {
            return Relation.UNPROVEN;
        }
        long from = hash.endpoint(quote.sourceHigh(), quote.sourceLow(), quote.sourcePort());
        long to = hash.endpoint(quote.destinationHigh(), quote.destinationLow(), quote.destinationPort());
        long flow = hash.flow(from, to, quote.protocol());
        int end = FlowHash.end(from, to);
        boolean isTcp = quote.protocol() == IpProtocol.TCP;
        if (isTcp
                ? isOfConnection(flow, end, nowNanos) || isOfOpening(flow, end, nowNanos)
                : isOfExchange(flow, nowNanos)) {
            return isPathMtu(batch, i) ? Relation.PATH_MTU : Relation.ANSWERS;
        }
        boolean isRemembered = isTcp
                ? isOfRefused(flow, end, nowNanos) || isOfStranger(flow, end, nowNanos)
                : refused.find(flow, nowNanos) != RefusedTable.NONE;
        return isRemembered ? Relation.ANSWERS : Relation.UNPROVEN;
    }

    private boolean isOfExchange(long flow, long nowNanos) {
        if (connections.find(flow, nowNanos) != ConnectionTable.NONE) {
            return true;
        }
        int found = exchanges.find(flow, nowNanos);
        boolean isPing = quote.protocol() == IpProtocol.ICMP || quote.protocol() == IpProtocol.ICMPV6;
        return found != CandidateTable.NONE
                && nowNanos - exchanges.timeNanos(found) <= (isPing ? icmpNanos : unrepliedNanos);
    }

    private boolean isOfConnection(long flow, int end, long nowNanos) {
        int entry = connections.find(flow, nowNanos);
        if (entry == ConnectionTable.NONE) {
            return false;
        }
        int side = connections.side(entry, end);
        int first = window.unacknowledged(entry, side);
        return isQuoted(first, window.mostSent(entry, side) - first);
    }

    /** Of a SYN, or of the answer to it, if that was seen: with nothing else sent, nothing else is in flight. */
    private boolean isOfOpening(long flow, int end, long nowNanos) {
        int opening = openings.find(flow, nowNanos);
        if (opening == CandidateTable.NONE) {
            return false;
        }
        long word = openings.wordB(opening);
        boolean isOfInitiator = CandidateWord.sourceEnd(word) == end;
        int side = isOfInitiator ? EntryWord.INITIATOR : EntryWord.RESPONDER;
        return (isOfInitiator || CandidateWord.has(word, CandidateWord.ANSWERED | CandidateWord.CROSSED))
                && isQuoted(EntryWord.half(openings.wordA(opening), side), 1);
    }

    private boolean isOfRefused(long flow, int end, long nowNanos) {
        int refusal = refused.find(flow, nowNanos);
        if (refusal == RefusedTable.NONE) {
            return false;
        }
        if (refused.isFromRefused(refusal, end)) {
            return isQuoted(refused.sequence(refusal), 1);
        }
        return RefusedTable.isAnswered(refusal) && isQuoted(refused.answerSequence(refusal), 1);
    }

    private boolean isOfStranger(long flow, int end, long nowNanos) {
        int stranger = strangers.find(flow, nowNanos);
        if (stranger == CandidateTable.NONE) {
            return false;
        }
        boolean isOfItsSender = CandidateWord.sourceEnd(strangers.wordB(stranger)) == end;
        long numbers = strangers.wordA(stranger);
        // Of its sender the end of the last segment is known; of the other side what was acknowledged to it.
        int first = isOfItsSender
                ? EntryWord.half(numbers, EntryWord.INITIATOR) - MOST_SEGMENT
                : EntryWord.half(numbers, EntryWord.RESPONDER);
        return isQuoted(first, MOST_SEGMENT);
    }

    /** Whether the quoted segment begins at {@code first} or up to {@code span} after it. */
    private boolean isQuoted(int first, int span) {
        int distance = quote.tcpSequence() - first;
        return quote.hasTcpSequence() ? distance >= 0 && distance <= span : quote.isCut();
    }

    private static boolean isPathMtu(PacketBatch batch, int i) {
        int typeCode = batch.icmpTypeCode[i];
        return batch.protocol[i] == IpProtocol.ICMP
                ? typeCode == (ICMP_UNREACHABLE << 8 | ICMP_FRAGMENTATION_NEEDED)
                : typeCode >>> 8 == ICMPV6_PACKET_TOO_BIG;
    }
}
