package io.weir.capture.load;

import io.weir.filter.verdict.FloodKind;

/** What a flood consists of. */
public enum FloodVector {
    SYN("syn", FloodKind.SYN),
    /** Servers answer SYNs that were sent in the target's name. */
    SYN_ACK_REFLECTION("syn-ack-reflection", FloodKind.ACK),
    /** The same, from closed ports. */
    RST_REFLECTION("rst-reflection", FloodKind.ACK),
    ACK("ack", FloodKind.ACK),
    PSH_ACK("psh-ack", FloodKind.ACK),
    FIN("fin", FloodKind.ACK),
    RST("rst", FloodKind.ACK),
    UDP_RANDOM_PORTS("udp-random-ports", FloodKind.UDP),
    UDP_ONE_PORT("udp-one-port", FloodKind.UDP),
    DNS_REFLECTION("dns-reflection", FloodKind.DNS),
    NTP_REFLECTION("ntp-reflection", FloodKind.UDP),
    SSDP_REFLECTION("ssdp-reflection", FloodKind.UDP),
    MEMCACHED_REFLECTION("memcached-reflection", FloodKind.UDP),
    CLDAP_REFLECTION("cldap-reflection", FloodKind.UDP),
    SNMP_REFLECTION("snmp-reflection", FloodKind.UDP),
    CHARGEN_REFLECTION("chargen-reflection", FloodKind.UDP),
    ISAKMP_REFLECTION("isakmp-reflection", FloodKind.UDP),
    BACNET_REFLECTION("bacnet-reflection", FloodKind.UDP),
    /** A service that nobody has seen used for it, but that behaves like one. */
    UNKNOWN_REFLECTION("unknown-reflection", FloodKind.UDP),
    /** Parts of datagrams that are never whole. */
    FRAGMENTS("fragments", FloodKind.UDP),
    ICMP_ECHO("icmp-echo", FloodKind.ICMP),
    ICMP_ECHO_REPLY("icmp-echo-reply", FloodKind.ICMP),
    /** BlackNurse: port unreachable, which firewalls take long for. */
    ICMP_UNREACHABLE("icmp-unreachable", FloodKind.ICMP),
    /** Names that don't exist, each another one, so that no cache helps. */
    DNS_RANDOM_LABELS("dns-random-labels", FloodKind.DNS),
    /** One name over and over. */
    DNS_QUERY("dns-query", FloodKind.DNS),
    HTTP_GET("http-get", FloodKind.HTTP),
    HTTP_POST("http-post", FloodKind.HTTP),
    /** One request on each connection. */
    HTTP_CONNECTIONS("http-connections", FloodKind.HTTP),
    /** Headers that never end. */
    SLOWLORIS("slowloris", FloodKind.HTTP),
    /** Bodies that never end. */
    SLOW_POST("slow-post", FloodKind.HTTP),
    /** Answers that are never taken. */
    SLOW_READ("slow-read", FloodKind.HTTP),
    TLS_HANDSHAKE("tls-handshake", FloodKind.HTTP),
    /** Packets inside packets, as Mirai's greip sends them. */
    GRE("gre", FloodKind.OTHER),
    /** Requests over HTTP/2 that are taken back at once. */
    RAPID_RESET("rapid-reset", FloodKind.HTTP);

    private final String text;
    private final FloodKind kind;

    FloodVector(String text, FloodKind kind) {
        this.text = text;
        this.kind = kind;
    }

    /** As profiles name it. */
    public String text() {
        return text;
    }

    /** What it counts as. */
    public FloodKind kind() {
        return kind;
    }

    /** Whether it needs real connections, and so real addresses. */
    public boolean isOfConnections() {
        return kind == FloodKind.HTTP;
    }

    /** Whether it can have what users send: not a request that no browser makes. */
    public boolean canMimic() {
        return !isSlow() && this != HTTP_POST && this != RAPID_RESET;
    }

    /** Whether its connections never come to an end. */
    boolean isSlow() {
        return this == SLOWLORIS || this == SLOW_POST || this == SLOW_READ;
    }

    /** Whether its packets come from servers that were asked in the target's name. */
    boolean isReflected() {
        return text.endsWith("-reflection");
    }

    /** The plainest vector of a kind. */
    static FloodVector of(FloodKind kind) {
        return switch (kind) {
            case SYN -> SYN;
            case UDP -> UDP_RANDOM_PORTS;
            case ACK -> ACK;
            case ICMP -> ICMP_ECHO;
            case DNS -> DNS_RANDOM_LABELS;
            case HTTP -> HTTP_GET;
            case OTHER -> GRE;
        };
    }
}
