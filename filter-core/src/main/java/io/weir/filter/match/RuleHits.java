package io.weir.filter.match;

import io.weir.filter.rule.Rule;

/**
 * How often a rule decided. Packets of a connection that it accepted aren't its: rules decide what is new.
 *
 * @param bytes on the wire
 * @param lastNanos packet time of the last one; means nothing where there was none
 */
public record RuleHits(Rule rule, long packets, long bytes, long lastNanos) {}
