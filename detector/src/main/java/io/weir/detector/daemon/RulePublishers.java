package io.weir.detector.daemon;

import io.weir.filter.match.RuleSetPublisher;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleSet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules in use, compiled once for all workers and all prefixes that share them; changed through their publishers. */
public final class RulePublishers implements AutoCloseable {
    private final Map<RuleSet, RuleSetPublisher> published = new HashMap<>();

    /** The publisher that began with these rules. */
    public synchronized RuleSetPublisher of(RuleSet rules) {
        RuleSetPublisher known = published.get(rules);
        if (known != null) {
            return known;
        }
        RuleSetPublisher added = new RuleSetPublisher(same(rules));
        published.put(rules, added);
        return added;
    }

    /** Of each rule that equals one of the same direction in use, that one: what was counted of it stays its own. */
    private List<Rule> same(RuleSet rules) {
        Map<Rule, ArrayDeque<Rule>> known = new HashMap<>();
        published.keySet().stream()
                .filter(other -> other.direction() == rules.direction())
                .flatMap(other -> other.rules().stream())
                .forEach(rule ->
                        known.computeIfAbsent(rule, added -> new ArrayDeque<>()).add(rule));
        ArrayDeque<Rule> none = new ArrayDeque<>();
        List<Rule> same = new ArrayList<>();
        for (Rule rule : rules.rules()) {
            Rule earlier = known.getOrDefault(rule, none).poll();
            same.add(earlier == null ? rule : earlier);
        }
        return same;
    }

    /** Closes all publishers but those of these rules. */
    synchronized void retain(Set<RuleSet> used) {
        published.entrySet().removeIf(entry -> {
            boolean isGone = !used.contains(entry.getKey());
            if (isGone) {
                entry.getValue().close();
            }
            return isGone;
        });
    }

    @Override
    public synchronized void close() {
        published.values().forEach(RuleSetPublisher::close);
    }
}
