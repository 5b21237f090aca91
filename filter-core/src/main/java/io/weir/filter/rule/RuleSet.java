package io.weir.filter.rule;

import java.util.List;

/**
 * The rules of one direction in the order in which they decide: the first that matches does. The last one matches every
 * packet, so that one always does.
 */
public record RuleSet(Direction direction, List<Rule> rules) {
    public RuleSet {
        rules = List.copyOf(rules);
    }

    /**
     * The index of the rule that decides, by trying one after the other: what every faster way must agree with.
     *
     * @throws IllegalStateException where no rule matches, so that the last one isn't the default that it must be
     */
    public int decide(FiveTuple tuple) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).matches(tuple)) {
                return i;
            }
        }
        throw new IllegalStateException("a rule set without a default");
    }
}
