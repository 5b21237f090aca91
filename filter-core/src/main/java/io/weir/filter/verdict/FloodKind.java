package io.weir.filter.verdict;

import java.util.Locale;

/** The kinds of flood: a contract of the events. What a kind doesn't say, the event's vector does. */
public enum FloodKind {
    SYN,
    UDP,
    ACK,
    ICMP,
    DNS,
    HTTP,
    OTHER;

    /** As it stands in events: {@code syn}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
