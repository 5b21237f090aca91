package io.weir.filter.match;

import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Rule;

/**
 * The rules at one moment, for one batch: take it from {@link RuleSetPublisher#current} once a batch. Numbers of rules
 * hold for this snapshot alone. A rule deleted later may already be gone from it, for each packet as a whole.
 */
public final class RuleSnapshot {
    private final Classifier classifier;
    final LiveBoxes live4;
    final LiveBoxes live6;
    /** By place in the classifier. */
    private final Rule[] compiled;

    final Overlay overlay;

    RuleSnapshot(Classifier classifier, LiveBoxes live4, LiveBoxes live6, Rule[] compiled, Overlay overlay) {
        this.classifier = classifier;
        this.live4 = live4;
        this.live6 = live6;
        this.compiled = compiled;
        this.overlay = overlay;
    }

    RuleSnapshot with(Overlay changed) {
        return new RuleSnapshot(classifier, live4, live6, compiled, changed);
    }

    /** Takes a compiled rule out, for all snapshots of the same tables. */
    void delete(int place) {
        live4.deleteRule(place);
        live6.deleteRule(place);
    }

    /** What all but the latest insertions are compiled to. */
    public Classifier classifier() {
        return classifier;
    }

    /** Numbers go from 0 to before this one, those of rules deleted included. */
    public int ruleCount() {
        return compiled.length + overlay.rules.length;
    }

    /** Those before this number are compiled. */
    int compiledCount() {
        return compiled.length;
    }

    /** Whether the rules before {@link #compiledCount} are the same ones. */
    boolean isOfSameTables(RuleSnapshot other) {
        return classifier == other.classifier;
    }

    /** The rule of a number that {@link #find} gave. */
    public Rule rule(int number) {
        return number < compiled.length ? compiled[number] : overlay.rules[number - compiled.length];
    }

    /** As {@link Classifier#find}, with numbers for {@link #rule}. */
    public void find(PacketBatch batch, int[] packets, int count, LookupScratch scratch, int[] numbers) {
        classifier.find(batch, packets, count, scratch, live4, live6, numbers);
        if (!overlay.isEmpty()) {
            findInserted(batch, packets, count, scratch, numbers, 4);
            findInserted(batch, packets, count, scratch, numbers, 6);
        }
    }

    /** The number of the rule for one header, or {@link Classifier#NONE}. */
    public int find(FiveTuple tuple, LookupScratch scratch) {
        int number = classifier.find(tuple, scratch, live4, live6);
        int version = scratch.gather(tuple);
        return version == 0 || overlay.isEmpty() ? number : first(number, scratch, 0);
    }

    private void findInserted(
            PacketBatch batch, int[] packets, int count, LookupScratch s, int[] numbers, int version) {
        if (!overlay.hasVersion(version)) {
            return;
        }
        int[] possible = s.possible;
        int[] places = s.possiblePlaces;
        int left = 0;
        for (int i = 0; i < count; i++) {
            possible[left] = packets[i];
            places[left] = i;
            left += overlay.mayMatch(batch, packets[i], version);
        }
        int chosen = left == 0 ? 0 : s.gather(batch, possible, left, version);
        for (int k = 0; k < chosen; k++) {
            int place = places[s.ints[LookupScratch.PLACES + k]];
            numbers[place] = first(numbers[place], s, k);
        }
    }

    /** Whichever decides first: the compiled rule, or one of the overlay. */
    private int first(int number, LookupScratch s, int k) {
        int rank = overlay.find(s, k);
        boolean isFirst = rank < overlay.keys.length
                && (number == Classifier.NONE || overlay.keys[rank] < RuleSetPublisher.key(number));
        return isFirst ? compiled.length + rank : number;
    }
}
