package io.weir.detector.flood;

/** UDP without a two-way exchange, DNS apart. */
final class UdpFlood implements FloodDetector {
    private static final double RANDOM_PORTS = 0.5;

    @Override
    public TrafficClass trafficClass() {
        return TrafficClass.UDP;
    }

    @Override
    public String vector(FloodSamples samples) {
        if (samples.fragmentShare() >= FloodSamples.MOST) {
            return "fragment";
        }
        int port = samples.commonestSourcePort();
        String service = reflector(port);
        // Whoever floods from one machine may use any source port: reflectors are many.
        if (!service.isEmpty()
                && samples.sourcePortShare(port) >= FloodSamples.MOST
                && samples.topSourceShare() < FloodSamples.MOST) {
            return service + "-amplification";
        }
        return samples.destinationPortSpread() >= RANDOM_PORTS ? "udp-random-ports" : "udp";
    }

    /** The service that answers from a port, of those used as reflectors (CISA alert TA14-017A, Netscout 2020-2025). */
    private static String reflector(int port) {
        return switch (port) {
            case 17 -> "qotd";
            case 19 -> "chargen";
            case 53 -> "dns";
            case 69 -> "tftp";
            case 111 -> "portmap";
            case 123 -> "ntp";
            case 137 -> "netbios";
            case 161 -> "snmp";
            case 177 -> "xdmcp";
            case 389 -> "cldap";
            case 427 -> "slp";
            case 500, 4500 -> "isakmp";
            case 520 -> "rip";
            case 623 -> "ipmi";
            case 1194 -> "openvpn";
            case 1434 -> "mssql";
            case 1900 -> "ssdp";
            case 3283 -> "ard";
            case 3389 -> "rdp";
            case 3478 -> "stun";
            case 3702 -> "ws-discovery";
            case 5060 -> "sip";
            case 5351 -> "nat-pmp";
            case 5353 -> "mdns";
            case 5683 -> "coap";
            case 10001 -> "ubiquiti";
            case 11211 -> "memcached";
            case 27005, 27015 -> "steam";
            case 33848 -> "jenkins";
            case 37810 -> "dhcpdiscover";
            case 47808 -> "bacnet";
            default -> "";
        };
    }
}
