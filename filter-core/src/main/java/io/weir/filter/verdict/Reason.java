package io.weir.filter.verdict;

/**
 * Why a packet passed or was dropped: a closed list. Every packet has exactly one; every reason is counted in packets
 * and bytes. The texts are part of the events' schema.
 */
public enum Reason {
    /** Belongs to a tracked connection or exchange. */
    ESTABLISHED("established", false),
    /** Answers an opening packet that was seen, passed or not; an ICMP error that quotes one. */
    ANSWER("answer", false),
    /** Unproven, and within every threshold. */
    ACCEPTED("accepted", false),
    /** From a trusted prefix, within the bucket that such prefixes have during a flood. */
    TRUSTED("trusted", false),
    /** From a source that has proven itself before, within the bucket that such sources have during a flood. */
    CREDIBLE("credible", false),
    /** A SYN that came again as a real stack sends it, during a flood that only this tells apart. */
    AUTHENTICATED("authenticated", false),
    /** Keeps the network itself working: ARP and all that isn't IP, neighbour discovery, MLD, DHCP, path MTU. */
    CONTROL("control", false),
    /** Neither to nor from a protected prefix. */
    TRANSIT("transit", false),
    /** No address could be read: the snap length cut it, the link type isn't decoded, or it is malformed before one. */
    UNDECODED("undecoded", false),

    /** Malformed IP toward a protected address. */
    MALFORMED("malformed", true),
    /** More control packets than any network needs. */
    CONTROL_LIMIT("control-limit", true),
    /** A rule of a security group or network ACL drops it; the verdict's id says which. */
    RULE("rule", true),
    /** No rule accepts it, and the group's default is to drop. */
    NO_RULE("no-rule", true),
    /** Its source is banned. */
    BAN("ban", true),
    /** Has the signature of a flood; the verdict's id is the flood's number. */
    SIGNATURE("signature", true),
    /** A first SYN during a flood that only repetition tells apart: who means it sends it again. */
    SYN_AUTHENTICATION("syn-authentication", true),
    /** The destination's {@code total} is used up. */
    TOTAL_LIMIT("total-limit", true),
    SYN_FLOOD("syn-flood", true),
    UDP_FLOOD("udp-flood", true),
    ACK_FLOOD("ack-flood", true),
    ICMP_FLOOD("icmp-flood", true),
    DNS_FLOOD("dns-flood", true),
    HTTP_FLOOD("http-flood", true),
    OTHER_FLOOD("other-flood", true);

    private static final Reason[] VALUES = values();

    private final String text;
    private final boolean drop;

    Reason(String text, boolean drop) {
        this.text = text;
        this.drop = drop;
    }

    /** As it stands in output: {@code syn-flood}. */
    public String text() {
        return text;
    }

    /** Whether this reason drops a packet. */
    public boolean isDrop() {
        return drop;
    }

    /** Whether the packet belongs to a connection or answers what began one. */
    public boolean isOfConnection() {
        return this == ESTABLISHED || this == ANSWER;
    }

    /** The reason of a packet that a flood of this kind costs. */
    public static Reason of(FloodKind kind) {
        return switch (kind) {
            case SYN -> SYN_FLOOD;
            case UDP -> UDP_FLOOD;
            case ACK -> ACK_FLOOD;
            case ICMP -> ICMP_FLOOD;
            case DNS -> DNS_FLOOD;
            case HTTP -> HTTP_FLOOD;
            case OTHER -> OTHER_FLOOD;
        };
    }

    /** The constant of an ordinal, without the copy that {@link #values()} makes. */
    public static Reason of(int ordinal) {
        return VALUES[ordinal];
    }

    /** How many constants there are. */
    public static int count() {
        return VALUES.length;
    }
}
