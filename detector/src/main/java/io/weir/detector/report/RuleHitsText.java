package io.weir.detector.report;

import io.weir.filter.match.RuleHits;
import java.util.Comparator;
import java.util.List;

/** Which rules decided how often, and which never did: the busiest and the idle, where there are many. */
final class RuleHitsText {
    private static final String INDENT = "  ";
    private static final int MOST_BUSY = 12;
    private static final int MOST_IDLE = 5;
    private static final int WIDTH = 58;

    private RuleHitsText() {}

    static void append(StringBuilder text, ReplaySummary summary, TextStyle style) {
        if (summary.rules().isEmpty()) {
            return;
        }
        List<RuleHits> busy = summary.rules().stream()
                .filter(hits -> hits.packets() > 0)
                .sorted(Comparator.comparingLong(RuleHits::packets).reversed())
                .toList();
        // Defaults aren't anybody's rules: nobody can remove one that never decides.
        List<RuleHits> idle = summary.rules().stream()
                .filter(hits -> hits.packets() == 0 && !hits.rule().origin().isImplicit())
                .toList();
        text.append('\n');
        TextTable table = new TextTable("Rule", ">Packets", ">Bytes", "Last (UTC)");
        for (RuleHits hits : busy.subList(0, Math.min(busy.size(), MOST_BUSY))) {
            table.add(
                    name(hits),
                    HumanText.count(hits.packets()),
                    HumanText.bytes((double) hits.bytes()),
                    HumanText.dateTime(hits.lastNanos()));
        }
        table.appendTo(text, INDENT, style);
        if (busy.size() > MOST_BUSY) {
            text.append(INDENT)
                    .append("and ")
                    .append(HumanText.count(busy.size() - MOST_BUSY, "rule"))
                    .append(" more\n");
        }
        if (!idle.isEmpty()) {
            text.append(INDENT).append(HumanText.count(idle.size(), "rule")).append(" never decided:\n");
            for (RuleHits hits : idle.subList(0, Math.min(idle.size(), MOST_IDLE))) {
                text.append(INDENT).append(INDENT).append(name(hits)).append('\n');
            }
            if (idle.size() > MOST_IDLE) {
                text.append(INDENT).append(INDENT).append("and ");
                text.append(HumanText.count(idle.size() - MOST_IDLE)).append(" more; --json lists all\n");
            }
        }
    }

    private static String name(RuleHits hits) {
        String rule = hits.rule().direction().text() + " "
                + (hits.rule().origin().isImplicit() ? hits.rule().origin().place() : RuleText.rule(hits.rule()));
        return rule.length() <= WIDTH ? rule : rule.substring(0, WIDTH - 1) + "…";
    }
}
