package io.weir.detector.flood;

import io.weir.filter.packet.IpProtocol;

/** GRE, ESP and every other protocol without a two-way exchange. */
final class OtherFlood implements FloodDetector {
    private static final int FEWEST_SOURCES = 4;

    @Override
    public TrafficClass trafficClass() {
        return TrafficClass.OTHER;
    }

    /** A tunnel has one source; seen from one side it has no answers. */
    @Override
    public boolean isFast(WindowReading reading, long perSecond) {
        return reading.isSurge(SURGE * perSecond);
    }

    @Override
    public boolean isSteady(WindowReading reading, long perSecond) {
        return reading.isSteady(STEADY * perSecond);
    }

    @Override
    public boolean isSeenAtOnce() {
        return true;
    }

    @Override
    public boolean isAttack(WindowReading reading, FloodSamples samples, Usual usual) {
        return samples.distinctSources() >= FEWEST_SOURCES;
    }

    @Override
    public String vector(FloodSamples samples) {
        if (samples.fragmentShare() >= FloodSamples.MOST) {
            return "fragment";
        }
        int protocol = samples.commonestProtocol();
        return switch (protocol) {
            case IpProtocol.GRE -> "gre";
            case IpProtocol.ESP -> "esp";
            case IpProtocol.IGMP -> "igmp";
            case IpProtocol.IPIP -> "ipip";
            case IpProtocol.IPV6 -> "ipv6-in-ip";
            case IpProtocol.SCTP -> "sctp";
            default -> "protocol-" + protocol;
        };
    }
}
