package io.weir.filter.match;

import io.weir.filter.rule.Rule;
import io.weir.filter.verdict.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Which number stands for which rule, and how often each one decided. One worker's; numbers go on over every exchange of
 * rules, so that what is counted stays with its rule.
 */
public final class RuleLedger {
    /** Numbers taken by the rules of one set of tables. */
    private record Range(int first, RuleSnapshot rules) {}

    private final List<Range> ranges = new ArrayList<>();
    /** 0 in a verdict stands for no rule. */
    private int next = 1;

    private long[] packets = new long[64];
    private long[] bytes = new long[64];
    private long[] lastNanos = new long[64];

    /** Gives numbers to the rules of a snapshot: the first one's. */
    public int enter(RuleSnapshot rules) {
        int first = next;
        ranges.add(new Range(first, rules));
        next += rules.ruleCount();
        if (next > packets.length) {
            int length = Math.max(next, 2 * packets.length);
            packets = Arrays.copyOf(packets, length);
            bytes = Arrays.copyOf(bytes, length);
            lastNanos = Arrays.copyOf(lastNanos, length);
        }
        return first;
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
        IdentityHashMap<Rule, Integer> places = new IdentityHashMap<>();
        List<RuleHits> hits = new ArrayList<>();
        for (Range range : ranges) {
            for (int number = 0; number < range.rules().ruleCount(); number++) {
                Rule rule = range.rules().rule(number);
                int at = range.first() + number;
                RuleHits counted = new RuleHits(rule, packets[at], bytes[at], lastNanos[at]);
                Integer place = places.putIfAbsent(rule, hits.size());
                if (place == null) {
                    hits.add(counted);
                } else {
                    hits.set(place, hits.get(place).plus(counted));
                }
            }
        }
        return hits;
    }
}
