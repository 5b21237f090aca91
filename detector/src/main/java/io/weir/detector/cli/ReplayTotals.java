package io.weir.detector.cli;

import io.weir.detector.daemon.Worker;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.latency.LatencyRecorder.Latency;
import io.weir.detector.report.ExplainedPacket;
import io.weir.detector.report.ReplaySummary;
import io.weir.detector.scan.SuspectReport;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.Tunnel;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.ReasonCounters;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a replay adds up itself, besides the worker's counters. */
final class ReplayTotals {
    private final Map<String, Long> unsupported = new TreeMap<>();
    private long packets;
    private long bytes;
    private long offloadedPackets;
    private long firstNanos = Long.MAX_VALUE;
    private long lastNanos = Long.MIN_VALUE;

    /** Adds a judged batch. */
    void add(PacketBatch batch) {
        packets += batch.size;
        for (int i = 0; i < batch.size; i++) {
            bytes += batch.wireLength[i];
            firstNanos = Math.min(firstNanos, batch.timestampNanos[i]);
            lastNanos = Math.max(lastNanos, batch.timestampNanos[i]);
            if (batch.outcome[i] == DecodeOutcome.UNSUPPORTED_LINK.ordinal()) {
                unsupported.merge(LinkType.name(batch.linkType[i]), 1L, Long::sum);
            }
        }
    }

    /** Adds what the kernel dropped before it came here. */
    void addOffloaded(long droppedPackets, long droppedBytes) {
        offloadedPackets += droppedPackets;
        packets += droppedPackets;
        bytes += droppedBytes;
    }

    long packets() {
        return packets;
    }

    ReplaySummary summary(
            List<String> files,
            boolean isObserving,
            Worker worker,
            List<FloodReport> floods,
            List<SuspectReport> suspects,
            List<ExplainedPacket> explained,
            long filteredPackets,
            Latency latency,
            long tableBytes,
            long wallNanos) {
        return new ReplaySummary(
                files,
                isObserving,
                packets,
                bytes,
                packets == 0 ? 0 : firstNanos,
                packets == 0 ? 0 : lastNanos,
                reasons(worker.reasons()),
                floods,
                suspects,
                worker.rules().hits(),
                explained,
                outcomes(worker),
                tunnels(worker),
                unsupported,
                filteredPackets,
                offloadedPackets,
                worker.delayedConnections(),
                latency,
                tableBytes,
                wallNanos);
    }

    private static Map<Reason, ReplaySummary.Tally> reasons(ReasonCounters counters) {
        Map<Reason, ReplaySummary.Tally> tallies = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            long dropped = counters.packets(reason, true);
            long all = dropped + counters.packets(reason, false);
            if (all > 0) {
                long droppedBytes = counters.bytes(reason, true);
                long allBytes = droppedBytes + counters.bytes(reason, false);
                tallies.put(reason, new ReplaySummary.Tally(all, allBytes, dropped, droppedBytes));
            }
        }
        return tallies;
    }

    private static Map<DecodeOutcome, Long> outcomes(Worker worker) {
        Map<DecodeOutcome, Long> counts = new EnumMap<>(DecodeOutcome.class);
        for (DecodeOutcome outcome : DecodeOutcome.values()) {
            if (worker.decodes().packets(outcome) > 0) {
                counts.put(outcome, worker.decodes().packets(outcome));
            }
        }
        return counts;
    }

    private static Map<Tunnel, Long> tunnels(Worker worker) {
        Map<Tunnel, Long> counts = new EnumMap<>(Tunnel.class);
        for (Tunnel tunnel : Tunnel.values()) {
            if (tunnel != Tunnel.NONE && worker.decodes().packets(tunnel) > 0) {
                counts.put(tunnel, worker.decodes().packets(tunnel));
            }
        }
        return counts;
    }
}
