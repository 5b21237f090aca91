package io.weir.filter.packet;

/** What a packet carries another packet in. It is decoded by its outer header only. */
public enum Tunnel {
    NONE,
    GRE,
    /** IPv4 in IP (RFC 2003), protocol 4. */
    IPIP,
    /** IPv6 in IP (RFC 4213), protocol 41. */
    IPV6_IN_IP,
    /** UDP port 4789 (RFC 7348). */
    VXLAN,
    /** UDP port 2152 (3GPP TS 29.281). */
    GTP_U;

    private static final Tunnel[] VALUES = values();

    /** The constant of an ordinal, without the copy that {@link #values()} makes. */
    public static Tunnel of(int ordinal) {
        return VALUES[ordinal];
    }
}
