package io.weir.detector.flood;

import io.weir.filter.verdict.FloodKind;

/**
 * The classes that traffic toward a destination is counted in, each against a threshold of its own. The ordinal indexes
 * the arrays of counters and limits.
 */
public enum TrafficClass {
    SYN("syn", "pps", FloodKind.SYN, "tcp syn"),
    /** TCP that belongs to no connection. */
    ACK("ack", "pps", FloodKind.ACK, "tcp out of state"),
    UDP("udp", "pps", FloodKind.UDP, "udp"),
    ICMP("icmp", "pps", FloodKind.ICMP, "icmp"),
    /** Counted in questions. */
    DNS("dns", "qps", FloodKind.DNS, "dns questions"),
    /** Counted in requests. */
    HTTP("http", "rps", FloodKind.HTTP, "http requests"),
    /** Counted in handshakes. Their flood is of kind {@code http}: what they aim at is the same server. */
    TLS("tls", "hps", FloodKind.HTTP, "tls handshakes"),
    /** GRE, ESP and every other protocol. */
    OTHER("other", "pps", FloodKind.OTHER, "other protocols");

    private static final TrafficClass[] VALUES = values();

    private final String yamlKey;
    private final String rateKey;
    private final FloodKind kind;
    private final String text;

    TrafficClass(String yamlKey, String rateKey, FloodKind kind, String text) {
        this.yamlKey = yamlKey;
        this.rateKey = rateKey;
        this.kind = kind;
        this.text = text;
    }

    /** As it stands under {@code thresholds}: {@code syn}. */
    public String yamlKey() {
        return yamlKey;
    }

    /** The unit that its rate is counted in, as it stands in configuration and events: {@code pps}, {@code qps}… */
    public String rateKey() {
        return rateKey;
    }

    /** The kind of flood that too much of it is. */
    public FloodKind kind() {
        return kind;
    }

    /** In words, for people. */
    public String text() {
        return text;
    }

    /** The constant of an ordinal, without the copy that {@link #values()} makes. */
    public static TrafficClass of(int ordinal) {
        return VALUES[ordinal];
    }

    /** How many constants there are. */
    public static int count() {
        return VALUES.length;
    }
}
