package io.weir.capture.load;

import io.weir.capture.load.Flood.Spacing;
import io.weir.filter.verdict.FloodKind;
import java.util.List;
import java.util.Optional;

/**
 * The profiles that have a name. All lie over the same legitimate traffic, so that two of them differ by the flood alone:
 * 20 seconds, the flood from second 5 to second 15.
 */
public final class LoadProfiles {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long EPOCH_NANOS = 1_767_225_600L * NANOS_PER_SECOND; // 2026-01-01T00:00:00Z
    private static final List<String> NAMES = List.of("peace", "syn", "udp", "ack", "icmp", "dns", "http", "mixed");

    private LoadProfiles() {}

    /** Every name there is, in the order for people. */
    public static List<String> names() {
        return NAMES;
    }

    /** The profile of a name, or empty if there is none. */
    public static Optional<LoadProfile> named(String name) {
        return switch (name) {
            case "peace" -> profile(name);
            case "syn" -> profile(name, flood(FloodKind.SYN, 20_000));
            case "udp" -> profile(name, flood(FloodKind.UDP, 20_000));
            case "ack" -> profile(name, flood(FloodKind.ACK, 20_000));
            case "icmp" -> profile(name, flood(FloodKind.ICMP, 10_000));
            case "dns" -> profile(name, flood(FloodKind.DNS, 10_000));
            case "http" -> profile(name, flood(FloodKind.HTTP, 3_000));
            case "mixed" ->
                profile(
                        name,
                        flood(FloodKind.SYN, 10_000),
                        flood(FloodKind.UDP, 8_000),
                        flood(FloodKind.ICMP, 4_000),
                        flood(FloodKind.DNS, 4_000));
            default -> Optional.empty();
        };
    }

    private static Optional<LoadProfile> profile(String name, Flood... floods) {
        return Optional.of(new LoadProfile(
                name,
                EPOCH_NANOS,
                20 * NANOS_PER_SECOND,
                AddressPlan.ipv4(),
                new LegitimateLoad(500, 40, 0.5, 50, 5),
                // A backlog as Linux has by default (net.ipv4.tcp_max_syn_backlog), replies at 1,000 a second
                // (net.ipv4.icmp_msgs_per_sec) and a small DNS server.
                new ServerLimits(1024, 1000, 1000, 5000),
                List.of(floods)));
    }

    private static Flood flood(FloodKind kind, double packetsPerSecond) {
        int sources = kind == FloodKind.HTTP ? 200 : 0;
        return new Flood(kind, 5 * NANOS_PER_SECOND, 10 * NANOS_PER_SECOND, packetsPerSecond, Spacing.POISSON, sources);
    }
}
