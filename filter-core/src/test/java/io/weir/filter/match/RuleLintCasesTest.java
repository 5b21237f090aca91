package io.weir.filter.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.address.IpAddress;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What people write, and what is wrong with it. */
class RuleLintCasesTest {
    private static List<String> findings(String... lines) {
        return RuleLint.of(Lines.ingress(lines)).stream()
                .map(finding -> finding.rule() + " " + finding.kind().text() + " " + finding.others())
                .toList();
    }

    @Test
    void findsNothingWrongWithWhatIsNeeded() {
        assertEquals(List.of(), findings("1 accept tcp 22/22 from 10.1.2.3/32", "2 accept tcp 80/80"));
        assertEquals(List.of(), findings("1 drop tcp 22/22 from 10.0.0.0/8", "2 accept tcp 22/22"));
    }

    @Test
    void saysThatTheDefaultDropsAlready() {
        assertEquals(List.of("1 redundant [2]"), findings("1 accept tcp 22/22 from 10.1.2.3/32", "2 drop tcp 22/22"));
    }

    @Test
    void addsUpTheRulesThatShadowOne() {
        assertEquals(
                List.of("2 shadowed [0, 1]"),
                findings(
                        "1 drop tcp 20/22 from 10.0.0.0/9",
                        "1 drop all 0/65535 from 10.128.0.0/9",
                        "2 accept tcp 22/22 from 10.0.0.0/8",
                        "3 accept all 0/65535"));
    }

    @Test
    void tellsWhichPartOfARuleOthersTurnAround() {
        List<LintFinding> findings = RuleLint.of(Lines.ingress(
                "1 drop tcp 22/22 from 10.0.0.0/9",
                "2 accept tcp 22/22 from 10.128.0.0/9",
                "3 accept tcp 22/22 from 10.0.0.0/8",
                "4 accept all 0/65535 from 10.0.0.0/8"));
        LintFinding mixed = findings.getLast();
        assertEquals(LintKind.REDUNDANT, mixed.kind());
        assertEquals(List.of(0, 1), mixed.others());
        FiveTuple packet = mixed.witness().orElseThrow();
        assertEquals(IpAddress.mapped(0x0a000001), packet.sourceLow(), "the part that is dropped");
    }

    @Test
    void takesAnExceptionBeforeTheGeneralRuleForNoShadow() {
        assertEquals(
                List.of("2 redundant [1]"),
                findings(
                        "1 drop tcp 22/22 from 10.1.2.3/32",
                        "2 accept tcp 22/22 from 10.0.0.0/8",
                        "3 accept tcp 22/22 from 10.0.0.0/9"));
    }

    @Test
    void keepsOneOfTwoEqualRules() {
        assertEquals(List.of("1 redundant [0]"), findings("1 accept tcp 80/80", "1 accept tcp 80/80"));
        assertEquals(
                List.of("1 overlapping-groups [0]"),
                findings("1 accept tcp 80/80 in sg-1", "5 accept tcp 80/80 in sg-2"));
    }

    @Test
    void namesTheDropsThatWinATie() {
        assertEquals(
                List.of("2 contradicting [0, 1]"),
                findings(
                        "1 drop tcp 80/80 from 10.0.0.0/8",
                        "1 drop tcp 0/1023 from 10.0.0.0/9",
                        "1 accept tcp 80/443",
                        "2 accept udp 53/53"));
    }

    /** Five protocols have packets with an 80 where the port stands; rules for each of them are all there is. */
    @Test
    void knowsThatMostProtocolsHaveNoPorts() {
        assertEquals(
                List.of("5 redundant [0, 1, 2, 3, 4]"),
                findings(
                        "1 accept tcp 80/80",
                        "1 accept udp 80/80",
                        "1 accept 132 80/80",
                        "1 accept 1 80/80",
                        "1 accept 58 80/80",
                        "2 accept all 80/80"));
    }

    @Test
    void lintsWhatOverlapsEverywhere() {
        RuleSet set = LintBench.dense(300);
        List<LintFinding> findings = RuleLint.of(set);
        assertTrue(findings.size() > 50, findings::toString);
        List<Rule> left = new ArrayList<>(set.rules());
        for (LintFinding finding : findings) {
            Rule rule = set.rules().get(finding.rule());
            FiveTuple packet = finding.witness().orElseThrow();
            assertTrue(rule.matches(packet));
            if (finding.kind() == LintKind.SHADOWED) {
                assertNotEquals(
                        rule.policy(), set.rules().get(set.decide(packet)).policy());
            }
            left.remove(rule);
        }
        RuleSet without = new RuleSet(set.direction(), left);
        Random random = new Random(1);
        int accepted = 0;
        for (int i = 0; i < 100_000; i++) {
            FiveTuple packet = new FiveTuple(
                    0,
                    IpAddress.mapped(random.nextInt()),
                    0,
                    IpAddress.mapped(random.nextInt()),
                    random.nextInt(65_536),
                    random.nextInt(65_536),
                    6 + 11 * random.nextInt(2));
            Policy policy = set.rules().get(set.decide(packet)).policy();
            assertEquals(policy, left.get(without.decide(packet)).policy(), packet::toString);
            accepted += policy == Policy.ACCEPT ? 1 : 0;
        }
        assertTrue(accepted > 10_000, "only " + accepted + " of the packets are accepted");
    }
}
