package io.weir.detector.event;

import io.weir.detector.flood.Collateral;
import tools.jackson.core.JsonGenerator;

/** What floods cost others, as an object: of one in its event, of all in the JSON of a summary. */
public final class CollateralJson {
    private CollateralJson() {}

    public static void write(JsonGenerator json, Collateral collateral) {
        json.writeName("collateral");
        json.writeStartObject();
        writePair(json, "established", collateral.establishedPassed(), collateral.establishedDropped());
        writePair(json, "credible", collateral.crediblePassed(), collateral.credibleDropped());
        writePair(json, "newcomers", collateral.newcomersPassed(), collateral.newcomersDropped());
        json.writeNumberProperty("asked_again", collateral.askedAgain());
        json.writeNumberProperty("delayed_connections", collateral.delayedConnections());
        json.writeEndObject();
    }

    private static void writePair(JsonGenerator json, String name, long passed, long dropped) {
        json.writeName(name);
        json.writeStartObject();
        json.writeNumberProperty("passed", passed);
        json.writeNumberProperty("dropped", dropped);
        json.writeEndObject();
    }
}
