package io.weir.detector.report;

import io.weir.filter.match.ClassifierBound;
import io.weir.filter.match.LintFinding;
import io.weir.filter.rule.RuleSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code weir check} found.
 *
 * @param unusedNames what a configuration defines and no rule names, such as {@code prefix_lists.pl-1}
 */
public record CheckReport(List<Checked> checked, List<String> unusedNames) {
    /**
     * One direction of one target.
     *
     * @param target the protected prefix, or another name for what the rules protect
     * @param findings with indexes into {@code rules}
     * @param bounds by IP version, 4 and 6: what the slowest packet of all that can exist costs
     */
    public record Checked(
            String target, RuleSet rules, List<LintFinding> findings, Map<Integer, ClassifierBound> bounds) {
        public Checked {
            bounds = new TreeMap<>(bounds);
            findings = List.copyOf(findings);
        }
    }

    public CheckReport {
        checked = List.copyOf(checked);
        unusedNames = List.copyOf(unusedNames);
    }

    public int findingCount() {
        return unusedNames.size()
                + checked.stream().mapToInt(one -> one.findings().size()).sum();
    }

    /** Rules that somebody wrote, in all targets and directions. */
    long ruleCount() {
        return checked.stream().mapToLong(CheckReport::writtenRules).sum();
    }

    static long writtenRules(Checked checked) {
        return checked.rules().rules().stream()
                .filter(rule -> !rule.origin().isImplicit())
                .count();
    }
}
