package io.weir.detector.cli;

import io.weir.capture.load.Episode;
import io.weir.capture.load.SyntheticSource;
import io.weir.capture.load.TrafficSimulator;
import io.weir.capture.source.PacketSource;
import io.weir.detector.cli.QualityScenario.Truth;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.daemon.Engine;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.event.Event;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.scan.SuspectReport;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.FloodKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One scenario through the engine, from memory, as a replay would judge it. */
final class QualityRun {
    /** So long after its end a flood may still be reported: an alarm is held for ten seconds. */
    private static final long AFTERMATH_NANOS = 12_000_000_000L;

    /** A source is watched for some seconds, so that its connections may still succeed. */
    private static final double SUSPECT_GOAL_MILLIS = 10_000;

    private static final double NO_GOAL = Double.POSITIVE_INFINITY;
    private static final double FEW = 0.001;

    private final QualityScenario scenario;
    private final QualityTally tally;
    private final List<FloodReport> started = new ArrayList<>();
    private final List<FloodReport> last = new ArrayList<>();
    private final List<SuspectReport> suspects = new ArrayList<>();

    private QualityRun(QualityScenario scenario) {
        this.scenario = scenario;
        this.tally = new QualityTally(scenario);
    }

    /** Judges a scenario with these settings. */
    static List<QualityRow> of(QualityScenario scenario, WeirConfig config) {
        QualityRun run = new QualityRun(scenario);
        run.judge(config);
        return run.rows();
    }

    private void judge(WeirConfig config) {
        Engine engine = new Engine(EngineSettings.forReplay(config, false), this::hear);
        PacketBatch batch = new PacketBatch();
        TrafficSimulator simulator = new TrafficSimulator(scenario.profile(), scenario.seed());
        long fromNanos = scenario.profile().epochNanos() + scenario.captureStartNanos();
        try (SyntheticSource source = SyntheticSource.capture(simulator, fromNanos, scenario.isInbound())) {
            while (source.fill(batch) != PacketSource.END) {
                engine.worker().judge(batch);
                tally.add(batch, source);
            }
        }
        engine.finish();
        tally.finish();
    }

    private void hear(Event event) {
        if (event instanceof Event.FloodChanged changed) {
            FloodReport report = changed.report();
            if (report.state() == FloodReport.State.STARTED) {
                started.add(report);
                last.add(report);
            } else {
                last.replaceAll(before -> before.id().equals(report.id()) ? report : before);
            }
        } else if (event instanceof Event.SuspectNoticed noticed
                && !noticed.report().isEnded()) {
            suspects.add(noticed.report());
        }
    }

    private List<QualityRow> rows() {
        List<String> said = falseAlarms();
        List<QualityRow> rows = new ArrayList<>();
        if (scenario.truths().isEmpty()) {
            rows.add(row("", ofFlood(QualityFigure.NONE), said));
        }
        for (Episode episode : scenario.profile().legitimate().episodes()) {
            if (episode.kind().isScan() || episode.kind() == Episode.Kind.BRUTE_FORCE) {
                QualityFigure delay = new QualityFigure("delay_ms", true, delayMillis(episode), SUSPECT_GOAL_MILLIS);
                rows.add(row(episode.kind().isScan() ? "scan" : "bruteforce", ofFlood(delay), said));
            }
        }
        for (int i = 0; i < scenario.truths().size(); i++) {
            Truth truth = scenario.truths().get(i);
            List<String> words = new ArrayList<>(said);
            List<QualityFigure> figures = flood(i, truth, words);
            rows.add(row(truth.kind().text() + " " + truth.target(), figures, words));
        }
        return rows;
    }

    private static List<QualityFigure> ofFlood(QualityFigure delay) {
        return List.of(delay, QualityFigure.NONE, QualityFigure.NONE, QualityFigure.NONE);
    }

    /** From the beginning of a scan or brute force to its event. */
    private double delayMillis(Episode episode) {
        return suspects.stream()
                .filter(report -> isOf(report, episode))
                .mapToDouble(report -> (report.timeNanos() - startNanos(episode)) / 1e6)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    private long startNanos(Episode episode) {
        return scenario.profile().epochNanos() + episode.startNanos();
    }

    private boolean isOf(SuspectReport report, Episode episode) {
        String method = switch (episode.kind()) {
            case PORT_SCAN, CONNECT_SCAN -> "syn";
            case UDP_SCAN -> "udp";
            case XMAS_SCAN -> "xmas";
            case BRUTE_FORCE -> "ssh";
            default -> "";
        };
        long end = startNanos(episode) + episode.durationNanos() + AFTERMATH_NANOS;
        return report.method().equals(method)
                && report.startNanos() >= startNanos(episode)
                && report.timeNanos() <= end;
    }

    private List<QualityFigure> flood(int index, Truth truth, List<String> words) {
        double delayMillis = Double.POSITIVE_INFINITY;
        boolean isWrong = false;
        for (int i = 0; i < started.size(); i++) {
            FloodReport report = started.get(i);
            if (names(report, truth) && report.timeNanos() >= tally.firstNanos[index]) {
                delayMillis = (report.timeNanos() - tally.firstNanos[index]) / 1e6;
                String vector = last.get(i).vector();
                isWrong = !truth.vectors().contains(vector);
                if (isWrong) {
                    words.add("vector " + vector);
                }
                break;
            }
        }
        boolean isFound = !Double.isInfinite(delayMillis);
        return List.of(
                new QualityFigure("delay_ms", true, delayMillis, truth.delayGoalMillis()),
                QualityFigure.share("leak", tally.attack[index], truth.leakGoal()),
                truth.kind() == FloodKind.HTTP
                        ? QualityFigure.share("leak_requests", tally.attackRequests[index], truth.leakGoal())
                        : QualityFigure.NONE,
                new QualityFigure("wrong_vector", isFound, isWrong ? 1 : 0, 0));
    }

    private QualityRow row(String flood, List<QualityFigure> ofFlood, List<String> said) {
        boolean isSpoofedLikeUsers =
                scenario.truths().stream().anyMatch(truth -> truth.isMimicked() && truth.kind() == FloodKind.SYN);
        List<QualityFigure> figures = new ArrayList<>(ofFlood);
        figures.add(QualityFigure.count("false_alarms", (double) falseAlarms().size(), 0));
        figures.add(QualityFigure.share("established_lost", tally.established, 0));
        figures.add(QualityFigure.share("known_refused", tally.known, isSpoofedLikeUsers ? 0.01 : FEW));
        figures.add(QualityFigure.share("newcomers_refused", tally.newcomers, isSpoofedLikeUsers ? 1 / 3.0 : FEW));
        figures.add(QualityFigure.count("delayed", (double) tally.delayed, NO_GOAL));
        figures.add(QualityFigure.share("ping_lost", tally.pings, FEW));
        // Nothing tells a newcomer's first ping from those of a flood that mimics such.
        boolean isPingedLikeUsers =
                scenario.truths().stream().anyMatch(truth -> truth.isMimicked() && truth.kind() == FloodKind.ICMP);
        figures.add(
                QualityFigure.share("newcomers_ping_lost", tally.newcomersPings, isPingedLikeUsers ? NO_GOAL : FEW));
        figures.add(QualityFigure.share("dns_lost", tally.dns, FEW));
        figures.add(QualityFigure.share("udp_lost", tally.datagrams, FEW));
        figures.add(QualityFigure.share("http_lost", tally.requests, FEW));
        figures.add(QualityFigure.share("peace_lost", tally.peace, 0));
        return new QualityRow(
                scenario.name(),
                scenario.isInbound() ? "inbound" : "both",
                flood,
                tally.packets,
                List.copyOf(figures),
                List.copyOf(said));
    }

    /** Reports that no flood, scan or brute force explains: of another kind or target, or at another time. */
    private List<String> falseAlarms() {
        List<String> wrong = new ArrayList<>();
        for (FloodReport report : started) {
            boolean isTrue = false;
            for (int i = 0; i < scenario.truths().size(); i++) {
                isTrue |= explains(i, report);
            }
            if (!isTrue) {
                wrong.add(String.format(
                        Locale.ROOT,
                        "%s flood (%s) of %s after %.3f s",
                        report.kind().text(),
                        report.vector(),
                        report.target(),
                        (report.timeNanos() - scenario.profile().epochNanos()) / 1e9));
            }
        }
        for (SuspectReport report : suspects) {
            if (scenario.profile().legitimate().episodes().stream().noneMatch(episode -> isOf(report, episode))) {
                wrong.add(String.format(
                        Locale.ROOT,
                        "%s (%s) by %s of %s after %.3f s",
                        report.suspicion().isScan() ? "scan" : "bruteforce",
                        report.method(),
                        report.source(),
                        report.target(),
                        (report.timeNanos() - scenario.profile().epochNanos()) / 1e9));
            }
        }
        return wrong;
    }

    private boolean explains(int index, FloodReport report) {
        Truth truth = scenario.truths().get(index);
        // The prefix around an attacked address is attacked as well, and so are the addresses of an attacked prefix.
        boolean isThere = names(report, truth)
                || report.isPrefix() != truth.isPrefix()
                        && (prefix(report.target()).contains(prefix(truth.target()))
                                || prefix(truth.target()).contains(prefix(report.target())));
        return report.kind() == truth.kind()
                && isThere
                && report.timeNanos() >= tally.firstNanos[index]
                && report.timeNanos() <= scenario.endNanos(index) + AFTERMATH_NANOS;
    }

    private static boolean names(FloodReport report, Truth truth) {
        return report.kind() == truth.kind()
                && report.isPrefix() == truth.isPrefix()
                && report.target().equals(truth.target());
    }

    private static IpPrefix prefix(String target) {
        long[] halves = new long[2];
        if (IpAddress.parse(target, halves)) {
            return IpPrefix.host(halves[0], halves[1]);
        }
        return switch (IpPrefix.parse(target)) {
            case IpPrefix.Parsed.Valid valid -> valid.prefix();
            case IpPrefix.Parsed.Invalid invalid -> throw new IllegalStateException(target + " " + invalid.problem());
        };
    }
}
