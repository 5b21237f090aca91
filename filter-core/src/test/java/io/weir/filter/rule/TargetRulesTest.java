package io.weir.filter.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetRulesTest {
    private static final List<IpPrefix> TARGET = List.of(prefix("10.0.0.0/24"));

    @Test
    void sortsTheRulesOfAllGroupsByPriorityDropFirstThenAsTheyStand() {
        SecurityGroup first = group(
                "a",
                GroupType.ENTERPRISE,
                rule("a5", 5, Policy.ACCEPT),
                rule("a1", 1, Policy.ACCEPT),
                rule("a5d", 5, Policy.DROP));
        SecurityGroup second = group(
                "b",
                GroupType.ENTERPRISE,
                rule("b1d", 1, Policy.DROP),
                rule("b1", 1, Policy.ACCEPT),
                rule("b5d", 5, Policy.DROP));
        TargetRules merged = TargetRules.of(List.of(first, second), TARGET, List.of());
        assertEquals(List.of("b1d", "a1", "b1", "a5d", "b5d", "a5", ""), ids(merged.ingress()));
        assertEquals(List.of(""), ids(merged.egress()));
        assertEquals(Optional.empty(), merged.aclIngress());
        assertEquals(List.of(first, second), merged.groups());
    }

    @ParameterizedTest
    @CsvSource({
        "BASIC, BASIC, ACCEPT, default of a basic group: egress accepted where no rule matches, 'a, b'",
        "BASIC, ENTERPRISE, DROP, default of an enterprise group: egress dropped where no rule matches; one group that drops is enough, b",
        "ALLOW_ONLY, BASIC, DROP, default of an allow-only group: egress dropped where no rule matches; one group that drops is enough, a",
        "ENTERPRISE, ALLOW_ONLY, DROP, default of an enterprise group and an allow-only group: egress dropped where no rule matches, 'a, b'",
    })
    void dropsByDefaultWhereOneGroupDoes(GroupType left, GroupType right, Policy egress, String place, String ids) {
        TargetRules merged = TargetRules.of(List.of(group("a", left), group("b", right)), TARGET, List.of());
        Rule last = merged.egress().rules().getLast();
        assertEquals(egress, last.policy());
        assertEquals(new RuleOrigin("", ids, place), last.origin());
        assertEquals(Policy.DROP, merged.ingress().rules().getLast().policy());
        for (RuleSet rules : List.of(merged.ingress(), merged.egress())) {
            assertTrue(rules.rules().getLast().matches(tuple("0.0.0.0", "255.255.255.255")));
            assertTrue(rules.rules().getLast().matches(tuple("::", "ffff::")));
        }
    }

    /** As Alibaba Cloud has it: inner access comes before every rule, its absence behind all of them. */
    @Test
    void letsMembersPassBeforeAnyRuleOfTheirs() {
        Rule shut = rule("shut", 1, Policy.DROP);
        SecurityGroup open = new SecurityGroup(
                "f", "a", GroupType.BASIC, true, List.of(shut), List.of(prefix("10.0.0.8/29"), prefix("10.9.0.0/16")));
        RuleSet ingress = TargetRules.of(List.of(open), TARGET, List.of()).ingress();
        assertEquals(Policy.ACCEPT, decided(ingress, "10.0.0.9", "10.0.0.10"));
        assertEquals(Policy.ACCEPT, decided(ingress, "10.9.1.1", "10.0.0.10"));
        assertEquals(Policy.DROP, decided(ingress, "10.9.1.1", "10.0.0.1"));
        assertEquals(Policy.DROP, decided(ingress, "10.0.0.1", "10.0.0.10"));
        RuleSet egress = TargetRules.of(List.of(open, group("e", GroupType.ENTERPRISE)), TARGET, List.of())
                .egress();
        assertEquals(Policy.ACCEPT, decided(egress, "10.0.0.10", "10.9.1.1"));
        assertEquals(Policy.DROP, decided(egress, "10.0.0.10", "10.8.1.1"));
        for (SecurityGroup closed : List.of(
                new SecurityGroup("f", "a", GroupType.BASIC, false, List.of(), open.members()),
                new SecurityGroup("f", "a", GroupType.ENTERPRISE, true, List.of(), open.members()))) {
            assertEquals(
                    1,
                    TargetRules.of(List.of(closed), TARGET, List.of())
                            .ingress()
                            .rules()
                            .size());
        }
    }

    @Test
    void takesNobodyForAMemberWhereNobodySaidWhoIs() {
        SecurityGroup unknown = new SecurityGroup("f", "a", GroupType.BASIC, true, List.of());
        Rule inner = TargetRules.of(List.of(unknown), TARGET, List.of())
                .ingress()
                .rules()
                .getFirst();
        assertEquals(List.of(), inner.boxes());
        assertTrue(inner.origin().place().endsWith("give members: {a: [CIDR]}"), inner.text());
    }

    @Test
    void keepsTheNetworkAclApart() {
        SecurityGroup acl =
                group("acl", GroupType.NETWORK_ACL, rule("200", 200, Policy.DROP), rule("100", 100, Policy.ACCEPT));
        TargetRules merged = TargetRules.of(List.of(acl), TARGET, List.of());
        assertEquals(
                List.of("100", "200", ""), ids(merged.aclOf(Direction.INGRESS).orElseThrow()));
        assertEquals(List.of(""), ids(merged.aclOf(Direction.EGRESS).orElseThrow()));
        assertEquals(
                Policy.ACCEPT, merged.of(Direction.INGRESS).rules().getLast().policy());
        assertThrows(IllegalArgumentException.class, () -> TargetRules.of(List.of(acl, acl), TARGET, List.of()));
    }

    private static Policy decided(RuleSet rules, String source, String destination) {
        return rules.rules().get(rules.decide(tuple(source, destination))).policy();
    }

    private static FiveTuple tuple(String source, String destination) {
        long[] from = new long[2];
        long[] to = new long[2];
        assertTrue(IpAddress.parse(source, from) && IpAddress.parse(destination, to));
        return new FiveTuple(from[0], from[1], to[0], to[1], 4242, 22, 6);
    }

    private static List<String> ids(RuleSet rules) {
        return rules.rules().stream().map(Rule::id).toList();
    }

    private static SecurityGroup group(String id, GroupType type, Rule... rules) {
        return new SecurityGroup("f", id, type, false, List.of(rules));
    }

    private static Rule rule(String id, int priority, Policy policy) {
        RuleBox box =
                new RuleBox(IpPrefix.ANY_IPV4, IpPrefix.ANY_IPV4, PortRange.ANY, PortRange.ANY, RuleBox.ANY_PROTOCOL);
        return new Rule(new RuleOrigin("f", "g", id), id, Direction.INGRESS, policy, priority, List.of(box), "");
    }

    private static IpPrefix prefix(String text) {
        return ((IpPrefix.Parsed.Valid) IpPrefix.parse(text)).prefix();
    }
}
