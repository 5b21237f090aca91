package io.weir.filter.rule;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Puts rules into the order in which they decide; {@link TargetRules} says which. */
final class RuleMerge {
    private static final List<RuleBox> EVERYTHING = List.of(any(IpPrefix.ANY_IPV4), any(IpPrefix.ANY_IPV6));

    private final List<IpPrefix> target;
    private final List<RuleBox> management;

    RuleMerge(List<IpPrefix> target, List<RuleBox> management) {
        this.target = target;
        this.management = management;
    }

    RuleSet ofGroups(List<SecurityGroup> groups, Direction direction) {
        List<Rule> rules = management(direction);
        for (SecurityGroup group : groups) {
            if (group.type() == GroupType.BASIC && group.isInnerAccess()) {
                rules.add(innerAccess(group, direction));
            }
        }
        groups.stream()
                .flatMap(group -> group.rules().stream())
                .filter(rule -> rule.direction() == direction)
                .sorted(Comparator.comparingInt(Rule::priority)
                        .thenComparing(Rule::policy, Comparator.reverseOrder())) // DROP is the later constant
                .forEach(rules::add);
        rules.add(defaultOf(groups, direction));
        return new RuleSet(direction, rules);
    }

    RuleSet ofAcl(SecurityGroup acl, Direction direction) {
        List<Rule> rules = management(direction);
        acl.rules().stream()
                .filter(rule -> rule.direction() == direction)
                .sorted(Comparator.comparingInt(Rule::priority))
                .forEach(rules::add);
        rules.add(implicit(
                acl.id(),
                "default of a network ACL: dropped where no number matches",
                direction,
                Policy.DROP,
                Rule.LAST,
                EVERYTHING));
        return new RuleSet(direction, rules);
    }

    private List<Rule> management(Direction direction) {
        List<Rule> rules = new ArrayList<>();
        for (RuleBox box : management) {
            boolean isIngress = direction == Direction.INGRESS;
            String access = "access from " + box.source() + " to TCP " + box.destinationPorts();
            String place =
                    (isIngress ? access + " passes" : "answers to " + access + " pass") + " whatever the rules say";
            List<RuleBox> boxes = List.of(isIngress ? box : mirrored(box));
            rules.add(implicit("management", place, direction, Policy.ACCEPT, Rule.FIRST, boxes));
        }
        return rules;
    }

    private Rule innerAccess(SecurityGroup group, Direction direction) {
        List<RuleBox> boxes = new ArrayList<>();
        for (IpPrefix member : group.members()) {
            for (IpPrefix own : inside(group.members())) {
                if (own.version() == member.version()) {
                    boolean isIngress = direction == Direction.INGRESS;
                    boxes.add(between(isIngress ? member : own, isIngress ? own : member));
                }
            }
        }
        String place = group.members().isEmpty()
                ? "members would reach each other, but nobody said who they are; give members: {" + group.id()
                        + ": [CIDR]}"
                : "members reach each other whatever the rules say (inner access)";
        return implicit(group.id(), place, direction, Policy.ACCEPT, Rule.FIRST, boxes);
    }

    /** What the members and the target have in common. */
    private List<IpPrefix> inside(List<IpPrefix> members) {
        List<IpPrefix> inside = new ArrayList<>();
        for (IpPrefix member : members) {
            for (IpPrefix part : target) {
                if (part.contains(member)) {
                    inside.add(member);
                } else if (member.contains(part)) {
                    inside.add(part);
                }
            }
        }
        return inside.stream().distinct().toList();
    }

    private static Rule defaultOf(List<SecurityGroup> groups, Direction direction) {
        if (groups.isEmpty()) {
            String place = "accepted: no security group, the network ACL alone decides";
            return implicit("", place, direction, Policy.ACCEPT, Rule.LAST, EVERYTHING);
        }
        List<SecurityGroup> dropping = direction == Direction.INGRESS
                ? groups
                : groups.stream()
                        .filter(group -> group.type() != GroupType.BASIC)
                        .toList();
        Policy policy = dropping.isEmpty() ? Policy.ACCEPT : Policy.DROP;
        List<SecurityGroup> deciding = dropping.isEmpty() ? groups : dropping;
        String kinds =
                deciding.stream().map(group -> group.type().text()).distinct().collect(Collectors.joining(" and "));
        String ids = deciding.stream().map(SecurityGroup::id).distinct().collect(Collectors.joining(", "));
        String place = "default of " + kinds + ": " + direction.text() + (dropping.isEmpty() ? " accepted" : " dropped")
                + " where no rule matches"
                + (deciding.size() < groups.size() ? "; one group that drops is enough" : "");
        return implicit(ids, place, direction, policy, Rule.LAST, EVERYTHING);
    }

    private static Rule implicit(
            String group, String place, Direction direction, Policy policy, int priority, List<RuleBox> boxes) {
        return new Rule(new RuleOrigin("", group, place), "", direction, policy, priority, boxes, "", place);
    }

    private static RuleBox any(IpPrefix everything) {
        return between(everything, everything);
    }

    private static RuleBox between(IpPrefix source, IpPrefix destination) {
        return new RuleBox(source, destination, PortRange.ANY, PortRange.ANY, RuleBox.ANY_PROTOCOL);
    }

    /** The way back. */
    private static RuleBox mirrored(RuleBox box) {
        IpPrefix host = box.destination();
        IpPrefix administrator = box.source();
        PortRange service = box.destinationPorts();
        PortRange client = box.sourcePorts();
        return new RuleBox(host, administrator, service, client, box.protocol());
    }
}
