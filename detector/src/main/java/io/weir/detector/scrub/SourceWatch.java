package io.weir.detector.scrub;

import io.weir.detector.flood.TrafficClass;
import io.weir.detector.flood.TrafficClassifier;
import io.weir.filter.flow.FlowTracker;
import io.weir.filter.flow.Relation;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Verdict;

/**
 * Teaches the {@link SourceTable} how sources behave: handshakes always; what proves nothing by itself only in peace, so
 * that a flood of false addresses teaches nothing. One worker's.
 */
public final class SourceWatch {
    private static final int SYN = TrafficClass.SYN.ordinal();
    /** Longer than any flood that a baseline finds goes unseen. */
    private static final long KNOWN_NANOS = 4_000_000_000L;

    private final SourceTable sources;
    private final Scrubber scrubber;

    public SourceWatch(SourceTable sources, Scrubber scrubber) {
        this.sources = sources;
        this.scrubber = scrubber;
    }

    /**
     * Whether a packet's source was there for some seconds before, as far away, and has done nothing since that speaks
     * against it.
     *
     * @param isProofWanted whether only who has completed a handshake counts
     */
    public boolean isKnown(PacketBatch batch, int i, boolean isProofWanted, long nowNanos) {
        return sources.isKnown(
                batch.sourceHigh[i],
                batch.sourceLow[i],
                batch.timeToLive[i],
                isProofWanted,
                nowNanos - KNOWN_NANOS,
                nowNanos);
    }

    /**
     * Learns from a packet toward a protected address, between its verdict and its commit.
     *
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     * @param trafficClass it counts toward, or -1 if it is proven
     * @param relation one of {@link Relation}
     * @param flows that have just related it
     */
    public void learn(
            PacketBatch batch,
            int i,
            int target,
            int group,
            int trafficClass,
            int relation,
            int verdict,
            FlowTracker flows,
            long nowNanos) {
        if (Verdict.isDrop(verdict)) {
            return;
        }
        if (relation == Relation.COMPLETES) {
            learnHandshake(batch, i, target, group, flows, nowNanos);
        } else if (relation == Relation.ADMITS) {
            // Met in its middle: as good as seen from one side.
            sources.noteHandshake(batch.sourceHigh[i], batch.sourceLow[i], batch.timeToLive[i], true, nowNanos);
        } else if (batch.protocol[i] != IpProtocol.TCP) {
            learnExchange(batch, i, target, group, trafficClass, relation, flows, nowNanos);
        }
    }

    private void learnHandshake(PacketBatch batch, int i, int target, int group, FlowTracker flows, long nowNanos) {
        boolean isOneSided = flows.isProvenOneSided();
        // A bare ACK can be sent blind, and so can data, but who goes so far earns a little.
        boolean isEnough = isOneSided ? batch.payloadLength[i] > 0 : flows.provenNanos() != Long.MIN_VALUE;
        if (isEnough) {
            sources.noteHandshake(batch.sourceHigh[i], batch.sourceLow[i], batch.timeToLive[i], isOneSided, nowNanos);
        }
        if (flows.provenWasRefused()) {
            scrubber.noteDelayed(target, group);
        }
    }

    private void learnExchange(
            PacketBatch batch,
            int i,
            int target,
            int group,
            int trafficClass,
            int relation,
            FlowTracker flows,
            long nowNanos) {
        boolean isContinued = relation == Relation.BELONGS && !flows.hasEntry();
        boolean isOneSided = flows.isOfOneSidedExchange();
        boolean isSighting =
                (trafficClass > SYN || isOneSided) && (relation == Relation.UNPROVEN || relation == Relation.BELONGS);
        int alarmed = isOneSided ? TrafficClassifier.classOf(batch.protocol[i]) : trafficClass;
        if (!isContinued && !isSighting || alarmed >= 0 && scrubber.isUnderAlarm(target, group, alarmed)) {
            return;
        }
        if (isContinued) {
            sources.noteExchange(batch.sourceHigh[i], batch.sourceLow[i], batch.timeToLive[i], nowNanos);
        } else {
            scrubber.notePeace(batch, i, nowNanos);
            sources.noteSighting(batch.sourceHigh[i], batch.sourceLow[i], batch.timeToLive[i], nowNanos);
        }
    }
}
