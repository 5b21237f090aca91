package io.weir.detector.event;

import io.weir.detector.flood.FloodReport;
import io.weir.detector.flood.FloodSamples;
import io.weir.detector.flood.FloodSignature;
import io.weir.detector.flood.Limit;
import io.weir.detector.scan.SuspectReport;
import io.weir.detector.scan.Suspicion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/** Writes events as JSON lines. Each line is flushed, so that a reader who follows the file sees it at once. */
public final class EventWriter implements EventListener, AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final OutputStream out;

    /** @param out closed with the writer */
    public EventWriter(OutputStream out) {
        this.out = out;
    }

    /** @throws UncheckedIOException if writing fails */
    @Override
    public void accept(Event event) {
        try {
            try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), new Unclosed(out))) {
                write(json, event);
            }
            out.write('\n');
            out.flush();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (JacksonIOException failure) {
            throw new UncheckedIOException(failure.getCause());
        }
    }

    /** An event as one line, without a line end. */
    public static String line(Event event) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            write(json, event);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** The {@code event_type} of an event. */
    public static String type(Event event) {
        return switch (event) {
            case Event.FloodChanged flood -> "flood";
            case Event.SuspectNoticed suspect -> suspect.report().suspicion().isScan() ? "scan" : "bruteforce";
            case Event.TableFull table -> "table";
            case Event.TotalExceeded total -> "total";
            case Event.CaptureLoss loss -> "capture_loss";
            case Event.Banned ban -> "ban";
            case Event.Reloaded reload -> "reload";
            case Event.Audited audit -> "audit";
        };
    }

    /** Nanoseconds since the epoch in RFC 3339 with nanoseconds. */
    public static String timestamp(long timeNanos) {
        return TIMESTAMP.format(Instant.ofEpochSecond(
                Math.floorDiv(timeNanos, 1_000_000_000L), Math.floorMod(timeNanos, 1_000_000_000L)));
    }

    private static void write(JsonGenerator json, Event event) {
        json.writeStartObject();
        json.writeStringProperty("timestamp", timestamp(event.timeNanos()));
        switch (event) {
            case Event.FloodChanged flood -> writeFlood(json, flood.report());
            case Event.SuspectNoticed suspect -> writeSuspect(json, suspect.report());
            case Event.TableFull table -> writeTable(json, table);
            case Event.TotalExceeded total -> writeTotal(json, total);
            case Event.CaptureLoss loss -> writeLoss(json, loss);
            case Event.Banned ban -> writeBan(json, ban);
            case Event.Reloaded reload -> writeReload(json, reload);
            case Event.Audited audit -> writeAudit(json, audit);
        }
        json.writeEndObject();
    }

    private static void writeFlood(JsonGenerator json, FloodReport report) {
        json.writeStringProperty("event_type", "flood");
        writeFloodMembers(json, report);
    }

    /** Target and object of a flood: in its event and in the API. */
    public static void writeFloodMembers(JsonGenerator json, FloodReport report) {
        json.writeStringProperty(report.isPrefix() ? "dest_prefix" : "dest_ip", report.target());
        if (report.destinationPort() > 0) {
            json.writeNumberProperty("dest_port", report.destinationPort());
        }
        json.writeStringProperty("proto", ProtocolName.of(report.protocol()));
        json.writeName("flood");
        writeFloodObject(json, report);
    }

    /** The object of a flood: in its event and in the JSON of a summary. */
    public static void writeFloodObject(JsonGenerator json, FloodReport report) {
        json.writeStartObject();
        json.writeStringProperty("id", report.id());
        json.writeStringProperty("state", report.state().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("kind", report.kind().text());
        json.writeStringProperty("vector", report.vector());
        writeDetection(json, report);
        json.writeStringProperty("start", timestamp(report.startNanos()));
        if (report.state() == FloodReport.State.ENDED) {
            json.writeStringProperty("end", timestamp(report.lastAboveNanos()));
        }
        json.writeNumberProperty("pps", Math.round(report.packetsPerSecond()));
        json.writeNumberProperty("bps", Math.round(report.bitsPerSecond()));
        json.writeNumberProperty("peak_pps", Math.round(report.peakPacketsPerSecond()));
        json.writeNumberProperty("peak_bps", Math.round(report.peakBitsPerSecond()));
        json.writeName("threshold");
        json.writeStartObject();
        writeLimit(json, report.trafficClass().rateKey(), report.threshold());
        writeLimit(json, "bps", report.bitThreshold());
        json.writeEndObject();
        json.writeNumberProperty("detection_ms", Math.round(report.detectionNanos() / 1e6));
        json.writeNumberProperty("packets", report.packets());
        json.writeNumberProperty("bytes", report.bytes());
        String dropped = report.isObserving() ? "would_drop" : "dropped";
        json.writeNumberProperty(dropped + "_packets", report.droppedPackets());
        json.writeNumberProperty(dropped + "_bytes", report.droppedBytes());
        writeSources(json, report);
        CollateralJson.write(json, report.collateral());
        json.writeName("mitigation");
        json.writeStartArray();
        if (!report.isObserving()) {
            if (report.collateral().askedAgain() > 0) {
                json.writeString("syn-authentication");
            }
            json.writeString("threshold");
        }
        if (!report.isObserving() && !report.signatures().isEmpty()) {
            json.writeString("signature");
        }
        json.writeEndArray();
        writeSignatures(json, report.signatures());
        if (!report.capture().isEmpty()) {
            json.writeStringProperty("capture", report.capture());
        }
        json.writeEndObject();
    }

    private static void writeDetection(JsonGenerator json, FloodReport report) {
        FloodReport.Detection detection = report.detection();
        if (!detection.innerVector().isEmpty()) {
            json.writeStringProperty("inner_vector", detection.innerVector());
        }
        if (report.isPrefix()) {
            json.writeNumberProperty("addresses", detection.addresses());
        }
        json.writeStringProperty("detector", detection.detector());
        if (!detection.resumedId().isEmpty()) {
            json.writeStringProperty("resumes", detection.resumedId());
        }
    }

    private static void writeLimit(JsonGenerator json, String name, long limit) {
        if (limit != Limit.UNLIMITED) {
            json.writeNumberProperty(name, limit);
        }
    }

    private static void writeSources(JsonGenerator json, FloodReport report) {
        json.writeName("sources");
        json.writeStartObject();
        json.writeNumberProperty("distinct", report.distinctSources());
        json.writeName("top");
        json.writeStartArray();
        for (FloodSamples.TopSource source : report.topSources()) {
            json.writeStartObject();
            json.writeStringProperty("src_ip", source.address());
            json.writeNumberProperty("share", Math.round(source.share() * 1000) / 1000.0);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeSignatures(JsonGenerator json, List<FloodSignature> signatures) {
        if (signatures.isEmpty()) {
            return;
        }
        FloodSignature most = signatures.stream()
                .max(Comparator.comparingLong(FloodSignature::packets))
                .orElseThrow();
        json.writeStringProperty("signature", most.text());
        json.writeName("signatures");
        json.writeStartArray();
        for (FloodSignature signature : signatures) {
            json.writeStartObject();
            json.writeStringProperty("text", signature.text());
            json.writeStringProperty("state", signature.state().text());
            json.writeStringProperty("basis", signature.basis().text());
            json.writeNumberProperty("attack_share", rounded(signature.attackShare()));
            json.writeNumberProperty("attack_samples", signature.attackSamples());
            json.writeNumberProperty("peace_share_bound", rounded(signature.peaceBound()));
            json.writeNumberProperty("peace_samples", signature.peaceSamples());
            json.writeNumberProperty("packets", signature.packets());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static double rounded(double share) {
        return Math.round(share * 1e6) / 1e6;
    }

    private static void writeSuspect(JsonGenerator json, SuspectReport report) {
        json.writeStringProperty("event_type", report.suspicion().isScan() ? "scan" : "bruteforce");
        writeSuspectMembers(json, report);
    }

    /** Source, target and object of a scan or brute force: in its event and in the JSON of a summary. */
    public static void writeSuspectMembers(JsonGenerator json, SuspectReport report) {
        json.writeStringProperty("src_ip", report.source());
        json.writeStringProperty(report.isNetwork() ? "dest_prefix" : "dest_ip", report.target());
        if (report.port() > 0) {
            json.writeNumberProperty("dest_port", report.port());
        }
        boolean isScan = report.suspicion().isScan();
        if (report.suspicion() != Suspicion.NEIGHBOURS) {
            json.writeStringProperty("proto", ProtocolName.of(report.protocol()));
        }
        json.writeName(isScan ? "scan" : "bruteforce");
        json.writeStartObject();
        json.writeStringProperty("id", report.id());
        json.writeStringProperty("state", report.isEnded() ? "ended" : "started");
        json.writeStringProperty("kind", report.suspicion().text());
        json.writeStringProperty(isScan ? "method" : "service", report.method());
        json.writeStringProperty("start", timestamp(report.startNanos()));
        if (report.isEnded()) {
            json.writeStringProperty("end", timestamp(report.lastNanos()));
        }
        String counted = switch (report.suspicion()) {
            case PORTS -> "ports";
            case HOSTS, NEIGHBOURS -> "hosts";
            case SESSIONS, MAIL_SESSIONS, LOGINS -> "attempts";
        };
        json.writeNumberProperty(counted, report.distinct());
        json.writeEndObject();
    }

    private static void writeLoss(JsonGenerator json, Event.CaptureLoss loss) {
        json.writeStringProperty("event_type", "capture_loss");
        json.writeName("capture_loss");
        json.writeStartObject();
        json.writeNumberProperty("packets", loss.packets());
        json.writeEndObject();
    }

    private static void writeTable(JsonGenerator json, Event.TableFull full) {
        json.writeStringProperty("event_type", "table");
        json.writeName("table");
        json.writeStartObject();
        json.writeStringProperty("name", full.table());
        json.writeNumberProperty("capacity", full.capacity());
        json.writeNumberProperty("evicted", full.evicted());
        json.writeEndObject();
    }

    private static void writeTotal(JsonGenerator json, Event.TotalExceeded total) {
        json.writeStringProperty("event_type", "total");
        json.writeStringProperty(total.isPrefix() ? "dest_prefix" : "dest_ip", total.target());
        json.writeName("total");
        json.writeStartObject();
        json.writeNumberProperty("established_dropped", total.packets());
        json.writeEndObject();
    }

    private static void writeBan(JsonGenerator json, Event.Banned ban) {
        json.writeStringProperty("event_type", "ban");
        json.writeName("ban");
        json.writeStartObject();
        json.writeStringProperty("state", ban.state().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("prefix", ban.prefix().toString());
        if (ban.untilNanos() != Long.MAX_VALUE) {
            json.writeStringProperty("until", timestamp(ban.untilNanos()));
        }
        json.writeStringProperty("reason", ban.reason());
        json.writeEndObject();
    }

    private static void writeAudit(JsonGenerator json, Event.Audited audit) {
        json.writeStringProperty("event_type", "audit");
        json.writeName("audit");
        json.writeStartObject();
        json.writeStringProperty("by", audit.who());
        json.writeStringProperty("action", audit.action());
        json.writeStringProperty("detail", audit.detail());
        json.writeStringProperty("result", audit.isDone() ? "done" : "refused");
        json.writeEndObject();
    }

    private static void writeReload(JsonGenerator json, Event.Reloaded reload) {
        json.writeStringProperty("event_type", "reload");
        json.writeName("reload");
        json.writeStartObject();
        json.writeStringProperty("result", reload.result().name().toLowerCase(Locale.ROOT));
        json.writeName("problems");
        json.writeStartArray();
        reload.problems().forEach(json::writeString);
        json.writeEndArray();
        json.writeEndObject();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** Keeps a generator's close from closing the file under it. */
    private static final class Unclosed extends java.io.FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }

        @Override
        public void close() {}
    }
}
