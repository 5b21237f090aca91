package io.weir.filter.match;

import static io.weir.filter.match.MatchTables.BOX_STRIDE;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Which boxes of compiled tables haven't been deleted since. One thread at a time deletes; lookups read without waiting
 * and see a deletion in their next batch at the latest, because each box is one bit of one word.
 */
final class LiveBoxes {
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    /** By word of the layout, a bit for each box still there. */
    final long[] words;

    private final int wildBit;
    /** By box its bit. */
    private final int[] bitOf;

    private final int[] ruleOf;

    private volatile boolean isWildTouched;

    LiveBoxes(Classifier.Family family) {
        MatchTables tables = family.tables;
        ruleOf = family.ruleOf;
        wildBit = tables.wildWord * Long.SIZE;
        words = new long[tables.words()];
        Arrays.fill(words, -1L);
        bitOf = new int[ruleOf.length];
        for (int at = 0; at < tables.boxAt.length; at++) {
            if (tables.boxAt[at] != StagedLookup.NO_BOX) {
                bitOf[tables.boxAt[at]] = at / BOX_STRIDE * Long.SIZE + at % BOX_STRIDE;
            }
        }
    }

    /** Deletes the boxes of a rule; at once where it has one. */
    void deleteRule(int rule) {
        // Boxes are in the order of their rules.
        int box = Arrays.binarySearch(ruleOf, rule);
        if (box < 0) {
            return;
        }
        while (box > 0 && ruleOf[box - 1] == rule) {
            box--;
        }
        for (; box < ruleOf.length && ruleOf[box] == rule; box++) {
            delete(bitOf[box]);
        }
    }

    private void delete(int bit) {
        WORDS.setRelease(words, bit >>> 6, words[bit >>> 6] & ~(1L << bit));
        if (bit >= wildBit) {
            isWildTouched = true;
        }
    }

    /** Whether a box of the {@link WildTable} is gone. */
    boolean isWildTouched() {
        return isWildTouched;
    }

    /** {@link StagedLookup#NO_BOX} counts as there. */
    boolean isLive(int box) {
        if (box == StagedLookup.NO_BOX) {
            return true;
        }
        int bit = bitOf[box];
        return (words[bit >>> 6] >>> bit & 1) != 0;
    }
}
