package io.weir.capture.load;

import io.weir.filter.fault.Fault;
import io.weir.filter.verdict.FloodKind;
import java.util.List;

/**
 * One flood of a profile.
 *
 * @param kind any but {@link FloodKind#OTHER}
 * @param startNanos when it starts, from the start of the traffic
 * @param durationNanos how long it lasts; what reaches beyond the end of the traffic is cut
 * @param packetsPerSecond packets that the attacker aims at the target; for HTTP, requests
 * @param spacing how the packets are spread
 * @param sources how many addresses attack; 0: each packet has an invented one. HTTP needs real ones
 */
public record Flood(
        FloodKind kind, long startNanos, long durationNanos, double packetsPerSecond, Spacing spacing, int sources) {
    static final double MAXIMUM_PACKETS_PER_SECOND = 10_000_000;
    static final double MAXIMUM_REQUESTS_PER_SECOND = 200_000;
    static final int MAXIMUM_SOURCES = 65_536;

    /** How packets are spread over time. */
    public enum Spacing {
        /** At random: exponential gaps, as many independent senders make together. */
        POISSON,
        /** All gaps alike, as one tool at a fixed rate makes: the number of packets is exact. */
        EVEN
    }

    Flood withRate(double rate) {
        return new Flood(kind, startNanos, durationNanos, rate, spacing, sources);
    }

    Flood withTime(long start, long duration) {
        return new Flood(kind, start, duration, packetsPerSecond, spacing, sources);
    }

    void addFaults(String profile, String path, long trafficNanos, List<Fault> faults) {
        if (kind == FloodKind.OTHER) {
            faults.add(
                    new Fault(profile, 0, path + ".kind", kind.text(), "can't be simulated; name one of the others"));
        }
        if (startNanos < 0 || startNanos >= trafficNanos) {
            String problem = "must be at least 0 s and before the end of the traffic, "
                    + LoadProfile.seconds(trafficNanos) + " s";
            faults.add(new Fault(profile, 0, path + ".start", LoadProfile.seconds(startNanos), problem));
        }
        double seconds = durationNanos / 1e9;
        LoadProfile.checkRange(profile, path + ".seconds", seconds, 0.001, LoadProfile.MAXIMUM_SECONDS, faults);
        boolean http = kind == FloodKind.HTTP;
        double maximum = http ? MAXIMUM_REQUESTS_PER_SECOND : MAXIMUM_PACKETS_PER_SECOND;
        LoadProfile.checkRange(profile, path + ".pps", packetsPerSecond, 0.001, maximum, faults);
        LoadProfile.checkRange(profile, path + ".sources", sources, http ? 1 : 0, MAXIMUM_SOURCES, faults);
    }
}
