package io.weir.detector.report;

import io.weir.detector.event.EventWriter;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.flood.Limit;
import io.weir.filter.match.RuleHits;
import io.weir.filter.verdict.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/**
 * A replay's report as one file of HTML that needs nothing else: its chart library, style and data are inside. Whatever
 * stands in a capture is escaped.
 */
public final class HtmlReport {
    private static final int MOST_RULES = 200;

    private final ReplaySummary summary;
    private final RateHistory history;
    private final StringBuilder html = new StringBuilder();

    private HtmlReport(ReplaySummary summary, RateHistory history) {
        this.summary = summary;
        this.history = history;
    }

    public static String of(ReplaySummary summary, RateHistory history) {
        return new HtmlReport(summary, history).write();
    }

    private String write() {
        String title = "Weir: " + String.join(", ", summary.files());
        html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
                .append(escaped(title))
                .append("</title>\n<style>\n")
                .append(resource("vendor/uPlot.min.css"))
                .append(resource("console.css"))
                .append("</style>\n</head>\n<body>\n<header><h1>")
                .append(escaped(title))
                .append("</h1></header>\n<main>\n");
        writeFloods();
        writeTotals();
        html.append("<section><h2>Traffic by verdict</h2><div id=\"chart\"></div>\n");
        writeReasons();
        html.append("</section>\n");
        writeClasses();
        writeSuspects();
        writeRules();
        html.append("</main>\n<footer>")
                .append(escaped(latency()))
                .append("</footer>\n<script id=\"data\" type=\"application/json\">")
                .append(data())
                .append("</script>\n<script>")
                .append(resource("vendor/uPlot.iife.min.js"))
                .append("</script>\n<script>")
                .append(resource("report.js"))
                .append("</script>\n</body>\n</html>\n");
        return html.toString();
    }

    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream("/console/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Text as HTML shows it. */
    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private void writeFloods() {
        html.append("<section id=\"floods\"><h2>Floods</h2>\n");
        if (summary.floods().isEmpty()) {
            html.append("<p class=\"calm\">No flood found.</p>\n");
        }
        for (FloodReport flood : summary.floods()) {
            String json = RuleJson.object(to -> EventWriter.writeFloodMembers(to, flood));
            html.append("<p class=\"flood\">")
                    .append(escaped(DaemonText.sentence(JsonView.of(json))))
                    .append("<br><span class=\"none\">")
                    .append(escaped(HumanText.dateTime(flood.startNanos()) + " UTC, for "
                            + HumanText.duration(flood.lengthNanos()) + ", "
                            + HumanText.count(flood.packets(), "packet") + " from "
                            + HumanText.count(flood.distinctSources(), "source") + ", " + FloodLine.detection(flood)
                            + ", seen after " + HumanText.duration(flood.detectionNanos())))
                    .append("</span></p>\n");
        }
        html.append("</section>\n");
    }

    private void writeTotals() {
        List<String[]> tiles = new ArrayList<>();
        tiles.add(new String[] {
            HumanText.count(summary.packets()), "packets, " + HumanText.bytes((double) summary.bytes())
        });
        tiles.add(new String[] {HumanText.duration(summary.durationNanos()), "of traffic"});
        tiles.add(new String[] {HumanText.percent(summary.passedPackets(), summary.packets()), "passed"});
        tiles.add(new String[] {
            HumanText.percent(
                    summary.isObserving() ? summary.condemnedPackets() : summary.droppedPackets(), summary.packets()),
            summary.isObserving() ? "would have been dropped" : "dropped"
        });
        tiles.add(new String[] {HumanText.count(summary.delayedConnections()), "connections delayed"});
        html.append("<section id=\"now\">");
        tiles.forEach(tile -> html.append("<div><b>")
                .append(escaped(tile[0]))
                .append("</b><span>")
                .append(escaped(tile[1]))
                .append("</span></div>"));
        html.append("</section>\n");
    }

    private void writeReasons() {
        begin("By reason", "Verdict", "Reason", "Packets", "Share", "Bytes");
        for (Map.Entry<Reason, ReplaySummary.Tally> entry : summary.reasons().entrySet()) {
            row(
                    entry.getKey().isDrop() ? "drop" : "",
                    entry.getKey().isDrop() ? "drop" : "pass",
                    entry.getKey().text(),
                    HumanText.count(entry.getValue().packets()),
                    HumanText.percent(entry.getValue().packets(), summary.packets()),
                    HumanText.bytes((double) entry.getValue().bytes()));
        }
        html.append("</tbody></table>\n");
    }

    /** What the floods' defence cost others. */
    private void writeClasses() {
        if (summary.floods().isEmpty()) {
            return;
        }
        JsonView collateral = JsonView.of(SummaryJson.of(summary)).get("collateral");
        html.append("<section><h2>What the defence cost others</h2>\n");
        begin("Packets while floods were on", "Of", "Passed", "Dropped");
        for (String[] who : new String[][] {
            {"established", "connections"}, {"credible", "sources known before"}, {"newcomers", "newcomers"}
        }) {
            JsonView counts = collateral.get(who[0]);
            row("", who[1], HumanText.count(counts.number("passed")), HumanText.count(counts.number("dropped")));
        }
        html.append("</tbody></table></section>\n");
    }

    private void writeSuspects() {
        if (summary.suspects().isEmpty()) {
            return;
        }
        html.append("<section><h2>Scans and brute force</h2>\n");
        begin("Reported, not dropped", "Start (UTC)", "What", "Source", "Target", "Tried");
        summary.suspects()
                .forEach(suspect -> row(
                        "",
                        HumanText.dateTime(suspect.startNanos()),
                        suspect.method() + (suspect.suspicion().isScan() ? " scan" : " brute force"),
                        suspect.source(),
                        suspect.target(),
                        HumanText.count(suspect.distinct())));
        html.append("</tbody></table></section>\n");
    }

    private void writeRules() {
        if (summary.rules().isEmpty()) {
            return;
        }
        html.append("<section><h2>Rules</h2>\n");
        begin("The busiest first; those below never decided", "Direction", "Rule", "Packets", "Bytes");
        summary.rules().stream()
                .sorted(Comparator.comparingLong(RuleHits::packets).reversed())
                .limit(MOST_RULES)
                .forEach(hits -> row(
                        "",
                        hits.rule().direction().text(),
                        hits.rule().origin().isImplicit() ? hits.rule().origin().place() : RuleText.rule(hits.rule()),
                        HumanText.count(hits.packets()),
                        HumanText.bytes((double) hits.bytes())));
        html.append("</tbody></table></section>\n");
    }

    private void begin(String caption, String... headings) {
        html.append("<table><caption>").append(escaped(caption)).append("</caption><thead><tr>");
        for (String heading : headings) {
            html.append("<th>").append(escaped(heading)).append("</th>");
        }
        html.append("</tr></thead><tbody>\n");
    }

    private void row(String style, String... cells) {
        html.append(style.isEmpty() ? "<tr>" : "<tr class=\"" + style + "\">");
        for (String cell : cells) {
            html.append("<td>").append(escaped(cell)).append("</td>");
        }
        html.append("</tr>\n");
    }

    private String latency() {
        return "Judged in batches of up to 256 packets: p50 "
                + HumanText.duration(summary.latency().p50Nanos()) + ", p99 "
                + HumanText.duration(summary.latency().p99Nanos()) + ", at most "
                + HumanText.duration(summary.latency().maxNanos()) + " a packet";
    }

    /** For the chart: times, rates by reason and verdict, floods with their thresholds. Nothing in it can end the element. */
    private String data() {
        return RuleJson.object(json -> {
                    writeTimes(json);
                    json.writeName("series");
                    json.writeStartArray();
                    for (Reason reason : Reason.values()) {
                        writeSeries(json, reason, false);
                        writeSeries(json, reason, true);
                    }
                    json.writeEndArray();
                    json.writeName("floods");
                    json.writeStartArray();
                    for (FloodReport flood : summary.floods()) {
                        json.writeStartObject();
                        json.writeStringProperty("kind", flood.kind().text());
                        json.writeStringProperty("target", flood.target());
                        json.writeNumberProperty("start", flood.startNanos() / 1e9);
                        json.writeNumberProperty("end", flood.lastAboveNanos() / 1e9);
                        if (flood.threshold() != Limit.UNLIMITED) {
                            json.writeNumberProperty("threshold", flood.threshold());
                        }
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                })
                .replace("<", "\\u003c");
    }

    private void writeTimes(JsonGenerator json) {
        json.writeName("times");
        json.writeStartArray();
        for (int i = 0; i < history.intervals(); i++) {
            json.writeNumber(history.startSeconds(i));
        }
        json.writeEndArray();
        json.writeNumberProperty("interval", history.intervalSeconds());
    }

    private void writeSeries(JsonGenerator json, Reason reason, boolean isDropped) {
        boolean isAny = false;
        for (int i = 0; i < history.intervals(); i++) {
            isAny |= history.perSecond(i, reason, isDropped) > 0;
        }
        if (!isAny) {
            return;
        }
        json.writeStartObject();
        json.writeStringProperty("reason", reason.text());
        json.writeBooleanProperty("dropped", isDropped);
        json.writeName("rates");
        json.writeStartArray();
        for (int i = 0; i < history.intervals(); i++) {
            json.writeNumber(Math.round(history.perSecond(i, reason, isDropped)));
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
