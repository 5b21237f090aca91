package io.weir.detector.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Json;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.match.ClassifierBound;
import io.weir.filter.match.ExposureLint;
import io.weir.filter.match.RuleExplanation;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleOrigin;
import io.weir.filter.rule.RuleSet;
import io.weir.filter.verdict.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rules, packets and findings read the same with colour and without, and stay within a terminal. */
class RuleReportsTest {
    private static final IpPrefix ALL = new IpPrefix(4, 0, IpAddress.IPV4_MAPPED, 0);
    private static final FiveTuple PING =
            new FiveTuple(0, IpAddress.mapped(0xcb007109), 0, IpAddress.mapped(0xc633640a), 0, 8 << 8, IpProtocol.ICMP);

    private static Rule rule(String file, Policy policy, int protocol, PortRange sourcePorts, PortRange ports) {
        return new Rule(
                new RuleOrigin(file, "sg-1", "rules[0]"),
                "",
                Direction.INGRESS,
                policy,
                1,
                List.of(new RuleBox(ALL, ALL, sourcePorts, ports, protocol)),
                "what its author wrote of it, which is a sentence much too long for any line of eighty columns");
    }

    private static final RuleSet SET = new RuleSet(
            Direction.INGRESS,
            List.of(
                    rule("a.json", Policy.ACCEPT, IpProtocol.ICMP, PortRange.ANY, new PortRange(0, 255)),
                    rule("a.json", Policy.ACCEPT, IpProtocol.UDP, new PortRange(53, 53), new PortRange(1, 65_535)),
                    rule("a.json", Policy.ACCEPT, RuleBox.ANY_PROTOCOL, PortRange.ANY, PortRange.ANY),
                    rule("", Policy.DROP, RuleBox.ANY_PROTOCOL, PortRange.ANY, PortRange.ANY)));

    private static List<Explained> judgements() {
        return List.of(new Explained(SET, RuleExplanation.of(SET, PING)));
    }

    private static CheckReport report() {
        return new CheckReport(
                List.of(new CheckReport.Checked(
                        "every destination",
                        SET,
                        ExposureLint.of(SET),
                        Map.of(4, new ClassifierBound(2, 3, 40, true), 6, new ClassifierBound(0, 0, 9, false)))),
                List.of("members.sg-2"));
    }

    private static void assertColoursOnly(String plain, String coloured) {
        assertTrue(coloured.contains("\u001b["), coloured);
        assertEquals(plain, coloured.replaceAll("\u001b\\[[0-9;]*m", ""));
        plain.lines().forEach(line -> assertTrue(line.length() <= 80, line));
    }

    @Test
    void differsByColourAlone() {
        assertColoursOnly(CheckText.of(report(), TextStyle.PLAIN), CheckText.of(report(), TextStyle.COLOUR));
        assertColoursOnly(
                ExplanationText.of(judgements(), TextStyle.PLAIN), ExplanationText.of(judgements(), TextStyle.COLOUR));
        assertColoursOnly(
                ExplanationText.of(packet(judgements()), TextStyle.PLAIN),
                ExplanationText.of(packet(judgements()), TextStyle.COLOUR));
    }

    private static ExplainedPacket packet(List<Explained> judgements) {
        return new ExplainedPacket(
                1_234, 1_767_225_605_000_000_000L, PING, Reason.ACCEPTED, false, judgements, Optional.empty());
    }

    @Test
    void writesRulesInTheWordsOfTheirAuthors() {
        assertEquals(
                List.of(
                        "accept icmp type 0 from 0.0.0.0/0, priority 1",
                        "accept udp 1/65535 from 0.0.0.0/0 port 53/53, priority 1",
                        "accept all protocols from 0.0.0.0/0, priority 1",
                        "drop all protocols from 0.0.0.0/0"),
                SET.rules().stream().map(RuleText::rule).toList());
    }

    @Test
    void startsWithNumberTimeVerdictAndReasonOfAPacket() {
        String text = ExplanationText.of(packet(judgements()), TextStyle.PLAIN);
        String start = """
                Packet 1,234 at 2026-01-01 00:00:05.000: passed, accepted
                  icmp 203.0.113.9 to 198.51.100.10 echo-request

                  Accepted by a.json: rules[0]
                """;
        assertTrue(text.startsWith(start), text);
        assertTrue(text.contains("but echo-request isn't type 0\n"), text);
        assertEquals(
                2,
                ExplanationText.of(packet(List.of()), TextStyle.PLAIN).lines().count());
        Map<String, Object> json = Json.object(ExplanationJson.of(packet(judgements())));
        assertEquals("2026-01-01T00:00:05.000000000Z", json.get("timestamp"));
        assertEquals(8L, Json.asObject(json.get("packet")).get("icmp_type"));
        assertEquals("pass", json.get("verdict"));
    }

    /** A network ACL has its say after the groups: who drops first wins. */
    @Test
    void passesWhereEveryRuleSetAccepts() {
        RuleSet drops = new RuleSet(Direction.INGRESS, SET.rules().subList(3, 4));
        List<Explained> both = List.of(judgements().getFirst(), new Explained(drops, RuleExplanation.of(drops, PING)));
        String text = ExplanationText.of(both, TextStyle.PLAIN);
        assertTrue(text.startsWith("icmp 203.0.113.9 to 198.51.100.10 echo-request, ingress: dropped\n"), text);
        assertTrue(text.contains("  Accepted by a.json: rules[0]\n"), text);
        assertTrue(text.contains("  Dropped by  sg-1: rules[0]\n"), text);
        assertEquals("drop", Json.object(ExplanationJson.of(both)).get("verdict"));
    }
}
