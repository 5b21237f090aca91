package io.weir.detector.cli;

import io.weir.capture.load.Flood;
import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.detector.cli.QualityScenario.Truth;
import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.address.IpAddress;
import io.weir.filter.verdict.FloodKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Every scenario: vector, rate, view and start, each with each; and peace. */
final class QualityGrid {
    private static final double[] TIMES = {0.5, 1.5, 4, 10, 50};
    private static final long SECOND = 1_000_000_000L;
    private static final long PEACE_SECONDS = 60;
    /** The rest of a flood after its event teaches nothing new. */
    private static final int MOST_FLOOD_PACKETS = 500_000;

    private final List<QualityScenario> scenarios = new ArrayList<>();

    /** What the configuration protects; every threshold is built in. */
    static final List<String> PROTECTED = List.of("198.51.100.0/24", "2001:db8::/64");

    private QualityGrid() {}

    /** All of them, each once in both views. */
    static List<QualityScenario> all() {
        QualityGrid grid = new QualityGrid();
        grid.addViews("peace", LoadProfiles.named("peace").orElseThrow().withSeconds(120), 0, List.of());
        for (String name : LoadProfiles.names()) {
            if (name.equals("mixed")) {
                grid.addMixed();
            } else if (!name.equals("peace")) {
                grid.addFlood(name);
            }
        }
        return grid.scenarios;
    }

    /** Few enough for every test run. */
    static List<QualityScenario> selected() {
        return all().stream()
                .filter(scenario -> scenario.name().matches("peace|mixed|.*-(1.5|10)x"))
                .toList();
    }

    private void addFlood(String name) {
        LoadProfile base = LoadProfiles.named(name).orElseThrow();
        Flood flood = base.floods().getFirst();
        for (double times : TIMES) {
            double rate = times * threshold(flood.kind());
            Truth truth = new Truth(flood.kind(), vectors(flood.kind()), target(base), false, times, false);
            double seconds = Math.clamp(MOST_FLOOD_PACKETS / rate, 4, 10);
            LoadProfile profile = base.withFloods(List.of())
                    .withSeconds(PEACE_SECONDS + seconds + 3)
                    .withFloods(base.floods())
                    .withFloodStart(PEACE_SECONDS)
                    .withFloodSeconds(seconds)
                    .withFloodRate(rate);
            String scenario = String.format(Locale.ROOT, "%s-%s", name, text(times));
            addViews(scenario, profile, 0, List.of(truth));
            if (times > 1) {
                addViews(scenario + "-cold", profile, PEACE_SECONDS * SECOND - SECOND / 2, List.of(truth));
            }
        }
    }

    private void addMixed() {
        LoadProfile base = LoadProfiles.named("mixed").orElseThrow();
        List<Truth> truths = base.floods().stream()
                .map(flood -> new Truth(
                        flood.kind(),
                        vectors(flood.kind()),
                        target(base),
                        false,
                        flood.packetsPerSecond() / threshold(flood.kind()),
                        false))
                .toList();
        addViews("mixed", base, 0, truths);
    }

    private void addViews(String name, LoadProfile profile, long captureStartNanos, List<Truth> truths) {
        scenarios.add(new QualityScenario(name, profile, 1, false, captureStartNanos, truths));
        scenarios.add(new QualityScenario(name, profile, 1, true, captureStartNanos, truths));
    }

    private static String text(double times) {
        return times == Math.rint(times) ? (long) times + "x" : times + "x";
    }

    private static String target(LoadProfile profile) {
        return IpAddress.format(
                profile.addresses().targetHigh(), profile.addresses().targetLow());
    }

    private static double threshold(FloodKind kind) {
        TrafficClass trafficClass = TrafficClass.valueOf(kind.name());
        return BuiltInThresholds.ADDRESS.of(trafficClass).packetsPerSecond();
    }

    private static Set<String> vectors(FloodKind kind) {
        return switch (kind) {
            case SYN -> Set.of("syn-spoofed");
            case UDP -> Set.of("udp-random-ports");
            case ACK -> Set.of("ack");
            case ICMP -> Set.of("icmp-echo");
            case DNS -> Set.of("dns-query", "dns-random-labels");
            case HTTP -> Set.of("http-get", "http-request");
            case OTHER -> Set.of();
        };
    }
}
