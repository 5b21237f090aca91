package io.weir.filter.match;

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

    private final int[] boxAt;
    private final int wildBit;
    /** By box its bit; made when the first is deleted. */
    private int[] bitOf = new int[0];

    private volatile boolean isWildTouched;

    LiveBoxes(MatchTables tables) {
        boxAt = tables.boxAt;
        wildBit = tables.wildWord * Long.SIZE;
        words = new long[tables.words()];
        Arrays.fill(words, -1L);
    }

    void delete(int box) {
        if (bitOf.length == 0) {
            int[] bits = new int[boxAt.length];
            for (int bit = 0; bit < boxAt.length; bit++) {
                if (boxAt[bit] != StagedLookup.NO_BOX) {
                    bits[boxAt[bit]] = bit;
                }
            }
            bitOf = bits;
        }
        int bit = bitOf[box];
        WORDS.setRelease(words, bit >>> 6, words[bit >>> 6] & ~(1L << bit));
        if (bit >= wildBit) {
            isWildTouched = true;
        }
    }

    /** Whether a box of the {@link WildTable} is gone. */
    boolean isWildTouched() {
        return isWildTouched;
    }

    /** Of any box once one was deleted; {@link StagedLookup#NO_BOX} counts as there. */
    boolean isLive(int box) {
        if (box == StagedLookup.NO_BOX) {
            return true;
        }
        int bit = bitOf[box];
        return (words[bit >>> 6] >>> bit & 1) != 0;
    }
}
