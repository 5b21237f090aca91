package io.weir.detector.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Rows as a table for people, as tab-separated values with every goal, and as JSON lines. */
final class QualityText {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int FIGURE_WIDTH = 9;
    private static final int SCENARIO_WIDTH = 30;

    /** Short headings, in the order of {@link QualityRow#FIGURES}. */
    private static final List<String> HEADINGS = List.of(
            "delay ms",
            "leak",
            "requests",
            "vector",
            "alarms",
            "estab",
            "known",
            "newcomer",
            "delayed",
            "ping",
            "new ping",
            "dns",
            "udp",
            "http",
            "peace");

    private QualityText() {}

    /** What the columns of the table are. */
    static String heading() {
        StringBuilder text = new StringBuilder();
        text.append("Lost or passed: shares. ! misses its goal; - nothing to measure. delay: first packet to event;\n")
                .append("leak, requests: of the attack, passed after its grace; vector: 1 wrong; alarms: false ones;\n")
                .append("estab to http: lost of users during the attack; known, newcomer: connections refused.\n\n")
                .append(pad("  scenario", SCENARIO_WIDTH + 2));
        HEADINGS.forEach(heading -> text.append(right(heading)));
        return text.toString();
    }

    /** One row of the table, and what was reported wrongly below it. */
    static String line(QualityRow row) {
        StringBuilder text = new StringBuilder(row.isMet() ? "  " : "! ");
        String name = row.scenario() + (row.view().equals("inbound") ? " inbound" : "");
        text.append(pad(name, SCENARIO_WIDTH));
        row.figures().forEach(figure -> text.append(right(shown(figure))));
        row.said().stream().distinct().forEach(said -> text.append("\n      ").append(said));
        return text.toString().stripTrailing();
    }

    /** Shares as people read them; the file has them in full. */
    private static String shown(QualityFigure figure) {
        boolean isCount =
                List.of("delay_ms", "delayed", "wrong_vector", "false_alarms").contains(figure.name());
        if (!figure.isMeasured() || isCount || figure.value() == 0) {
            boolean isWhole = isCount && !Double.isInfinite(figure.value());
            return isWhole
                    ? String.format(Locale.ROOT, "%.0f%s", figure.value(), figure.isMet() ? "" : "!")
                    : figure.text();
        }
        double percent = 100 * figure.value();
        String format = percent < 1 ? "%.3f%%%s" : "%.1f%%%s";
        return String.format(Locale.ROOT, format, percent, figure.isMet() ? "" : "!");
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String right(String text) {
        return " ".repeat(Math.max(1, FIGURE_WIDTH - text.length())) + text;
    }

    /** The first line of the file. */
    static String columns() {
        List<String> names = new ArrayList<>(List.of("scenario", "view", "flood", "packets", "met"));
        for (String figure : QualityRow.FIGURES) {
            names.add(figure);
            names.add(figure + "_goal");
        }
        names.add("said");
        return String.join("\t", names);
    }

    /** A line of the file. */
    static String values(QualityRow row) {
        List<String> cells = new ArrayList<>(List.of(
                row.scenario(), row.view(), row.flood(), Long.toString(row.packets()), row.isMet() ? "1" : "0"));
        for (QualityFigure figure : row.figures()) {
            cells.add(figure.text());
            cells.add(figure.goal());
        }
        cells.add(String.join("; ", row.said()));
        return String.join("\t", cells);
    }

    /** The same as one JSON object: a figure that wasn't measured is left out, what never happened has no value. */
    static String json(QualityRow row) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeStringProperty("scenario", row.scenario());
            json.writeStringProperty("view", row.view());
            json.writeStringProperty("flood", row.flood());
            json.writeNumberProperty("packets", row.packets());
            json.writeBooleanProperty("met", row.isMet());
            for (QualityFigure figure : row.figures()) {
                if (figure.isMeasured()) {
                    write(json, figure);
                }
            }
            json.writeName("said");
            json.writeStartArray();
            row.said().forEach(json::writeString);
            json.writeEndArray();
            json.writeEndObject();
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static void write(JsonGenerator json, QualityFigure figure) {
        json.writeName(figure.name());
        json.writeStartObject();
        if (!Double.isInfinite(figure.value())) {
            json.writeNumberProperty("value", figure.value());
        }
        if (!Double.isInfinite(figure.most())) {
            json.writeNumberProperty("goal", figure.most());
        }
        json.writeBooleanProperty("met", figure.isMet());
        json.writeEndObject();
    }
}
