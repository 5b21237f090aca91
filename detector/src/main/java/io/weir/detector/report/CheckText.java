package io.weir.detector.report;

import io.weir.filter.match.LintFinding;
import io.weir.filter.match.LintKind;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleSet;
import java.util.List;

/** The findings of {@code weir check} for people, at most 80 columns wide as far as names allow. */
public final class CheckText {
    private static final String INDENT = "    ";
    /** More names than these help nobody on a screen; JSON has them all. */
    private static final int SHOWN = 5;

    private final CheckReport report;
    private final TextStyle style;
    private final TextLines text = new TextLines();

    private CheckText(CheckReport report, TextStyle style) {
        this.report = report;
        this.style = style;
    }

    public static String of(CheckReport report, TextStyle style) {
        return new CheckText(report, style).write();
    }

    private String write() {
        int findings = report.findingCount();
        text.line(style.bold("Weir checked " + HumanText.count(report.ruleCount(), "rule")) + ": "
                + (findings == 0 ? style.good("nothing found.") : style.alarm(HumanText.count(findings, "finding"))));
        for (CheckReport.Checked checked : report.checked()) {
            if (!checked.findings().isEmpty()) {
                text.blank();
                String rules = HumanText.count(CheckReport.writtenRules(checked), "rule");
                text.line("  " + checked.target() + ", "
                        + checked.rules().direction().text() + " (" + rules + ")");
                List<LintFinding> undecided = checked.findings().stream()
                        .filter(finding -> finding.kind() == LintKind.UNDECIDED)
                        .toList();
                checked.findings().stream()
                        .filter(finding -> finding.kind() != LintKind.UNDECIDED)
                        .forEach(finding -> writeFinding(checked.rules(), finding));
                undecided
                        .subList(0, Math.min(SHOWN, undecided.size()))
                        .forEach(finding -> writeFinding(checked.rules(), finding));
                if (undecided.size() > SHOWN) {
                    text.blank();
                    text.wrapped(
                            INDENT,
                            "and " + HumanText.count(undecided.size() - SHOWN)
                                    + " more that are undecided (--json names them)");
                }
            }
        }
        if (!report.unusedNames().isEmpty()) {
            text.blank();
            text.line("  " + style.bold(FindingText.UNUSED));
            report.unusedNames().forEach(name -> text.wrapped(INDENT, name));
            text.wrapped(INDENT, FindingText.UNUSED_PROBLEM);
            label("fix", FindingText.UNUSED_FIX);
        }
        writeBounds();
        return text.toString();
    }

    private void writeBounds() {
        List<CheckReport.Checked> written = report.checked().stream()
                .filter(checked -> CheckReport.writtenRules(checked) > 0)
                .toList();
        if (written.isEmpty()) {
            return;
        }
        text.blank();
        text.line("  The slowest packet there can be");
        for (CheckReport.Checked checked : written) {
            checked.bounds()
                    .forEach((version, bound) -> text.wrapped(
                            INDENT,
                            checked.target() + ", "
                                    + checked.rules().direction().text() + ", IPv" + version + ": "
                                    + (bound.isExact() ? "" : "at most ") + HumanText.count(bound.loads(), "load")
                                    + (bound.words() == 0 ? "" : ", " + bound.words() + " x 64 rules compared")));
        }
    }

    private void writeFinding(RuleSet set, LintFinding finding) {
        Rule rule = set.rules().get(finding.rule());
        text.blank();
        String kind = finding.kind().text();
        boolean isOpen = finding.kind().compareTo(LintKind.SHADOWED) < 0;
        text.line("  " + (isOpen ? style.alarm(kind) : style.bold(kind)));
        text.wrapped(INDENT, rule.origin().toString());
        text.wrapped(INDENT, RuleText.rule(rule));
        text.wrapped(INDENT, FindingText.problem(set, finding));
        writeOthers(set, finding);
        finding.witness().ifPresent(packet -> label("packet", witness(set, packet)));
        label("fix", FindingText.fix(set, finding));
    }

    private static String witness(RuleSet set, FiveTuple packet) {
        boolean isAccepted = set.rules().get(set.decide(packet)).policy() == Policy.ACCEPT;
        return RuleText.packet(packet) + (isAccepted ? " is accepted" : " is dropped");
    }

    private void writeOthers(RuleSet set, LintFinding finding) {
        List<Integer> others = finding.others();
        String label = FindingText.othersLabel(finding.kind());
        for (int other : others.subList(0, Math.min(SHOWN, others.size()))) {
            Rule rule = set.rules().get(other);
            label(label, rule.origin() + ": " + RuleText.rule(rule));
            label = "";
        }
        if (others.size() > SHOWN) {
            label("", "and " + HumanText.count(others.size() - SHOWN) + " more (--json names them)");
        }
    }

    private void label(String label, String words) {
        text.wrapped(INDENT + String.format("%-9s", label), words);
    }
}
