package io.weir.filter.packet;

/**
 * How decoding a frame ended: a closed list, each constant counted. After {@link #OK} every decoded column holds.
 *
 * <p>The snap length (captured shorter than the wire) never makes a frame malformed: cut, it is {@link #OK} when the
 * fields that identify the packet and relate it to others were captured, else {@link #CUT}. What was wrong on the wire in
 * the bytes captured is still said; a check that needs bytes behind the cut isn't made.
 */
public enum DecodeOutcome {
    /**
     * IP and, where it is one of those decoded, the transport header are consistent, and were captured: IP and its
     * extension headers whole, the transport header whole or, if the capture cut it, at least
     *
     * <ul>
     *   <li>TCP through its flags (14 bytes),
     *   <li>UDP and SCTP with both ports (4 bytes),
     *   <li>ICMP and ICMPv6 with type and code (2 bytes).
     * </ul>
     *
     * <p>What the columns hold behind such a cut: see {@link PacketBatch}.
     */
    OK("ok", Kind.DECODED),
    /** A frame without IP: ARP, LLDP, spanning tree, a bare link message. */
    NOT_IP("not IP", Kind.NOT_IP),
    /**
     * The capture ends inside the link header, IP header or extension headers, or before the transport fields that {@link
     * #OK} needs; the frame on the wire didn't.
     */
    CUT("cut by snap length", Kind.CUT),
    /** The link type isn't decoded. */
    UNSUPPORTED_LINK("unsupported link type", Kind.NOT_IP),
    /** The frame ends inside the link header. */
    LINK_TRUNCATED("link header truncated", Kind.MALFORMED),
    /** More VLAN tags or MPLS labels than are followed. */
    LINK_TOO_DEEP("too many link headers", Kind.MALFORMED),
    /** The IP header's version is neither 4 nor 6, or contradicts the link header. */
    IP_VERSION("bad ip version", Kind.MALFORMED),
    /** The frame ends inside the IP header. */
    IP_TRUNCATED("ip header truncated", Kind.MALFORMED),
    /** IPv4 header length below 20 bytes or beyond the packet. */
    IPV4_HEADER_LENGTH("bad ipv4 header length", Kind.MALFORMED),
    /** The length in the IP header is smaller than its headers, or larger than the frame on the wire. */
    IP_LENGTH("bad ip length", Kind.MALFORMED),
    /** An IPv6 extension header that ends beyond the packet. */
    IPV6_EXTENSION("bad ipv6 extension header", Kind.MALFORMED),
    /** More IPv6 extension headers than are followed. */
    IPV6_EXTENSION_CHAIN("too many ipv6 extension headers", Kind.MALFORMED),
    /** A fragment that would end beyond 65,535 bytes, or whose length isn't a multiple of 8 while more follow. */
    FRAGMENT_BOUNDS("bad fragment bounds", Kind.MALFORMED),
    /** A first fragment, or a whole packet, too short for its transport header (RFC 1858, RFC 7112). */
    TRANSPORT_TRUNCATED("transport header truncated", Kind.MALFORMED),
    /** TCP data offset below 5 or beyond the segment. */
    TCP_HEADER_LENGTH("bad tcp header length", Kind.MALFORMED),
    /** A TCP option whose length is below 2 or beyond the header. */
    TCP_OPTION("bad tcp option", Kind.MALFORMED),
    /** UDP length below 8 or beyond the packet. */
    UDP_LENGTH("bad udp length", Kind.MALFORMED);

    /** What an outcome means for a verdict. */
    public enum Kind {
        DECODED,
        NOT_IP,
        CUT,
        MALFORMED
    }

    private static final DecodeOutcome[] VALUES = values();

    private final String text;
    private final Kind kind;

    DecodeOutcome(String text, Kind kind) {
        this.text = text;
        this.kind = kind;
    }

    /** In words, for people. */
    public String text() {
        return text;
    }

    public Kind kind() {
        return kind;
    }

    public boolean isMalformed() {
        return kind == Kind.MALFORMED;
    }

    /** The constant of an ordinal, without the copy that {@link #values()} makes. */
    public static DecodeOutcome of(int ordinal) {
        return VALUES[ordinal];
    }

    /** How many constants there are. */
    public static int count() {
        return VALUES.length;
    }
}
