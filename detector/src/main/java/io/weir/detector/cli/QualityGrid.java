package io.weir.detector.cli;

import io.weir.capture.load.Episode;
import io.weir.capture.load.Episode.Kind;
import io.weir.capture.load.Flood;
import io.weir.capture.load.Flood.Spacing;
import io.weir.capture.load.FloodTool;
import io.weir.capture.load.FloodVector;
import io.weir.capture.load.LegitimateLoad;
import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.detector.cli.QualityScenario.Truth;
import io.weir.filter.address.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Every scenario: vector and tool, rate, view and start, each with each; what is special about some; and peace. */
final class QualityGrid {
    /** What the configuration protects; every threshold is built in. */
    static final List<String> PROTECTED = List.of("198.51.100.0/24", "2001:db8::/64");

    /** What the short selection leaves out. */
    private static final Set<String> LONG =
            Set.of("syn-low-rate-hping3", "syn-pulse", "udp-short-pulse", "icmp-ipv6", "syn-ipv6", "carpet-syn");

    private static final double[] TIMES = {0.5, 1.5, 4, 10, 50};
    private static final long SECOND = 1_000_000_000L;
    private static final long PEACE_SECONDS = 60;
    private static final int PEACE_MINUTES = 60;
    /** The rest of a flood after its event teaches nothing new. */
    private static final int MOST_FLOOD_PACKETS = 400_000;

    private static final int SHORTEST_SECONDS = 4;
    private static final int LONGEST_SECONDS = 10;
    private static final int AFTER_SECONDS = 3;
    private static final int MANY_PAGES = 2_000;

    private final List<QualityScenario> scenarios = new ArrayList<>();

    private QualityGrid() {}

    /** All of them, each in both views. */
    static List<QualityScenario> all() {
        QualityGrid grid = new QualityGrid();
        grid.add("peace-hour", eventful(PEACE_MINUTES * 60, Kind.values()), 0, List.of());
        grid.add("peace-ipv6", ipv6(eventful(600, Kind.values())), 0, List.of());
        for (QualityFlood flood : QualityFlood.all()) {
            for (double times : TIMES) {
                grid.addFlood(flood, times);
            }
        }
        grid.addSpecial();
        return grid.scenarios;
    }

    /** Few enough for every test run. */
    static List<QualityScenario> selected() {
        QualityGrid grid = new QualityGrid();
        Kind[] small = {
            Kind.CRAWLER, Kind.BACKUP, Kind.SPEED_TEST, Kind.SHARED_ADDRESS, Kind.PORT_SCAN, Kind.BRUTE_FORCE
        };
        grid.add("peace", eventful(180, small), 0, List.of());
        grid.add("peace-flash-crowd", eventful(40, Kind.FLASH_CROWD), 0, List.of());
        Set<FloodTool> tools = Set.of(FloodTool.SIMPLE, FloodTool.MIMIC);
        Set<FloodVector> vectors = Set.of(
                FloodVector.SYN,
                FloodVector.ACK,
                FloodVector.UDP_RANDOM_PORTS,
                FloodVector.ICMP_ECHO,
                FloodVector.DNS_RANDOM_LABELS,
                FloodVector.HTTP_GET);
        for (QualityFlood flood : QualityFlood.all()) {
            if (tools.contains(flood.tool()) && vectors.contains(flood.vector()) && flood.sources() != 1) {
                grid.addFlood(flood, 10);
            }
        }
        grid.addSpecial();
        return grid.scenarios.stream()
                .filter(scenario ->
                        !LONG.contains(scenario.name()) && !scenario.name().endsWith("-cold"))
                .toList();
    }

    /** Everything that users do, without episodes. */
    private static LoadProfile peace(double seconds) {
        LoadProfile peace = LoadProfiles.named("users").orElseThrow();
        return peace.withAddresses(peace.addresses().withSourcesAmongClients()).withSeconds(seconds);
    }

    /** An hour with everything that happens in peace, one thing after the other, and the swing of a day. */
    private static LoadProfile eventful(double seconds, Kind... kinds) {
        LegitimateLoad load = LoadProfiles.USERS;
        List<Episode> episodes = new ArrayList<>();
        long share = (long) (seconds * SECOND / (kinds.length + 1));
        for (int i = 0; i < kinds.length; i++) {
            Kind kind = kinds[i];
            double rate = switch (kind) {
                case FLASH_CROWD -> 2_500;
                case CRAWLER -> 20;
                case BACKUP -> 1;
                case SPEED_TEST -> 4;
                case SHARED_ADDRESS -> 60;
                case PORT_SCAN, CONNECT_SCAN, UDP_SCAN, XMAS_SCAN -> 300;
                case BRUTE_FORCE -> 5;
            };
            boolean isHeavy = kind == Kind.FLASH_CROWD || kind == Kind.BACKUP || kind == Kind.SPEED_TEST;
            long duration = isHeavy ? Math.min(20 * SECOND, share / 2) : share / 2;
            episodes.add(new Episode(kind, (i + 1) * share, duration, rate));
        }
        LegitimateLoad swinging = new LegitimateLoad(
                load.clients(),
                load.webConnectionsPerSecond() / 2,
                load.tlsShare(),
                load.dnsQueriesPerSecond() / 2,
                load.pingsPerSecond(),
                load.others(),
                load.servers(),
                load.isUneven(),
                0.7,
                episodes,
                load.pages());
        return peace(seconds).withLegitimate(swinging);
    }

    private void addFlood(QualityFlood flood, double times) {
        double rate = times * flood.threshold();
        double seconds = Math.clamp(MOST_FLOOD_PACKETS / rate, SHORTEST_SECONDS, LONGEST_SECONDS);
        LoadProfile quiet = peace(PEACE_SECONDS + seconds + AFTER_SECONDS);
        Flood made = made(flood, rate, seconds);
        LoadProfile profile = quiet.withFloods(List.of(made));
        addAlsoCold(flood.name() + "-" + text(times), profile, truth(flood, quiet, times));
    }

    /** And, above its threshold, seen only from shortly before it. */
    private void addAlsoCold(String name, LoadProfile profile, Truth truth) {
        add(name, profile, 0, List.of(truth));
        if (truth.times() > 1) {
            add(name + "-cold", profile, PEACE_SECONDS * SECOND - SECOND / 2, List.of(truth));
        }
    }

    private static Truth truth(QualityFlood flood, LoadProfile profile, double times) {
        return new Truth(flood.vector().kind(), flood.vectors(), target(profile), false, times, flood.isMimicked());
    }

    /** What isn't a matter of rate: several at once, over a whole prefix, in waves, too slow for any threshold. */
    private void addSpecial() {
        QualityFlood syn = new QualityFlood(FloodVector.SYN, FloodTool.HPING3, 0);
        QualityFlood udp = new QualityFlood(FloodVector.UDP_RANDOM_PORTS, FloodTool.MIRAI, 0);
        QualityFlood icmp = new QualityFlood(FloodVector.ICMP_ECHO, FloodTool.HPING3, 0);
        QualityFlood dns = new QualityFlood(FloodVector.DNS_RANDOM_LABELS, FloodTool.MIRAI, 0);
        addSeveral("mixed", 10, List.of(syn, udp, icmp, dns));
        QualityFlood mimic = new QualityFlood(FloodVector.SYN, FloodTool.MIMIC, 0);
        addOne("syn-low-rate", mimic, 0.1, LONGEST_SECONDS, 0, 0);
        addOne("syn-low-rate-hping3", syn, 0.1, LONGEST_SECONDS, 0, 0);
        // Ten seconds of each twenty; a third of a second every forty.
        addOne("syn-pulse", syn, 10, 50, 10 * SECOND, 10 * SECOND);
        addOne("syn-short-pulse", syn, 20, 90, SECOND / 3, 40 * SECOND - SECOND / 3);
        addOne("udp-short-pulse", udp, 20, 90, SECOND / 3, 40 * SECOND - SECOND / 3);
        QualityFlood http = new QualityFlood(FloodVector.HTTP_GET, FloodTool.SIMPLE, 20);
        addBehindUsers("http-get-behind-users", http, 10);
        for (double times : TIMES) {
            addManyPages(new QualityFlood(FloodVector.HTTP_GET, FloodTool.MIMIC, 200), times);
        }
        addOverloaded("syn-overloaded-server", syn, 10);
        addIpv6("syn-ipv6", mimic, 10);
        addIpv6("udp-ipv6", udp, 10);
        addIpv6("icmp-ipv6", icmp, 10);
        addUnconfigured(syn, 10);
        addUnconfigured(udp, 10);
        addUnconfigured(http, 10);
        add("peace-unconfigured", eventful(120, Kind.CRAWLER, Kind.BACKUP, Kind.SHARED_ADDRESS), false, 0, List.of());
        for (Kind kind : Kind.values()) {
            if (kind.isScan() || kind == Kind.BRUTE_FORCE) {
                String name = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
                add(name, eventful(60, kind), 0, List.of());
            }
        }
        add("peace-cold", eventful(120, Kind.CRAWLER, Kind.BACKUP, Kind.SHARED_ADDRESS), 20 * SECOND, List.of());
        addCarpet("carpet-udp", udp, 10);
        addCarpet("carpet-syn", syn, 10);
        addCarpet("carpet-syn-mimic", mimic, 10);
    }

    /** Bots at addresses that users share: the bots lose, the users beside them don't. */
    private void addBehindUsers(String name, QualityFlood flood, double times) {
        LoadProfile quiet = peace(PEACE_SECONDS + LONGEST_SECONDS + AFTER_SECONDS);
        Flood made = made(flood, times * flood.threshold(), LONGEST_SECONDS).behindUsers();
        add(name, quiet.withFloods(List.of(made)), 0, List.of(truth(flood, quiet, times)));
    }

    /** On a site with so many pages that each is rarely asked for. */
    private void addManyPages(QualityFlood flood, double times) {
        LoadProfile few = peace(PEACE_SECONDS + LONGEST_SECONDS + AFTER_SECONDS);
        LoadProfile quiet = few.withLegitimate(few.legitimate().withPages(MANY_PAGES));
        Flood made = made(flood, times * flood.threshold(), LONGEST_SECONDS);
        String name = flood.name() + "-many-pages-" + text(times);
        addAlsoCold(name, quiet.withFloods(List.of(made)), truth(flood, quiet, times));
    }

    /** The target answers only half of the users' SYNs, so that they send theirs again. */
    private void addOverloaded(String name, QualityFlood flood, double times) {
        LoadProfile quiet = peace(PEACE_SECONDS + LONGEST_SECONDS + AFTER_SECONDS);
        LoadProfile overloaded = quiet.withServer(quiet.server().overloaded(0.5));
        Flood made = made(flood, times * flood.threshold(), LONGEST_SECONDS);
        add(name, overloaded.withFloods(List.of(made)), 0, List.of(truth(flood, quiet, times)));
    }

    private void addIpv6(String name, QualityFlood flood, double times) {
        LoadProfile quiet = ipv6(peace(PEACE_SECONDS + LONGEST_SECONDS + AFTER_SECONDS));
        Flood made = made(flood, times * flood.threshold(), LONGEST_SECONDS);
        add(name, quiet.withFloods(List.of(made)), 0, List.of(truth(flood, quiet, times)));
    }

    private static LoadProfile ipv6(LoadProfile profile) {
        LoadProfile moved = profile.withTarget(0x2001_0db8_0000_0000L, 0x10);
        return moved.withAddresses(moved.addresses().withSourcesAmongClients());
    }

    private static Flood made(QualityFlood flood, double rate, double seconds) {
        return new Flood(
                flood.vector(),
                flood.tool(),
                PEACE_SECONDS * SECOND,
                (long) (seconds * SECOND),
                rate,
                Spacing.POISSON,
                flood.sources());
    }

    private void addSeveral(String name, double times, List<QualityFlood> floods) {
        LoadProfile quiet = peace(PEACE_SECONDS + LONGEST_SECONDS + AFTER_SECONDS);
        List<Flood> made = new ArrayList<>();
        List<Truth> truths = new ArrayList<>();
        for (QualityFlood flood : floods) {
            made.add(new Flood(
                    flood.vector(),
                    flood.tool(),
                    PEACE_SECONDS * SECOND + made.size() * SECOND,
                    (LONGEST_SECONDS - floods.size()) * SECOND,
                    times * flood.threshold(),
                    Spacing.POISSON,
                    flood.sources()));
            truths.add(truth(flood, quiet, times));
        }
        add(name, quiet.withFloods(made), 0, truths);
    }

    private void addOne(String name, QualityFlood flood, double times, double seconds, long onNanos, long offNanos) {
        LoadProfile quiet = peace(PEACE_SECONDS + seconds + AFTER_SECONDS);
        Flood made = made(flood, times * flood.threshold(), seconds).withPulse(onNanos, offNanos);
        add(name, quiet.withFloods(List.of(made)), 0, List.of(truth(flood, quiet, times)));
    }

    /** So many times the threshold of the whole prefix, over all its addresses: of each, a small part of its own. */
    private void addCarpet(String name, QualityFlood flood, double times) {
        LoadProfile quiet = peace(PEACE_SECONDS + LONGEST_SECONDS + AFTER_SECONDS);
        double rate = times * 4 * flood.threshold();
        double seconds = Math.clamp(MOST_FLOOD_PACKETS / rate, SHORTEST_SECONDS, LONGEST_SECONDS);
        Flood made = made(flood, rate, seconds).withAddresses(256);
        Truth truth = truth(flood, quiet, times).ofPrefix(PROTECTED.getFirst());
        add(name, quiet.withFloods(List.of(made)), 0, List.of(truth));
    }

    private void add(String name, LoadProfile profile, long captureStartNanos, List<Truth> truths) {
        add(name, profile, true, captureStartNanos, truths);
    }

    private void add(
            String name, LoadProfile profile, boolean isConfigured, long captureStartNanos, List<Truth> truths) {
        for (boolean isInbound : new boolean[] {false, true}) {
            scenarios.add(new QualityScenario(name, profile, 1, isInbound, isConfigured, captureStartNanos, truths));
        }
    }

    /** The same where nothing is protected by name: as whoever replays a file without a word about it. */
    private void addUnconfigured(QualityFlood flood, double times) {
        LoadProfile quiet = peace(PEACE_SECONDS + LONGEST_SECONDS + AFTER_SECONDS);
        Flood made = made(flood, times * flood.threshold(), LONGEST_SECONDS);
        String name = flood.vector().text() + "-unconfigured";
        add(name, quiet.withFloods(List.of(made)), false, 0, List.of(truth(flood, quiet, times)));
    }

    private static String text(double times) {
        return times == Math.rint(times) ? (long) times + "x" : times + "x";
    }

    private static String target(LoadProfile profile) {
        return IpAddress.format(
                profile.addresses().targetHigh(), profile.addresses().targetLow());
    }
}
