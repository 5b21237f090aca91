package io.weir.detector.report;

import io.weir.detector.event.CollateralJson;
import io.weir.detector.event.EventWriter;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.scan.SuspectReport;
import io.weir.filter.match.RuleHits;
import io.weir.filter.verdict.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A replay's summary as one JSON object. */
public final class SummaryJson {
    private static final JsonFactory JSON = new JsonFactory();

    private SummaryJson() {}

    /** On one line, without a line end. */
    public static String of(ReplaySummary summary) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            writeTotals(json, summary);
            writeReasons(json, summary);
            json.writeName("floods");
            json.writeStartArray();
            for (FloodReport flood : summary.floods()) {
                writeFlood(json, flood);
            }
            json.writeEndArray();
            writeSuspects(json, summary);
            writeRules(json, summary);
            writeCounts(
                    json,
                    "decode",
                    summary.outcomes(),
                    outcome -> outcome.text().toLowerCase(Locale.ROOT).replace(' ', '_'));
            writeCounts(
                    json, "tunnels", summary.tunnels(), tunnel -> tunnel.name().toLowerCase(Locale.ROOT));
            writeCounts(json, "unsupported_link_types", summary.unsupportedLinkTypes(), name -> name);
            writeLatency(json, summary);
            json.writeEndObject();
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static void writeTotals(JsonGenerator json, ReplaySummary summary) {
        json.writeName("files");
        json.writeStartArray();
        summary.files().forEach(json::writeString);
        json.writeEndArray();
        json.writeBooleanProperty("observe", summary.isObserving());
        json.writeNumberProperty("packets", summary.packets());
        json.writeNumberProperty("bytes", summary.bytes());
        json.writeNumberProperty("passed", summary.passedPackets());
        json.writeNumberProperty("passed_bytes", summary.passedBytes());
        json.writeNumberProperty("dropped", summary.droppedPackets());
        json.writeNumberProperty("dropped_bytes", summary.droppedBytes());
        json.writeNumberProperty("filtered", summary.filteredPackets());
        json.writeNumberProperty("offloaded", summary.offloadedPackets());
        json.writeNumberProperty("delayed_connections", summary.delayedConnections());
        CollateralJson.write(json, summary.collateral());
        if (summary.packets() > 0) {
            json.writeStringProperty("first", EventWriter.timestamp(summary.firstNanos()));
            json.writeStringProperty("last", EventWriter.timestamp(summary.lastNanos()));
        }
        json.writeNumberProperty("duration_ns", summary.durationNanos());
    }

    private static void writeReasons(JsonGenerator json, ReplaySummary summary) {
        json.writeName("reasons");
        json.writeStartObject();
        for (Map.Entry<Reason, ReplaySummary.Tally> entry : summary.reasons().entrySet()) {
            json.writeName(entry.getKey().text());
            json.writeStartObject();
            json.writeStringProperty("verdict", entry.getKey().isDrop() ? "drop" : "pass");
            json.writeNumberProperty("packets", entry.getValue().packets());
            json.writeNumberProperty("bytes", entry.getValue().bytes());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void writeSuspects(JsonGenerator json, ReplaySummary summary) {
        json.writeName("suspects");
        json.writeStartArray();
        for (SuspectReport suspect : summary.suspects()) {
            json.writeStartObject();
            EventWriter.writeSuspectMembers(json, suspect);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeRules(JsonGenerator json, ReplaySummary summary) {
        json.writeName("rules");
        json.writeStartArray();
        for (RuleHits hits : summary.rules()) {
            json.writeStartObject();
            RuleJson.writeRuleMembers(json, hits.rule());
            json.writeNumberProperty("packets", hits.packets());
            json.writeNumberProperty("bytes", hits.bytes());
            if (hits.packets() > 0) {
                json.writeStringProperty("last", EventWriter.timestamp(hits.lastNanos()));
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeName("explained");
        json.writeStartArray();
        summary.explained().forEach(packet -> ExplanationJson.write(json, packet));
        json.writeEndArray();
    }

    private static void writeFlood(JsonGenerator json, FloodReport flood) {
        json.writeStartObject();
        json.writeStringProperty(flood.isPrefix() ? "dest_prefix" : "dest_ip", flood.target());
        if (flood.destinationPort() > 0) {
            json.writeNumberProperty("dest_port", flood.destinationPort());
        }
        json.writeName("flood");
        EventWriter.writeFloodObject(json, flood);
        json.writeEndObject();
    }

    private static <T> void writeCounts(JsonGenerator json, String name, Map<T, Long> counts, Function<T, String> key) {
        json.writeName(name);
        json.writeStartObject();
        counts.forEach((counted, packets) -> json.writeNumberProperty(key.apply(counted), packets));
        json.writeEndObject();
    }

    private static void writeLatency(JsonGenerator json, ReplaySummary summary) {
        json.writeName("latency_ns");
        json.writeStartObject();
        json.writeNumberProperty("p50", summary.latency().p50Nanos());
        json.writeNumberProperty("p99", summary.latency().p99Nanos());
        json.writeNumberProperty("p99.9", summary.latency().p999Nanos());
        json.writeNumberProperty("max", summary.latency().maxNanos());
        json.writeEndObject();
        json.writeNumberProperty("table_bytes", summary.tableBytes());
        json.writeNumberProperty("wall_ns", summary.wallNanos());
    }
}
