package io.weir.detector.daemon;

import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;

/** IP packets that keep the network itself working. They pass before everything else, only rate-limited. */
final class ControlTraffic {
    private static final int MLD_QUERY = 130;
    private static final int MLD_DONE = 132;
    private static final int ROUTER_SOLICITATION = 133;
    private static final int REDIRECT = 137;
    private static final int MLDV2_REPORT = 143;

    private static final int DHCP_SERVER = 67;
    private static final int DHCP_CLIENT = 68;
    private static final int DHCPV6_CLIENT = 546;
    private static final int DHCPV6_SERVER = 547;

    private ControlTraffic() {}

    static boolean isControl(PacketBatch batch, int i) {
        return switch (batch.protocol[i]) {
            case IpProtocol.ICMPV6 -> isNeighbourOrListener(batch.icmpTypeCode[i] >>> 8, batch.timeToLive[i]);
            case IpProtocol.UDP -> isDhcp(batch.sourcePort[i], batch.destinationPort[i]);
            default -> false;
        };
    }

    private static boolean isNeighbourOrListener(int type, int hopLimit) {
        // RFC 4861 section 6.1: a hop limit of 255 proves that the sender is on the link. RFC 3810 section 5: MLD has
        // 1.
        return type >= ROUTER_SOLICITATION && type <= REDIRECT && hopLimit == 255
                || (type >= MLD_QUERY && type <= MLD_DONE || type == MLDV2_REPORT) && hopLimit == 1;
    }

    private static boolean isDhcp(int sourcePort, int destinationPort) {
        return sourcePort == DHCP_SERVER && destinationPort == DHCP_CLIENT
                || sourcePort == DHCP_CLIENT && destinationPort == DHCP_SERVER
                || sourcePort == DHCPV6_SERVER && destinationPort == DHCPV6_CLIENT
                || sourcePort == DHCPV6_CLIENT && destinationPort == DHCPV6_SERVER;
    }
}
