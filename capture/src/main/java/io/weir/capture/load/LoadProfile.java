package io.weir.capture.load;

import io.weir.filter.fault.Fault;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * What traffic to make: plain data, independent of where the packets go.
 *
 * @param name for people
 * @param epochNanos the timestamp at which the traffic starts, nanoseconds since the epoch
 * @param durationNanos how long it lasts; what is under way then is cut
 */
public record LoadProfile(
        String name,
        long epochNanos,
        long durationNanos,
        AddressPlan addresses,
        LegitimateLoad legitimate,
        ServerLimits server,
        List<Flood> floods) {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int MAXIMUM_FLOODS = 16;
    static final double MAXIMUM_SECONDS = 86_400;
    private static final long MAXIMUM_EPOCH_NANOS = 4_102_444_800L * NANOS_PER_SECOND; // 2100-01-01

    public LoadProfile {
        floods = List.copyOf(floods);
    }

    /** What is wrong with the profile, all at once; empty if nothing is. */
    public List<Fault> faults() {
        List<Fault> faults = new ArrayList<>();
        String where = "profile " + name;
        checkRange(where, "seconds", durationNanos / (double) NANOS_PER_SECOND, 0.001, MAXIMUM_SECONDS, faults);
        if (epochNanos < 0 || epochNanos > MAXIMUM_EPOCH_NANOS) {
            faults.add(new Fault(where, 0, "epoch", seconds(epochNanos), "must lie between 1970 and 2100"));
        }
        faults.addAll(addresses.faults(where));
        legitimate.addFaults(where, durationNanos, faults);
        if (legitimate.clients() > addresses.clients().size() / 2) {
            String problem = "must be at most half the addresses of the pool of clients";
            faults.add(new Fault(where, 0, "legitimate.clients", "" + legitimate.clients(), problem));
        }
        server.addFaults(where, faults);
        if (floods.size() > MAXIMUM_FLOODS) {
            faults.add(new Fault(where, 0, "floods", "" + floods.size(), "must be at most " + MAXIMUM_FLOODS));
        }
        for (int i = 0; i < floods.size(); i++) {
            Flood flood = floods.get(i);
            String path = floods.size() == 1 ? "flood" : "floods[" + i + "]";
            flood.addFaults(where, path, durationNanos, faults);
            if (flood.sources() > addresses.bots().size() / 2) {
                String problem = "must be at most half the addresses of the pool of bots";
                faults.add(new Fault(where, 0, path + ".sources", "" + flood.sources(), problem));
            }
        }
        return faults;
    }

    /** The same traffic shorter or longer; floods start and last in proportion. */
    public LoadProfile withSeconds(double seconds) {
        double factor = seconds * NANOS_PER_SECOND / durationNanos;
        List<Flood> moved = floods.stream()
                .map(flood -> flood.withTime(
                        Math.round(flood.startNanos() * factor), Math.round(flood.durationNanos() * factor)))
                .toList();
        LegitimateLoad load = legitimate.stretched(factor);
        return new LoadProfile(name, epochNanos, nanos(seconds), addresses, load, server, moved);
    }

    /** Floods of this rate together, each keeping its share; for HTTP a rate counts requests. */
    public LoadProfile withFloodRate(double packetsPerSecond) {
        double total = floods.stream().mapToDouble(Flood::packetsPerSecond).sum();
        return withFloods(floods.stream()
                .map(flood -> flood.withRate(packetsPerSecond * flood.packetsPerSecond() / total))
                .toList());
    }

    /** Every flood starting at this time. */
    public LoadProfile withFloodStart(double seconds) {
        return withFloods(floods.stream()
                .map(flood -> flood.withTime(nanos(seconds), flood.durationNanos()))
                .toList());
    }

    /** Every flood lasting this long. */
    public LoadProfile withFloodSeconds(double seconds) {
        return withFloods(floods.stream()
                .map(flood -> flood.withTime(flood.startNanos(), nanos(seconds)))
                .toList());
    }

    /** Every flood with a rate that changes so. */
    public LoadProfile withPulse(Flood.Pulse pulse) {
        return withFloods(floods.stream().map(flood -> flood.withPulse(pulse)).toList());
    }

    /** The attackers alone. */
    public LoadProfile withoutUsers() {
        return withLegitimate(new LegitimateLoad(legitimate.clients(), 0, 0, 0, 0));
    }

    /** Another protected host; an IPv6 address makes all traffic IPv6. Two longs, IPv4 as IPv4-mapped IPv6. */
    public LoadProfile withTarget(long high, long low) {
        AddressPlan plan = addresses.withTarget(high, low);
        return new LoadProfile(name, epochNanos, durationNanos, plan, legitimate, server, floods);
    }

    /** Other addresses. */
    public LoadProfile withAddresses(AddressPlan plan) {
        return new LoadProfile(name, epochNanos, durationNanos, plan, legitimate, server, floods);
    }

    /** Other floods over the same traffic. */
    public LoadProfile withFloods(List<Flood> others) {
        return new LoadProfile(name, epochNanos, durationNanos, addresses, legitimate, server, others);
    }

    /** Other legitimate traffic under the same floods. */
    public LoadProfile withLegitimate(LegitimateLoad other) {
        return new LoadProfile(name, epochNanos, durationNanos, addresses, other, server, floods);
    }

    /** Another server. */
    public LoadProfile withServer(ServerLimits other) {
        return new LoadProfile(name, epochNanos, durationNanos, addresses, legitimate, other, floods);
    }

    /** The same profile by another name. */
    public LoadProfile named(String other) {
        return new LoadProfile(other, epochNanos, durationNanos, addresses, legitimate, server, floods);
    }

    /** When users' SYNs stay without an answer: while the first SYN flood lasts. */
    Overload overload() {
        return floods.stream()
                .filter(flood -> flood.vector() == FloodVector.SYN && server.unansweredShare() > 0)
                .findFirst()
                .map(flood -> new Overload(
                        epochNanos + flood.startNanos(),
                        epochNanos + flood.startNanos() + flood.durationNanos(),
                        server.unansweredShare()))
                .orElse(Overload.NONE);
    }

    /** When the traffic ends, nanoseconds since the epoch. */
    public long endNanos() {
        return epochNanos + durationNanos;
    }

    private static long nanos(double seconds) {
        return Math.round(seconds * NANOS_PER_SECOND);
    }

    static String seconds(long nanos) {
        return BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
    }

    static void checkRange(
            String profile, String key, double value, double minimum, double maximum, List<Fault> faults) {
        // Written so that NaN is a fault.
        if (!(value >= minimum && value <= maximum)) {
            String problem = "must be " + plain(minimum) + " to " + plain(maximum);
            faults.add(new Fault(profile, 0, key, plain(value), problem));
        }
    }

    private static String plain(double value) {
        return Double.isFinite(value)
                ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
                : Double.toString(value);
    }
}
