package io.weir.detector.api;

import io.weir.detector.flood.TrafficClass;
import io.weir.detector.latency.LatencyRecorder.Latency;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.verdict.Reason;
import java.util.List;
import java.util.Map;

/**
 * How a daemon fares.
 *
 * @param isObserving whether drops are only counted
 * @param startNanos when it began, {@code nowNanos} now, both in nanoseconds since the epoch
 * @param reasons what passed and was dropped since then
 * @param traffic the same by interface and direction
 * @param now the last whole second, all zero before it
 * @param latency of a packet with its batch
 * @param arrivalLatency from the kernel's receive stamp to the verdict
 * @param connections that are remembered, about
 * @param bans in force
 * @param evictedConnections that gave way since the start, newcomers that found no room included
 * @param offloadedPackets that the kernel dropped before they came here, counted with their reasons
 * @param offload how the kernel drops, and what speaks against a better way: {@code none: …}
 * @param intakes what packets wait in
 * @param lostPackets that came and weren't seen
 * @param lostEvents that couldn't be told
 * @param reloadNanos when a configuration last came into force, in nanoseconds since the epoch
 * @param awaitingConfirmation nanoseconds until the newest configuration is rolled back, 0 where none waits
 */
public record DaemonStatus(
        String version,
        String mode,
        List<String> interfaces,
        List<IpPrefix> protect,
        boolean isObserving,
        long startNanos,
        long nowNanos,
        Map<Reason, Count> reasons,
        List<Traffic> traffic,
        Rate now,
        int activeFloods,
        Latency latency,
        Latency arrivalLatency,
        long connections,
        long connectionCapacity,
        long evictedConnections,
        int bans,
        long offloadedPackets,
        String offload,
        List<Intake> intakes,
        long lostPackets,
        long lostEvents,
        long reloadNanos,
        long tableBytes,
        long awaitingConfirmation) {
    /**
     * What came one way.
     *
     * @param interfaceName {@link #ANY} for what the kernel dropped of several
     * @param direction {@code ingress}, {@code egress} or {@code transit}
     */
    public record Traffic(String interfaceName, String direction, Map<Reason, Count> reasons) {}

    /** Stands for an interface where nobody knows which. */
    public static final String ANY = "any";

    /** As {@link Traffic} names them. */
    public static final List<String> DIRECTIONS = List.of("ingress", "egress", "transit");

    /** {@code dropped} are part of the others, fewer than all only while observing. */
    public record Count(long packets, long bytes, long droppedPackets, long droppedBytes) {
        public Count plus(Count other) {
            return new Count(
                    packets + other.packets,
                    bytes + other.bytes,
                    droppedPackets + other.droppedPackets,
                    droppedBytes + other.droppedBytes);
        }
    }

    /**
     * What a second brought.
     *
     * @param timeNanos its end
     * @param packets that passed by reason, dropped ones included where only observed
     * @param classes packets by the class that they counted toward when they came
     */
    public record Rate(
            long timeNanos,
            long passedPackets,
            long passedBytes,
            long droppedPackets,
            long droppedBytes,
            Map<Reason, Long> packets,
            Map<TrafficClass, Long> classes) {}

    public long packets() {
        return reasons.values().stream().mapToLong(Count::packets).sum();
    }

    public long bytes() {
        return reasons.values().stream().mapToLong(Count::bytes).sum();
    }

    public long droppedPackets() {
        return reasons.values().stream().mapToLong(Count::droppedPackets).sum();
    }

    public long droppedBytes() {
        return reasons.values().stream().mapToLong(Count::droppedBytes).sum();
    }
}
