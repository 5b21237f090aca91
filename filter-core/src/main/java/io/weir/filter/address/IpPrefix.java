package io.weir.filter.address;

/**
 * An IPv4 or IPv6 prefix (RFC 4632, RFC 4291 section 2.3). IPv4 has its address in mapped form and its length in IPv4
 * bits; no IPv6 prefix holds an IPv4 address, not even {@code ::/0}.
 *
 * @param version 4 or 6
 * @param high high half of the first address
 * @param low low half of the first address
 * @param length 0 to 32 or 0 to 128
 */
public record IpPrefix(int version, long high, long low, int length) {
    /** What {@link #parse} makes of a text. */
    public sealed interface Parsed {
        record Valid(IpPrefix prefix) implements Parsed {}

        /** @param problem what is wrong and what would be right, to be read after the text itself */
        record Invalid(String problem) implements Parsed {}
    }

    private static final String ALLOWED =
            "is neither an address nor a prefix; write one such as 198.51.100.7, 198.51.100.0/24 or 2001:db8::/32";

    /** Every IPv4 address. */
    public static final IpPrefix ANY_IPV4 = new IpPrefix(4, 0, IpAddress.IPV4_MAPPED, 0);

    /** Every IPv6 address. */
    public static final IpPrefix ANY_IPV6 = new IpPrefix(6, 0, 0, 0);

    /** @throws IllegalArgumentException for anything that isn't a prefix: bits set beyond the length, say */
    public IpPrefix {
        boolean versionHolds = switch (version) {
            case 4 -> IpAddress.isIpv4(high, low);
            case 6 -> !IpAddress.isIpv4(high, low);
            default -> false;
        };
        if (!versionHolds || length < 0 || length > bits(version)) {
            throw new IllegalArgumentException("no IPv" + version + " prefix of length " + length);
        }
        int mappedLength = length + 128 - bits(version);
        if ((high & ~maskHigh(mappedLength)) != 0 || (low & ~maskLow(mappedLength)) != 0) {
            throw new IllegalArgumentException("host bits set beyond length " + length);
        }
    }

    /** The prefix that holds this address alone. */
    public static IpPrefix host(long high, long low) {
        return IpAddress.isIpv4(high, low) ? new IpPrefix(4, high, low, 32) : new IpPrefix(6, high, low, 128);
    }

    /**
     * Reads {@code address/length}, or an address as the prefix that holds it alone. Addresses as {@link
     * IpAddress#parse} reads them; a prefix inside {@code ::ffff:0:0/96} is the IPv4 prefix that it stands for.
     */
    public static Parsed parse(String text) {
        return parse(text, false);
    }

    /** As {@link #parse}, but bits beyond the length are cleared instead of refused. */
    public static Parsed parseNetwork(String text) {
        return parse(text, true);
    }

    private static Parsed parse(String text, boolean isClearing) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        long[] halves = new long[2];
        if (!IpAddress.parse(address, halves)) {
            return new Parsed.Invalid(
                    address.indexOf('%') >= 0 ? "has a zone id; write the address without it" : ALLOWED);
        }
        if (slash < 0) {
            return new Parsed.Valid(host(halves[0], halves[1]));
        }
        int bits = address.indexOf(':') < 0 ? 32 : 128;
        int length = parseLength(text, slash + 1);
        if (length < 0 || length > bits) {
            return new Parsed.Invalid("has no length from 0 to " + bits + " after the slash");
        }
        return ofBits(halves[0], halves[1], length + 128 - bits, isClearing);
    }

    private static Parsed ofBits(long high, long low, int mappedLength, boolean isClearing) {
        long first = high & maskHigh(mappedLength);
        long second = low & maskLow(mappedLength);
        boolean ipv4 = mappedLength >= 96 && IpAddress.isIpv4(first, second);
        // Shorter than 96 bits, what starts at ::ffff:0:0 can't stand without host bits: it is IPv6 and starts at ::.
        IpPrefix prefix = new IpPrefix(ipv4 ? 4 : 6, first, second, ipv4 ? mappedLength - 96 : mappedLength);
        return isClearing || first == high && second == low
                ? new Parsed.Valid(prefix)
                : new Parsed.Invalid("has host bits; " + prefix + " is the prefix");
    }

    /** Decimal without leading zeros or sign, at most three digits; -1 where it is none. */
    private static int parseLength(String text, int start) {
        int digits = text.length() - start;
        if (digits < 1 || digits > 3 || digits > 1 && text.charAt(start) == '0') {
            return -1;
        }
        int value = 0;
        for (int i = start; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character < '0' || character > '9') {
                return -1;
            }
            value = value * 10 + character - '0';
        }
        return value;
    }

    public boolean contains(long addressHigh, long addressLow) {
        int mappedLength = mappedLength();
        return (addressHigh & maskHigh(mappedLength)) == high
                && (addressLow & maskLow(mappedLength)) == low
                && IpAddress.isIpv4(addressHigh, addressLow) == (version == 4);
    }

    /** Whether every address of {@code other} is inside. */
    public boolean contains(IpPrefix other) {
        return version == other.version && length <= other.length && contains(other.high, other.low);
    }

    /** High half of the last address. */
    public long lastHigh() {
        return high | ~maskHigh(mappedLength());
    }

    /** Low half of the last address. */
    public long lastLow() {
        return low | ~maskLow(mappedLength());
    }

    /** {@code 198.51.100.0/24}, the address by RFC 5952; the length is always there. */
    @Override
    public String toString() {
        return IpAddress.format(high, low) + '/' + length;
    }

    private int mappedLength() {
        return length + 128 - bits(version);
    }

    private static int bits(int version) {
        return version == 4 ? 32 : 128;
    }

    /** The shift distance of a long counts modulo 64, so the ends need cases of their own. */
    private static long maskHigh(int length) {
        return length == 0 ? 0 : length >= 64 ? -1L : -1L << 64 - length;
    }

    private static long maskLow(int length) {
        return length <= 64 ? 0 : -1L << 128 - length;
    }
}
