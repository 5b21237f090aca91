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
        return compiled.length + overlay.size;
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
        return number < compiled.length ? compiled[number] : overlay.rule(number - compiled.length);
    }

    /** As {@link Classifier#find}, with numbers for {@link #rule}. */
    public void find(PacketBatch batch, int[] packets, int count, LookupScratch scratch, int[] numbers) {
        classifier.find(batch, packets, count, scratch, live4, live6, numbers);
        if (!overlay.isEmpty()) {
            findInserted(batch, packets, count, scratch, numbers);
        }
    }

    private void findInserted(PacketBatch batch, int[] packets, int count, LookupScratch s, int[] numbers) {
        int near = overlay.front().select(batch, packets, count, overlay.liveInFront(), s.near);
        for (int chunk = 0; chunk < overlay.chunks(); chunk++) {
            findInserted(batch, packets, s.near, near, s, numbers, 4, chunk);
            findInserted(batch, packets, s.all, count, s, numbers, 6, chunk);
        }
    }

    /** The number of the rule for one header, or {@link Classifier#NONE}. */
    public int find(FiveTuple tuple, LookupScratch scratch) {
        int number = classifier.find(tuple, scratch, live4, live6);
        if (overlay.isEmpty() || scratch.gather(tuple) == 0) {
            return number;
        }
        int best = number;
        for (int slot = 0; slot < overlay.size; slot++) {
            if (overlay.isLive(slot) && overlay.key(slot) < key(best) && overlay.matches(slot, scratch, 0)) {
                best = compiled.length + slot;
            }
        }
        return best;
    }

    private void findInserted(
            PacketBatch batch,
            int[] packets,
            int[] places,
            int count,
            LookupScratch s,
            int[] numbers,
            int version,
            int chunk) {
        OverlayMasks masks = overlay.masks(version, chunk);
        long live = overlay.live(chunk);
        if (masks == OverlayMasks.NONE || live == 0) {
            return;
        }
        int left = masks.select(batch, packets, places, count, live, s);
        int chosen = left == 0 ? 0 : s.gather(batch, s.possible, left, version);
        for (int k = 0; k < chosen; k++) {
            int at = s.ints[LookupScratch.PLACES + k];
            int place = s.possiblePlaces[at];
            numbers[place] = first(numbers[place], chunk, s.possibleRules[at], s, k);
        }
    }

    /** Whichever decides first: the rule known so far, or one of these that were selected. */
    private int first(int number, int chunk, long selected, LookupScratch s, int k) {
        int best = number;
        long bestKey = key(number);
        for (long rest = selected; rest != 0; rest &= rest - 1) {
            int slot = chunk * Long.SIZE + Long.numberOfTrailingZeros(rest);
            if (overlay.key(slot) < bestKey && overlay.matchesSelected(slot, s, k)) {
                best = compiled.length + slot;
                bestKey = overlay.key(slot);
            }
        }
        return best;
    }

    private long key(int number) {
        if (number == Classifier.NONE) {
            return Long.MAX_VALUE;
        }
        return number < compiled.length ? RuleEntry.key(number) : overlay.key(number - compiled.length);
    }
}
