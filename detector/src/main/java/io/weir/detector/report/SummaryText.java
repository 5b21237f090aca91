package io.weir.detector.report;

import io.weir.detector.flood.FloodReport;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.verdict.Reason;
import java.util.Map;
import java.util.stream.Collectors;

/** A replay's summary for people. */
public final class SummaryText {
    private static final String INDENT = "  ";

    private final ReplaySummary summary;
    private final TextStyle style;
    private final boolean isLive;
    private final StringBuilder text = new StringBuilder();

    private SummaryText(ReplaySummary summary, boolean isLive, TextStyle style) {
        this.summary = summary;
        this.isLive = isLive;
        this.style = style;
    }

    public static String of(ReplaySummary summary, TextStyle style) {
        return new SummaryText(summary, false, style).write();
    }

    /** Of a daemon's run, whose files are interfaces. */
    public static String ofLive(ReplaySummary summary, TextStyle style) {
        return new SummaryText(summary, true, style).write();
    }

    private String write() {
        for (ExplainedPacket explained : summary.explained()) {
            text.append(ExplanationText.of(explained, style)).append('\n');
        }
        text.append(style.bold((isLive ? "Weir watched " : "Weir replayed ") + String.join(", ", summary.files())));
        text.append(summary.isObserving() ? " (observing: nothing dropped)\n\n" : "\n\n");
        writeTotals();
        writeFloods();
        SuspectsText.append(text, summary, style);
        writeReasons();
        RuleHitsText.append(text, summary, style);
        writeDecoding();
        writeSpeed();
        return text.toString();
    }

    private void writeTotals() {
        line(
                "Packets",
                HumanText.count(summary.packets()) + ", " + HumanText.bytes((double) summary.bytes()) + overTime());
        if (summary.filteredPackets() > 0) {
            line("Left out", HumanText.count(summary.filteredPackets()) + " by the filter");
        }
        line("Passed", share(summary.passedPackets()));
        if (summary.isObserving()) {
            line("Would drop", share(summary.condemnedPackets()));
        } else {
            line("Dropped", share(summary.droppedPackets()));
        }
        if (summary.delayedConnections() > 0) {
            String opened = HumanText.count(summary.delayedConnections(), "connection");
            line("Delayed", opened + " opened although the first SYN had been dropped");
        }
    }

    private String overTime() {
        if (summary.packets() < 2 || summary.durationNanos() == 0) {
            return "";
        }
        double seconds = summary.durationNanos() / 1e9;
        return " over " + HumanText.duration(summary.durationNanos()) + " ("
                + HumanText.rate(summary.packets() / seconds, "packets/s") + ", "
                + HumanText.bitRate(8.0 * summary.bytes() / seconds) + ")";
    }

    private String share(long packets) {
        return HumanText.count(packets)
                + (summary.packets() == 0 ? "" : " (" + HumanText.percent(packets, summary.packets()) + ")");
    }

    private void line(String name, String value) {
        text.append(INDENT).append(String.format("%-11s", name)).append(value).append('\n');
    }

    private void writeFloods() {
        text.append('\n');
        if (summary.floods().isEmpty()) {
            boolean isBlind = summary.packets() > 0 && !summary.outcomes().containsKey(DecodeOutcome.OK);
            text.append(INDENT)
                    .append(isBlind ? style.alarm("No packet could be decoded.") : style.good("No flood found."))
                    .append('\n');
            return;
        }
        text.append(INDENT)
                .append(style.alarm(HumanText.count(summary.floods().size(), "flood") + " found"))
                .append('\n');
        TextTable table = new TextTable(
                "Start (UTC)",
                ">Length",
                "Kind",
                "Target",
                ">Peak",
                summary.isObserving() ? ">Would drop" : ">Dropped",
                ">Seen after");
        for (FloodReport flood : summary.floods()) {
            addFlood(table, flood);
        }
        table.appendTo(text, INDENT + INDENT, style);
    }

    private static void addFlood(TextTable table, FloodReport flood) {
        String unit = flood.trafficClass().rateKey();
        table.add(
                HumanText.dateTime(flood.startNanos()),
                HumanText.duration(flood.lengthNanos()),
                flood.kind().text(),
                target(flood),
                HumanText.rate(flood.peakPacketsPerSecond(), unit),
                HumanText.percent(flood.droppedPackets(), flood.packets()),
                flood.detectionNanos() == 0 ? "at once" : HumanText.duration(flood.detectionNanos()));
        table.addNote(flood.vector() + ", " + FloodLine.detection(flood) + ", "
                + HumanText.count(flood.packets(), "packet") + " from "
                + HumanText.count(flood.distinctSources(), "source"));
        table.addNote(CollateralText.of(flood.collateral(), flood.isObserving()));
    }

    private static String target(FloodReport flood) {
        if (flood.destinationPort() == 0 || flood.isPrefix()) {
            return flood.target();
        }
        boolean isIpv6 = flood.target().indexOf(':') >= 0;
        return (isIpv6 ? "[" + flood.target() + "]" : flood.target()) + ":" + flood.destinationPort();
    }

    private void writeReasons() {
        if (summary.reasons().isEmpty()) {
            return;
        }
        text.append('\n');
        TextTable table = new TextTable("Verdict", "Reason", ">Packets", ">Share", ">Bytes");
        for (Map.Entry<Reason, ReplaySummary.Tally> entry : summary.reasons().entrySet()) {
            Reason reason = entry.getKey();
            ReplaySummary.Tally tally = entry.getValue();
            String drop = summary.isObserving() ? "would drop" : "drop";
            table.add(
                    reason.isDrop() ? drop : "pass",
                    reason.text(),
                    HumanText.count(tally.packets()),
                    HumanText.percent(tally.packets(), summary.packets()),
                    HumanText.bytes((double) tally.bytes()));
        }
        table.appendTo(text, INDENT, style);
    }

    private void writeDecoding() {
        if (summary.packets() == 0) {
            return;
        }
        text.append('\n');
        line("Decoded", joined(summary.outcomes(), DecodeOutcome::text));
        if (!summary.tunnels().isEmpty()) {
            line(
                    "Tunnels",
                    joined(
                                    summary.tunnels(),
                                    tunnel -> tunnel.name()
                                            .toLowerCase(java.util.Locale.ROOT)
                                            .replace('_', '-'))
                            + " (judged by their outer header)");
        }
        if (!summary.unsupportedLinkTypes().isEmpty()) {
            line("Not read", joined(summary.unsupportedLinkTypes(), name -> "of link type " + name));
        }
    }

    private static <T> String joined(Map<T, Long> counts, java.util.function.Function<T, String> name) {
        return counts.entrySet().stream()
                .map(entry -> HumanText.count(entry.getValue()) + " " + name.apply(entry.getKey()))
                .collect(Collectors.joining(", "));
    }

    private void writeSpeed() {
        if (summary.packets() == 0) {
            return;
        }
        line(
                "Latency",
                "p50 " + HumanText.duration(summary.latency().p50Nanos()) + ", p99 "
                        + HumanText.duration(summary.latency().p99Nanos()) + ", p99.9 "
                        + HumanText.duration(summary.latency().p999Nanos()) + ", max "
                        + HumanText.duration(summary.latency().maxNanos())
                        + " (a packet with its batch of up to 256)");
        if (isLive) {
            if (summary.offloadedPackets() > 0) {
                line(
                        "In the kernel",
                        HumanText.count(summary.offloadedPackets(), "packet") + " of those dropped never came up here");
            }
            line(
                    "Ran",
                    HumanText.duration(summary.wallNanos()) + ", tables of "
                            + HumanText.bytes((double) summary.tableBytes()));
            return;
        }
        line(
                "Replayed",
                "in " + HumanText.duration(summary.wallNanos()) + " ("
                        + HumanText.rate(summary.packets() / (summary.wallNanos() / 1e9), "packets/s") + "), tables of "
                        + HumanText.bytes((double) summary.tableBytes()));
    }
}
