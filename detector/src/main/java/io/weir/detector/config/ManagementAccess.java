package io.weir.detector.config;

import io.weir.filter.address.IpPrefix;
import java.util.List;

/**
 * One entry of {@code management}: from here TCP to these ports passes whatever the rules say, so that nobody locks
 * themselves out.
 *
 * @param ports 1 to 65535, at least one
 */
public record ManagementAccess(IpPrefix prefix, List<Integer> ports) {
    /** SSH (IANA port numbers). */
    public static final List<Integer> DEFAULT_PORTS = List.of(22);

    public static final int PORT_MINIMUM = 1;
    public static final int PORT_MAXIMUM = 65_535;

    /** @throws IllegalArgumentException without ports, or with one that TCP doesn't have */
    public ManagementAccess {
        ports = List.copyOf(ports);
        if (ports.isEmpty() || ports.stream().anyMatch(port -> port < PORT_MINIMUM || port > PORT_MAXIMUM)) {
            throw new IllegalArgumentException("management ports " + ports);
        }
    }
}
