package io.weir.filter.address;

/** Text of 128-bit addresses held as two longs, IPv4 as IPv4-mapped IPv6. */
public final class IpAddress {
    /** Low half of {@code ::ffff:0.0.0.0}; the high half of a mapped address is 0. */
    public static final long IPV4_MAPPED = 0xffff_0000_0000L;

    /** Characters of the longest text that {@link #parse} reads: an IPv6 address with a dotted tail. */
    static final int TEXT_MAXIMUM = 45;

    private static final int GROUPS = 8;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private IpAddress() {}

    public static boolean isIpv4(long high, long low) {
        return high == 0 && low >>> 32 == 0xffff;
    }

    /** The low half of the mapped form of an IPv4 address. */
    public static long mapped(int ipv4) {
        return IPV4_MAPPED | ipv4 & 0xffff_ffffL;
    }

    /**
     * Reads one address: IPv4 as four decimal numbers without leading zeros (the strict form of RFC 6943 section
     * 3.1.1: no octal, no short forms), IPv6 by RFC 4291 section 2.2 with or without a dotted tail. Zone ids,
     * brackets, ports, blanks and names are refused; nothing is looked up. {@code ::ffff:192.0.2.1} is the IPv4 address.
     *
     * @param halves takes the high half at 0 and the low half at 1; left alone where the text is refused
     * @return whether the text is an address
     */
    public static boolean parse(String text, long[] halves) {
        if (text.length() > TEXT_MAXIMUM) {
            return false;
        }
        if (text.indexOf(':') >= 0) {
            return Ipv6Text.parse(text, halves);
        }
        long ipv4 = parseDotted(text, 0);
        if (ipv4 < 0) {
            return false;
        }
        halves[0] = 0;
        halves[1] = IPV4_MAPPED | ipv4;
        return true;
    }

    /** The address that the text from {@code start} to its end states in dotted form: 32 bits, or -1 where it is none. */
    static long parseDotted(String text, int start) {
        long address = 0;
        int dots = 0;
        int digits = 0;
        int octet = 0;
        for (int i = start; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == '.') {
                if (digits == 0 || ++dots > 3) {
                    return -1;
                }
                address = address << 8 | octet;
                digits = 0;
                octet = 0;
            } else {
                // A second digit after a zero would be an octal number to some readers and a decimal one to others.
                if (character < '0' || character > '9' || digits > 0 && octet == 0) {
                    return -1;
                }
                digits++;
                octet = octet * 10 + character - '0';
                if (octet > 255) {
                    return -1;
                }
            }
        }
        return dots == 3 && digits > 0 ? address << 8 | octet : -1;
    }

    /** As RFC 5952 writes it; an IPv4-mapped address as a dotted quad. */
    public static String format(long high, long low) {
        StringBuilder text = new StringBuilder(TEXT_MAXIMUM);
        append(text, high, low);
        return text.toString();
    }

    /** {@link #format} at the end of what is there, without garbage. */
    public static void append(StringBuilder text, long high, long low) {
        if (isIpv4(high, low)) {
            text.append(low >>> 24 & 0xff).append('.');
            text.append(low >>> 16 & 0xff).append('.');
            text.append(low >>> 8 & 0xff).append('.');
            text.append(low & 0xff);
        } else {
            appendIpv6(text, high, low);
        }
    }

    private static void appendIpv6(StringBuilder text, long high, long low) {
        // RFC 5952 section 4.2: the longest run of at least two zero groups, the first of several.
        int bestStart = GROUPS;
        int bestLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int length = 0;
            while (i + length < GROUPS && group(high, low, i + length) == 0) {
                length++;
            }
            if (length > bestLength) {
                bestStart = i;
                bestLength = length;
            }
            i += length;
        }
        for (int i = 0; i < GROUPS; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestLength - 1;
            } else {
                if (i > 0 && i != bestStart + bestLength) {
                    text.append(':');
                }
                appendGroup(text, group(high, low, i));
            }
        }
    }

    private static int group(long high, long low, int index) {
        long half = index < 4 ? high : low;
        return (int) (half >>> 48 - 16 * (index & 3)) & 0xffff;
    }

    private static void appendGroup(StringBuilder text, int group) {
        boolean started = false;
        for (int shift = 12; shift >= 0; shift -= 4) {
            int digit = group >>> shift & 0xf;
            started |= digit != 0 || shift == 0;
            if (started) {
                text.append(HEX[digit]);
            }
        }
    }
}
