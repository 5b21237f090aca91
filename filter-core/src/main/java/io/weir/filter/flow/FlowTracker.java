package io.weir.filter.flow;

import io.weir.filter.packet.Fragment;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Verdict;

/**
 * Relates each packet to the flows seen so far, and learns from those that passed.
 *
 * <p>Use, for one packet after the other: {@link #relate}, decide, {@link #commit}. Before a run of packets {@link
 * #prepare} hashes them and fetches their cache lines, all at once. One worker owns a tracker.
 *
 * <p>Assumptions: time never goes back; a packet is committed right after it was related. Guarantees: constant memory,
 * no allocation, and only a packet that passed creates or advances a connection. A dropped opening packet is remembered
 * as refused: so what follows of it is told from a flood, and its answers from a reflection.
 */
public final class FlowTracker {
    /** What {@link #windowBytes} answers where it can't be told. */
    public static final int UNKNOWN_WINDOW = TcpWindow.UNKNOWN;

    /** Later fragments that may follow a first: what 65,535 bytes make at the smallest MTU in use, 576 bytes. */
    private static final int FRAGMENT_LIMIT = 119;

    private final FlowHash hash;
    private final FlowTables tables;
    private final StreamClock clock = new StreamClock();
    private final TcpRelation tcp;
    private final ExchangeRelation exchange;

    private final int[] sourceEnd = new int[PacketBatch.CAPACITY];
    private final long[] flowHash = new long[PacketBatch.CAPACITY];
    /** Hashes of flows that begin. */
    private final long[] opening = new long[PacketBatch.CAPACITY];
    /** Hashes of flows that may have a connection. */
    private final long[] related = new long[PacketBatch.CAPACITY];

    private final int[] relatedPacket = new int[PacketBatch.CAPACITY];
    private final int[] relatedPlace = new int[PacketBatch.CAPACITY];
    /** Where each packet's connection lies, if it has one. */
    private final int[] place = new int[PacketBatch.CAPACITY];

    private long firstFragment;
    private boolean isTcp;
    private int notedEpoch;

    /**
     * @param hash keyed by the owner
     * @param connectionCapacity entries of the connection table; each table of unproven flows has an eighth as many, 262,144 at
     *     the most
     */
    public FlowTracker(FlowHash hash, int connectionCapacity, FlowTimeouts timeouts) {
        this(hash, connectionCapacity, timeouts, false);
    }

    /** @param isNamed whether {@link #list} lists connections: costs 48 bytes more for each that there is room for */
    public FlowTracker(FlowHash hash, int connectionCapacity, FlowTimeouts timeouts, boolean isNamed) {
        this.hash = hash;
        this.tables = new FlowTables(connectionCapacity, timeouts, isNamed);
        this.tcp = new TcpRelation(tables, clock);
        this.exchange = new ExchangeRelation(tables, hash, timeouts);
    }

    /**
     * Hashes packets {@code from} to {@code to - 1} and fetches the table lines they will need.
     *
     * @return a number without meaning; it keeps the fetches from being optimised away
     */
    public long prepare(PacketBatch batch, int from, int to) {
        int count = 0;
        int openings = 0;
        for (int i = from; i < to; i++) {
            if (batch.ipVersion[i] == 0) {
                continue;
            }
            long source = hash.endpoint(batch.sourceHigh[i], batch.sourceLow[i], batch.sourcePort[i]);
            long destination =
                    hash.endpoint(batch.destinationHigh[i], batch.destinationLow[i], batch.destinationPort[i]);
            int protocol = batch.protocol[i];
            long flow = Fragment.isLater(batch.fragment[i])
                    ? hash.datagram(source, destination, protocol, batch.ipIdentification[i])
                    : hash.flow(source, destination, protocol);
            sourceEnd[i] = FlowHash.end(source, destination);
            flowHash[i] = flow;
            // A bare SYN is related to nothing: it needs no connection, but room for itself where the last found it.
            if (isOpening(batch, i)) {
                opening[openings++] = flow;
                place[i] = ConnectionTable.NONE;
            } else {
                relatedPacket[count] = i;
                related[count++] = flow;
            }
        }
        long sum = tcp.touchForOpenings(opening, openings);
        sum += tables.connections.touch(related, count, relatedPlace);
        for (int k = 0; k < count; k++) {
            place[relatedPacket[k]] = relatedPlace[k];
        }
        return sum;
    }

    /**
     * After {@link #prepare}: fetches what {@link #isRetransmission} will ask of a packet, if it is a SYN.
     *
     * @return a number without meaning; it keeps the fetch from being optimised away
     */
    public long touchOpening(PacketBatch batch, int i) {
        return isOpening(batch, i) ? tables.openings.touch(flowHash[i]) : 0;
    }

    /**
     * How packet {@code i} stands to what was seen.
     *
     * @param answersExpected whether answers of the packet's destination would be seen here: if so, a client's ACK
     *     alone proves nothing
     * @return one of {@link Relation}
     */
    public int relate(PacketBatch batch, int i, long nowNanos, boolean answersExpected) {
        clock.advance(nowNanos);
        tcp.clear();
        exchange.clear();
        isTcp = batch.protocol[i] == IpProtocol.TCP;
        notedEpoch = 0;
        if (Fragment.isLater(batch.fragment[i])) {
            int first = tables.fragments.find(flowHash[i], nowNanos);
            if (first == CandidateTable.NONE || tables.fragments.wordB(first) == FRAGMENT_LIMIT) {
                return Relation.ORPHAN;
            }
            tables.fragments.setWordB(first, tables.fragments.wordB(first) + 1);
            firstFragment = tables.fragments.wordA(first);
            return Relation.FOLLOWS_FRAGMENT;
        }
        return isTcp
                ? tcp.relate(batch, i, flowHash[i], place[i], sourceEnd[i], nowNanos, answersExpected)
                : exchange.relate(batch, i, flowHash[i], place[i], sourceEnd[i], nowNanos);
    }

    /** Learns from packet {@code i}, whose relation and verdict are known now. */
    public void commit(PacketBatch batch, int i, long nowNanos, int relation, int verdict) {
        if (Fragment.isLater(batch.fragment[i])) {
            return;
        }
        if (batch.protocol[i] == IpProtocol.TCP) {
            tcp.commit(batch, i, flowHash[i], sourceEnd[i], nowNanos, relation, verdict);
        } else {
            exchange.commit(batch, i, flowHash[i], sourceEnd[i], nowNanos, relation, verdict);
        }
        if (notedEpoch != 0 && !Verdict.isDrop(verdict)) {
            keepEpoch(entry());
        }
    }

    /**
     * Learns from packets {@code from} to before {@code to}, after {@link #prepare}: each {@link #isOpening}, none a
     * fragment, all dropped, in the order of their times. Nothing is related then.
     */
    public void refuseOpenings(PacketBatch batch, int from, int to, int verdict) {
        clock.advance(batch.timestampNanos[from]);
        clock.advance(batch.timestampNanos[to - 1]);
        for (int i = from; i < to; i++) {
            tcp.refuseOpening(batch, i, flowHash[i], sourceEnd[i], batch.timestampNanos[i], verdict);
        }
    }

    private void keepEpoch(int entry) {
        if (entry != ConnectionTable.NONE) {
            tables.connections.setWord(
                    entry,
                    EntryWord.META,
                    EntryWord.withRuleEpoch(tables.connections.word(entry, EntryWord.META), notedEpoch));
        }
    }

    private int entry() {
        return isTcp ? tcp.entry() : exchange.entry();
    }

    /**
     * Between {@link #relate} and {@link #commit}: the rule set that accepts the packet's connection. Kept, if the packet
     * passes, where the connection has an entry or this packet makes it.
     *
     * @param epoch number of the rule set, 1 to {@link Verdict#MAXIMUM_ID}
     */
    public void noteRuleEpoch(int epoch) {
        notedEpoch = epoch;
    }

    /**
     * After {@link #relate}: number of the rule set that accepted the packet's connection last, 0 where none has or the
     * connection has no entry. Where it isn't the present one, the connection has to be judged again.
     */
    public int ruleEpoch() {
        int entry = entry();
        return entry == ConnectionTable.NONE ? 0 : EntryWord.ruleEpoch(tables.connections.word(entry, EntryWord.META));
    }

    /** After {@link #relate}: whether the packet's connection has an entry, so that {@link #noteRuleEpoch} is kept. */
    public boolean hasEntry() {
        return entry() != ConnectionTable.NONE;
    }

    /**
     * After {@link #relate}: whether the packet goes along a known exchange, however little it proves: one side has sent
     * more than is believed without an answer.
     */
    public boolean isFollowing() {
        return !isTcp && exchange.isFollowing();
    }

    /**
     * After {@link Relation#OPENS} and before {@link #commit}: whether the SYN came before, and comes again as a stack
     * sends it that had no answer. Not the first time that it comes, nor where it was dropped.
     */
    public boolean isRetransmission(PacketBatch batch, int i, long nowNanos) {
        return tcp.isRetransmission(batch, i, flowHash[i], sourceEnd[i], nowNanos);
    }

    /** After {@link #relate}: whether the packet is of an exchange that was proven by one side alone. */
    public boolean isOfOneSidedExchange() {
        return !isTcp && exchange.isOfOneSided();
    }

    /**
     * Between {@link #relate} and {@link #commit} of a packet that is {@link Relation#UNPROVEN}: its answers wouldn't be
     * seen, and nothing speaks against believing whoever goes on without. No TCP, no ICMP.
     */
    public void noteOneSided() {
        exchange.noteOneSided();
    }

    /** Whether the stream is so young that connections are met in their middle. */
    public boolean isLearning() {
        return clock.isLearning();
    }

    /** After {@link #prepare}: whether packet {@code i} belongs to a connection, as far as was known then. */
    public boolean mayBelong(int i) {
        return place[i] != ConnectionTable.NONE;
    }

    /** Whether a packet is a bare SYN: related to nothing, it begins something. */
    public static boolean isOpening(PacketBatch batch, int i) {
        return (batch.tcpFlags[i] & (TcpFlags.SYN | TcpFlags.ACK)) == TcpFlags.SYN;
    }

    /**
     * After {@link #relate}: whether the packet goes from who began the connection to who serves it, the direction that
     * rules judge. True where there is no entry: the packet itself is the first.
     */
    public boolean isFromInitiator() {
        return entry() == ConnectionTable.NONE || (isTcp ? tcp.isFromInitiator() : exchange.isFromInitiator());
    }

    /**
     * After {@link #relate} of a TCP segment that is proven: the room that its sender offers, in bytes.
     *
     * @return {@link #UNKNOWN_WINDOW} where nobody knows how the connection's windows scale (RFC 7323 section 2)
     */
    public int windowBytes(PacketBatch batch, int i) {
        return tcp.windowBytes(batch, i);
    }

    /**
     * Remembers how the first fragment of a datagram stood.
     *
     * @param memo given back by {@link #firstFragment} for each later fragment
     */
    public void rememberFirstFragment(PacketBatch batch, int i, long nowNanos, long memo) {
        // Later fragments have no ports, so these hashes are the ones that prepare() makes of them.
        long source = hash.endpoint(batch.sourceHigh[i], batch.sourceLow[i], 0);
        long destination = hash.endpoint(batch.destinationHigh[i], batch.destinationLow[i], 0);
        long datagram = hash.datagram(source, destination, batch.protocol[i], batch.ipIdentification[i]);
        tables.fragments.setWordA(tables.fragments.put(datagram, nowNanos), memo);
    }

    /** After {@link Relation#FOLLOWS_FRAGMENT}: what was remembered of the first fragment. */
    public long firstFragment() {
        return firstFragment;
    }

    /** After {@link Relation#ANSWERS}: whether the SYN that is answered had been dropped, by a flood's defence. */
    public boolean isAnswerToRefused() {
        return isTcp && tcp.isOfRefused();
    }

    /** After {@link Relation#FOLLOWS_REFUSED}: the verdict that refused the opening packet. */
    public int refusedVerdict() {
        return isTcp ? tcp.refusedVerdict() : exchange.refusedVerdict();
    }

    /**
     * After {@link Relation#COMPLETES} and {@link Relation#ADMITS}: when the packet came that is proven now, {@link
     * Long#MIN_VALUE} where it was proven before.
     */
    public long provenNanos() {
        return tcp.proof().nanos();
    }

    /** How often it came: more than once where it was repeated before it was proven. */
    public int provenPackets() {
        return tcp.proof().packets();
    }

    /** After {@link #relate} of a TCP segment: whether its connection has sent all of its payload before. */
    public boolean isRepeated() {
        return tcp.isRepeated();
    }

    /** Its length on the wire in bytes. */
    public int provenLengthBytes() {
        return tcp.proof().lengthBytes();
    }

    /** After {@link Relation#ADMITS}: whether the packet that is proven now went the other way. */
    public boolean isProvenOtherSide() {
        return tcp.proof().isOtherSide();
    }

    /**
     * After {@link Relation#COMPLETES} and {@link Relation#ADMITS}: whether what is proven now had been dropped, so that the
     * connection was only delayed.
     */
    public boolean provenWasRefused() {
        return tcp.proof().wasRefused();
    }

    /** Between {@link Relation#COMPLETES} and {@link #commit}: whether only the client's side of the handshake was seen. */
    public boolean isProvenOneSided() {
        return tcp.isProvenOneSided();
    }

    /** Live entries that had to give way in the connection table since the start. */
    public long connectionEvictions() {
        return tables.connections.evictions();
    }

    /** Connections and exchanges that found no entry, all that could give way being proven better, since the start. */
    public long connectionRefusals() {
        return tables.connections.refusals();
    }

    /** TCP segments of tracked connections that didn't fit them, since the start: forged, or the capture lost some. */
    public long misfits() {
        return tcp.misfits();
    }

    /** Live connections as a share of {@link #connectionCapacity}: exact up to 8,192, else from as many places, to about 1 %. */
    public double connectionFill(long nowNanos) {
        return tables.connections.fill(nowNanos);
    }

    /** Connections that there is room for. */
    public long connectionCapacity() {
        return tables.connections.capacity();
    }

    /** The connections themselves, if the tracker was made to name them. */
    public ConnectionList list() {
        return new ConnectionList(tables.connections);
    }

    /** Memory of all tables in bytes, fixed at construction. */
    public long sizeBytes() {
        return tables.sizeBytes();
    }
}
