package io.weir.capture.load;

import io.weir.capture.load.Episode.Kind;
import io.weir.capture.load.Flood.Spacing;
import io.weir.capture.load.Label.Activity;
import io.weir.filter.verdict.FloodKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The profiles that have a name. Those of a kind lie over the same plain traffic, so that two of them differ by the flood
 * alone: 20 seconds, the flood from second 5 to second 15. Those of a vector lie the same way over everything that users do.
 * The others are peace, with what happens in it.
 */
public final class LoadProfiles {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long EPOCH_NANOS = 1_767_225_600L * NANOS_PER_SECOND; // 2026-01-01T00:00:00Z
    private static final long LENGTH_NANOS = 20 * NANOS_PER_SECOND;
    private static final String MIMICKED = "-mimicked";
    private static final int BOTS = 200;
    private static final int REFLECTORS = 2_000;
    private static final List<String> KINDS = List.of("peace", "syn", "udp", "ack", "icmp", "dns", "http", "mixed");

    /** Everything that users and protected hosts do, on six servers, most of it by few clients. */
    public static final LegitimateLoad USERS = new LegitimateLoad(
            3_000,
            40,
            0.7,
            60,
            5,
            Map.of(
                    Activity.MAIL, 1.0,
                    Activity.SSH, 0.2,
                    Activity.CALL, 0.08,
                    Activity.QUIC, 4.0,
                    Activity.NTP, 5.0,
                    Activity.OUTBOUND_WEB, 2.0,
                    Activity.OUTBOUND_DNS, 5.0,
                    Activity.OUTBOUND_NTP, 0.2),
            6,
            true,
            0,
            List.of(),
            0);

    private LoadProfiles() {}

    /** Every name there is, in the order for people. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(KINDS);
        names.add("users");
        for (Kind kind : Kind.values()) {
            names.add(text(kind));
        }
        for (FloodVector vector : FloodVector.values()) {
            if (!names.contains(vector.text())) {
                names.add(vector.text());
            }
        }
        for (FloodVector vector : FloodVector.values()) {
            if (vector.canMimic()) {
                names.add(vector.text() + MIMICKED);
            }
        }
        return List.copyOf(names);
    }

    /** The profile of a name, or empty if there is none. */
    public static Optional<LoadProfile> named(String name) {
        return switch (name) {
            case "peace" -> plain(name);
            case "syn" -> plain(name, flood(FloodKind.SYN, 20_000));
            case "udp" -> plain(name, flood(FloodKind.UDP, 20_000));
            case "ack" -> plain(name, flood(FloodKind.ACK, 20_000));
            case "icmp" -> plain(name, flood(FloodKind.ICMP, 10_000));
            case "dns" -> plain(name, flood(FloodKind.DNS, 10_000));
            case "http" -> plain(name, flood(FloodKind.HTTP, 3_000));
            case "mixed" ->
                plain(
                        name,
                        flood(FloodKind.SYN, 10_000),
                        flood(FloodKind.UDP, 8_000),
                        flood(FloodKind.ICMP, 4_000),
                        flood(FloodKind.DNS, 4_000));
            case "users" -> Optional.of(profile(name, USERS, List.of()));
            default -> episode(name).or(() -> vector(name));
        };
    }

    private static String text(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<LoadProfile> episode(String name) {
        for (Kind kind : Kind.values()) {
            if (text(kind).equals(name)) {
                double rate = switch (kind) {
                    case FLASH_CROWD -> 2_000;
                    case CRAWLER -> 20;
                    case BACKUP -> 1;
                    case SPEED_TEST -> 4;
                    case SHARED_ADDRESS -> 60;
                    case PORT_SCAN, CONNECT_SCAN, UDP_SCAN, XMAS_SCAN -> 200;
                    case BRUTE_FORCE -> 5;
                };
                Episode episode = new Episode(kind, LENGTH_NANOS / 4, LENGTH_NANOS / 2, rate);
                return Optional.of(profile(name, USERS.with(List.of(episode)), List.of()));
            }
        }
        return Optional.empty();
    }

    private static Optional<LoadProfile> vector(String name) {
        boolean isMimicked = name.endsWith(MIMICKED);
        String text = isMimicked ? name.substring(0, name.length() - MIMICKED.length()) : name;
        for (FloodVector vector : FloodVector.values()) {
            if (vector.text().equals(text) && (!isMimicked || vector.canMimic())) {
                return Optional.of(profile(name, USERS, List.of(flood(vector, isMimicked))));
            }
        }
        return Optional.empty();
    }

    private static Flood flood(FloodVector vector, boolean isMimicked) {
        double rate = switch (vector.kind()) {
            case ICMP -> 2_000;
            case HTTP -> vector.isSlow() ? 100 : 3_000;
            case DNS -> 10_000;
            default -> 20_000;
        };
        int sources = vector.isReflected() ? REFLECTORS : vector.isOfConnections() ? BOTS : 0;
        FloodTool tool = isMimicked
                ? FloodTool.MIMIC
                : switch (vector) {
                    case SYN, ACK, PSH_ACK, FIN, RST, ICMP_ECHO, ICMP_UNREACHABLE, FRAGMENTS -> FloodTool.HPING3;
                    case UDP_RANDOM_PORTS, UDP_ONE_PORT, DNS_RANDOM_LABELS, GRE -> FloodTool.MIRAI;
                    default -> FloodTool.SIMPLE;
                };
        return new Flood(vector, tool, LENGTH_NANOS / 4, LENGTH_NANOS / 2, rate, Spacing.POISSON, sources);
    }

    private static Optional<LoadProfile> plain(String name, Flood... floods) {
        return Optional.of(profile(name, new LegitimateLoad(500, 40, 0.5, 50, 5), List.of(floods)));
    }

    private static LoadProfile profile(String name, LegitimateLoad load, List<Flood> floods) {
        // A backlog as Linux has by default (net.ipv4.tcp_max_syn_backlog), replies at 1,000 a second
        // (net.ipv4.icmp_msgs_per_sec) and a small DNS server.
        ServerLimits server = new ServerLimits(1024, 1000, 1000, 5000);
        return new LoadProfile(name, EPOCH_NANOS, LENGTH_NANOS, AddressPlan.ipv4(), load, server, floods);
    }

    private static Flood flood(FloodKind kind, double packetsPerSecond) {
        int sources = kind == FloodKind.HTTP ? BOTS : 0;
        return new Flood(kind, 5 * NANOS_PER_SECOND, 10 * NANOS_PER_SECOND, packetsPerSecond, Spacing.POISSON, sources);
    }
}
