package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.report.RuleText;
import io.weir.detector.testing.Json;
import io.weir.filter.address.PortRange;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.rule.Policy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What decides a packet is said, and what is no packet is refused in words that help. */
class ExplainCommandTest {
    private static final PortRange SSH = new PortRange(22, 22);

    private static SomeRules textbook() {
        return new SomeRules()
                .add(Policy.ACCEPT, 1, IpProtocol.TCP, SSH, "10.1.2.3/32")
                .add(Policy.DROP, 2, IpProtocol.TCP, SSH, "0.0.0.0/0");
    }

    private static Weir.Answer explain(String packet, String... options) {
        List<Object> arguments = new java.util.ArrayList<>(List.of("explain", "--group", "web.json"));
        arguments.addAll(List.of(options));
        arguments.addAll(Arrays.asList(packet.split(" ", -1)));
        return textbook().run(arguments.toArray());
    }

    @Test
    void saysWhatDecidesAndWhatNearlyDid() {
        Weir.Answer answer = explain("tcp 203.0.113.9:4242 to 198.51.100.10:22").expect(ExitStatus.DONE);
        assertEquals("""
                tcp 203.0.113.9:4242 to 198.51.100.10:22, ingress: dropped

                  Dropped by  web.json: Permissions.Permission[1]
                              drop tcp 22/22 from 0.0.0.0/0, priority 2
                  Because     no rule before it matches

                  Without it  sg-web: default of basic: ingress dropped where no rule matches
                              drop all protocols from 0.0.0.0/0 and 1 more

                  Nearly      web.json: Permissions.Permission[0]
                              accept tcp 22/22 from 10.1.2.3/32, priority 1
                              but source 203.0.113.9 isn't in 10.1.2.3/32
                """, answer.out());
        SomeRules.assertNarrow(answer.out());
    }

    @Test
    void letsOnlyTheTextbooksAddressIn() {
        assertTrue(explain("tcp 10.1.2.3:1 to 198.51.100.10:22").out().contains("ingress: accepted\n"));
        assertTrue(explain("tcp 10.1.2.4:1 to 198.51.100.10:22").out().contains("ingress: dropped\n"));
        assertTrue(explain("tcp 10.1.2.3:1 to 198.51.100.10:23").out().contains("ingress: dropped\n"));
        assertTrue(explain("tcp 198.51.100.10:1 to 10.1.2.3:22", "--direction", "egress")
                .out()
                .contains("egress: accepted\n"));
    }

    @Test
    void saysTheSameAsJson() {
        Map<String, Object> json = explain("tcp 203.0.113.9:4242 to 198.51.100.10:22", "--json")
                .expect(ExitStatus.DONE)
                .json();
        assertEquals("drop", json.get("verdict"));
        assertEquals(22L, Json.asObject(json.get("packet")).get("dest_port"));
        Map<String, Object> judgement =
                Json.asObject(Json.asArray(json.get("judgements")).getFirst());
        assertEquals(
                "Permissions.Permission[1]",
                Json.asObject(judgement.get("rule")).get("place"));
        Map<String, Object> miss =
                Json.asObject(Json.asArray(judgement.get("near_misses")).getFirst());
        assertEquals("source", miss.get("field"));
        assertEquals(1, Json.asArray(judgement.get("runners_up")).size());
    }

    /** What explain prints can be given to it again. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp 203.0.113.9:4242 to 198.51.100.10:22",
                "udp [2001:db8::9]:53 to [2001:db8::10]:65535",
                "sctp 203.0.113.9:0 to 198.51.100.10:1",
                "icmp 203.0.113.9 to 198.51.100.10 echo-request",
                "icmp 203.0.113.9 to 198.51.100.10 3/4",
                "icmp 203.0.113.9 to 198.51.100.10 200/0",
                "icmpv6 2001:db8::9 to 2001:db8::10 packet-too-big",
                "gre 203.0.113.9 to 198.51.100.10",
                "99 2001:db8::9 to 2001:db8::10",
                "0 203.0.113.9 to 198.51.100.10"
            })
    void readsEveryPacketItWrites(String text) {
        List<String> words = List.of(text.split(" ", -1));
        assertEquals(text, RuleText.packet(PacketDescription.parse(words)));
        assertTrue(explain(text).expect(ExitStatus.DONE).out().startsWith(text + ", ingress: "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "6 203.0.113.9:1 to 198.51.100.10:22 | tcp 203.0.113.9:1 to 198.51.100.10:22",
                "TCP 203.0.113.9:1 to 198.51.100.10:22 | tcp 203.0.113.9:1 to 198.51.100.10:22",
                "icmp 203.0.113.9 to 198.51.100.10 8/0 | icmp 203.0.113.9 to 198.51.100.10 echo-request",
                "icmp 203.0.113.9 to 198.51.100.10 8 | icmp 203.0.113.9 to 198.51.100.10 echo-request",
                "1 203.0.113.9 to 198.51.100.10 Echo-Reply | icmp 203.0.113.9 to 198.51.100.10 echo-reply",
                "47 203.0.113.9 to [2001:db8::1] | versions",
                "gre [2001:db8::9] to 2001:db8:0::10 | gre 2001:db8::9 to 2001:db8::10",
                "tcp ::ffff:203.0.113.9 to 198.51.100.10:22 | lacks a port",
            })
    void readsOtherWaysToSayIt(String text, String expected) {
        Weir.Answer answer = explain(text);
        assertTrue((answer.out() + answer.err()).contains(expected), answer::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tcp | 'tcp' describes no packet; write one such as tcp 203.0.113.9:4242 to 198.51.100.10:22",
                "tcp 1.2.3.4:1 1.2.3.5:2 x | 'tcp 1.2.3.4:1 1.2.3.5:2 x' describes no packet; write one such as",
                "tcp to 1.2.3.4:22 from x | 'tcp to 1.2.3.4:22 from x' describes no packet; write one such as",
                "tpc 1.2.3.4:1 to 1.2.3.5:2 | 'tpc' is no protocol; write tcp, udp, icmp, icmpv6, gre, sctp,",
                "256 1.2.3.4 to 1.2.3.5 | '256' is no protocol; write tcp, udp,",
                "tcp 1.2.3.4 to 1.2.3.5:2 | '1.2.3.4' lacks a port; write one such as 203.0.113.9:4242 or",
                "tcp 1.2.3.4: to 1.2.3.5:2 | '1.2.3.4:' ends in no port; write a number from 0 to 65535",
                "tcp 1.2.3.4:1 to 1.2.3.5:65536 | '1.2.3.5:65536' ends in no port; write a number from 0",
                "tcp 1.2.3.4:1 to 1.2.3.5:ssh | '1.2.3.5:ssh' ends in no port; write a number from 0",
                "tcp 1.2.3.400:1 to 1.2.3.5:2 | '1.2.3.400:1' has no address; write one such as 203.0.113.9",
                "tcp [2001:db8::9:1 to 1.2.3.5:2 | '[2001:db8::9:1' lacks its closing bracket; write an IPv6",
                "tcp [2001:db8::9]4 to [::1]:2 | '[2001:db8::9]4' ends in no port; write a number",
                "tcp 2001:db8::9 to [::1]:2 | '2001:db8::9' lacks a port; write one such as 203.0.113.9:4242 or",
                "tcp [2001:db8::9]:4 to 1.2.3.4:2 | '[2001:db8::9]:4' and '1.2.3.4:2' are of different IP versions",
                "gre 1.2.3.4:1 to 1.2.3.5 | '1.2.3.4:1' has a port, and gre has none; write the address alone",
                "gre 1.2.3.4 to 1.2.3.5 x y | 'x y' is too much: the destination ends a gre packet",
                "tcp 1.2.3.4:1 to 1.2.3.5:2 syn | 'syn' is too much: the destination ends a tcp packet",
                "icmp 1.2.3.4 to 1.2.3.5 | the message is missing; end with one such as echo-request or 8/0",
                "icmp 1.2.3.4 to 1.2.3.5 a b | 'a b' is no message; end with one such as echo-request or 8/0",
                "icmp 1.2.3.4 to 1.2.3.5 packet-too-big | 'packet-too-big' is no icmp message; write one such as",
                "icmp 1.2.3.4 to 1.2.3.5 8/256 | '8/256' is no icmp message; write one such as echo-request",
                "icmpv6 ::1 to ::2 8/-1 | '8/-1' is no icmpv6 message; write one such as echo-request or 128/0",
            })
    void refusesWhatIsNoPacket(String text, String problem) {
        Weir.Answer answer = explain(text).expect(ExitStatus.WRONG_USAGE);
        assertEquals("", answer.out());
        assertEquals(1, answer.problems().size(), answer::err);
        assertTrue(answer.err().startsWith("weir: " + problem), answer::err);
    }

    @Test
    void takesFurtherFilesBeforeThePacket() {
        SomeRules rules = textbook();
        rules.run("explain", "--group", "web.json", "db.json", "tcp", "1.2.3.4:1", "to", "1.2.3.5:2")
                .expect(ExitStatus.DONE);
        Weir.Answer none = rules.run("explain", "tcp", "1.2.3.4:1", "to", "1.2.3.5:2");
        assertEquals(
                "weir: missing required option: '--group=FILE'", none.problems().getFirst());
    }
}
