package io.weir.filter.rule;

import io.weir.filter.address.IpAddress;

/**
 * What rules look at in a packet.
 *
 * @param sourceHigh high half of the source address, IPv4 in mapped form as everywhere
 * @param sourcePort 0 where the protocol has none; for ICMP and ICMPv6 always 0
 * @param destinationPort 0 where the protocol has none; for ICMP and ICMPv6 the type in bits 8 to 15 and the code
 * @param protocol IANA number, 0 to 255
 */
public record FiveTuple(
        long sourceHigh,
        long sourceLow,
        long destinationHigh,
        long destinationLow,
        int sourcePort,
        int destinationPort,
        int protocol) {
    /** 4 or 6. */
    public int ipVersion() {
        return IpAddress.isIpv4(destinationHigh, destinationLow) ? 4 : 6;
    }
}
