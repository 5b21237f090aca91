package io.weir.detector.event;

import io.weir.filter.packet.IpProtocol;

/** Names of protocols as EVE writes them. */
public final class ProtocolName {
    private ProtocolName() {}

    public static String of(int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> "TCP";
            case IpProtocol.UDP -> "UDP";
            case IpProtocol.ICMP -> "ICMP";
            case IpProtocol.ICMPV6 -> "IPv6-ICMP";
            case IpProtocol.GRE -> "GRE";
            case IpProtocol.ESP -> "ESP";
            case IpProtocol.SCTP -> "SCTP";
            case IpProtocol.IGMP -> "IGMP";
            default -> String.valueOf(protocol);
        };
    }
}
