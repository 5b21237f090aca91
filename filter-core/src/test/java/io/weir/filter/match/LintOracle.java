package io.weir.filter.match;

import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleSet;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/** Says what is wrong with a rule set by trying every rule on every packet. */
final class LintOracle {
    private final List<Rule> rules;
    private final BitSet[] matches;
    private final BitSet needless = new BitSet();
    private final List<String> findings = new ArrayList<>();

    LintOracle(RuleSet set, List<FiveTuple> packets) {
        rules = set.rules();
        matches = new BitSet[rules.size()];
        for (int rule = 0; rule < matches.length; rule++) {
            matches[rule] = new BitSet();
            for (int i = 0; i < packets.size(); i++) {
                matches[rule].set(i, rules.get(rule).matches(packets.get(i)));
            }
        }
    }

    /** Rule and kind of each finding; of contradictions the other rules too. */
    List<String> findings() {
        int last = rules.size() - 1;
        for (int rule = 0; rule < last; rule++) {
            if (matches[rule].isEmpty()) {
                add(rule, "UNREACHABLE");
                needless.set(rule);
            } else if (decided(rule).isEmpty()) {
                add(rule, decidesAsMeant(rule) ? "REDUNDANT" : "SHADOWED");
                needless.set(rule);
            }
        }
        BitSet never = (BitSet) needless.clone();
        BitSet verdicts = verdicts(new BitSet());
        for (int rule = last - 1; rule >= 0; rule--) {
            if (!needless.get(rule)) {
                needless.set(rule);
                boolean isSame = verdicts(needless).equals(verdicts);
                needless.set(rule, isSame);
                if (isSame) {
                    add(rule, "REDUNDANT");
                }
            }
        }
        for (int rule = 0; rule < last; rule++) {
            List<Integer> others = contradicting(rule);
            if (!never.get(rule) && !others.isEmpty()) {
                add(rule, "CONTRADICTING " + others);
            }
        }
        return findings.stream().sorted().toList();
    }

    /** Whether the chosen rules match every packet of a rule that those kept don't. */
    boolean isCovered(int rule, List<Integer> chosen, BitSet kept) {
        BitSet left = (BitSet) matches[rule].clone();
        chosen.forEach(other -> left.andNot(matches[other]));
        kept.stream().forEach(other -> left.andNot(matches[other]));
        return left.isEmpty();
    }

    private void add(int rule, String kind) {
        findings.add(rule + " " + kind);
    }

    private BitSet decided(int rule) {
        BitSet left = (BitSet) matches[rule].clone();
        IntStream.range(0, rule).forEach(other -> left.andNot(matches[other]));
        return left;
    }

    private boolean decidesAsMeant(int rule) {
        BitSet accepted = verdicts(new BitSet());
        BitSet asMeant = (BitSet) matches[rule].clone();
        if (rules.get(rule).policy() == Policy.ACCEPT) {
            asMeant.and(accepted);
        } else {
            asMeant.andNot(accepted);
        }
        return !asMeant.isEmpty();
    }

    /** The packets that get in: each rule overrules those behind it. */
    private BitSet verdicts(BitSet without) {
        BitSet accepted = new BitSet();
        for (int rule = rules.size() - 1; rule >= 0; rule--) {
            if (without.get(rule)) {
                continue;
            }
            if (rules.get(rule).policy() == Policy.ACCEPT) {
                accepted.or(matches[rule]);
            } else {
                accepted.andNot(matches[rule]);
            }
        }
        return accepted;
    }

    private List<Integer> contradicting(int rule) {
        return IntStream.range(0, rule)
                .filter(other -> rules.get(other).priority() == rules.get(rule).priority()
                        && rules.get(other).policy() != rules.get(rule).policy()
                        && decided(other).intersects(matches[rule]))
                .boxed()
                .toList();
    }
}
