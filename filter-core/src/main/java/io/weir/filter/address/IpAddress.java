package io.weir.filter.address;

/** Text of 128-bit addresses held as two longs, IPv4 as IPv4-mapped IPv6. */
public final class IpAddress {
    /** Low half of {@code ::ffff:0.0.0.0}; the high half of a mapped address is 0. */
    public static final long IPV4_MAPPED = 0xffff_0000_0000L;

    private IpAddress() {}

    public static boolean isIpv4(long high, long low) {
        return high == 0 && low >>> 32 == 0xffff;
    }

    /** The low half of the mapped form of an IPv4 address. */
    public static long mapped(int ipv4) {
        return IPV4_MAPPED | ipv4 & 0xffff_ffffL;
    }
}
