package io.weir.filter.rule;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;

/**
 * One box of header space: what a rule matches, or a part of it where it names several prefixes.
 *
 * @param source of the same IP version as {@code destination}
 * @param destinationPorts for ICMP and ICMPv6 types and codes, see {@link FiveTuple}
 * @param protocol IANA number, or {@link #ANY_PROTOCOL}
 */
public record RuleBox(
        IpPrefix source, IpPrefix destination, PortRange sourcePorts, PortRange destinationPorts, int protocol) {
    public static final int ANY_PROTOCOL = -1;

    private static final int PROTOCOL_MAXIMUM = 255;

    /** @throws IllegalArgumentException for prefixes of different IP versions or an impossible protocol */
    public RuleBox {
        if (source.version() != destination.version()) {
            throw new IllegalArgumentException(source + " and " + destination + " are of different IP versions");
        }
        if (protocol < ANY_PROTOCOL || protocol > PROTOCOL_MAXIMUM) {
            throw new IllegalArgumentException("no protocol " + protocol);
        }
    }

    /** 4 or 6. */
    public int ipVersion() {
        return source.version();
    }

    public boolean contains(FiveTuple tuple) {
        return (protocol == ANY_PROTOCOL || protocol == tuple.protocol())
                && destinationPorts.contains(tuple.destinationPort())
                && sourcePorts.contains(tuple.sourcePort())
                && source.contains(tuple.sourceHigh(), tuple.sourceLow())
                && destination.contains(tuple.destinationHigh(), tuple.destinationLow());
    }

    /** Whether every packet of {@code other} is inside. */
    public boolean contains(RuleBox other) {
        return (protocol == ANY_PROTOCOL || protocol == other.protocol)
                && destinationPorts.contains(other.destinationPorts)
                && sourcePorts.contains(other.sourcePorts)
                && source.contains(other.source)
                && destination.contains(other.destination);
    }
}
