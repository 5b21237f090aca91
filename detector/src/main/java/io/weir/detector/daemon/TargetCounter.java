package io.weir.detector.daemon;

import io.weir.detector.flood.ProtectedTargets;
import io.weir.detector.flood.TrafficClass;
import io.weir.detector.scrub.SourceWatch;
import io.weir.detector.window.PeaceSamples;
import io.weir.detector.window.SampleRing;
import io.weir.detector.window.SessionRing;
import io.weir.detector.window.TargetTable;
import io.weir.detector.window.TargetWindows;
import io.weir.filter.address.PrefixTable;
import io.weir.filter.flow.FlowTracker;
import io.weir.filter.flow.Relation;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.RequestHead;
import io.weir.filter.packet.TcpFlags;

/**
 * Counts packets toward the address they go to and the protected prefix around it, samples those that are unproven, and
 * takes back what proves itself later. One worker's.
 */
final class TargetCounter {
    static final int SYN = TrafficClass.SYN.ordinal();
    private static final int OK = DecodeOutcome.OK.ordinal();
    private static final int ACK = TrafficClass.ACK.ordinal();
    private static final int HTTP = TrafficClass.HTTP.ordinal();
    private static final int DNS_RESPONSE = Application.DNS_RESPONSE.ordinal();
    /** RFC 1035 section 4.1.1: the lowest four bits of the flags, 3 for a name that doesn't exist. */
    private static final int RCODE = 0xf;

    private static final int NAME_ERROR = 3;
    private static final int SYN_ACK = TcpFlags.SYN | TcpFlags.ACK;

    /** Unproven packets of a tick that are all sampled; of those beyond, one in sixteen. */
    private static final int SAMPLED_PER_TICK = 256;

    private static final int SPARSE_SAMPLE_MASK = 15;

    private final TargetWindows windows;
    private final SampleRing samples;
    private final SessionRing sessions;
    private final PeaceSamples peace;
    private final FlowTracker flows;
    private final TargetTable addresses;
    private final PrefixTable prefixes;
    private final ProtectedTargets targets;
    private final SourceWatch sources;

    /** By class, of all targets, since the start. */
    private final long[] classPackets = new long[TrafficClass.count()];

    private int unprovenInTick;
    private boolean isSampled;
    private long delayedConnections;

    TargetCounter(WorkerParts parts) {
        this.windows = parts.windows();
        this.samples = parts.samples();
        this.sessions = parts.sessions();
        this.peace = parts.peace();
        this.flows = parts.flows();
        this.addresses = parts.addresses();
        this.prefixes = parts.prefixes();
        this.targets = parts.targets();
        this.sources = parts.sources();
    }

    void beginTick() {
        unprovenInTick = 0;
    }

    /**
     * Fetches what sampling will ask of the packets of a batch, were they all unproven, as those of a flood are.
     *
     * @return a number without meaning; it keeps the fetches from being optimised away
     */
    long prepare(PacketBatch batch) {
        long sum = 0;
        for (int i = 0; i < batch.size; i++) {
            if (isSampled(unprovenInTick + 1 + i)) {
                sum += flows.touchOpening(batch, i);
            }
        }
        return sum;
    }

    private static boolean isSampled(int unproven) {
        return unproven <= SAMPLED_PER_TICK || (unproven & SPARSE_SAMPLE_MASK) == 0;
    }

    /**
     * Counts a packet.
     *
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     * @param trafficClass it counts toward, or -1 if it is proven
     */
    void count(PacketBatch batch, int i, int relation, int target, int group, int trafficClass, long nowNanos) {
        if (trafficClass < 0) {
            if (relation == Relation.BELONGS && batch.protocol[i] == IpProtocol.TCP) {
                countProvenSegment(target, group, batch.wireLength[i]);
            } else {
                countTotal(target, group, batch.wireLength[i]);
            }
            return;
        }
        if (target >= 0) {
            windows.count(target, trafficClass, batch.wireLength[i]);
        }
        if (group >= 0) {
            windows.count(group, trafficClass, batch.wireLength[i]);
        }
        classPackets[trafficClass]++;
        if (trafficClass == HTTP) {
            countPipelined(batch, i, target, group);
        }
        unprovenInTick++;
        isSampled = isSampled(unprovenInTick);
        if (isSampled) {
            sample(batch, i, relation, target, group, trafficClass, nowNanos);
        }
    }

    /** Counts SYNs {@code from} to before {@code to}, which all are condemned. */
    void countOpenings(PacketBatch batch, int from, int to, int target, int group) {
        long bytes = 0;
        for (int i = from; i < to; i++) {
            bytes += batch.wireLength[i];
            unprovenInTick++;
            if (isSampled(unprovenInTick)) {
                sample(batch, i, Relation.OPENS, target, group, SYN, batch.timestampNanos[i]);
                samples.condemnNewest();
            }
        }
        windows.count(target, SYN, to - from, bytes);
        if (group >= 0) {
            windows.count(group, SYN, to - from, bytes);
        }
        classPackets[SYN] += to - from;
    }

    private void sample(
            PacketBatch batch, int i, int relation, int target, int group, int trafficClass, long nowNanos) {
        boolean isOpening = relation == Relation.OPENS;
        boolean isRetransmission = isOpening && flows.isRetransmission(batch, i, nowNanos);
        int first = isRetransmission ? samples.opening(batch, i) : -1;
        if (first >= 0) {
            samples.repeat(first);
        }
        samples.add(batch, i, target, group, trafficClass, nowNanos);
        if (batch.outcome[i] != OK) {
            return; // nobody has related it
        }
        if (isRetransmission || relation == Relation.UNPROVEN && flows.isFollowing()) {
            samples.followNewest();
        }
        boolean isAsked = isOpening || relation == Relation.UNPROVEN || trafficClass == HTTP;
        if (isAsked && sources.isKnown(batch, i, isOpening, nowNanos)) {
            samples.knowNewest();
        }
    }

    /** A packet may hold several requests: each costs the server. */
    private void countPipelined(PacketBatch batch, int i, int target, int group) {
        int further = RequestHead.pipelined(batch, i);
        if (further > 0 && target >= 0) {
            windows.countFurther(target, HTTP, further);
        }
        if (further > 0 && group >= 0) {
            windows.countFurther(group, HTTP, further);
        }
    }

    /** Packets that counted toward a class when they came, since the start. */
    long classPackets(TrafficClass trafficClass) {
        return classPackets[trafficClass.ordinal()];
    }

    /** Says that the packet counted last, toward a class, has been condemned. */
    void noteCondemned() {
        if (isSampled) {
            samples.condemnNewest();
        }
    }

    /** Counts a packet toward no class. */
    void countTotal(int target, int group, int lengthBytes) {
        if (target >= 0) {
            windows.count(target, lengthBytes);
        }
        if (group >= 0) {
            windows.count(group, lengthBytes);
        }
    }

    private void countProvenSegment(int target, int group, int lengthBytes) {
        if (target >= 0) {
            windows.countProvenSegment(target, lengthBytes);
        }
        if (group >= 0) {
            windows.countProvenSegment(group, lengthBytes);
        }
    }

    /** Takes what this packet has proven back out of the counts, and notes who answers. */
    void noteProgress(PacketBatch batch, int i, int relation, int target, int group, long nowNanos) {
        switch (relation) {
            case Relation.COMPLETES -> {
                // By data after a bare ACK alone: that ACK has been counted as the handshake.
                boolean isHandshake = flows.provenNanos() != Long.MIN_VALUE;
                prove(target, SYN, isHandshake);
                prove(group, SYN, isHandshake);
                takeOpening(batch, i);
                if (isHandshake) {
                    sessions.add(batch, i);
                }
                if (flows.provenWasRefused()) {
                    delayedConnections++;
                }
            }
            case Relation.ADMITS -> {
                if (flows.isProvenOtherSide()) {
                    int prefix = prefixes.lookup(batch.sourceHigh[i], batch.sourceLow[i]);
                    prove(addresses.find(batch.sourceHigh[i], batch.sourceLow[i]), ACK, false);
                    prove(prefix < 0 ? TargetTable.NONE : targets.ofPrefix(prefix), ACK, false);
                } else {
                    prove(target, ACK, false);
                    prove(group, ACK, false);
                }
            }
            case Relation.ANSWERS -> {
                int source = addresses.find(batch.sourceHigh[i], batch.sourceLow[i]);
                if (source != TargetTable.NONE) {
                    noteAnswer(batch, i, source, nowNanos);
                }
            }
            default -> {}
        }
    }

    private void noteAnswer(PacketBatch batch, int i, int source, long nowNanos) {
        if (batch.protocol[i] == IpProtocol.TCP) {
            if ((batch.tcpFlags[i] & SYN_ACK) == SYN_ACK) {
                addresses.noteAnswer(source, nowNanos);
            } else if ((batch.tcpFlags[i] & TcpFlags.RST) != 0) {
                windows.countRefusal(source);
            }
            return;
        }
        addresses.noteAnswer(source, nowNanos);
        if (batch.application[i] == DNS_RESPONSE) {
            if ((batch.dnsFlags[i] & RCODE) == NAME_ERROR) {
                windows.countNameError(source);
            }
        } else if (batch.protocol[i] == IpProtocol.UDP) {
            windows.countAnswer(source);
        }
    }

    /** What opened a connection looks as SYNs of peace do, and is no part of a flood. */
    private void takeOpening(PacketBatch batch, int i) {
        int opening = samples.opening(batch, i);
        if (opening >= 0 && samples.trafficClass(opening) == SYN) {
            peace.take(opening);
            samples.prove(opening);
        }
    }

    private void prove(int target, int provenClass, boolean isHandshake) {
        if (target >= 0) {
            windows.prove(
                    target,
                    provenClass,
                    flows.provenNanos(),
                    flows.provenPackets(),
                    flows.provenLengthBytes(),
                    isHandshake);
        }
    }

    /** Connections that opened although their SYN had been dropped. */
    long delayedConnections() {
        return delayedConnections;
    }
}
