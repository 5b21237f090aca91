package io.weir.detector.scrub;

import io.weir.detector.flood.TrafficClass;
import io.weir.detector.scrub.request.ExpiringSet;
import io.weir.detector.scrub.request.RequestFinding;
import io.weir.detector.scrub.request.RequestJudge;
import io.weir.detector.window.SlowRequests;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.flow.Relation;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.Http2Streams;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.RequestShape;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Tells the requests of a flood from those of users: HTTP requests, TLS handshakes, DNS questions. One worker's.
 *
 * <p>Where a request is the flood's, what follows on its connection is dropped with it, retransmissions, FIN and RST
 * included: the server never sees the data before them, so it couldn't take them either. It holds the connection until
 * its own time-out for idle ones. A source that sends nothing but such requests can't open further connections for a
 * while; those it has are judged by their requests.
 */
public final class RequestStage {
    private static final int DNS = TrafficClass.DNS.ordinal();
    private static final int HTTP = TrafficClass.HTTP.ordinal();
    private static final int TLS = TrafficClass.TLS.ordinal();
    private static final int NO_APPLICATION = Application.NONE.ordinal();
    private static final int HTTP_REQUEST = Application.HTTP_REQUEST.ordinal();
    private static final int HTTP2_REQUEST = Application.HTTP2_REQUEST.ordinal();
    private static final int TLS_CLIENT_HELLO = Application.TLS_CLIENT_HELLO.ordinal();
    private static final int DNS_RESPONSE = Application.DNS_RESPONSE.ordinal();
    private static final int ESTABLISHED = Verdict.of(Reason.ESTABLISHED);
    private static final int CREDIBLE = Verdict.of(Reason.CREDIBLE);

    /** DNS, HTTP, TLS. */
    private static final int CLASSES = 3;
    /** Apart enough that the features of two classes have keys of their own. */
    private static final long KINDS = 64;
    /** Dropped connections, 4 MB: a tool opens and loses tens of thousands a second. */
    private static final int CONNECTIONS = 1 << 18;

    /** Addresses, and machines of shared ones, that can't connect. */
    private static final int SOURCES = 1 << 15;
    /** Of what the defence lets through: who asks for the first time comes first. */
    private static final double USABLE_AGAIN = 0.5;

    /** How long a connection stays dropped after its last packet. */
    private static final long CONNECTION_NANOS = 10_000_000_000L;

    /** Requests that the users of one address may hold up at once: what a browser opens to one host. */
    private static final int STALLED_OF_SOURCE = 6;

    private final Mitigation mitigation;
    private final FlowHash hash;
    private final RequestKeys keys;
    private final RequestJudge judge;
    private final RequestShape shape = new RequestShape();
    private final ExpiringSet connections = new ExpiringSet(CONNECTIONS);
    private final ExpiringSet sources = new ExpiringSet(SOURCES);
    /** Segments of HTTP/2 that didn't pass. */
    private final ExpiringSet lacking = new ExpiringSet(CONNECTIONS);

    private final SlowRequests slow;
    private final Http2Streams streams = new Http2Streams();
    private MitigationPlan plan;
    private @Nullable Offload offload;
    private long startNanos = Long.MIN_VALUE;
    /** What {@link SlowRequests} says of the request that was noted last. */
    private int noted = SlowRequests.WHOLE;

    /** @param targets how many targets there are, addresses and prefixes together */
    public RequestStage(Mitigation mitigation, FlowHash hash, SlowRequests slow, int targets) {
        this.mitigation = mitigation;
        this.slow = slow;
        this.hash = hash;
        this.keys = new RequestKeys(hash);
        this.judge = new RequestJudge(hash, targets * CLASSES);
        this.plan = mitigation.current();
    }

    /** Has sources refused by the kernel, too. Before the first packet. */
    public void use(Offload kernel) {
        offload = kernel;
    }

    /** Memory of all tables in bytes, fixed at construction. */
    public long sizeBytes() {
        return judge.sizeBytes()
                + connections.sizeBytes()
                + lacking.sizeBytes()
                + sources.sizeBytes()
                + Http2Streams.sizeBytes();
    }

    /** Takes the newest plan: once before each run of packets. */
    void refresh() {
        plan = mitigation.current();
    }

    /** Forgets everything: a new stream begins. */
    void restart() {
        judge.clear();
        connections.clear();
        lacking.clear();
        sources.clear();
        streams.restart();
        startNanos = Long.MIN_VALUE;
    }

    /**
     * Learns from a packet of class HTTP, TLS or DNS that no alarm of its class is on for.
     *
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     * @param relation one of {@link Relation}
     */
    void observe(PacketBatch batch, int i, int target, int group, int trafficClass, int relation, long nowNanos) {
        if (!enter(batch, i, target, group, trafficClass, nowNanos)) {
            return;
        }
        if (batch.application[i] == DNS_RESPONSE) {
            judge.learnAnswer(keys.source(batch, i));
        } else if (read(batch, i)) {
            judge.learn(shape, keys.source(batch, i), keys.sender(batch, i));
            noteAbuse(target, relation, nowNanos);
        }
    }

    /**
     * Judges a packet of class HTTP, TLS or DNS under an alarm of its class, whether or not its connection is proven and
     * its source is credible: the stage knows both by their requests.
     *
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     * @param relation one of {@link Relation}
     * @param isSourceKnown whether its source was there before the flood
     * @return a drop verdict, one that passes, or {@link Scrubber#NO_OBJECTION} where fair sharing decides
     */
    int judge(
            PacketBatch batch,
            int i,
            int target,
            int group,
            int trafficClass,
            int relation,
            boolean isSourceKnown,
            long nowNanos) {
        Defence defence = plan.defence(target, group, trafficClass);
        if (defence == null || !enter(batch, i, target, group, trafficClass, nowNanos)) {
            return Scrubber.NO_OBJECTION;
        }
        long onset = Math.max(0, defence.flood().startNanos() - startNanos);
        double perSecond = defence.flood().admittedPacketsPerSecond()
                / (double) defence.flood().activeAddresses();
        int number = defence.flood().target() * CLASSES + ofClass(trafficClass);
        if (batch.application[i] == DNS_RESPONSE) {
            RequestFinding finding = judge.judgeAnswer(keys.source(batch, i), onset, perSecond, number);
            return finding == RequestFinding.HOSTILE ? defence.dropVerdict() : Scrubber.NO_OBJECTION;
        }
        if (!read(batch, i)) {
            return Scrubber.NO_OBJECTION;
        }
        boolean isTcp = batch.protocol[i] == IpProtocol.TCP;
        long connection = keys.sender(batch, i);
        long ends = isTcp ? keys.ends(batch, i, connection) : 0;
        if (isTcp && !Relation.isProven(relation)) {
            // Anybody can send it in another's name: it speaks for no connection and no source.
            boolean isDropped = connections.contains(ends, nowNanos) || isBanned(batch, i, nowNanos);
            return isDropped ? defence.dropVerdict() : Scrubber.NO_OBJECTION;
        }
        noteAbuse(target, relation, nowNanos);
        long source = keys.source(batch, i);
        boolean isWhole = !isTcp || noted == SlowRequests.WHOLE;
        // Of those who hold the server up, the next connections are recognised by how they begin.
        boolean isStall = noted == SlowRequests.SUSPECT && isUnderSiege(target) && !judge.isUser(source);
        RequestFinding finding = isStall || isAbuse(relation)
                ? judge.condemn(shape, source, connection)
                : judge.judge(
                        shape,
                        source,
                        connection,
                        isWhole,
                        isSourceKnown,
                        isByConduct(target, nowNanos),
                        onset,
                        perSecond,
                        number,
                        (double) defence.flood().admittedPacketsPerSecond());
        if (isTcp) {
            remember(finding, batch, i, ends, nowNanos);
            if (connections.contains(ends, nowNanos)) {
                return defence.dropVerdict(); // whatever this one is: the server lacks what came before
            }
        }
        int verdict = verdict(finding, defence, batch, i, isTcp, isSourceKnown, nowNanos);
        if (batch.application[i] == HTTP2_REQUEST && Verdict.isDrop(verdict)) {
            lacking.put(keys.segment(batch, i, connection), nowNanos + CONNECTION_NANOS);
        }
        return verdict;
    }

    private int verdict(
            RequestFinding finding,
            Defence defence,
            PacketBatch batch,
            int i,
            boolean isTcp,
            boolean isSourceKnown,
            long nowNanos) {
        return switch (finding) {
            case USUAL -> isTcp ? CREDIBLE : first(defence, batch, i, nowNanos);
            case FAIR -> isTcp ? share(defence, batch, i, isSourceKnown, nowNanos) : Scrubber.NO_OBJECTION;
            case TOO_MANY, HOSTILE, HOSTILE_MACHINE, HOSTILE_SOURCE -> defence.dropVerdict();
        };
    }

    /**
     * Whether a packet holds requests of HTTP/2 that were dropped, and are sent again, though still too many come. Those were
     * read: what is sent again isn't.
     */
    boolean isTooManyAgain(Defence defence, PacketBatch batch, int i, long nowNanos) {
        if (batch.protocol[i] != IpProtocol.TCP || batch.payloadLength[i] == 0 || !streams.isTracking()) {
            return false;
        }
        long segment = keys.segment(batch, i, keys.sender(batch, i));
        if (!lacking.contains(segment, nowNanos)) {
            return false;
        }
        if (!defence.lanes().share().take(batch.wireLength[i], nowNanos, USABLE_AGAIN)) {
            return true;
        }
        lacking.remove(segment);
        return false;
    }

    /** Finds the requests of HTTP/2 in a packet toward a target, before it is counted: only on a real connection. */
    void readStreams(PacketBatch batch, int i, int relation, long nowNanos) {
        if (batch.application[i] == NO_APPLICATION && !streams.isTracking()) {
            return; // most packets, by far
        }
        boolean isFound = batch.application[i] == HTTP2_REQUEST;
        if (!Relation.isProven(relation)) {
            batch.application[i] = isFound ? (byte) NO_APPLICATION : batch.application[i];
            return;
        }
        boolean isEnd = (batch.tcpFlags[i] & (TcpFlags.FIN | TcpFlags.RST)) != 0;
        boolean goesOn = streams.isTracking() && (isEnd || batch.payloadLength[i] > 0);
        if (isFound || goesOn || Http2Streams.isPreface(batch, i)) {
            streams.read(batch, i, keys.ends(batch, i, keys.sender(batch, i)), nowNanos);
        }
    }

    private boolean read(PacketBatch batch, int i) {
        if (batch.application[i] == HTTP2_REQUEST) {
            shape.read(streams, batch, i);
            return true;
        }
        return shape.read(batch, i);
    }

    private void noteAbuse(int target, int relation, long nowNanos) {
        if (isAbuse(relation)) {
            slow.noteAbuse(target, nowNanos);
        }
    }

    /** Only on a real connection: what can be forged must not give somebody else's address away. */
    private boolean isAbuse(int relation) {
        return shape.isOverlapping() && Relation.isProven(relation);
    }

    /** Who comes first uses up what others would get. */
    private static int first(Defence defence, PacketBatch batch, int i, long nowNanos) {
        defence.lanes().share().take(batch.wireLength[i], nowNanos);
        return CREDIBLE;
    }

    /** On a real connection its sender has been judged already: what is left is how much the target takes. */
    private static int share(Defence defence, PacketBatch batch, int i, boolean isSourceKnown, long nowNanos) {
        int length = batch.wireLength[i];
        boolean isAdmitted = defence.lanes().share().take(length, nowNanos)
                || !isSourceKnown && defence.lanes().newcomers().take(length, nowNanos);
        return isAdmitted ? ESTABLISHED : defence.dropVerdict();
    }

    private void remember(RequestFinding finding, PacketBatch batch, int i, long ends, long nowNanos) {
        boolean isHostile = finding.compareTo(RequestFinding.HOSTILE) >= 0;
        if (isHostile || connections.contains(ends, nowNanos)) {
            condemn(batch, i, ends, nowNanos);
        }
        if (finding == RequestFinding.HOSTILE_SOURCE) {
            refuse(batch, i, nowNanos);
        } else if (finding == RequestFinding.HOSTILE_MACHINE) {
            sources.put(keys.machine(batch, i), nowNanos + Offload.REFUSED_NANOS);
        }
    }

    /**
     * Where the kernel alone drops, it has to know of each connection; elsewhere what follows on one is dropped here. Data
     * that is seen all the same tells that it had no room, or needed it for others.
     */
    private void condemn(PacketBatch batch, int i, long ends, long nowNanos) {
        boolean isUnknown = batch.payloadLength[i] > 0 || !connections.contains(ends, nowNanos);
        if (isUnknown && offload != null && offload.isAlone()) {
            offload.refuseConnection(batch, i);
        }
        connections.put(ends, nowNanos + CONNECTION_NANOS);
    }

    private boolean isKernelAlone() {
        return offload != null && offload.isAlone();
    }

    private boolean isBanned(PacketBatch batch, int i, long nowNanos) {
        return sources.contains(keys.source(batch, i), nowNanos) || sources.contains(keys.machine(batch, i), nowNanos);
    }

    /**
     * Learns that a packet was dropped before it came here: the server lacks it, so that its connection can't go on, and
     * its source has sent what the flood is known by.
     *
     * @param relation one of {@link Relation}
     */
    void noteCondemned(PacketBatch batch, int i, int target, int group, int trafficClass, int relation, long nowNanos) {
        if (batch.protocol[i] != IpProtocol.TCP || !Relation.isProven(relation)) {
            return;
        }
        long connection = keys.sender(batch, i);
        boolean isRead = enter(batch, i, target, group, trafficClass, nowNanos) && read(batch, i);
        RequestFinding finding =
                isRead ? judge.condemn(shape, keys.source(batch, i), connection) : RequestFinding.HOSTILE;
        remember(finding, batch, i, keys.ends(batch, i, connection), nowNanos);
    }

    /**
     * Notes a packet toward a target: whether it begins a request that doesn't end, or goes on with one.
     *
     * @param windowBytes the room for answers that a proven segment offers, negative where it isn't known
     */
    void note(PacketBatch batch, int i, int target, int group, int relation, int windowBytes, long nowNanos) {
        noted = SlowRequests.WHOLE;
        if (isBeginning(batch, i) && Relation.isProven(relation)) {
            noted = slow.begin(
                    batch, i, keys.sender(batch, i), keys.source(batch, i), target, group, windowBytes, nowNanos);
        } else if (slow.isTracking() && batch.protocol[i] == IpProtocol.TCP) {
            slow.goOn(batch, i, keys.sender(batch, i), target, group, windowBytes, nowNanos);
        }
    }

    private static boolean isBeginning(PacketBatch batch, int i) {
        int application = batch.application[i];
        return application == HTTP_REQUEST || application == TLS_CLIENT_HELLO;
    }

    /** Whether {@link #note} asks for the window of a packet. */
    boolean asksForWindow(PacketBatch batch, int i) {
        return slow.isTracking() || isBeginning(batch, i);
    }

    /** Notes a TCP packet from a target: whether the server answers or gives up. */
    void noteAnswer(PacketBatch batch, int i) {
        boolean isEnd = (batch.tcpFlags[i] & (TcpFlags.FIN | TcpFlags.RST)) != 0;
        if (!slow.isTracking() && !streams.isTracking() || !isEnd && batch.payloadLength[i] == 0) {
            return;
        }
        long client = keys.receiver(batch, i);
        if (isEnd) {
            slow.end(client);
            streams.end(keys.answered(batch, i));
        } else {
            slow.answer(client);
            streams.readAnswer(batch, i, keys.answered(batch, i));
        }
    }

    /** The defence against a flood of requests, handshakes or questions toward a target, or null. */
    @Nullable
    Defence defence(int target, int group) {
        if (!plan.isOfRequests()) {
            return null;
        }
        Defence defence = plan.defence(target, group, HTTP);
        defence = defence == null ? plan.defence(target, group, TLS) : defence;
        return defence == null ? plan.defence(target, group, DNS) : defence;
    }

    /**
     * Whether any other packet, proven or not, toward a target with an alarm of class HTTP or TLS is the flood's: of
     * connections whose requests were dropped or don't go on, and handshakes of sources that send nothing but such.
     *
     * @param relation one of {@link Relation}
     */
    boolean isFollowing(PacketBatch batch, int i, int target, int group, int relation, long nowNanos) {
        if (batch.protocol[i] != IpProtocol.TCP) {
            return false;
        }
        long connection = keys.sender(batch, i);
        long ends = keys.ends(batch, i, connection);
        if ((batch.tcpFlags[i] & TcpFlags.SYN) != 0) {
            boolean isRefused = isBanned(batch, i, nowNanos) || isHoldingUp(batch, i, target, group, nowNanos);
            noteOpening(ends, isRefused, nowNanos);
            return isRefused && !isKernelAlone();
        }
        // A recorded server answers SYNs that were dropped: then it is the handshake's last segment that doesn't pass.
        boolean isDropped = connections.contains(ends, nowNanos)
                || relation == Relation.COMPLETES && isBanned(batch, i, nowNanos)
                || isUnderSiege(target)
                        && (slow.isSlow(connection)
                                || slow.isStalling(connection) && isHoldingUp(batch, i, target, group, nowNanos));
        if (isDropped) {
            condemn(batch, i, ends, nowNanos);
        }
        // The kernel lets through what carries no data.
        return isDropped && (batch.payloadLength[i] > 0 || !isKernelAlone());
    }

    /**
     * A recorded client goes on though its SYN was dropped. Where one side alone is seen, and in the first minute, that
     * looks like a connection met in its middle. Where the kernel alone drops, the SYN has passed; it may be forged, and says
     * nothing of the connection that it may open.
     */
    private void noteOpening(long ends, boolean isRefused, long nowNanos) {
        if (isRefused && !isKernelAlone()) {
            connections.put(ends, nowNanos + CONNECTION_NANOS);
        } else {
            connections.remove(ends);
        }
    }

    /** Whether what is on toward a target shows by what is done, and not by how much is asked for. */
    private boolean isByConduct(int target, long nowNanos) {
        return target >= 0 && (isUnderSiege(target) || slow.isAbused(target, nowNanos));
    }

    /** Whether so many connections toward a target stall that it is no accident. */
    private boolean isUnderSiege(int target) {
        return target >= 0 && slow.count(target) >= SlowRequests.ALARM;
    }

    /**
     * Whether a packet's source holds up a server under such an attack: it gets no further. Where users share the address,
     * one of them may stall as well.
     */
    private boolean isHoldingUp(PacketBatch batch, int i, int target, int group, long nowNanos) {
        int stalled = isUnderSiege(target) ? slow.countOfSource(keys.source(batch, i)) : 0;
        if (stalled == 0 || stalled <= STALLED_OF_SOURCE && isOfUsers(batch, i, target, group, nowNanos)) {
            return false;
        }
        refuse(batch, i, nowNanos);
        return true;
    }

    /** A source that comes by a kernel which drops is heard of no more until it may come again. */
    private void refuse(PacketBatch batch, int i, long nowNanos) {
        long source = keys.source(batch, i);
        if (offload != null && !sources.contains(source, nowNanos)) {
            offload.refuse(batch.sourceHigh[i], batch.ipVersion[i] == 4 ? batch.sourceLow[i] : 0);
        }
        sources.put(source, nowNanos + Offload.REFUSED_NANOS);
    }

    private boolean isOfUsers(PacketBatch batch, int i, int target, int group, long nowNanos) {
        return enter(batch, i, target, group, HTTP, nowNanos) && judge.isUser(keys.source(batch, i));
    }

    private static int ofClass(int trafficClass) {
        return trafficClass == DNS ? 0 : trafficClass == HTTP ? 1 : 2;
    }

    /** Whether there is something to compare with; the judge then knows what. */
    private boolean enter(PacketBatch batch, int i, int target, int group, int trafficClass, long nowNanos) {
        if (startNanos == Long.MIN_VALUE) {
            startNanos = nowNanos;
        }
        int number = group >= 0 ? group : target;
        if (number < 0) {
            return false;
        }
        int ofClass = ofClass(trafficClass);
        long destination = hash.address(batch.destinationHigh[i], batch.destinationLow[i]);
        long identity = group >= 0 ? hash.address(group, 0) : destination;
        double page = trafficClass == TLS ? RequestJudge.HANDSHAKES_OF_PAGE : RequestJudge.REQUESTS_OF_PAGE;
        judge.enter(
                number * CLASSES + ofClass,
                identity + ofClass * KINDS,
                destination,
                ofClass == 0 ? keys.network(batch, i) : 0,
                page,
                nowNanos - startNanos);
        return true;
    }
}
