package io.weir.detector.report;

import io.weir.detector.event.EventWriter;
import io.weir.filter.match.RuleExplanation;
import io.weir.filter.rule.Rule;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/** Why a packet gets its verdict, as one JSON object. */
public final class ExplanationJson {
    private ExplanationJson() {}

    /**
     * On one line, without a line end.
     *
     * @param judgements of one packet in one direction, at least one
     */
    public static String of(List<Explained> judgements) {
        Explained first = judgements.getFirst();
        return RuleJson.object(json -> {
            json.writeName("packet");
            RuleJson.writePacket(json, first.explanation().packet());
            json.writeStringProperty("direction", first.rules().direction().text());
            json.writeStringProperty("verdict", verdict(judgements.stream().allMatch(Explained::isAccepted)));
            json.writeName("judgements");
            json.writeStartArray();
            judgements.forEach(judgement -> writeJudgement(json, judgement));
            json.writeEndArray();
        });
    }

    /** A packet of a capture, on one line, without a line end. */
    public static String of(ExplainedPacket explained) {
        return RuleJson.object(json -> writeMembers(json, explained));
    }

    /** The same object, inside another one. */
    static void write(JsonGenerator json, ExplainedPacket explained) {
        json.writeStartObject();
        writeMembers(json, explained);
        json.writeEndObject();
    }

    private static void writeMembers(JsonGenerator json, ExplainedPacket explained) {
        json.writeNumberProperty("number", explained.number());
        json.writeStringProperty("timestamp", EventWriter.timestamp(explained.timeNanos()));
        json.writeName("packet");
        RuleJson.writePacket(json, explained.packet());
        json.writeStringProperty("verdict", explained.isDropped() ? "drop" : "pass");
        json.writeStringProperty("reason", explained.reason().text());
        json.writeName("judgements");
        json.writeStartArray();
        explained.judgements().forEach(judgement -> writeJudgement(json, judgement));
        json.writeEndArray();
        explained.decider().ifPresent(rule -> {
            json.writeName("decider");
            RuleJson.writeRule(json, rule);
        });
    }

    private static String verdict(boolean isAccepted) {
        return isAccepted ? "accept" : "drop";
    }

    private static void writeJudgement(JsonGenerator json, Explained judgement) {
        List<Rule> rules = judgement.rules().rules();
        RuleExplanation explanation = judgement.explanation();
        json.writeStartObject();
        json.writeStringProperty("verdict", verdict(judgement.isAccepted()));
        json.writeStringProperty("reason", judgement.reason());
        json.writeName("rule");
        RuleJson.writeRule(json, judgement.decider());
        json.writeName("runners_up");
        json.writeStartArray();
        explanation.runnersUp().forEach(rule -> RuleJson.writeRule(json, rules.get(rule)));
        json.writeEndArray();
        json.writeName("near_misses");
        json.writeStartArray();
        for (RuleExplanation.NearMiss miss : explanation.nearMisses()) {
            json.writeStartObject();
            RuleJson.writeRuleMembers(json, rules.get(miss.rule()));
            json.writeStringProperty("field", miss.field().name().toLowerCase(Locale.ROOT));
            json.writeStringProperty("but", ExplanationText.miss(miss, explanation.packet()));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
