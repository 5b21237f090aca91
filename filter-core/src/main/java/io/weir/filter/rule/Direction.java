package io.weir.filter.rule;

import java.util.Locale;

/** Which way a rule looks, seen from the protected host. */
public enum Direction {
    INGRESS,
    EGRESS;

    /** As security groups write it: {@code ingress}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
