package io.weir.filter.match;

import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/** Questions about whole rules, over IPv4 and IPv6, put together from questions about boxes. */
final class CoverQuestions {
    /**
     * What is known.
     *
     * @param witness a packet that isn't covered; empty where there is none, or none was found
     * @param isUndecided whether the budget ended before an answer; then there is no witness
     */
    record Answer(Optional<FiveTuple> witness, boolean isUndecided) {}

    /** Boxes looked at while every rule is asked about once: about ten seconds. */
    private static final long PASS_BUDGET = 3_000_000_000L;

    private final List<Version> versions;
    private final long budget;
    private final int rules;
    private WorkPool pool;
    private long limit;

    /** @param budget of boxes looked at for one rule in a pass over all of them */
    CoverQuestions(List<Rule> rules, long budget) {
        this.budget = budget;
        this.rules = rules.size();
        pool = new WorkPool(0, PASS_BUDGET, this.rules, budget);
        limit = budget;
        versions = Stream.of(4, 6)
                .map(version -> new Version(HeaderGrid.of(version, rules, List.of()), rules.size()))
                .toList();
    }

    /** One IP version: its boxes, and what was found of the rule that was asked about last. */
    private static final class Version {
        final HeaderGrid grid;
        final CoverSearch search;
        final NearBoxes nearBoxes;
        /** What packets can have, of each rule that was asked for, in parts. */
        final List<List<int[]>> parts;

        /** Reused. */
        int[] found = new int[0];
        /** Boxes looked at whether they are chosen. */
        long choices;

        int[] near = new int[0];
        int nearOf = -1;

        Version(HeaderGrid grid, int rules) {
            this.grid = grid;
            search = new CoverSearch(grid.ranges());
            nearBoxes = new NearBoxes(grid.ranges());
            parts = new ArrayList<>(Collections.nCopies(rules, List.of()));
            for (int rule = 0; rule < rules; rule++) {
                List<int[]> all = new ArrayList<>();
                for (int box = grid.firstBox(rule); box < grid.firstBox(rule + 1); box++) {
                    all.addAll(grid.possibleParts(box));
                }
                parts.set(rule, all);
            }
        }

        /** The boxes that touch a rule, ascending: looked for once for all questions about it. */
        int[] near(int rule) {
            if (nearOf != rule) {
                int count = 0;
                for (int own = grid.firstBox(rule); own < grid.firstBox(rule + 1); own++) {
                    int before = count;
                    if (count + grid.boxCount() > found.length) {
                        found = Arrays.copyOf(found, count + grid.boxCount());
                    }
                    count = nearBoxes.add(own, found, count);
                    if (before > 0) {
                        count = distinct(found, count);
                    }
                }
                near = Arrays.copyOf(found, distinct(found, count));
                nearOf = rule;
            }
            return near;
        }

        /** Sorts, leaves one of each, and returns how many are left. */
        private static int distinct(int[] values, int count) {
            Arrays.sort(values, 0, count);
            int kept = 0;
            for (int i = 0; i < count; i++) {
                if (kept == 0 || values[i] != values[kept - 1]) {
                    values[kept++] = values[i];
                }
            }
            return kept;
        }

        /** Those of the boxes near a rule whose rules are chosen. */
        int[] chosen(int rule, IntPredicate rules) {
            int[] near = near(rule);
            int[] taken = new int[near.length];
            choices += near.length;
            int count = 0;
            int lastOwner = -1;
            boolean isChosen = false;
            for (int box : near) {
                int owner = grid.owner(box);
                isChosen = owner == lastOwner ? isChosen : owner != rule && rules.test(owner);
                lastOwner = owner;
                if (isChosen) {
                    taken[count++] = box;
                }
            }
            return Arrays.copyOf(taken, count);
        }
    }

    /** Every rule is asked about once more. */
    void startPass() {
        pool = new WorkPool(work(), PASS_BUDGET, rules, budget);
    }

    /** Gives the rule whose turn it is in the pass its budget. */
    void renewBudget(int turn) {
        limit = pool.limit(turn, work());
    }

    /** Whether the budget is used up: what is asked stays undecided. */
    boolean isSpent() {
        return work() >= limit;
    }

    /** Whether the budget suffices to look for what touches the rule. */
    boolean isAffordable(int rule) {
        long needed = 0;
        for (Version version : versions) {
            for (int own = version.grid.firstBox(rule); own < version.grid.firstBox(rule + 1); own++) {
                needed += version.nearOf == rule ? 0 : version.nearBoxes.candidates(own);
            }
        }
        return work() + needed < limit;
    }

    private long work() {
        long work = 0;
        for (Version version : versions) {
            work += version.search.work() + version.nearBoxes.looks() + version.choices;
        }
        return work;
    }

    private CoverOutcome search(Version version, int[] target, int[] cover) {
        return version.search.search(target, cover, cover.length, limit - work());
    }

    /** Whether a packet can match the rule at all. */
    boolean isPossible(int rule) {
        return versions.stream().anyMatch(version -> !version.parts.get(rule).isEmpty());
    }

    /** The other rules of which a box touches one of this rule's, ascending. */
    int[] touching(int rule) {
        BitSet touching = new BitSet();
        for (Version version : versions) {
            for (int box : version.near(rule)) {
                touching.set(version.grid.owner(box));
            }
        }
        touching.clear(rule);
        return touching.stream().toArray();
    }

    /** Some packet that matches the rule. */
    Optional<FiveTuple> example(int rule) {
        return versions.stream()
                .flatMap(version -> version.parts.get(rule).stream().map(version.grid::packet))
                .findFirst();
    }

    /** Whether the rule matches a packet that none of the chosen others matches. */
    Answer leftOf(int rule, IntPredicate others) {
        boolean isUndecided = false;
        for (Version version : versions) {
            if (version.parts.get(rule).isEmpty()) {
                continue;
            }
            int[] cover = version.chosen(rule, others);
            for (int[] part : version.parts.get(rule)) {
                switch (search(version, part, cover)) {
                    case OPEN -> {
                        return new Answer(Optional.of(version.grid.packet(version.search.openPart())), false);
                    }
                    case COVERED -> {}
                    case UNDECIDED -> isUndecided = true;
                }
            }
        }
        return new Answer(Optional.empty(), isUndecided);
    }

    /** Whether both rules match a packet that none of the chosen others matches. */
    Answer leftOfBoth(int rule, int second, IntPredicate others) {
        boolean isUndecided = false;
        for (Version version : versions) {
            int firstBox = version.grid.firstBox(second);
            int endBox = version.grid.firstBox(second + 1);
            if (version.parts.get(rule).isEmpty() || firstBox == endBox) {
                continue;
            }
            int[] cover = version.chosen(rule, other -> other != second && others.test(other));
            for (int[] part : version.parts.get(rule)) {
                for (int box = firstBox; box < endBox; box++) {
                    int[] both = HeaderGrid.intersection(part, version.grid.ranges(), box * HeaderGrid.STRIDE);
                    if (both.length == 0) {
                        continue;
                    }
                    switch (search(version, both, cover)) {
                        case OPEN -> {
                            return new Answer(Optional.of(version.grid.packet(version.search.openPart())), false);
                        }
                        case COVERED -> {}
                        case UNDECIDED -> isUndecided = true;
                    }
                }
            }
        }
        return new Answer(Optional.empty(), isUndecided);
    }

    /**
     * Rules that cover a rule together with those kept, and none of which can be left out. Where the budget ends first,
     * some may be there that can.
     *
     * @param named rules to choose from; with those kept they are known to cover the rule
     */
    List<Integer> irredundantCover(int rule, IntPredicate named, IntPredicate kept) {
        TreeSet<Integer> chosen = new TreeSet<>();
        for (Version version : versions) {
            if (version.parts.get(rule).isEmpty()) {
                continue;
            }
            int[] cover = version.chosen(rule, other -> named.test(other) || kept.test(other));
            for (int[] part : version.parts.get(rule)) {
                boolean isProven = search(version, part, cover) == CoverOutcome.COVERED;
                for (int box : isProven ? version.search.used() : cover) {
                    chosen.add(version.grid.owner(box));
                }
            }
        }
        chosen.removeIf(kept::test);
        // The last first: what stands early is what people read first.
        for (int candidate : List.copyOf(chosen.descendingSet())) {
            if (isSpent()) {
                break;
            }
            Answer without = leftOf(rule, other -> other != candidate && (chosen.contains(other) || kept.test(other)));
            if (without.witness().isEmpty() && !without.isUndecided()) {
                chosen.remove(candidate);
            }
        }
        return List.copyOf(chosen);
    }
}
