package io.weir.filter.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleSet;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every finding is the one that trying every rule on every packet gives. */
class RuleLintTest {
    private static final int RULE_SETS = 3_000;
    private static final List<FiveTuple> PACKETS = SmallRules.packets();

    @Test
    void findsWhatTryingEveryPacketFinds() {
        SmallRules random = new SmallRules(1);
        Map<LintKind, Integer> seen = new EnumMap<>(LintKind.class);
        for (int i = 0; i < RULE_SETS; i++) {
            RuleSet set = random.next();
            List<LintFinding> findings = RuleLint.of(set);
            LintOracle oracle = new LintOracle(set, PACKETS);
            assertEquals(
                    oracle.findings(),
                    findings.stream().map(RuleLintTest::text).sorted().toList(),
                    set::toString);
            for (LintFinding finding : findings) {
                seen.merge(finding.kind(), 1, Integer::sum);
                assertWitnessed(set, finding);
                assertCoverHolds(set, finding, oracle);
            }
        }
        for (LintKind kind : List.of(
                LintKind.SHADOWED,
                LintKind.REDUNDANT,
                LintKind.CONTRADICTING,
                LintKind.UNREACHABLE,
                LintKind.OVERLAPPING_GROUPS)) {
            assertTrue(seen.getOrDefault(kind, 0) > 100, () -> "hardly any " + kind + " among " + seen);
        }
        assertFalse(seen.containsKey(LintKind.UNDECIDED), seen::toString);
    }

    /** Whatever the budget, what is called needless is so. */
    @Test
    void saysAloudWhatItCouldNotDecide() {
        SmallRules random = new SmallRules(3);
        int undecided = 0;
        for (int i = 0; i < 300; i++) {
            RuleSet set = random.next();
            List<LintFinding> findings = RuleLint.of(set, 1 + i % 20);
            List<Rule> left = new ArrayList<>(set.rules());
            for (LintFinding finding : findings) {
                if (finding.kind() == LintKind.UNDECIDED) {
                    undecided++;
                } else if (finding.kind() != LintKind.CONTRADICTING) {
                    left.remove(set.rules().get(finding.rule()));
                }
            }
            RuleSet without = new RuleSet(set.direction(), left);
            for (int p = i % 10; p < PACKETS.size(); p += 10) {
                FiveTuple packet = PACKETS.get(p);
                assertEquals(
                        set.rules().get(set.decide(packet)).policy(),
                        left.get(without.decide(packet)).policy(),
                        () -> findings + " of " + set);
            }
        }
        assertTrue(undecided > 100, "only " + undecided + " undecided");
    }

    private static String text(LintFinding finding) {
        String kind = finding.kind() == LintKind.OVERLAPPING_GROUPS
                ? LintKind.REDUNDANT.name()
                : finding.kind().name();
        return finding.rule() + " " + kind + (finding.kind() == LintKind.CONTRADICTING ? " " + finding.others() : "");
    }

    /** The packet that is shown is one of the rule's, and does what the finding says. */
    private static void assertWitnessed(RuleSet set, LintFinding finding) {
        if (finding.kind() == LintKind.UNREACHABLE) {
            assertTrue(finding.witness().isEmpty());
            return;
        }
        FiveTuple packet = finding.witness().orElseThrow();
        Rule rule = set.rules().get(finding.rule());
        assertTrue(rule.matches(packet), () -> finding + " in " + set);
        int decider = set.decide(packet);
        switch (finding.kind()) {
            case SHADOWED ->
                assertNotEquals(rule.policy(), set.rules().get(decider).policy());
            case CONTRADICTING -> assertTrue(finding.others().contains(decider), () -> finding + " in " + set);
            default -> {
                int last = finding.others().getLast();
                assertTrue(last < finding.rule() ? decider < finding.rule() : decider == finding.rule());
            }
        }
    }

    /** The rules named are enough, and none of them too many. */
    private static void assertCoverHolds(RuleSet set, LintFinding finding, LintOracle oracle) {
        if (finding.kind() == LintKind.UNREACHABLE || finding.kind() == LintKind.CONTRADICTING) {
            return;
        }
        List<Integer> others = finding.others();
        BitSet kept = new BitSet();
        if (others.getLast() > finding.rule()) {
            IntStream.range(0, finding.rule()).forEach(kept::set);
            assertTrue(others.stream().allMatch(other -> isSamePolicy(set, finding.rule(), other)));
        }
        if (finding.kind() == LintKind.SHADOWED) {
            assertTrue(others.stream().noneMatch(other -> isSamePolicy(set, finding.rule(), other)));
        }
        assertTrue(oracle.isCovered(finding.rule(), others, kept), () -> finding + " in " + set);
        for (Integer other : others) {
            List<Integer> without = new ArrayList<>(others);
            without.removeIf(other::equals);
            assertFalse(oracle.isCovered(finding.rule(), without, kept), () -> other + " is idle: " + finding);
        }
    }

    private static boolean isSamePolicy(RuleSet set, int one, int other) {
        return set.rules().get(one).policy() == set.rules().get(other).policy();
    }
}
