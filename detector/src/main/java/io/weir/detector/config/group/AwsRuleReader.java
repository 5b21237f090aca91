package io.weir.detector.config.group;

import io.weir.detector.config.tree.Keys;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.filter.address.PortRange;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads one {@code IpPermission} of AWS (API Ec2 2016-11-15). Each range, list and pair in it becomes a rule of its own,
 * as the API's own rule ids count them.
 */
final class AwsRuleReader {
    /** Rules only accept, so their order means nothing; a drop that a group of another kind states decides before. */
    private static final int PRIORITY = AlibabaRuleReader.PRIORITY_MAXIMUM;

    private static final Keys KEYS = Keys.of(
            List.of("IpProtocol", "FromPort", "ToPort", "IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"));
    private static final Keys RANGE_KEYS = Keys.of(List.of("CidrIp", "Description"));
    private static final Keys RANGE6_KEYS = Keys.of(List.of("CidrIpv6", "Description"));
    private static final Keys LIST_KEYS = Keys.of(List.of("PrefixListId", "Description"));
    private static final Keys PAIR_KEYS = Keys.of(List.of("GroupId", "Description"))
            .andHarmless("GroupName", "UserId", "VpcId", "VpcPeeringConnectionId", "PeeringStatus");

    private final Direction direction;
    private final int protocol;
    private final PortRange ports;
    private final List<ExportedRule> rules = new ArrayList<>();

    private AwsRuleReader(Direction direction, int protocol, PortRange ports) {
        this.direction = direction;
        this.protocol = protocol;
        this.ports = ports;
    }

    /** The rules, as far as they can be read. */
    static List<ExportedRule> read(Value value, Direction direction) {
        Optional<Section> section = value.section(KEYS);
        if (section.isEmpty()) {
            return List.of();
        }
        Section permission = section.get();
        Optional<Integer> protocol =
                permission.requireGiven("IpProtocol", AwsNumbers.PROTOCOLS).flatMap(AwsNumbers::protocol);
        Optional<PortRange> ports = protocol.flatMap(known -> AwsNumbers.groupPorts(permission, known));
        // The ranges are read in any case, for their faults.
        AwsRuleReader reader =
                new AwsRuleReader(direction, protocol.orElse(Protocols.ANY), ports.orElse(PortRange.ANY));
        int items = reader.takeAll(permission);
        if (items == 0) {
            value.fault("names no " + (direction == Direction.INGRESS ? "source" : "destination")
                    + "; give one of IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs");
        }
        return ports.isPresent() ? reader.rules : List.of();
    }

    private int takeAll(Section permission) {
        return take(permission, "IpRanges", RANGE_KEYS, "CidrIp", cidr -> prefix(cidr, 4))
                + take(permission, "Ipv6Ranges", RANGE6_KEYS, "CidrIpv6", cidr -> prefix(cidr, 6))
                + take(
                        permission,
                        "PrefixListIds",
                        LIST_KEYS,
                        "PrefixListId",
                        id -> id.text("an id").map(text -> new AddressTerm.PrefixList(text, id)))
                + take(
                        permission,
                        "UserIdGroupPairs",
                        PAIR_KEYS,
                        "GroupId",
                        id -> id.text("an id").map(text -> new AddressTerm.GroupMembers(text, id)));
    }

    private static Optional<AddressTerm> prefix(Value cidr, int version) {
        return Fields.network(cidr, version).map(AddressTerm.Prefix::new);
    }

    /** How many items the list has. */
    private int take(
            Section permission,
            String listKey,
            Keys keys,
            String key,
            Function<Value, Optional<? extends AddressTerm>> term) {
        List<Value> items =
                permission.given(listKey).map(list -> list.items("a list")).orElse(List.of());
        for (Value item : items) {
            Optional<Section> section = item.section(keys);
            section.flatMap(range -> range.requireGiven(key, "its value"))
                    .flatMap(term)
                    .ifPresent(read -> add(item, read, Fields.text(section.get(), "Description", "")));
        }
        return items.size();
    }

    private void add(Value place, AddressTerm far, String description) {
        boolean isIngress = direction == Direction.INGRESS;
        rules.add(new ExportedRule(
                place,
                "",
                direction,
                Policy.ACCEPT,
                PRIORITY,
                protocol,
                isIngress ? List.of(far) : List.of(),
                PortTexts.ANY,
                isIngress ? List.of() : List.of(far),
                List.of(ports),
                description));
    }
}
