package io.weir.filter.match;

import io.weir.filter.rule.Rule;
import io.weir.filter.verdict.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Which number stands for which rule, and how often each one decided. One worker's; numbers go on over every exchange of
 * rules, so that what is counted stays with its rule.
 */
public final class RuleLedger {
    private final IdentityHashMap<Rule, Integer> numbers = new IdentityHashMap<>();
    private final List<Rule> rules = new ArrayList<>();
    private long[] packets = new long[64];
    private long[] bytes = new long[64];
    private long[] lastNanos = new long[64];

    /** The numbers of a snapshot's rules, by their number there; 0 in a verdict stands for no rule. */
    public int[] enter(RuleSnapshot snapshot) {
        return enter(snapshot, new int[snapshot.ruleCount()], 0);
    }

    /**
     * As {@link #enter(RuleSnapshot)} after another snapshot: an insertion doesn't look up the rules again that were
     * compiled before.
     *
     * @param known the numbers of {@code before}
     */
    public int[] enter(RuleSnapshot snapshot, RuleSnapshot before, int[] known) {
        int[] entered = new int[snapshot.ruleCount()];
        int same = snapshot.isOfSameTables(before) ? snapshot.compiledCount() : 0;
        System.arraycopy(known, 0, entered, 0, same);
        return enter(snapshot, entered, same);
    }

    private int[] enter(RuleSnapshot snapshot, int[] entered, int from) {
        for (int number = from; number < entered.length; number++) {
            entered[number] = enter(snapshot.rule(number));
        }
        return entered;
    }

    private int enter(Rule rule) {
        Integer known = numbers.get(rule);
        if (known != null) {
            return known;
        }
        rules.add(rule);
        int number = rules.size();
        numbers.put(rule, number);
        if (number == packets.length) {
            packets = Arrays.copyOf(packets, 2 * number);
            bytes = Arrays.copyOf(bytes, 2 * number);
            lastNanos = Arrays.copyOf(lastNanos, 2 * number);
        }
        return number;
    }

    /** Counts a packet that a rule decided. */
    public void count(int number, int lengthBytes, long nowNanos) {
        packets[number]++;
        bytes[number] += lengthBytes;
        lastNanos[number] = nowNanos;
    }

    /** The number as a verdict carries it: 0 for those that no longer fit, after millions of exchanged rules. */
    public static int id(int number) {
        return number <= Verdict.MAXIMUM_ID ? number : 0;
    }

    /** Every rule that is or was in use, by identity, in the order in which they came and decide. */
    public List<RuleHits> hits() {
        List<RuleHits> hits = new ArrayList<>(rules.size());
        for (int at = 1; at <= rules.size(); at++) {
            hits.add(new RuleHits(rules.get(at - 1), packets[at], bytes[at], lastNanos[at]));
        }
        return hits;
    }

    /** The rule of a number. */
    public Optional<Rule> rule(int number) {
        return number >= 1 && number <= rules.size() ? Optional.of(rules.get(number - 1)) : Optional.empty();
    }
}
