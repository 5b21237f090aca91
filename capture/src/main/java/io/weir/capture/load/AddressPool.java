package io.weir.capture.load;

import io.weir.filter.address.IpAddress;

/**
 * A prefix that addresses are drawn from.
 *
 * @param high the prefix's first address, as two longs, IPv4 as IPv4-mapped IPv6
 * @param prefixLength of IPv4 as it is written (0 to 32); of IPv6 0 to 64, so that interface identifiers are free
 */
public record AddressPool(long high, long low, int prefixLength) {
    /** Networks of 4,096 addresses that users live in. */
    private static final int CLUSTERS = 400;

    /** A pool of IPv4 addresses; the prefix as an int in network order. */
    public static AddressPool ipv4(int prefix, int prefixLength) {
        return new AddressPool(0, IpAddress.mapped(prefix), prefixLength);
    }

    boolean isIpv4() {
        return IpAddress.isIpv4(high, low);
    }

    /** Whether the length is allowed, no host bit is set and no address of the pool is a public one. */
    boolean isUsable() {
        int longest = isIpv4() ? 32 : 64;
        if (prefixLength < 0 || prefixLength > longest) {
            return false;
        }
        boolean clean = isIpv4() ? (low & hostMask()) == 0 : (high & hostMask()) == 0 && low == 0;
        return clean && Addresses.isReserved(high, low, prefixLength);
    }

    /** The high half of the address that some random bits choose; use the same bits for {@link #low(long)}. */
    long high(long bits) {
        return isIpv4() ? 0 : high | bits & hostMask();
    }

    /** The low half of the address that some random bits choose. */
    long low(long bits) {
        return isIpv4() ? low | bits & hostMask() : LoadRandom.mix(bits);
    }

    /**
     * Bits for an address as users' are spread: few networks hold many of them, many hold few, most hold none. IPv4 alone;
     * of IPv6 every network is drawn alike.
     */
    long clustered(long bits) {
        int hostBits = 32 - prefixLength;
        if (!isIpv4() || hostBits < 16) {
            return bits;
        }
        double draw = (bits >>> 11) * 0x1.0p-53;
        int network = (int) (CLUSTERS * draw * draw * draw);
        long networkBits = LoadRandom.mix(network + 1L) << 12;
        return networkBits | LoadRandom.mix(bits) & 0xfff;
    }

    /** How many addresses there are, at most 2³². */
    long size() {
        return isIpv4() ? 1L << 32 - prefixLength : 1L << 32;
    }

    private long hostMask() {
        int hostBits = (isIpv4() ? 32 : 64) - prefixLength;
        return hostBits == 64 ? -1L : (1L << hostBits) - 1;
    }
}
