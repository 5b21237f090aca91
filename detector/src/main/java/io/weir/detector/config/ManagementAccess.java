package io.weir.detector.config;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.rule.RuleBox;
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

    /** The packets that pass, as ingress sees them: one box for each port. */
    List<RuleBox> boxes() {
        IpPrefix anywhere = prefix.version() == 4 ? IpPrefix.ANY_IPV4 : IpPrefix.ANY_IPV6;
        return ports.stream()
                .map(port -> new RuleBox(prefix, anywhere, PortRange.ANY, new PortRange(port, port), IpProtocol.TCP))
                .toList();
    }
}
