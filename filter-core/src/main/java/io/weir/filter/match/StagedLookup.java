package io.weir.filter.match;

import static io.weir.filter.match.LookupScratch.BEST;
import static io.weir.filter.match.LookupScratch.BITS;
import static io.weir.filter.match.LookupScratch.COMMONS;
import static io.weir.filter.match.LookupScratch.HEADS;
import static io.weir.filter.match.LookupScratch.ITEMS;
import static io.weir.filter.match.LookupScratch.PLANES;
import static io.weir.filter.match.LookupScratch.PORTS_AT;
import static io.weir.filter.match.LookupScratch.PORT_CLASSES;
import static io.weir.filter.match.LookupScratch.ROWS;
import static io.weir.filter.match.LookupScratch.SIZE;
import static io.weir.filter.match.LookupScratch.SIZE_BITS;
import static io.weir.filter.match.LookupScratch.TAKEN;
import static io.weir.filter.match.LookupScratch.WORDS;
import static io.weir.filter.match.LookupScratch.WORD_DESTINATIONS;
import static io.weir.filter.match.LookupScratch.WORD_PLACES;
import static io.weir.filter.match.LookupScratch.WORD_RESTS;
import static io.weir.filter.match.LookupScratch.WORD_SOURCES;
import static io.weir.filter.match.MatchTables.BOX_STRIDE;

import java.util.Arrays;

/**
 * Looks up the packets in a {@link LookupScratch}. It goes in stages over the whole batch, so that the loads of many
 * packets are under way at once and no branch has to be guessed: rows of both addresses and classes of ports; what decides
 * among wide boxes; blocks that both rows have; in them the words that both have; in those the boxes that the ports match
 * too. A packet with several blocks takes one in each round. Loops are short, keep what they read in locals, and either
 * compute or read: those that compute become vector instructions, those that read have many reads under way.
 */
final class StagedLookup {
    /** More than any box. */
    static final int NO_BOX = Integer.MAX_VALUE;

    private final MatchTables tables;
    private final RowTable rows;
    private final PortWords destinationPorts;
    /** With the protocol, unless {@link #arePortsApart}. */
    private final PortWords sourcePorts;

    private final PortWords protocols;
    private final boolean arePortsApart;

    StagedLookup(MatchTables tables) {
        this.tables = tables;
        rows = tables.rows;
        destinationPorts = tables.ports.words(0);
        sourcePorts = tables.ports.words(1);
        arePortsApart = tables.ports.dimensions() == 3;
        protocols = tables.ports.words(arePortsApart ? 2 : 1);
    }

    /** Leaves the box that decides in {@link LookupScratch#BEST}, {@link #NO_BOX} for none. */
    void find(LookupScratch s, LiveBoxes live) {
        tables.addresses.find(s);
        tables.ports.find(s);
        decideWild(s, live);
        decideRows(s, live);
    }

    private void decideRows(LookupScratch s, LiveBoxes live) {
        int open = 0;
        for (int plane = 0; plane < rows.planes; plane++) {
            meetHeads(s, plane);
            open = listHeads(s, plane, open);
        }
        while (open > 0) {
            int left = takeLowest(s, open);
            if (rows.blockWords == 1) {
                meetPorts(s, open);
                meetRows(s, ROWS, open);
                meetRows(s, ROWS + SIZE, open);
                decide(s, open, live.words);
            } else {
                int words = openBlocks(s, open);
                decideBlocks(s, words, live.words);
            }
            open = left;
        }
    }

    private void decideWild(LookupScratch s, LiveBoxes live) {
        int[] ints = s.ints;
        if (tables.wild.isEmpty()) {
            Arrays.fill(ints, BEST, BEST + s.count, NO_BOX);
            return;
        }
        tables.wild.get().find(s, rows);
        if (live.isWildTouched()) {
            for (int at = BEST; at < BEST + s.count; at++) {
                ints[at] = live.isLive(ints[at]) ? ints[at] : decideWildByWords(s, at - BEST, live);
            }
        }
    }

    /** Where the box that the table names is deleted. */
    private int decideWildByWords(LookupScratch s, int k, LiveBoxes live) {
        int source = rows.sourceClass(s.ints[ROWS + k]);
        int destination = rows.destinationClass(s.ints[ROWS + SIZE + k]);
        for (int word = tables.wildWord; word < tables.words(); word++) {
            long bits = destinationPorts.word(s.ints[PORT_CLASSES + k], word)
                    & sourcePorts.word(s.ints[PORT_CLASSES + SIZE + k], word)
                    & live.words[word];
            for (; bits != 0; bits &= bits - 1) {
                int box = tables.boxAt[word * BOX_STRIDE + Long.numberOfTrailingZeros(bits)];
                if (tables.matchesAddresses(box, source, destination)) {
                    return box;
                }
            }
        }
        return NO_BOX;
    }

    /** Which blocks of a plane both rows have. */
    private void meetHeads(LookupScratch s, int plane) {
        long[] words = rows.words;
        int[] ints = s.ints;
        long[] longs = s.longs;
        int at = HEADS + plane * SIZE;
        int count = s.count;
        for (int k = 0; k < count; k++) {
            longs[at + k] = words[ints[ROWS + k] + 2 * plane] & words[ints[ROWS + SIZE + k] + 2 * plane];
        }
    }

    /** Appends a plane's items to the list; returns its length. */
    private int listHeads(LookupScratch s, int plane, int from) {
        int[] ints = s.ints;
        long[] longs = s.longs;
        int open = from;
        int end = plane * SIZE + s.count;
        for (int item = plane * SIZE; item < end; item++) {
            ints[ITEMS + open] = item;
            open += nonZero(longs[HEADS + item]);
        }
        return open;
    }

    /** Takes the lowest block from each item, for the stages that follow, and keeps items with more; returns how many. */
    private int takeLowest(LookupScratch s, int open) {
        int[] ints = s.ints;
        long[] longs = s.longs;
        int kept = 0;
        for (int j = 0; j < open; j++) {
            int item = ints[ITEMS + j];
            long rest = longs[HEADS + item];
            longs[BITS + j] = rest & -rest;
            ints[TAKEN + j] = item;
            rest &= rest - 1;
            longs[HEADS + item] = rest;
            ints[ITEMS + kept] = item;
            kept += nonZero(rest);
        }
        return kept;
    }

    /** Where a block is one word: which of its boxes the ports match. */
    private void meetPorts(LookupScratch s, int open) {
        int[] ints = s.ints;
        long[] longs = s.longs;
        for (int j = 0; j < open; j++) {
            int item = ints[TAKEN + j];
            int plane = item >>> SIZE_BITS;
            ints[WORDS + j] = plane * Long.SIZE + Long.numberOfTrailingZeros(longs[BITS + j]);
            ints[TAKEN + j] = item & SIZE - 1;
            ints[PLANES + j] = 2 * plane;
        }
        long[] direct = tables.ports.direct;
        if (direct.length == 0) {
            meetPortsByNames(s, open);
            return;
        }
        for (int j = 0; j < open; j++) {
            int k = ints[TAKEN + j];
            int word = ints[WORDS + j];
            longs[COMMONS + j] = direct[ints[PORTS_AT + k] + word] & direct[ints[PORTS_AT + SIZE + k] + word];
        }
    }

    private void meetPortsByNames(LookupScratch s, int open) {
        int[] ints = s.ints;
        long[] longs = s.longs;
        for (int j = 0; j < open; j++) {
            longs[COMMONS + j] = portBits(ints, ints[TAKEN + j], ints[WORDS + j]);
        }
    }

    /** Leaves what the rows of one column have too. */
    private void meetRows(LookupScratch s, int rowsAt, int open) {
        long[] words = rows.words;
        int[] ints = s.ints;
        long[] longs = s.longs;
        for (int j = 0; j < open; j++) {
            int row = ints[rowsAt + ints[TAKEN + j]] + ints[PLANES + j];
            long below = longs[BITS + j] - 1;
            longs[COMMONS + j] &= words[(int) words[row + 1] + Long.bitCount(words[row] & below)];
        }
    }

    private long portBits(int[] ints, int k, int word) {
        long bits = destinationPorts.word(ints[PORT_CLASSES + k], word)
                & sourcePorts.word(ints[PORT_CLASSES + SIZE + k], word);
        return arePortsApart ? bits & protocols.word(ints[PORT_CLASSES + 2 * SIZE + k], word) : bits;
    }

    /** The first box of what is left of each word. */
    private void decide(LookupScratch s, int open, long[] live) {
        int[] boxAt = tables.boxAt;
        int[] ints = s.ints;
        long[] longs = s.longs;
        for (int j = 0; j < open; j++) {
            int word = ints[WORDS + j];
            long bits = longs[COMMONS + j] & live[word];
            int box = boxAt[word * BOX_STRIDE + Long.numberOfTrailingZeros(bits)];
            int k = ints[TAKEN + j];
            ints[BEST + k] = Math.min(ints[BEST + k], box);
        }
    }

    /** For the lowest block of each item, the words that both rows have; returns how many blocks have such. */
    private int openBlocks(LookupScratch s, int open) {
        long[] words = rows.words;
        int[] ints = s.ints;
        long[] longs = s.longs;
        int found = 0;
        for (int j = 0; j < open; j++) {
            int item = ints[TAKEN + j];
            long bit = longs[BITS + j];
            long below = bit - 1;
            int k = item & SIZE - 1;
            int plane = item >>> SIZE_BITS;
            int sourceAt = ints[ROWS + k] + 2 * plane;
            int destinationAt = ints[ROWS + SIZE + k] + 2 * plane;
            long source = words[(int) words[sourceAt + 1] + Long.bitCount(words[sourceAt] & below)];
            long destination = words[(int) words[destinationAt + 1] + Long.bitCount(words[destinationAt] & below)];
            long common = rows.common(source, destination);
            long block = (long) plane * Long.SIZE + Long.numberOfTrailingZeros(bit);
            longs[WORD_PLACES + found] = block * rows.blockWords << 32 | k;
            longs[WORD_RESTS + found] = common;
            longs[WORD_SOURCES + found] = source;
            longs[WORD_DESTINATIONS + found] = destination;
            found += nonZero(common);
        }
        return found;
    }

    private void decideBlocks(LookupScratch s, int count, long[] live) {
        long[] words = rows.words;
        int[] ints = s.ints;
        long[] longs = s.longs;
        int[] boxAt = tables.boxAt;
        for (int j = 0; j < count; j++) {
            int k = (int) longs[WORD_PLACES + j];
            int first = (int) (longs[WORD_PLACES + j] >>> 32);
            long source = longs[WORD_SOURCES + j];
            long destination = longs[WORD_DESTINATIONS + j];
            int best = ints[BEST + k];
            long rest = longs[WORD_RESTS + j];
            // Nearly always one word, so that the end is guessed right.
            do {
                long below = (rest & -rest) - 1;
                int word = first + Long.bitCount(below);
                long bits = words[RowTable.wordAt(source, below)]
                        & words[RowTable.wordAt(destination, below)]
                        & portBits(ints, k, word)
                        & live[word];
                best = Math.min(best, boxAt[word * BOX_STRIDE + Long.numberOfTrailingZeros(bits)]);
                rest &= rest - 1;
            } while (rest != 0);
            ints[BEST + k] = best;
        }
    }

    /** 1 or 0, without a branch to guess. */
    private static int nonZero(long value) {
        return (int) ((value | -value) >>> 63);
    }
}
