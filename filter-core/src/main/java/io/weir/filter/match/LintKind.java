package io.weir.filter.match;

import java.util.Locale;

/** What can be wrong with a rule, in the order in which people should look at it. */
public enum LintKind {
    /** Accepts every protocol and every port from everywhere. */
    OPEN_TO_ALL,
    /** Accepts every port of TCP or UDP from everywhere. */
    OPEN_PORTS,
    /** Accepts a port from everywhere that is for administrators and neighbours. */
    OPEN_MANAGEMENT,
    /** Never decides, and each of its packets gets the other verdict from earlier rules. */
    SHADOWED,
    /** An earlier rule of the same priority and the other policy takes some of its packets. */
    CONTRADICTING,
    /** No packet can match it. */
    UNREACHABLE,
    /** A rule of another group says the same: without it no verdict changes. */
    OVERLAPPING_GROUPS,
    /** Without it no verdict changes. */
    REDUNDANT,
    /** The bound on work was reached before an answer. */
    UNDECIDED;

    /** {@code overlapping-groups}: in JSON. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
