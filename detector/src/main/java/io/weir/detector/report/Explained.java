package io.weir.detector.report;

import io.weir.filter.match.RuleExplanation;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleSet;

/**
 * What one rule set says of a packet. Where security groups and a network ACL both judge, a packet has two of these,
 * and passes where both accept.
 */
public record Explained(RuleSet rules, RuleExplanation explanation) {
    Rule decider() {
        return rules.rules().get(explanation.decider());
    }

    /** Whether it is this very rule that decides. */
    @SuppressWarnings("ReferenceEquality")
    public boolean isDecidedBy(Rule rule) {
        return decider() == rule;
    }

    boolean isAccepted() {
        return decider().policy() == Policy.ACCEPT;
    }

    /** Why the deciding rule does. */
    String reason() {
        Rule decider = decider();
        if (explanation.decider() == 0) {
            return decider.origin().isImplicit() ? "there is no other rule" : "it is the first rule, and it matches";
        }
        boolean isTied = explanation.runnersUp().stream()
                .map(rules.rules()::get)
                .anyMatch(other -> other.priority() == decider.priority() && other.policy() != decider.policy());
        return isTied ? "no rule before it matches, and at the same priority drop wins" : "no rule before it matches";
    }
}
