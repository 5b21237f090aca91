package io.weir.capture.testing;

/** The fields asked of tshark, by the names of its display filters. */
public enum TsharkField {
    NUMBER("frame.number"),
    PROTOCOLS("frame.protocols"),
    IPV4_SOURCE("ip.src"),
    IPV4_DESTINATION("ip.dst"),
    IPV4_PROTOCOL("ip.proto"),
    IPV4_TIME_TO_LIVE("ip.ttl"),
    IPV4_FRAGMENT_OFFSET("ip.frag_offset"),
    IPV6_SOURCE("ipv6.src"),
    IPV6_DESTINATION("ipv6.dst"),
    IPV6_NEXT("ipv6.nxt"),
    IPV6_HOP_LIMIT("ipv6.hlim"),
    IPV6_FRAGMENT_OFFSET("ipv6.fraghdr.offset"),
    HOP_BY_HOP_NEXT("ipv6.hopopts.nxt"),
    ROUTING_NEXT("ipv6.routing.nxt"),
    FRAGMENT_NEXT("ipv6.fraghdr.nxt"),
    DESTINATION_OPTIONS_NEXT("ipv6.dstopts.nxt"),
    AH_NEXT("ah.next_header"),
    MOBILITY_NEXT("mip6.proto"),
    HIP_NEXT("hip.proto"),
    SHIM6_NEXT("shim6.nxt"),
    TCP_SOURCE("tcp.srcport"),
    TCP_DESTINATION("tcp.dstport"),
    TCP_FLAGS("tcp.flags"),
    TCP_SEQUENCE("tcp.seq"),
    TCP_WINDOW("tcp.window_size_value"),
    TCP_LENGTH("tcp.len"),
    TCP_MAXIMUM_SEGMENT_SIZE("tcp.options.mss_val"),
    TCP_WINDOW_SCALE("tcp.options.wscale.shift"),
    UDP_SOURCE("udp.srcport"),
    UDP_DESTINATION("udp.dstport"),
    SCTP_SOURCE("sctp.srcport"),
    SCTP_DESTINATION("sctp.dstport"),
    ICMP_TYPE("icmp.type"),
    ICMPV6_TYPE("icmpv6.type"),
    DNS_QUESTIONS("dns.count.queries"),
    DNS_NAME("dns.qry.name"),
    DNS_TYPE("dns.qry.type"),
    HTTP_METHOD("http.request.method"),
    HTTP_TARGET("http.request.uri"),
    TLS_HANDSHAKE("tls.handshake.type");

    private final String text;

    TsharkField(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
