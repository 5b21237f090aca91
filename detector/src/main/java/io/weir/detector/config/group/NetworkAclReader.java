package io.weir.detector.config.group;

import io.weir.detector.config.tree.Keys;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one network ACL as {@code aws ec2 describe-network-acls} prints it (API Ec2 2016-11-15). */
final class NetworkAclReader {
    static final int NUMBER_MINIMUM = 1;

    /** 32767 and, for IPv6, 32768 are the entries that the console shows as {@code *}. */
    static final int NUMBER_MAXIMUM = 32_768;

    private static final String DEFAULT_NUMBER = "*";
    private static final Map<String, Policy> ACTIONS = Map.of("allow", Policy.ACCEPT, "deny", Policy.DROP);
    private static final Map<String, Direction> EGRESS = Map.of("true", Direction.EGRESS, "false", Direction.INGRESS);
    private static final Keys KEYS = Keys.of(List.of("NetworkAclId", "Entries"))
            .andHarmless("Associations", "IsDefault", "OwnerId", "Tags", "VpcId");
    private static final Keys ENTRY_KEYS = Keys.of(List.of(
            "RuleNumber",
            "Egress",
            "RuleAction",
            "Protocol",
            "CidrBlock",
            "Ipv6CidrBlock",
            "PortRange",
            "IcmpTypeCode"));

    private NetworkAclReader() {}

    static Optional<ExportedGroup> read(Value value, GroupUse use) {
        Optional<Section> section = value.section(KEYS);
        if (section.isEmpty()) {
            return Optional.empty();
        }
        GroupFile.refuseType(value, use, GroupType.NETWORK_ACL);
        List<ExportedRule> rules = new ArrayList<>();
        Map<String, String> seen = new HashMap<>();
        section.get()
                .requireGiven("Entries", "the list of entries")
                .map(list -> list.items("a list of entries"))
                .orElse(List.of())
                .forEach(item -> entry(item).ifPresent(rule -> {
                    refuseTwice(rule, seen);
                    rules.add(rule);
                }));
        String id = Fields.text(section.get(), "NetworkAclId", GroupFile.nameOf(use.file()));
        return Optional.of(new ExportedGroup(value, use.file().toString(), id, GroupType.NETWORK_ACL, false, rules));
    }

    private static void refuseTwice(ExportedRule rule, Map<String, String> seen) {
        String place = rule.place().keyPath();
        String earlier = seen.putIfAbsent(rule.direction().text() + " " + rule.id(), place);
        // The console's * stands for both default entries.
        if (earlier != null && !rule.id().equals(DEFAULT_NUMBER)) {
            rule.place()
                    .fault("has the number " + rule.id() + " of " + earlier + "; each number stands once a direction");
        }
    }

    private static Optional<ExportedRule> entry(Value value) {
        Optional<Section> section = value.section(ENTRY_KEYS);
        if (section.isEmpty()) {
            return Optional.empty();
        }
        Section entry = section.get();
        Optional<Value> numberValue = entry.requireGiven("RuleNumber", "its number");
        Optional<Integer> number = numberValue.flatMap(NetworkAclReader::number);
        Optional<Direction> direction =
                entry.requireGiven("Egress", "true or false").flatMap(given -> given.word(EGRESS));
        Optional<Policy> policy =
                entry.requireGiven("RuleAction", "allow or deny").flatMap(given -> given.word(ACTIONS));
        Optional<Integer> protocol =
                entry.requireGiven("Protocol", AwsNumbers.PROTOCOLS).flatMap(AwsNumbers::protocol);
        Optional<PortRange> ports = protocol.flatMap(known -> AwsNumbers.aclPorts(entry, known));
        Optional<IpPrefix> prefix = prefix(entry);
        if (number.isEmpty() || direction.isEmpty() || policy.isEmpty() || ports.isEmpty() || prefix.isEmpty()) {
            return Optional.empty();
        }
        List<AddressTerm> far = List.of(new AddressTerm.Prefix(prefix.get()));
        boolean isIngress = direction.get() == Direction.INGRESS;
        return Optional.of(new ExportedRule(
                value,
                numberValue.flatMap(given -> given.text("a number")).orElse(""),
                direction.get(),
                policy.get(),
                number.get(),
                protocol.orElse(Protocols.ANY),
                isIngress ? far : List.of(),
                PortTexts.ANY,
                isIngress ? List.of() : far,
                List.of(ports.get()),
                ""));
    }

    private static Optional<Integer> number(Value value) {
        return value.text("a number").filter(DEFAULT_NUMBER::equals).isPresent()
                ? Optional.of(NUMBER_MAXIMUM)
                : Numbers.read(value, NUMBER_MINIMUM, NUMBER_MAXIMUM);
    }

    private static Optional<IpPrefix> prefix(Section entry) {
        Optional<Value> ipv4 = entry.given("CidrBlock");
        Optional<Value> ipv6 = entry.given("Ipv6CidrBlock");
        if (ipv4.isPresent() && ipv6.isPresent()) {
            return ipv6.get().fault("stands beside CidrBlock; an entry names one of the two");
        }
        if (ipv4.isEmpty() && ipv6.isEmpty()) {
            return entry.whole().fault("names no prefix; give CidrBlock or Ipv6CidrBlock");
        }
        return ipv4.isPresent() ? Fields.network(ipv4.get(), 4) : Fields.network(ipv6.get(), 6);
    }
}
