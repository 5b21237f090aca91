package io.weir.detector.config.group;

import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.filter.address.PortRange;
import io.weir.filter.packet.IpProtocol;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Protocols, ports, types and codes as AWS writes them. */
final class AwsNumbers {
    static final String PROTOCOLS = "-1 for all, tcp, udp, icmp, icmpv6 or a number from 0 to " + Protocols.MAXIMUM;

    private static final String ALL = "-1";
    private static final int ANY = -1;
    private static final int TYPE_MAXIMUM = 255;

    private AwsNumbers() {}

    static Optional<Integer> protocol(Value value) {
        Optional<String> text = value.text(PROTOCOLS);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        OptionalInt protocol = text.get().equals(ALL) ? OptionalInt.of(Protocols.ANY) : Protocols.parse(text.get());
        return protocol.isPresent()
                ? Optional.of(protocol.getAsInt())
                : value.fault("is no protocol; it must be " + PROTOCOLS);
    }

    /**
     * Ports, or type and code, of a security group's permission. Protocols that have neither ignore what stands there
     * (AuthorizeSecurityGroupIngress).
     */
    static Optional<PortRange> groupPorts(Section permission, int protocol) {
        if (Protocols.hasPorts(protocol)) {
            return range(permission, "FromPort", "ToPort");
        }
        boolean isWithoutType = permission.given("FromPort").isEmpty()
                && permission.given("ToPort").isEmpty();
        // ICMPv6 without a type means all of them.
        return !Protocols.isIcmp(protocol) || protocol == IpProtocol.ICMPV6 && isWithoutType
                ? Optional.of(PortRange.ANY)
                : icmp(permission, "FromPort", "ToPort");
    }

    /** The same of a network ACL's entry, which has blocks of their own for them. */
    static Optional<PortRange> aclPorts(Section entry, int protocol) {
        if (Protocols.hasPorts(protocol)) {
            return entry.requireGiven("PortRange", "the ports as {From, To}")
                    .flatMap(value -> value.section(List.of("From", "To")))
                    .flatMap(section -> range(section, "From", "To"));
        }
        if (Protocols.isIcmp(protocol)) {
            return entry.requireGiven("IcmpTypeCode", "type and code as {Type, Code}, -1 for all")
                    .flatMap(value -> value.section(List.of("Type", "Code")))
                    .flatMap(section -> icmp(section, "Type", "Code"));
        }
        return Optional.of(PortRange.ANY);
    }

    private static Optional<PortRange> range(Section section, String fromKey, String toKey) {
        Optional<Integer> from = section.requireGiven(fromKey, "the first port")
                .flatMap(value -> Numbers.read(value, 0, PortRange.MAXIMUM));
        Optional<Value> toValue = section.requireGiven(toKey, "the last port");
        Optional<Integer> to = toValue.flatMap(value -> Numbers.read(value, 0, PortRange.MAXIMUM));
        if (from.isEmpty() || to.isEmpty()) {
            return Optional.empty();
        }
        return from.get() <= to.get()
                ? Optional.of(new PortRange(from.get(), to.get()))
                : toValue.flatMap(value -> value.fault("is below " + fromKey + ", " + from.get()));
    }

    private static Optional<PortRange> icmp(Section section, String typeKey, String codeKey) {
        Optional<Integer> type = section.requireGiven(typeKey, "the ICMP type, -1 for all")
                .flatMap(value -> Numbers.read(value, ANY, TYPE_MAXIMUM));
        Optional<Value> codeValue = section.requireGiven(codeKey, "the ICMP code, -1 for all");
        Optional<Integer> code = codeValue.flatMap(value -> Numbers.read(value, ANY, TYPE_MAXIMUM));
        if (type.isEmpty() || code.isEmpty()) {
            return Optional.empty();
        }
        if (type.get() == ANY) {
            return code.get() == ANY
                    ? Optional.of(PortRange.ANY)
                    : codeValue.flatMap(value -> value.fault("names a code of all types; it must be -1"));
        }
        return Optional.of(icmp(type.get(), code.get()));
    }

    /** One type with all its codes (-1) or one. */
    static PortRange icmp(int type, int code) {
        return code == ANY
                ? new PortRange(type << 8, type << 8 | TYPE_MAXIMUM)
                : new PortRange(type << 8 | code, type << 8 | code);
    }
}
