package io.weir.detector.api;

import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** What changes would do, as the API tells it. */
final class PreviewJson {
    private PreviewJson() {}

    /** @param preview empty where no packets are remembered, or it is no dry run */
    static byte[] thresholds(List<String> said, Optional<ThresholdPreview> preview) {
        return ApiJson.object(json -> {
            ApiJson.writeList(json, "said", said, JsonGenerator::writeString);
            preview.ifPresent(known -> {
                json.writeName("preview");
                json.writeStartObject();
                json.writeNumberProperty("span_ns", known.spanNanos());
                json.writeNumberProperty("packets", known.packets());
                json.writeNumberProperty("bytes", known.bytes());
                write(json, "now", known.now());
                write(json, "then", known.then());
                json.writeEndObject();
            });
        });
    }

    private static void write(JsonGenerator json, String name, ThresholdPreview.Trial trial) {
        json.writeName(name);
        json.writeStartObject();
        json.writeNumberProperty("dropped", trial.droppedPackets());
        json.writeNumberProperty("dropped_bytes", trial.droppedBytes());
        json.writeNumberProperty("passed", trial.passedPackets());
        json.writeNumberProperty("established", trial.connectionPackets());
        ApiJson.writeList(json, "floods", trial.floods(), (to, flood) -> {
            to.writeStartObject();
            to.writeStringProperty("kind", flood.kind().text());
            to.writeStringProperty("vector", flood.vector());
            to.writeStringProperty("target", flood.target());
            to.writeNumberProperty("peak_pps", Math.round(flood.peakPacketsPerSecond()));
            to.writeEndObject();
        });
        json.writeEndObject();
    }
}
