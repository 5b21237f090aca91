package io.weir.capture.load;

import io.weir.filter.address.IpAddress;
import java.util.List;

/** The ranges that simulated traffic may use: none of them is anybody's on the public Internet. */
final class Addresses {
    /** In words, for faults. */
    static final String RESERVED = "private (RFC 1918, fc00::/7), documentation (192.0.2.0/24, 198.51.100.0/24,"
            + " 203.0.113.0/24, 2001:db8::/32), benchmarking (198.18.0.0/15, 2001:2::/48) or loopback";

    private static final List<AddressPool> RANGES = List.of(
            AddressPool.ipv4(0x0a00_0000, 8), // RFC 1918
            AddressPool.ipv4(0xac10_0000, 12),
            AddressPool.ipv4(0xc0a8_0000, 16),
            AddressPool.ipv4(0xc000_0200, 24), // RFC 5737
            AddressPool.ipv4(0xc633_6400, 24),
            AddressPool.ipv4(0xcb00_7100, 24),
            AddressPool.ipv4(0xc612_0000, 15), // RFC 2544
            AddressPool.ipv4(0x7f00_0000, 8), // loopback
            new AddressPool(0x2001_0db8_0000_0000L, 0, 32), // RFC 3849
            new AddressPool(0x2001_0002_0000_0000L, 0, 48), // RFC 5180
            new AddressPool(0xfc00_0000_0000_0000L, 0, 7)); // RFC 4193

    private Addresses() {}

    /** Whether one address lies in a reserved range. */
    static boolean isReserved(long high, long low) {
        return isReserved(high, low, IpAddress.isIpv4(high, low) ? 32 : 64);
    }

    /** Whether a whole prefix lies in a reserved range. */
    static boolean isReserved(long high, long low, int prefixLength) {
        boolean ipv4 = IpAddress.isIpv4(high, low);
        for (AddressPool range : RANGES) {
            if (range.isIpv4() == ipv4 && prefixLength >= range.prefixLength() && isWithin(range, high, low)) {
                return true;
            }
        }
        return false;
    }

    /** Whether nothing sent there leaves for the public Internet: a reserved address, or this host's own. */
    static boolean isSafe(long high, long low) {
        return isReserved(high, low) || high == 0 && low == 1;
    }

    private static boolean isWithin(AddressPool range, long high, long low) {
        return range.isIpv4()
                ? (low ^ range.low()) >>> 32 - range.prefixLength() == 0
                : (high ^ range.high()) >>> 64 - range.prefixLength() == 0;
    }
}
