package io.weir.filter.rule;

import java.util.Locale;

/** What a rule does to a packet that it matches. */
public enum Policy {
    ACCEPT,
    DROP;

    /** As security groups write it: {@code accept}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
