package io.weir.detector.config.group;

import io.weir.detector.config.tree.Keys;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.filter.address.PortRange;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.Policy;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one permission of Alibaba Cloud (API Ecs 2014-05-26, DescribeSecurityGroupAttribute). What isn't set may be
 * absent, null or "".
 */
final class AlibabaRuleReader {
    static final int PRIORITY_MINIMUM = 1;
    static final int PRIORITY_MAXIMUM = 100;

    static final Map<String, Direction> DIRECTIONS = Map.of("ingress", Direction.INGRESS, "egress", Direction.EGRESS);
    static final Map<String, Policy> POLICIES = Map.of("accept", Policy.ACCEPT, "drop", Policy.DROP);
    static final Map<String, GroupUse.Nic> NICS =
            Map.of("internet", GroupUse.Nic.INTERNET, "intranet", GroupUse.Nic.INTRANET);

    private static final String PROTOCOLS =
            "TCP, UDP, ICMP, ICMPv6, GRE, ALL or a number from 0 to " + Protocols.MAXIMUM;

    private static final Keys KEYS = Keys.of(List.of(
                    "SecurityGroupRuleId",
                    "Direction",
                    "Policy",
                    "Priority",
                    "IpProtocol",
                    "PortRange",
                    "PortRangeListId",
                    "SourcePortRange",
                    "SourceCidrIp",
                    "Ipv6SourceCidrIp",
                    "SourceGroupId",
                    "SourcePrefixListId",
                    "DestCidrIp",
                    "Ipv6DestCidrIp",
                    "DestGroupId",
                    "DestPrefixListId",
                    "NicType",
                    "Description"))
            .andHarmless(
                    "CreateTime",
                    "PortRangeListName",
                    "SourceGroupName",
                    "SourceGroupOwnerAccount",
                    "SourceGroupOwnerId",
                    "SourcePrefixListName",
                    "DestGroupName",
                    "DestGroupOwnerAccount",
                    "DestGroupOwnerId",
                    "DestPrefixListName");

    private AlibabaRuleReader() {}

    /** @param nic whether the rule is of this network card; empty where its {@code NicType} can't be read */
    record Permission(ExportedRule rule, Optional<GroupUse.Nic> nic) {}

    /** Empty where a fault was added. */
    static Optional<Permission> read(Value value) {
        int faultsBefore = value.faults().count();
        Optional<Section> section = value.section(KEYS);
        if (section.isEmpty()) {
            return Optional.empty();
        }
        Section rule = section.get();
        Optional<Direction> direction =
                rule.requireGiven("Direction", "ingress or egress").flatMap(given -> given.word(DIRECTIONS));
        Optional<Policy> policy = rule.requireGiven("Policy", "Accept or Drop").flatMap(given -> given.word(POLICIES));
        // AuthorizeSecurityGroup: 1 where nothing was said.
        int priority = rule.given("Priority")
                .flatMap(given -> Numbers.read(given, PRIORITY_MINIMUM, PRIORITY_MAXIMUM))
                .orElse(PRIORITY_MINIMUM);
        Optional<Integer> protocol = rule.requireGiven("IpProtocol", PROTOCOLS).flatMap(AlibabaRuleReader::protocol);
        Optional<GroupUse.Nic> nic = rule.given("NicType").flatMap(given -> given.word(NICS));
        boolean isIngress = direction.orElse(Direction.INGRESS) == Direction.INGRESS;
        List<AddressTerm> sources = side(rule, "Source", protocol, direction.isPresent() && isIngress);
        List<AddressTerm> destinations = side(rule, "Dest", protocol, direction.isPresent() && !isIngress);
        List<PortRange> ports = protocol.map(known -> ports(rule, known)).orElse(PortTexts.ANY);
        List<PortRange> sourcePorts = protocol.flatMap(
                        known -> rule.given("SourcePortRange").map(given -> PortTexts.read(given, known)))
                .orElse(PortTexts.ANY);
        if (value.faults().count() > faultsBefore || direction.isEmpty() || policy.isEmpty() || protocol.isEmpty()) {
            return Optional.empty();
        }
        ExportedRule read = new ExportedRule(
                value,
                Fields.text(rule, "SecurityGroupRuleId", ""),
                direction.get(),
                policy.get(),
                priority,
                protocol.get(),
                sources,
                sourcePorts,
                destinations,
                ports,
                Fields.text(rule, "Description", ""));
        return Optional.of(new Permission(read, nic));
    }

    private static Optional<Integer> protocol(Value value) {
        String text = value.text(PROTOCOLS).orElse("");
        var protocol = Protocols.parse(text);
        return protocol.isPresent()
                ? Optional.of(protocol.getAsInt())
                : value.fault("is no protocol; it must be " + PROTOCOLS);
    }

    private static List<PortRange> ports(Section rule, int protocol) {
        Optional<Value> range = rule.given("PortRange");
        if (range.isPresent()) {
            return PortTexts.read(range.get(), protocol);
        }
        if (!Protocols.hasPorts(protocol)) {
            return PortTexts.ANY;
        }
        // The API ignores the list where a range is given, so it counts only here.
        rule.given("PortRangeListId")
                .ifPresentOrElse(
                        list -> list.fault(
                                "is a port list, whose ports no export holds; write them as PortRange, such as"
                                        + " 22/22,443/443"),
                        () -> rule.requireGiven("PortRange", "the ports, such as 22/22"));
        return PortTexts.ANY;
    }

    /**
     * The source or the destination. A CIDR comes before a group, and a prefix list counts only where nothing else is
     * given (AuthorizeSecurityGroup).
     *
     * @param key {@code Source} or {@code Dest}
     * @param isRequired for the far side: only five-tuple rules name the near one
     */
    private static List<AddressTerm> side(Section rule, String key, Optional<Integer> protocol, boolean isRequired) {
        Optional<Value> ipv4 = rule.given(key + "CidrIp");
        Optional<Value> ipv6 = rule.given("Ipv6" + key + "CidrIp");
        if (ipv4.isPresent() && ipv6.isPresent()) {
            ipv6.get().fault("stands beside " + key + "CidrIp; a rule names one of the two");
            return List.of();
        }
        if (ipv4.isPresent() || ipv6.isPresent()) {
            return cidr(ipv4.or(() -> ipv6).get(), ipv4.isPresent() ? 4 : 6, protocol);
        }
        Optional<Value> group = rule.given(key + "GroupId");
        Optional<Value> list = rule.given(key + "PrefixListId");
        if (group.isPresent()) {
            return reference(group.get(), false);
        }
        if (list.isPresent()) {
            return reference(list.get(), true);
        }
        if (isRequired) {
            rule.whole()
                    .fault("names no " + (key.equals("Source") ? "source" : "destination") + "; give one of " + key
                            + "CidrIp, Ipv6" + key + "CidrIp, " + key + "GroupId, " + key + "PrefixListId");
        }
        return List.of();
    }

    private static List<AddressTerm> cidr(Value value, int version, Optional<Integer> protocol) {
        int wrong = version == 4 ? IpProtocol.ICMPV6 : IpProtocol.ICMP;
        if (protocol.isPresent() && protocol.get() == wrong) {
            value.fault("is of IPv" + version + ", where " + Protocols.name(wrong)
                    + " has no packets; the protocol must be " + (version == 4 ? "ICMP" : "ICMPv6"));
        }
        return Fields.network(value, version)
                .<List<AddressTerm>>map(prefix -> List.of(new AddressTerm.Prefix(prefix)))
                .orElse(List.of());
    }

    private static List<AddressTerm> reference(Value value, boolean isPrefixList) {
        return value.text("an id")
                .<List<AddressTerm>>map(id -> List.of(
                        isPrefixList ? new AddressTerm.PrefixList(id, value) : new AddressTerm.GroupMembers(id, value)))
                .orElse(List.of());
    }
}
