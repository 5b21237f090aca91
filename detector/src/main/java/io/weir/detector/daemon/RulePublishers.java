package io.weir.detector.daemon;

import io.weir.filter.match.RuleSetPublisher;
import io.weir.filter.rule.RuleSet;
import java.util.HashMap;
import java.util.Map;

/** The rules in use, compiled once for all workers and all prefixes that share them; changed through their publishers. */
public final class RulePublishers implements AutoCloseable {
    private final Map<RuleSet, RuleSetPublisher> published = new HashMap<>();

    /** The publisher that began with these rules. */
    public synchronized RuleSetPublisher of(RuleSet rules) {
        return published.computeIfAbsent(rules, added -> new RuleSetPublisher(added.rules()));
    }

    @Override
    public synchronized void close() {
        published.values().forEach(RuleSetPublisher::close);
    }
}
