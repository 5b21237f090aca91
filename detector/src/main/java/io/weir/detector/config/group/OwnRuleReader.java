package io.weir.detector.config.group;

import io.weir.detector.config.tree.Keys;
import io.weir.detector.config.tree.Node;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.filter.address.PortRange;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads one rule of a group of Weir's own form, see {@link OwnGroupReader}. */
final class OwnRuleReader {
    private static final String PROTOCOLS =
            "tcp, udp, icmp, icmpv6, gre, all or a number from 0 to " + Protocols.MAXIMUM;
    private static final int ACL_NUMBER_MAXIMUM = 32_767;
    private static final int ICMP_MAXIMUM = 255;

    private static final Keys KEYS = Keys.of(List.of(
            "direction",
            "policy",
            "priority",
            "protocol",
            "ports",
            "source_ports",
            "source",
            "destination",
            "icmp",
            "description",
            "id"));

    private final Section rule;
    private final GroupType type;

    private OwnRuleReader(Section rule, GroupType type) {
        this.rule = rule;
        this.type = type;
    }

    /** Empty where a fault was added. */
    static Optional<ExportedRule> read(Value value, GroupType type) {
        int faultsBefore = value.faults().count();
        return value.section(KEYS)
                .flatMap(section -> new OwnRuleReader(section, type).rule())
                .filter(_ -> value.faults().count() == faultsBefore);
    }

    private Optional<ExportedRule> rule() {
        Optional<Direction> direction = rule.requireGiven("direction", "ingress or egress")
                .flatMap(given -> given.word(AlibabaRuleReader.DIRECTIONS));
        Optional<Policy> policy = policy();
        int priority = priority();
        Optional<Integer> protocol = rule.requireGiven("protocol", PROTOCOLS).flatMap(OwnRuleReader::protocol);
        direction.ifPresent(known -> rule.requireGiven(
                known == Direction.INGRESS ? "source" : "destination", "any, a prefix, a group or a prefix list"));
        int known = protocol.orElse(Protocols.ANY);
        List<AddressTerm> sources = OwnTerms.read(rule.get("source"), known);
        List<AddressTerm> destinations = OwnTerms.read(rule.get("destination"), known);
        List<PortRange> ports = protocol.map(this::ports).orElse(PortTexts.ANY);
        List<PortRange> sourcePorts = protocol.flatMap(
                        number -> rule.get("source_ports").map(given -> portList(given, number)))
                .orElse(PortTexts.ANY);
        if (direction.isEmpty() || policy.isEmpty() || protocol.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ExportedRule(
                rule.whole(),
                Fields.text(rule, "id", ""),
                direction.get(),
                policy.get(),
                priority,
                known,
                sources,
                sourcePorts,
                destinations,
                ports,
                Fields.text(rule, "description", "")));
    }

    private Optional<Policy> policy() {
        Optional<Value> given =
                type == GroupType.ALLOW_ONLY ? rule.get("policy") : rule.requireGiven("policy", "accept or drop");
        Optional<Policy> policy = given.flatMap(value -> value.word(AlibabaRuleReader.POLICIES));
        if (type != GroupType.ALLOW_ONLY) {
            return policy;
        }
        if (policy.isPresent() && policy.get() == Policy.DROP) {
            given.get().fault("can't stand in " + type.text() + ", whose rules only accept");
        }
        return Optional.of(Policy.ACCEPT);
    }

    private int priority() {
        Optional<Value> given = type == GroupType.NETWORK_ACL
                ? rule.requireGiven("priority", "the entry's number from 1 to " + ACL_NUMBER_MAXIMUM)
                : rule.get("priority");
        if (type == GroupType.ALLOW_ONLY) {
            given.ifPresent(value -> value.fault("means nothing in " + type.text() + "; leave it out"));
            return AlibabaRuleReader.PRIORITY_MAXIMUM;
        }
        int maximum = type == GroupType.NETWORK_ACL ? ACL_NUMBER_MAXIMUM : AlibabaRuleReader.PRIORITY_MAXIMUM;
        return given.flatMap(value -> Numbers.read(value, AlibabaRuleReader.PRIORITY_MINIMUM, maximum))
                .orElse(AlibabaRuleReader.PRIORITY_MINIMUM);
    }

    private static Optional<Integer> protocol(Value value) {
        Optional<String> text = value.text(PROTOCOLS);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        OptionalInt protocol = Protocols.parse(text.get());
        return protocol.isPresent()
                ? Optional.of(protocol.getAsInt())
                : value.fault("is no protocol; it must be " + PROTOCOLS);
    }

    private List<PortRange> ports(int protocol) {
        Optional<Value> icmp = rule.get("icmp");
        if (icmp.isPresent() && !Protocols.isIcmp(protocol)) {
            icmp.get().fault("stands in a rule for " + Protocols.name(protocol) + "; it is of icmp and icmpv6 only");
        }
        Optional<Value> ports = rule.get("ports");
        if (ports.isPresent()) {
            List<PortRange> read = portList(ports.get(), protocol);
            return icmp.map(OwnRuleReader::typeAndCode).orElse(read);
        }
        if (Protocols.hasPorts(protocol)) {
            rule.requireGiven("ports", "the ports, such as 22/22, or 1/65535 for all");
        }
        return icmp.map(OwnRuleReader::typeAndCode).orElse(PortTexts.ANY);
    }

    private static List<PortRange> typeAndCode(Value value) {
        Optional<Section> section = value.section(List.of("type", "code"));
        Optional<Integer> type = section.flatMap(icmp -> icmp.requireGiven("type", "the ICMP type"))
                .flatMap(given -> Numbers.read(given, 0, ICMP_MAXIMUM));
        Optional<Value> codeValue = section.flatMap(icmp -> icmp.get("code"));
        int code =
                codeValue.flatMap(given -> Numbers.read(given, 0, ICMP_MAXIMUM)).orElse(-1);
        return type.map(number -> List.of(AwsNumbers.icmp(number, code))).orElse(PortTexts.ANY);
    }

    /** A text or a list of texts; a single number is that port. */
    private static List<PortRange> portList(Value value, int protocol) {
        List<PortRange> ranges = new ArrayList<>();
        for (Value item : value.node() instanceof Node.Sequence ? value.items("a list of ports") : List.of(value)) {
            OptionalInt single = item.node() instanceof Node.Scalar scalar && Protocols.hasPorts(protocol)
                    ? Numbers.parse(scalar.text(), 1, PortRange.MAXIMUM)
                    : OptionalInt.empty();
            if (single.isPresent()) {
                ranges.add(new PortRange(single.getAsInt(), single.getAsInt()));
            } else {
                ranges.addAll(PortTexts.read(item, protocol));
            }
        }
        if (ranges.isEmpty() && value.node() instanceof Node.Sequence) {
            value.fault("is empty; name the ports, such as [22, 443/443]");
        }
        return ranges.isEmpty() ? PortTexts.ANY : ranges;
    }
}
