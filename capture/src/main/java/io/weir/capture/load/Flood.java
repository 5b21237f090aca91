package io.weir.capture.load;

import io.weir.filter.fault.Fault;
import io.weir.filter.verdict.FloodKind;
import java.util.List;

/**
 * One flood of a profile.
 *
 * @param startNanos when it starts, from the start of the traffic
 * @param durationNanos how long it lasts; what reaches beyond the end of the traffic is cut
 * @param packetsPerSecond packets that the attacker aims at the target, while it sends; requests, handshakes or (slow ones)
 *     connections where it consists of those
 * @param spacing how the packets are spread
 * @param sources how many addresses attack; 0: each packet has an invented one. Connections need real ones
 * @param pulse when it sends and when it pauses
 * @param isBehindUsers whether its real addresses are those of users, who share them: so many machines at one address
 * @param addresses how many neighbours it is spread over: 1 for the target alone, up to 256 for its whole prefix
 */
public record Flood(
        FloodVector vector,
        FloodTool tool,
        long startNanos,
        long durationNanos,
        double packetsPerSecond,
        Spacing spacing,
        int sources,
        Pulse pulse,
        int addresses,
        boolean isBehindUsers) {
    static final double MAXIMUM_PACKETS_PER_SECOND = 10_000_000;
    static final double MAXIMUM_REQUESTS_PER_SECOND = 200_000;
    static final int MAXIMUM_SOURCES = 65_536;
    static final int MAXIMUM_ADDRESSES = 256;

    /** How packets are spread over time. */
    public enum Spacing {
        /** At random: exponential gaps, as many independent senders make together. */
        POISSON,
        /** All gaps alike, as one tool at a fixed rate makes: the number of packets is exact. */
        EVEN
    }

    /**
     * How the rate changes: a flood may grow, and come in waves.
     *
     * @param onNanos how long a wave lasts; 0: it never pauses
     * @param offNanos how long a pause lasts
     * @param rampNanos how long it takes to grow evenly from nothing to its rate; 0: it begins with it
     */
    public record Pulse(long onNanos, long offNanos, long rampNanos) {
        /** No pauses. */
        public static final Pulse STEADY = new Pulse(0, 0);

        public Pulse(long onNanos, long offNanos) {
            this(onNanos, offNanos, 0);
        }

        /** When so much of the full rate has been sent that a steady flood would have taken this long for it. */
        double nanosAfter(double fullRateNanos) {
            // The integral of a rate that grows evenly is a square; solved for the time.
            double sending = fullRateNanos < rampNanos / 2.0
                    ? Math.sqrt(2.0 * rampNanos * fullRateNanos)
                    : fullRateNanos + rampNanos / 2.0;
            return onNanos == 0 ? sending : sending + Math.floor(sending / onNanos) * offNanos;
        }
    }

    /** The plainest flood of a kind. */
    public Flood(
            FloodKind kind,
            long startNanos,
            long durationNanos,
            double packetsPerSecond,
            Spacing spacing,
            int sources) {
        this(FloodVector.of(kind), FloodTool.SIMPLE, startNanos, durationNanos, packetsPerSecond, spacing, sources);
    }

    /** A steady flood of one target. */
    public Flood(
            FloodVector vector,
            FloodTool tool,
            long startNanos,
            long durationNanos,
            double packetsPerSecond,
            Spacing spacing,
            int sources) {
        this(vector, tool, startNanos, durationNanos, packetsPerSecond, spacing, sources, Pulse.STEADY, 1, false);
    }

    /** What it counts as. */
    public FloodKind kind() {
        return vector.kind();
    }

    /** The same flood in waves. */
    public Flood withPulse(long onNanos, long offNanos) {
        return withPulse(new Pulse(onNanos, offNanos));
    }

    /** The same flood with a rate that changes. */
    Flood withPulse(Pulse changing) {
        return new Flood(
                vector,
                tool,
                startNanos,
                durationNanos,
                packetsPerSecond,
                spacing,
                sources,
                changing,
                addresses,
                isBehindUsers);
    }

    /** The same flood spread over neighbours of the target. */
    public Flood withAddresses(int count) {
        return new Flood(
                vector,
                tool,
                startNanos,
                durationNanos,
                packetsPerSecond,
                spacing,
                sources,
                pulse,
                count,
                isBehindUsers);
    }

    /** The same flood from machines that share their addresses with users. */
    public Flood behindUsers() {
        return new Flood(
                vector, tool, startNanos, durationNanos, packetsPerSecond, spacing, sources, pulse, addresses, true);
    }

    Flood withRate(double rate) {
        return new Flood(
                vector, tool, startNanos, durationNanos, rate, spacing, sources, pulse, addresses, isBehindUsers);
    }

    Flood withTime(long start, long duration) {
        return new Flood(
                vector, tool, start, duration, packetsPerSecond, spacing, sources, pulse, addresses, isBehindUsers);
    }

    void addFaults(String profile, String path, long trafficNanos, List<Fault> faults) {
        if (startNanos < 0 || startNanos >= trafficNanos) {
            String problem = "must be at least 0 s and before the end of the traffic, "
                    + LoadProfile.seconds(trafficNanos) + " s";
            faults.add(new Fault(profile, 0, path + ".start", LoadProfile.seconds(startNanos), problem));
        }
        double seconds = durationNanos / 1e9;
        LoadProfile.checkRange(profile, path + ".seconds", seconds, 0.001, LoadProfile.MAXIMUM_SECONDS, faults);
        boolean connects = vector.isOfConnections();
        double maximum = connects ? MAXIMUM_REQUESTS_PER_SECOND : MAXIMUM_PACKETS_PER_SECOND;
        LoadProfile.checkRange(profile, path + ".pps", packetsPerSecond, 0.001, maximum, faults);
        int fewest = connects || vector.isReflected() ? 1 : 0;
        LoadProfile.checkRange(profile, path + ".sources", sources, fewest, MAXIMUM_SOURCES, faults);
        LoadProfile.checkRange(profile, path + ".addresses", addresses, 1, MAXIMUM_ADDRESSES, faults);
        double pauses = pulse.offNanos() / 1e9;
        LoadProfile.checkRange(profile, path + ".pause", pauses, 0, LoadProfile.MAXIMUM_SECONDS, faults);
        double waves = pulse.onNanos() / 1e9;
        LoadProfile.checkRange(profile, path + ".wave", waves, 0, LoadProfile.MAXIMUM_SECONDS, faults);
        double ramp = pulse.rampNanos() / 1e9;
        LoadProfile.checkRange(profile, path + ".ramp", ramp, 0, LoadProfile.MAXIMUM_SECONDS, faults);
    }
}
