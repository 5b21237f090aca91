package io.weir.detector.report;

import io.weir.filter.match.ClassifierBound;
import io.weir.filter.match.LintFinding;
import io.weir.filter.match.ManagementService;
import io.weir.filter.rule.RuleSet;
import tools.jackson.core.JsonGenerator;

/** The findings of {@code weir check} as one JSON object. */
public final class CheckJson {
    private CheckJson() {}

    /** On one line, without a line end. */
    public static String of(CheckReport report) {
        return RuleJson.object(json -> {
            json.writeNumberProperty("rules", report.ruleCount());
            json.writeName("findings");
            json.writeStartArray();
            for (CheckReport.Checked checked : report.checked()) {
                checked.findings().forEach(finding -> writeFinding(json, checked, finding));
            }
            report.unusedNames().forEach(name -> writeUnused(json, name));
            json.writeEndArray();
            json.writeName("bounds");
            json.writeStartArray();
            report.checked()
                    .forEach(checked ->
                            checked.bounds().forEach((version, bound) -> writeBound(json, checked, version, bound)));
            json.writeEndArray();
        });
    }

    private static void writeBound(
            JsonGenerator json, CheckReport.Checked checked, int version, ClassifierBound bound) {
        json.writeStartObject();
        json.writeStringProperty("target", checked.target());
        json.writeStringProperty("direction", checked.rules().direction().text());
        json.writeNumberProperty("ip_version", version);
        json.writeNumberProperty("blocks", bound.blocks());
        json.writeNumberProperty("words", bound.words());
        json.writeNumberProperty("loads", bound.loads());
        json.writeBooleanProperty("exact", bound.isExact());
        json.writeEndObject();
    }

    private static void writeFinding(JsonGenerator json, CheckReport.Checked checked, LintFinding finding) {
        RuleSet set = checked.rules();
        json.writeStartObject();
        json.writeStringProperty("kind", finding.kind().text());
        json.writeStringProperty("target", checked.target());
        json.writeName("rule");
        RuleJson.writeRule(json, set.rules().get(finding.rule()));
        json.writeName("others");
        json.writeStartArray();
        finding.others().forEach(other -> RuleJson.writeRule(json, set.rules().get(other)));
        json.writeEndArray();
        finding.witness().ifPresent(packet -> {
            json.writeName("packet");
            RuleJson.writePacket(json, packet);
        });
        if (!finding.services().isEmpty()) {
            json.writeName("services");
            json.writeStartArray();
            finding.services().forEach(service -> writeService(json, service));
            json.writeEndArray();
        }
        json.writeStringProperty("problem", FindingText.problem(set, finding));
        json.writeStringProperty("fix", FindingText.fix(set, finding));
        json.writeEndObject();
    }

    private static void writeService(JsonGenerator json, ManagementService service) {
        json.writeStartObject();
        json.writeStringProperty("name", service.name());
        json.writeNumberProperty("protocol", service.protocol());
        json.writeNumberProperty("port", service.port());
        json.writeEndObject();
    }

    private static void writeUnused(JsonGenerator json, String name) {
        json.writeStartObject();
        json.writeStringProperty("kind", FindingText.UNUSED);
        json.writeStringProperty("name", name);
        json.writeStringProperty("problem", FindingText.UNUSED_PROBLEM);
        json.writeStringProperty("fix", FindingText.UNUSED_FIX);
        json.writeEndObject();
    }
}
