package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Json;
import io.weir.filter.address.PortRange;
import io.weir.filter.match.LintKind;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.RuleBox;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every finding is told with its rules, a packet and the fix, and by the exit status. */
class CheckCommandTest {
    private static final PortRange SSH = new PortRange(22, 22);
    private static final PortRange WEB = new PortRange(80, 80);

    private static RuleBox box(int protocol, PortRange ports, String source) {
        return new RuleBox(SomeRules.prefix(source), SomeRules.ALL_4, PortRange.ANY, ports, protocol);
    }

    /** One of each kind. */
    private static SomeRules bad() {
        int tcp = IpProtocol.TCP;
        return new SomeRules()
                .add(Policy.DROP, 1, tcp, new PortRange(8000, 8000), "10.0.0.0/9")
                .add(Policy.DROP, 1, tcp, new PortRange(8000, 8000), "10.128.0.0/9")
                .add(Policy.ACCEPT, 1, tcp, new PortRange(7999, 8000), "10.0.0.0/9")
                .add(Policy.ACCEPT, 2, tcp, new PortRange(8000, 8000), "10.0.0.0/8")
                .add(Policy.ACCEPT, 2, tcp, SSH, "0.0.0.0/0", "::/0")
                .add("db.json", Policy.ACCEPT, 3, List.of(box(tcp, SSH, "192.0.2.0/24")))
                .add(Policy.ACCEPT, 4, tcp, SSH, "10.0.0.0/8")
                .add(Policy.ACCEPT, 5, IpProtocol.GRE, WEB, "10.0.0.0/8")
                .add("db.json", Policy.ACCEPT, 5, List.of())
                .add(Policy.ACCEPT, 6, IpProtocol.UDP, new PortRange(1, 65_535), "0.0.0.0/0")
                .add(Policy.ACCEPT, 7, RuleBox.ANY_PROTOCOL, PortRange.ANY, "0.0.0.0/0")
                .unused("prefix_lists.pl-1");
    }

    @Test
    void tellsThatNothingIsWrong() {
        SomeRules good = new SomeRules()
                .add(Policy.ACCEPT, 1, IpProtocol.TCP, SSH, "10.1.2.3/32")
                .add(Policy.ACCEPT, 2, IpProtocol.TCP, WEB, "0.0.0.0/0");
        Weir.Answer text = good.run("check", "--group", "web.json").expect(ExitStatus.DONE);
        assertTrue(text.out().startsWith("Weir checked 2 rules: nothing found.\n"), text::out);
        assertTrue(text.out().contains("  198.51.100.0/24, ingress, IPv4: "), text::out);
        SomeRules.assertNarrow(text.out());
        Map<String, Object> json = good.run("check", "--json", "--group", "web.json")
                .expect(ExitStatus.DONE)
                .json();
        assertEquals(2L, json.get("rules"));
        assertEquals(List.of(), json.get("findings"));
        List<Object> bounds = Json.asArray(json.get("bounds"));
        assertEquals(4, bounds.size(), "two directions, two IP versions");
        Map<String, Object> first = Json.asObject(bounds.getFirst());
        assertEquals("ingress", first.get("direction"));
        assertEquals(4L, first.get("ip_version"));
        assertTrue(Json.asLong(first.get("loads")) > 0, first::toString);
    }

    @Test
    void writesAFindingAsAPersonReadsIt() {
        Weir.Answer answer = new SomeRules()
                .add(Policy.DROP, 1, IpProtocol.TCP, SSH, "10.0.0.0/9")
                .add(Policy.DROP, 1, IpProtocol.TCP, SSH, "10.128.0.0/9")
                .add(Policy.ACCEPT, 2, IpProtocol.TCP, SSH, "10.0.0.0/8")
                .add(Policy.ACCEPT, 3, IpProtocol.TCP, WEB, "0.0.0.0/0")
                .run("check", "--group", "web.json")
                .expect(ExitStatus.FINDINGS);
        assertEquals("""
                Weir checked 4 rules: 3 findings

                  198.51.100.0/24, ingress (4 rules)

                  shadowed
                    web.json: Permissions.Permission[2]
                    accept tcp 22/22 from 10.0.0.0/8, priority 2
                    never decides: all that it would accept, earlier rules drop
                    by       web.json: Permissions.Permission[0]: drop tcp 22/22 from
                             10.0.0.0/9, priority 1
                             web.json: Permissions.Permission[1]: drop tcp 22/22 from
                             10.128.0.0/9, priority 1
                    packet   tcp 10.0.0.1:50000 to 198.51.100.10:22 is dropped
                    fix      put it before them by a smaller priority, or remove it
                """, answer.out().substring(0, Math.max(0, answer.out().indexOf("\n\n  redundant") + 1)));
        SomeRules.assertNarrow(answer.out());
    }

    @Test
    void tellsEachKindWithItsFix() {
        Weir.Answer answer = bad().run("check", "--group", "web.json").expect(ExitStatus.FINDINGS);
        SomeRules.assertNarrow(answer.out());
        TreeSet<String> kinds = new TreeSet<>();
        Map<String, Object> json = bad().run("check", "--json", "--group", "web.json")
                .expect(ExitStatus.FINDINGS)
                .json();
        for (Object each : Json.asArray(json.get("findings"))) {
            Map<String, Object> finding = Json.asObject(each);
            String kind = Json.asText(finding.get("kind"));
            kinds.add(kind);
            assertFalse(Json.asText(finding.get("problem")).isEmpty());
            assertFalse(Json.asText(finding.get("fix")).isEmpty());
            assertTrue(answer.out().contains("\n  " + kind + "\n"), answer::out);
            if (!kind.equals("unused")) {
                String place = Json.asText(Json.asObject(finding.get("rule")).get("place"));
                assertTrue(answer.out().contains("json: " + place + "\n"), answer::out);
            }
        }
        TreeSet<String> expected = new TreeSet<>(List.of("unused"));
        Arrays.stream(LintKind.values()).map(LintKind::text).forEach(expected::add);
        expected.remove(LintKind.UNDECIDED.text());
        assertEquals(expected, kinds);
    }

    @Test
    void findsNothingWrongWithADefaultThatIsStated() {
        SomeRules stated = new SomeRules()
                .add(Policy.ACCEPT, 1, IpProtocol.TCP, WEB, "0.0.0.0/0")
                .add(Policy.DROP, 100, RuleBox.ANY_PROTOCOL, PortRange.ANY, "0.0.0.0/0", "::/0");
        stated.run("check", "--group", "web.json").expect(ExitStatus.DONE);
        stated.add(Policy.DROP, 99, IpProtocol.TCP, SSH, "10.0.0.0/8")
                .run("check", "--group", "web.json")
                .expect(ExitStatus.FINDINGS);
    }

    /** Each network ACL of AWS ends so, and the one that comes with a VPC accepts everything before. */
    @Test
    void findsNothingWrongWithTheLastEntriesOfANetworkAcl() {
        SomeRules acl = new SomeRules()
                .add(Policy.ACCEPT, 100, IpProtocol.TCP, WEB, "0.0.0.0/0")
                .add(Policy.DROP, 32_766, IpProtocol.TCP, WEB, "0.0.0.0/0")
                .add(Policy.DROP, 32_767, IpProtocol.TCP, WEB, "0.0.0.0/0")
                .add(Policy.DROP, 32_768, RuleBox.ANY_PROTOCOL, PortRange.ANY, "::/0");
        Map<String, Object> json = acl.run("check", "--json", "--group", "acl.json")
                .expect(ExitStatus.FINDINGS)
                .json();
        List<Object> findings = Json.asArray(json.get("findings"));
        assertEquals(1, findings.size(), findings::toString);
        Map<String, Object> rule =
                Json.asObject(Json.asObject(findings.getFirst()).get("rule"));
        assertEquals("Permissions.Permission[1]", rule.get("place"));
    }

    @Test
    void doesNotNameMoreRulesThanPeopleRead() {
        SomeRules rules = new SomeRules();
        for (int i = 0; i < 16; i++) {
            rules.add(Policy.DROP, 1, IpProtocol.TCP, WEB, "10." + i * 16 + ".0.0/12");
        }
        rules.add(Policy.ACCEPT, 2, IpProtocol.TCP, WEB, "10.0.0.0/8");
        rules.add(Policy.ACCEPT, 3, IpProtocol.TCP, WEB, "0.0.0.0/0");
        Weir.Answer answer = rules.run("check", "--group", "web.json").expect(ExitStatus.FINDINGS);
        assertTrue(answer.out().contains("             and 11 more (--json names them)\n"), answer::out);
        Map<String, Object> json =
                rules.run("check", "--json", "--group", "web.json").json();
        Map<String, Object> finding =
                Json.asObject(Json.asArray(json.get("findings")).getFirst());
        assertEquals(16, Json.asArray(finding.get("others")).size());
    }

    @Test
    void refusesToCheckNothing() {
        Weir.Answer answer = bad().run("check").expect(ExitStatus.WRONG_USAGE);
        assertEquals(
                List.of("weir: nothing to check; give --config weir.yaml, --group FILE, or both"), answer.problems());
    }
}
