package io.weir.detector.config.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.SecurityGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnGroupTest {
    private static final String TERMS = "any, a prefix, sg-…, pl-…, {group: ID}, {prefix_list: ID} or a list of such";

    @TempDir
    Path folder;

    @Test
    void readsEveryKey() throws IOException {
        SecurityGroup group = group(
                "id: web",
                "type: basic",
                "inner_access: drop",
                "description: what it is for",
                "rules:",
                "- { direction: ingress, policy: accept, priority: 1, protocol: tcp, ports: 22/22, source: 10.1.2.3/32,",
                "    description: office, id: r1 }",
                "- { direction: ingress, policy: drop, priority: 100, protocol: TCP, ports: 22, source: any }",
                "- { direction: ingress, policy: accept, protocol: udp, ports: '22/23,443/443', source_ports: [53, 5353/5354],",
                "    source: [10.0.0.0/8, '2001:db8::/32', sg-office, pl-partners], destination: 198.51.100.0/24 }",
                "- { direction: egress, policy: accept, protocol: all, ports: -1/-1, destination: { group: sg-office } }",
                "- { direction: egress, policy: accept, protocol: 47, destination: { prefix_list: pl-partners } }",
                "- { direction: ingress, policy: accept, protocol: icmp, source: 10.0.0.1, icmp: { type: 8, code: 0 } }",
                "- { direction: ingress, policy: accept, protocol: icmpv6, source: any, icmp: { type: 128 } }");
        assertEquals("web", group.id());
        assertEquals(GroupType.BASIC, group.type());
        assertFalse(group.isInnerAccess());
        assertEquals(
                List.of(
                        "accept TCP 22/22 from 10.1.2.3/32",
                        "drop TCP 22/22",
                        "accept UDP 22/23,443/443 from 10.0.0.0/8, 2001:db8::/32, sg-office, pl-partners port"
                                + " 53/53,5353/5354 to 198.51.100.0/24",
                        "accept ALL to sg-office",
                        "accept GRE to pl-partners",
                        "accept ICMP type 8 code 0 from 10.0.0.1/32",
                        "accept ICMPv6 type 128"),
                group.rules().stream().map(Rule::text).toList());
        assertEquals(
                List.of(1, 100, 1, 1, 1, 1, 1),
                group.rules().stream().map(Rule::priority).toList());
        assertEquals("office", group.rules().getFirst().description());
        assertEquals("r1", group.rules().getFirst().id());
        assertEquals("rules[1]", group.rules().get(1).origin().place());
        // Two versions of anywhere; of three IPv4 sources 10.0.0.0/8 holds one, with four pairs of ports each.
        assertEquals(2, group.rules().get(1).boxes().size());
        assertEquals(2 * 4, group.rules().get(2).boxes().size());
    }

    @Test
    void takesDefaults() throws IOException {
        SecurityGroup group = group("rules: []");
        assertEquals("group", group.id());
        assertEquals(GroupType.BASIC, group.type());
        assertTrue(group.isInnerAccess());
        assertEquals(
                GroupType.ENTERPRISE,
                GroupText.of(folder, "rules: []")
                        .as(GroupType.ENTERPRISE)
                        .rules()
                        .groups()
                        .getFirst()
                        .type());
    }

    @Test
    void readsGroupsOfEachType() throws IOException {
        String rule = "- { direction: ingress, policy: accept, protocol: gre, source: any";
        assertEquals(
                GroupType.ENTERPRISE,
                group("type: enterprise", "rules:", rule + ", priority: 5 }").type());
        assertEquals(
                GroupType.ALLOW_ONLY,
                group("type: allow_only", "rules:", rule + " }").type());
        SecurityGroup acl = group("type: network_acl", "rules:", rule + ", priority: 32767 }");
        assertEquals(GroupType.NETWORK_ACL, acl.type());
        assertEquals(32_767, acl.rules().getFirst().priority());
        assertFalse(acl.isInnerAccess());
    }

    @Test
    void listsAllFaults() throws IOException {
        GroupText.of(
                        folder,
                        "id: web",
                        "type: basic",
                        "inner_access: yes",
                        "rule: []",
                        "rules:",
                        "- { direction: in, policy: allow, protocol: tpc, priority: 0, source: any }",
                        "- { direction: ingress, policy: accept, protocol: tcp }",
                        "- { direction: ingress, policy: accept, protocol: tcp, ports: [], source: [] }",
                        "- { direction: ingress, policy: accept, protocol: tcp, ports: 1-2, source: [any, 10.0.0.1/8] }",
                        "- { direction: ingress, policy: accept, protocol: udp, ports: 70000, source: web, icmp: { type: 8 } }",
                        "- { direction: ingress, policy: accept, protocol: icmp, source: '::/0', icmp: { type: 256, code: -1 } }",
                        "- { direction: egress, policy: accept, protocol: icmpv6, destination: { group: a, prefix_list: b } }")
                .assertFaults(
                        "3: inner_access: 'yes' isn't known; it must be one of accept, drop",
                        "4: rule: unknown key; did you mean 'rules'? known here are id, type, inner_access, rules, description",
                        "6: rules[0].direction: 'in' isn't known; it must be one of egress, ingress",
                        "6: rules[0].policy: 'allow' isn't known; it must be one of accept, drop",
                        "6: rules[0].priority: '0' must be a whole number from 1 to 100",
                        "6: rules[0].protocol: 'tpc' is no protocol; it must be tcp, udp, icmp, icmpv6, gre, all or a number"
                                + " from 0 to 255",
                        "7: rules[1].source: missing; give any, a prefix, a group or a prefix list",
                        "7: rules[1].ports: missing; give the ports, such as 22/22, or 1/65535 for all",
                        "8: rules[2].source: is empty; it must be " + TERMS,
                        "8: rules[2].ports: is empty; name the ports, such as [22, 443/443]",
                        "9: rules[3].source[0]: 'any' stands in a list; write it alone",
                        "9: rules[3].source[1]: '10.0.0.1/8' has host bits; 10.0.0.0/8 is the prefix; allowed is "
                                + TERMS,
                        "9: rules[3].ports: '1-2' is no port range; write first/last from 1 to 65535, such as 22/22 or"
                                + " 1/65535",
                        "10: rules[4].source: 'web' is neither an address nor a prefix; write one such as 198.51.100.7,"
                                + " 198.51.100.0/24 or 2001:db8::/32; allowed is " + TERMS,
                        "10: rules[4].icmp: stands in a rule for UDP; it is of icmp and icmpv6 only",
                        "10: rules[4].ports: '70000' is no port range; write first/last from 1 to 65535, such as 22/22 or"
                                + " 1/65535",
                        "11: rules[5].source: '::/0' is of IPv6, where ICMP has no packets; the protocol must be icmpv6",
                        "11: rules[5].icmp.type: '256' must be a whole number from 0 to 255",
                        "11: rules[5].icmp.code: '-1' must be a whole number from 0 to 255",
                        "12: rules[6].destination: must name either group or prefix_list");
    }

    @Test
    void aliasesRepeatAndMergeKeysInherit() throws IOException {
        SecurityGroup group = group(
                "rules:",
                "- &ssh { direction: ingress, policy: accept, protocol: tcp, ports: 22, source: 10.0.0.0/8 }",
                "- &web { <<: *ssh, ports: [80, 443], priority: 2 }",
                "- <<: [{ policy: drop }, *web]",
                "  source: any",
                "- *ssh");
        assertEquals(
                List.of(
                        "accept TCP 22/22 from 10.0.0.0/8",
                        "accept TCP 80/80,443/443 from 10.0.0.0/8",
                        "drop TCP 80/80,443/443",
                        "accept TCP 22/22 from 10.0.0.0/8"),
                group.rules().stream().map(Rule::text).toList());
        assertEquals(
                List.of(1, 2, 2, 1), group.rules().stream().map(Rule::priority).toList());
    }

    @Test
    void refusesWhatItsTypeHasNoUseFor() throws IOException {
        GroupText.of(
                        folder,
                        "type: allow_only",
                        "inner_access: accept",
                        "rules:",
                        "- { direction: ingress, policy: drop, priority: 1, protocol: all, source: any }")
                .assertFaults(
                        "2: inner_access: 'accept' means nothing in an allow-only group; leave it out",
                        "4: rules[0].policy: 'drop' can't stand in an allow-only group, whose rules only accept",
                        "4: rules[0].priority: '1' means nothing in an allow-only group; leave it out");
        GroupText.of(
                        folder,
                        "type: network_acl",
                        "rules:",
                        "- { direction: ingress, policy: drop, protocol: all, source: any }",
                        "- { direction: ingress, policy: drop, protocol: all, source: any, priority: 32768 }")
                .assertFaults(
                        "3: rules[0].priority: missing; give the entry's number from 1 to 32767",
                        "4: rules[1].priority: '32768' must be a whole number from 1 to 32767");
        GroupText.of(folder, "type: basic", "rules: []")
                .as(GroupType.ENTERPRISE)
                .assertFaults("1: is a basic group, not an enterprise group; leave the type out");
    }

    private SecurityGroup group(String... lines) throws IOException {
        return GroupText.of(folder, lines).rules().groups().getFirst();
    }
}
