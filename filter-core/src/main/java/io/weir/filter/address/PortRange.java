package io.weir.filter.address;

/**
 * Ports from {@code first} to {@code last}, both inside. For ICMP and ICMPv6 the numbers are type and code, the type in
 * bits 8 to 15.
 */
public record PortRange(int first, int last) {
    public static final int MAXIMUM = 65_535;

    /** Every port, 0 included. */
    public static final PortRange ANY = new PortRange(0, MAXIMUM);

    /** @throws IllegalArgumentException unless {@code 0 <= first <= last <= 65535} */
    public PortRange {
        if (first < 0 || first > last || last > MAXIMUM) {
            throw new IllegalArgumentException("no port range " + first + "/" + last);
        }
    }

    public boolean contains(int port) {
        return port >= first && port <= last;
    }

    /** Whether every port of {@code other} is inside. */
    public boolean contains(PortRange other) {
        return other.first >= first && other.last <= last;
    }

    /** {@code 22/22}, as security groups write it. */
    @Override
    public String toString() {
        return first + "/" + last;
    }
}
