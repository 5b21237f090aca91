package io.weir.filter.match;

import io.weir.filter.rule.FiveTuple;
import java.util.List;
import java.util.Optional;

/**
 * One thing that is wrong with one rule. Rules are indexes into the rule set that was looked at.
 *
 * @param rule the rule that should change
 * @param others the rules that make it so, ascending: for {@link LintKind#SHADOWED}, {@link LintKind#REDUNDANT} and
 *     {@link LintKind#OVERLAPPING_GROUPS} a cover that none can be left out of; where those stand behind the rule, they
 *     cover what the rules before it leave. For {@link LintKind#CONTRADICTING} every rule that takes packets from it.
 *     Empty for the others
 * @param witness a packet to see it by, except for {@link LintKind#UNREACHABLE} and {@link LintKind#UNDECIDED}
 * @param services what is open, for the findings that say so
 */
public record LintFinding(
        LintKind kind, int rule, List<Integer> others, Optional<FiveTuple> witness, List<ManagementService> services) {
    public LintFinding {
        others = List.copyOf(others);
        services = List.copyOf(services);
    }
}
