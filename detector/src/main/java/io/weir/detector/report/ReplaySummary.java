package io.weir.detector.report;

import io.weir.detector.flood.Collateral;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.latency.LatencyRecorder.Latency;
import io.weir.detector.scan.SuspectReport;
import io.weir.filter.match.RuleHits;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.Tunnel;
import io.weir.filter.verdict.Reason;
import java.util.List;
import java.util.Map;

/**
 * What a replay found.
 *
 * @param files as they were named
 * @param isObserving whether drops were only reported
 * @param packets read and judged
 * @param bytes of them on the wire
 * @param firstNanos the smallest timestamp, {@code lastNanos} the largest; both 0 without packets
 * @param reasons only those that occurred, in the order of {@link Reason}
 * @param floods as they stood at their end, in the order of detection
 * @param suspects scans and brute force, likewise
 * @param rules of all protected prefixes, those that never decided included; empty without security groups
 * @param explained packets that were asked about
 * @param outcomes only those that occurred
 * @param tunnels packets that carry another, only those that occurred
 * @param unsupportedLinkTypes packets by name of a link type that isn't decoded
 * @param filteredPackets that {@code --filter} left out
 * @param offloadedPackets that the kernel dropped for Weir before it saw them; 0 in a replay
 * @param delayedConnections that opened although their SYN had been dropped
 * @param tableBytes memory of the engine's tables, fixed at its start
 * @param wallNanos how long the replay took
 */
public record ReplaySummary(
        List<String> files,
        boolean isObserving,
        long packets,
        long bytes,
        long firstNanos,
        long lastNanos,
        Map<Reason, Tally> reasons,
        List<FloodReport> floods,
        List<SuspectReport> suspects,
        List<RuleHits> rules,
        List<ExplainedPacket> explained,
        Map<DecodeOutcome, Long> outcomes,
        Map<Tunnel, Long> tunnels,
        Map<String, Long> unsupportedLinkTypes,
        long filteredPackets,
        long offloadedPackets,
        long delayedConnections,
        Latency latency,
        long tableBytes,
        long wallNanos) {
    /** Packets and bytes of one reason; {@code dropped} of them, fewer than all only when observing. */
    public record Tally(long packets, long bytes, long droppedPackets, long droppedBytes) {}

    /** The same under another name of its file. */
    public ReplaySummary named(String file) {
        return new ReplaySummary(
                List.of(file),
                isObserving,
                packets,
                bytes,
                firstNanos,
                lastNanos,
                reasons,
                floods,
                suspects,
                rules,
                explained,
                outcomes,
                tunnels,
                unsupportedLinkTypes,
                filteredPackets,
                offloadedPackets,
                delayedConnections,
                latency,
                tableBytes,
                wallNanos);
    }

    /** What all floods together cost others; a packet of a connection counts for each flood that was on at its target. */
    public Collateral collateral() {
        return floods.stream().map(FloodReport::collateral).reduce(Collateral.NONE, Collateral::plus);
    }

    public long droppedPackets() {
        return reasons.values().stream().mapToLong(Tally::droppedPackets).sum();
    }

    public long droppedBytes() {
        return reasons.values().stream().mapToLong(Tally::droppedBytes).sum();
    }

    public long passedPackets() {
        return packets - droppedPackets();
    }

    public long passedBytes() {
        return bytes - droppedBytes();
    }

    /** What dropping would have taken, had the replay not only observed. */
    public long condemnedPackets() {
        return reasons.entrySet().stream()
                .filter(entry -> entry.getKey().isDrop())
                .mapToLong(entry -> entry.getValue().packets())
                .sum();
    }

    public long durationNanos() {
        return lastNanos - firstNanos;
    }
}
