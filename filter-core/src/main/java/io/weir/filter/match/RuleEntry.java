package io.weir.filter.match;

import io.weir.filter.rule.Rule;

/** A rule that is in use, as {@link RuleSetPublisher} keeps it, and where it lies. */
final class RuleEntry {
    /** Compiled rules are this far apart, so that many fit between two. */
    static final int GAP_BITS = 40;

    static final int NOT_COMPILED = -1;

    final Rule rule;
    /** The smaller decides. */
    long key;
    /** Place in the classifier in use, or {@link #NOT_COMPILED}: then there is a slot. */
    int place;
    /** In the overlay in use. */
    int slot;

    RuleEntry(Rule rule, long key, int place) {
        this.rule = rule;
        this.key = key;
        this.place = place;
    }

    boolean isCompiled() {
        return place != NOT_COMPILED;
    }

    /** That of a compiled rule. */
    static long key(int place) {
        return place + 1L << GAP_BITS;
    }
}
