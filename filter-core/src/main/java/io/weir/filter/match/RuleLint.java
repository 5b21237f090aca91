package io.weir.filter.match;

import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleSet;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Finds the rules of one direction that don't do what their author meant: exactly, over every packet there can be, not
 * by pairs. What a group's type says by itself is used and never reported.
 *
 * <p>Rules found {@link LintKind#SHADOWED}, {@link LintKind#REDUNDANT} or {@link LintKind#OVERLAPPING_GROUPS} can all be
 * taken out at once: that is why of two rules that say the same only one is reported. Those that never decide are found
 * first; then, from the last rule to the first, those without which (and without what has been found) no verdict
 * changes. Where work on a rule exceeds its budget, or its part of what there is for all of them ({@link WorkPool}), {@link LintKind#UNDECIDED} says so and the rule counts as needed.
 */
public final class RuleLint {
    /** Boxes looked at for one rule in each of three passes, at most: about a quarter of a second. */
    private static final long BUDGET = 50_000_000;

    private final List<Rule> rules;
    private final CoverQuestions questions;
    private final BitSet needless = new BitSet();
    private final List<LintFinding> findings = new ArrayList<>();
    private final BitSet undecided = new BitSet();
    private final Runnable onLook;
    /** How many rules the pass has been through. */
    private int turn;

    private RuleLint(RuleSet set, long budget, Runnable onLook) {
        this.onLook = onLook;
        rules = set.rules();
        questions = new CoverQuestions(rules, budget);
    }

    /** How many times {@link #of} looks at each rule. */
    public static final int LOOKS = 3;

    /**
     * What is wrong, in the order of the rules.
     *
     * @param onLook called after each look at a rule, {@value #LOOKS} times as often as there are rules
     */
    public static List<LintFinding> of(RuleSet set, Runnable onLook) {
        return of(set, BUDGET, onLook);
    }

    static List<LintFinding> of(RuleSet set) {
        return of(set, BUDGET);
    }

    static List<LintFinding> of(RuleSet set, long budget) {
        return of(set, budget, () -> {});
    }

    private static List<LintFinding> of(RuleSet set, long budget, Runnable onLook) {
        RuleLint lint = new RuleLint(set, budget, onLook);
        lint.run();
        return List.copyOf(lint.findings);
    }

    private void run() {
        for (int rule = 0; rule < rules.size(); rule++) {
            turn = rule;
            if (!rules.get(rule).origin().isImplicit()) {
                findWhetherItDecides(rule);
            }
            onLook.run();
        }
        BitSet never = (BitSet) needless.clone();
        questions.startPass();
        for (int rule = rules.size() - 1; rule >= 0; rule--) {
            turn = rules.size() - 1 - rule;
            if (!rules.get(rule).origin().isImplicit() && !needless.get(rule)) {
                findWhetherLaterRulesDoTheSame(rule);
            }
            onLook.run();
        }
        questions.startPass();
        for (int rule = 0; rule < rules.size(); rule++) {
            turn = rule;
            if (!rules.get(rule).origin().isImplicit() && !never.get(rule)) {
                findContradictions(rule, never);
            }
            onLook.run();
        }
        findings.sort(Comparator.comparingInt(LintFinding::rule).thenComparing(LintFinding::kind));
    }

    private void findWhetherItDecides(int rule) {
        questions.renewBudget(turn);
        if (!questions.isPossible(rule)) {
            needless.set(rule);
            add(LintKind.UNREACHABLE, rule, List.of(), Optional.empty());
            return;
        }
        if (!questions.isAffordable(rule)) {
            addUndecided(rule);
            return;
        }
        IntPredicate earlier = other -> other < rule && !needless.get(other);
        CoverQuestions.Answer answer = questions.leftOf(rule, earlier);
        if (answer.isUndecided()) {
            addUndecided(rule);
        } else if (answer.witness().isEmpty()) {
            addNeverDeciding(rule, earlier);
            needless.set(rule);
        }
    }

    /** The rule is covered by earlier ones: with the other verdict for all of its packets, or not. */
    private void addNeverDeciding(int rule, IntPredicate earlier) {
        IntPredicate same = other -> earlier.test(other) && isSamePolicy(rule, other);
        Optional<FiveTuple> asMeant = Optional.empty();
        for (int other : questions.touching(rule)) {
            if (same.test(other) && asMeant.isEmpty()) {
                CoverQuestions.Answer answer =
                        questions.leftOfBoth(rule, other, before -> before < other && earlier.test(before));
                if (answer.isUndecided() || answer.witness().isEmpty() && questions.isSpent()) {
                    addUndecided(rule);
                    return;
                }
                asMeant = answer.witness();
            }
        }
        if (asMeant.isEmpty()) {
            IntPredicate opposite = other -> earlier.test(other) && !isSamePolicy(rule, other);
            addCovered(LintKind.SHADOWED, rule, opposite, other -> false, Optional.empty());
            return;
        }
        CoverQuestions.Answer bySame = questions.leftOf(rule, same);
        if (bySame.witness().isPresent() || bySame.isUndecided()) {
            // A packet that only a rule of the other policy decides is the one to show.
            addCovered(
                    LintKind.REDUNDANT,
                    rule,
                    earlier,
                    other -> false,
                    bySame.witness().or(() -> questions.example(rule)));
        } else {
            addCovered(LintKind.REDUNDANT, rule, same, other -> false, asMeant);
        }
    }

    private void findWhetherLaterRulesDoTheSame(int rule) {
        questions.renewBudget(turn);
        if (!questions.isAffordable(rule)) {
            addUndecided(rule);
            return;
        }
        IntPredicate earlier = other -> other < rule && !needless.get(other);
        List<Integer> opposite = new ArrayList<>();
        for (int other : questions.touching(rule)) {
            if (other > rule && !needless.get(other) && !isSamePolicy(rule, other)) {
                opposite.add(other);
            }
        }
        boolean isUndecided = false;
        for (int other : opposite) {
            CoverQuestions.Answer answer = questions.leftOfBoth(
                    rule,
                    other,
                    before -> earlier.test(before)
                            || before > rule && before < other && !needless.get(before) && isSamePolicy(rule, before));
            if (answer.witness().isPresent()) {
                return;
            }
            isUndecided |= answer.isUndecided();
            if (questions.isSpent()) {
                isUndecided = true;
                break;
            }
        }
        if (isUndecided) {
            addUndecided(rule);
            return;
        }
        IntPredicate later = other -> other > rule && !needless.get(other) && isSamePolicy(rule, other);
        needless.set(rule);
        addCovered(
                LintKind.REDUNDANT,
                rule,
                later,
                earlier,
                questions.leftOf(rule, earlier).witness());
    }

    /** @param kept rules that are part of the cover and are not to be named */
    private void addCovered(
            LintKind kind, int rule, IntPredicate named, IntPredicate kept, Optional<FiveTuple> witness) {
        questions.renewBudget(turn);
        List<Integer> others = questions.irredundantCover(rule, named, kept);
        boolean isOfOtherGroup = kind == LintKind.REDUNDANT
                && others.size() == 1
                && isRepeated(rules.get(rule), rules.get(others.getFirst()));
        add(
                isOfOtherGroup ? LintKind.OVERLAPPING_GROUPS : kind,
                rule,
                others,
                kind == LintKind.SHADOWED ? questions.example(rule) : witness);
    }

    private static boolean isRepeated(Rule rule, Rule other) {
        boolean isSameGroup = rule.origin().group().equals(other.origin().group())
                && rule.origin().file().equals(other.origin().file());
        return !isSameGroup && !other.origin().isImplicit() && rule.policy() == other.policy();
    }

    private void findContradictions(int rule, BitSet never) {
        questions.renewBudget(turn);
        if (!questions.isAffordable(rule)) {
            addUndecided(rule);
            return;
        }
        List<Integer> others = new ArrayList<>();
        Optional<FiveTuple> witness = Optional.empty();
        boolean isUndecided = false;
        int[] touching = questions.touching(rule);
        for (int i = touching.length - 1; i >= 0; i--) {
            int other = touching[i];
            if (other > rule || !isTied(other, rule) || never.get(other) || isSamePolicy(rule, other)) {
                continue;
            }
            if (questions.isSpent()) {
                isUndecided = true;
                break;
            }
            CoverQuestions.Answer answer =
                    questions.leftOfBoth(rule, other, before -> before < other && !never.get(before));
            isUndecided |= answer.isUndecided();
            if (answer.witness().isPresent()) {
                others.addFirst(other);
                witness = answer.witness();
            }
        }
        if (!others.isEmpty()) {
            add(LintKind.CONTRADICTING, rule, others, witness);
        }
        if (isUndecided) {
            addUndecided(rule);
        }
    }

    private boolean isTied(int one, int other) {
        return rules.get(one).priority() == rules.get(other).priority()
                && !rules.get(one).origin().isImplicit();
    }

    private boolean isSamePolicy(int one, int other) {
        return rules.get(one).policy() == rules.get(other).policy();
    }

    private void add(LintKind kind, int rule, List<Integer> others, Optional<FiveTuple> witness) {
        findings.add(new LintFinding(kind, rule, others, witness, List.of()));
    }

    private void addUndecided(int rule) {
        if (!undecided.get(rule)) {
            undecided.set(rule);
            add(LintKind.UNDECIDED, rule, List.of(), Optional.empty());
        }
    }
}
