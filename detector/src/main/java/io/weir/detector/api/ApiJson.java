package io.weir.detector.api;

import io.weir.detector.event.EventWriter;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.Thresholds;
import io.weir.detector.flood.TrafficClass;
import io.weir.detector.latency.LatencyRecorder.Latency;
import io.weir.detector.report.RuleJson;
import io.weir.detector.scan.SuspectReport;
import io.weir.detector.scrub.KnownSource;
import io.weir.filter.address.IpAddress;
import io.weir.filter.match.RuleHits;
import io.weir.filter.verdict.Reason;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Answers as JSON: names as in the events, rates per second, times in RFC 3339. */
final class ApiJson {
    private static final JsonFactory JSON = new JsonFactory();

    private ApiJson() {}

    /** One object. */
    static byte[] object(Consumer<JsonGenerator> members) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            members.accept(json);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** An object of one list. */
    static <T> byte[] list(String name, List<T> items, BiConsumer<JsonGenerator, T> item) {
        return object(json -> writeList(json, name, items, item));
    }

    static <T> void writeList(JsonGenerator json, String name, List<T> items, BiConsumer<JsonGenerator, T> item) {
        json.writeName(name);
        json.writeStartArray();
        for (T one : items) {
            item.accept(json, one);
        }
        json.writeEndArray();
    }

    static byte[] status(DaemonStatus status) {
        return object(json -> {
            json.writeStringProperty("version", status.version());
            json.writeStringProperty("mode", status.mode());
            writeList(json, "interfaces", status.interfaces(), JsonGenerator::writeString);
            writeList(json, "protect", status.protect(), (to, prefix) -> to.writeString(prefix.toString()));
            json.writeBooleanProperty("observe", status.isObserving());
            json.writeStringProperty("start", EventWriter.timestamp(status.startNanos()));
            json.writeNumberProperty("uptime_ns", status.nowNanos() - status.startNanos());
            json.writeNumberProperty("packets", status.packets());
            json.writeNumberProperty("bytes", status.bytes());
            json.writeNumberProperty("dropped", status.droppedPackets());
            json.writeNumberProperty("dropped_bytes", status.droppedBytes());
            json.writeName("reasons");
            json.writeStartObject();
            for (Map.Entry<Reason, DaemonStatus.Count> entry : status.reasons().entrySet()) {
                json.writeName(entry.getKey().text());
                json.writeStartObject();
                json.writeStringProperty("verdict", entry.getKey().isDrop() ? "drop" : "pass");
                json.writeNumberProperty("packets", entry.getValue().packets());
                json.writeNumberProperty("bytes", entry.getValue().bytes());
                json.writeNumberProperty("dropped", entry.getValue().droppedPackets());
                json.writeEndObject();
            }
            json.writeEndObject();
            writeList(json, "traffic", status.traffic(), ApiJson::writeTraffic);
            json.writeName("now");
            writeRate(json, status.now());
            json.writeNumberProperty("floods", status.activeFloods());
            json.writeNumberProperty("bans", status.bans());
            json.writeNumberProperty("connections", status.connections());
            json.writeNumberProperty("connection_capacity", status.connectionCapacity());
            json.writeNumberProperty("offloaded_packets", status.offloadedPackets());
            json.writeStringProperty("offload", status.offload());
            writeList(json, "intakes", status.intakes(), ApiJson::writeIntake);
            json.writeNumberProperty("lost_packets", status.lostPackets());
            json.writeNumberProperty("table_bytes", status.tableBytes());
            writeLatency(json, "latency_ns", status.latency());
            writeLatency(json, "arrival_latency_ns", status.arrivalLatency());
            if (status.awaitingConfirmation() > 0) {
                json.writeNumberProperty("rollback_in_ns", status.awaitingConfirmation());
            }
        });
    }

    private static void writeTraffic(JsonGenerator json, DaemonStatus.Traffic traffic) {
        DaemonStatus.Count sum = traffic.reasons().values().stream()
                .reduce(new DaemonStatus.Count(0, 0, 0, 0), DaemonStatus.Count::plus);
        json.writeStartObject();
        json.writeStringProperty("interface", traffic.interfaceName());
        json.writeStringProperty("direction", traffic.direction());
        json.writeNumberProperty("packets", sum.packets());
        json.writeNumberProperty("bytes", sum.bytes());
        json.writeNumberProperty("dropped", sum.droppedPackets());
        json.writeNumberProperty("dropped_bytes", sum.droppedBytes());
        json.writeEndObject();
    }

    private static void writeIntake(JsonGenerator json, Intake intake) {
        json.writeStartObject();
        json.writeStringProperty("name", intake.name());
        json.writeNumberProperty("waiting", intake.waiting());
        json.writeNumberProperty("capacity", intake.capacity());
        json.writeStringProperty("unit", intake.unit());
        json.writeNumberProperty("lost_packets", intake.lostPackets());
        json.writeEndObject();
    }

    private static void writeLatency(JsonGenerator json, String name, Latency latency) {
        json.writeName(name);
        json.writeStartObject();
        json.writeNumberProperty("p50", latency.p50Nanos());
        json.writeNumberProperty("p99", latency.p99Nanos());
        json.writeNumberProperty("p999", latency.p999Nanos());
        json.writeNumberProperty("max", latency.maxNanos());
        json.writeEndObject();
    }

    static void writeRate(JsonGenerator json, DaemonStatus.Rate rate) {
        json.writeStartObject();
        if (rate.timeNanos() > 0) {
            json.writeStringProperty("time", EventWriter.timestamp(rate.timeNanos()));
        }
        json.writeNumberProperty("passed_pps", rate.passedPackets());
        json.writeNumberProperty("passed_bps", rate.passedBytes() * Byte.SIZE);
        json.writeNumberProperty("dropped_pps", rate.droppedPackets());
        json.writeNumberProperty("dropped_bps", rate.droppedBytes() * Byte.SIZE);
        json.writeName("reasons");
        json.writeStartObject();
        rate.packets().forEach((reason, packets) -> json.writeNumberProperty(reason.text(), packets));
        json.writeEndObject();
        json.writeName("classes");
        json.writeStartObject();
        rate.classes().forEach((one, packets) -> json.writeNumberProperty(one.yamlKey(), packets));
        json.writeEndObject();
        json.writeEndObject();
    }

    static void writeFlood(JsonGenerator json, FloodReport flood) {
        json.writeStartObject();
        EventWriter.writeFloodMembers(json, flood);
        json.writeEndObject();
    }

    static void writeSuspect(JsonGenerator json, SuspectReport suspect) {
        json.writeStartObject();
        json.writeStringProperty("type", suspect.suspicion().isScan() ? "scan" : "bruteforce");
        EventWriter.writeSuspectMembers(json, suspect);
        json.writeEndObject();
    }

    static void writeRule(JsonGenerator json, RuleHits hits) {
        json.writeStartObject();
        RuleJson.writeRuleMembers(json, hits.rule());
        json.writeBooleanProperty("implicit", hits.rule().origin().isImplicit());
        json.writeNumberProperty("packets", hits.packets());
        json.writeNumberProperty("bytes", hits.bytes());
        if (hits.packets() > 0) {
            json.writeStringProperty("last", EventWriter.timestamp(hits.lastNanos()));
        }
        json.writeEndObject();
    }

    static void writeThresholds(JsonGenerator json, TargetThresholds target) {
        json.writeStartObject();
        json.writeStringProperty("prefix", target.prefix().toString());
        writeThresholds(json, "thresholds", target.ofAddress());
        writeThresholds(json, "prefix_thresholds", target.ofPrefix());
        json.writeEndObject();
    }

    private static void writeThresholds(JsonGenerator json, String name, Thresholds thresholds) {
        json.writeName(name);
        json.writeStartObject();
        writeLimit(json, "total", "pps", thresholds.total());
        for (TrafficClass one : TrafficClass.values()) {
            writeLimit(json, one.yamlKey(), one.rateKey(), thresholds.of(one));
        }
        json.writeEndObject();
    }

    private static void writeLimit(JsonGenerator json, String name, String unit, Limit limit) {
        if (limit.equals(Limit.NONE)) {
            return;
        }
        json.writeName(name);
        json.writeStartObject();
        if (limit.packetsPerSecond() != Limit.UNLIMITED) {
            json.writeNumberProperty(unit, limit.packetsPerSecond());
        }
        if (limit.bitsPerSecond() != Limit.UNLIMITED) {
            json.writeNumberProperty("bps", limit.bitsPerSecond());
        }
        json.writeEndObject();
    }

    static byte[] sources(SourcePage page) {
        return object(json -> {
            writeList(json, "sources", page.sources(), ApiJson::writeSource);
            if (page.next() > 0) {
                json.writeNumberProperty("next", page.next());
            }
        });
    }

    static void writeSource(JsonGenerator json, KnownSource source) {
        json.writeStartObject();
        json.writeStringProperty("address", IpAddress.format(source.high(), source.low()));
        json.writeNumberProperty("score", source.credibility().score());
        json.writeBooleanProperty("credible", source.credibility().isCredible());
        writeList(json, "parts", source.credibility().parts(), (to, part) -> {
            to.writeStartObject();
            to.writeNumberProperty("points", part.points());
            to.writeStringProperty("text", part.text());
            to.writeEndObject();
        });
        json.writeEndObject();
    }

    static void writeBan(JsonGenerator json, Ban ban) {
        json.writeStartObject();
        json.writeStringProperty("prefix", ban.prefix().toString());
        json.writeStringProperty("since", EventWriter.timestamp(ban.sinceNanos()));
        if (!ban.isForever()) {
            json.writeStringProperty("until", EventWriter.timestamp(ban.untilNanos()));
        }
        json.writeStringProperty("reason", ban.reason());
        json.writeEndObject();
    }

    static void writeCapture(JsonGenerator json, Capture capture) {
        json.writeStartObject();
        json.writeStringProperty("name", capture.name());
        json.writeNumberProperty("bytes", capture.bytes());
        json.writeStringProperty("written", EventWriter.timestamp(capture.writtenNanos()));
        json.writeEndObject();
    }

    static byte[] preview(BanPreview preview) {
        return object(json -> {
            json.writeNumberProperty("span_ns", preview.spanNanos());
            json.writeNumberProperty("packets", preview.packets());
            json.writeNumberProperty("bytes", preview.bytes());
            json.writeNumberProperty("passed", preview.passedPackets());
            json.writeNumberProperty("established", preview.connectionPackets());
        });
    }

    static void writeConfig(JsonGenerator json, Control.ConfigValue value) {
        json.writeStartObject();
        json.writeStringProperty("key", value.key());
        json.writeStringProperty("value", value.value());
        json.writeStringProperty("origin", value.origin());
        if (!value.source().isEmpty()) {
            json.writeStringProperty("source", value.source());
        }
        json.writeEndObject();
    }

    /** RFC 9457. */
    static byte[] problem(int status, String title, List<String> problems) {
        return object(json -> {
            json.writeStringProperty("type", "about:blank");
            json.writeStringProperty("title", title.toLowerCase(Locale.ROOT));
            json.writeNumberProperty("status", status);
            json.writeStringProperty("detail", String.join("\n", problems));
            writeList(json, "problems", problems, JsonGenerator::writeString);
        });
    }
}
