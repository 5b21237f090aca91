package io.weir.detector.report;

import io.weir.filter.match.LintFinding;
import io.weir.filter.match.LintKind;
import io.weir.filter.match.ManagementService;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleSet;
import java.util.stream.Collectors;

/** What a finding says to people: the problem and the fix, in words. */
final class FindingText {
    static final String UNUSED = "unused";
    static final String UNUSED_PROBLEM = "defined, and no rule names it";
    static final String UNUSED_FIX = "remove it, or name it in the rule that it was made for";

    private FindingText() {}

    static String problem(RuleSet set, LintFinding finding) {
        Rule rule = set.rules().get(finding.rule());
        return switch (finding.kind()) {
            case OPEN_TO_ALL -> "accepts every protocol and port from everywhere" + among(finding);
            case OPEN_PORTS -> "accepts every port from everywhere" + among(finding);
            case OPEN_MANAGEMENT -> "accepts " + services(finding) + " from everywhere";
            case SHADOWED ->
                "never decides: all that it would " + rule.policy().text() + ", earlier rules "
                        + opposite(rule).text();
            case CONTRADICTING ->
                "of the same priority as rules that " + opposite(rule).text() + " some of its packets; these win";
            case UNREACHABLE ->
                rule.boxes().isEmpty()
                        ? "matches nothing: it names only lists or groups without members"
                        : "matches nothing: it asks for ports of a protocol that has none";
            case OVERLAPPING_GROUPS -> "repeats a rule of another group; without it no verdict changes";
            case REDUNDANT -> redundant(set, finding);
            case UNDECIDED -> "too many rules overlap with it: what it does was not decided within bounds";
        };
    }

    private static String redundant(RuleSet set, LintFinding finding) {
        Rule rule = set.rules().get(finding.rule());
        if (finding.others().getFirst() > finding.rule()) {
            return "changes nothing: without it, later rules " + rule.policy().text() + " the same packets";
        }
        boolean isMixed = finding.others().stream()
                .anyMatch(other -> set.rules().get(other).policy() != rule.policy());
        return isMixed
                ? "never decides: earlier rules decide all of it, and "
                        + opposite(rule).text() + " a part"
                : "changes nothing: earlier rules " + rule.policy().text() + " all of it already";
    }

    private static Policy opposite(Rule rule) {
        return rule.policy() == Policy.ACCEPT ? Policy.DROP : Policy.ACCEPT;
    }

    private static String among(LintFinding finding) {
        return finding.services().isEmpty() ? "" : ", among them " + services(finding);
    }

    private static String services(LintFinding finding) {
        return finding.services().stream().map(FindingText::service).collect(Collectors.joining(", "));
    }

    private static String service(ManagementService service) {
        return service.name() + " (" + PacketNames.protocol(service.protocol()) + " " + service.port() + ")";
    }

    static String fix(RuleSet set, LintFinding finding) {
        return switch (finding.kind()) {
            case OPEN_TO_ALL, OPEN_PORTS ->
                "accept only the ports that strangers need; the rest only from the addresses that need it";
            case OPEN_MANAGEMENT -> "accept it only from the addresses of those who administer";
            case SHADOWED -> "put it before them by a smaller priority, or remove it";
            case CONTRADICTING -> "give the one that is meant a smaller priority, or narrow one of them";
            case UNREACHABLE ->
                set.rules().get(finding.rule()).boxes().isEmpty()
                        ? "state the members under members: or prefix_lists:, or remove the rule"
                        : "leave the ports out, or remove the rule";
            case OVERLAPPING_GROUPS -> "keep it in one of the groups, or use one group";
            case REDUNDANT -> "remove it";
            case UNDECIDED -> "merge rules that say the same, or split the group by target";
        };
    }

    /** What stands before the rules that a finding names. */
    static String othersLabel(LintKind kind) {
        return kind == LintKind.CONTRADICTING ? "against" : "by";
    }
}
