package io.weir.filter.match;

import static io.weir.filter.match.LookupScratch.BEST;
import static io.weir.filter.match.LookupScratch.COMMONS;
import static io.weir.filter.match.LookupScratch.ITEMS;
import static io.weir.filter.match.LookupScratch.PORTS_AT;
import static io.weir.filter.match.LookupScratch.PORT_CLASSES;
import static io.weir.filter.match.LookupScratch.RESTS;
import static io.weir.filter.match.LookupScratch.ROWS;
import static io.weir.filter.match.LookupScratch.SIZE;
import static io.weir.filter.match.LookupScratch.WORD_DESTINATIONS;
import static io.weir.filter.match.LookupScratch.WORD_PLACES;
import static io.weir.filter.match.LookupScratch.WORD_RESTS;
import static io.weir.filter.match.LookupScratch.WORD_SOURCES;

import java.util.Arrays;

/**
 * Looks up the packets in a {@link LookupScratch}. It goes in stages over the whole batch, so that the loads of many
 * packets are under way at once and no branch has to be guessed: rows of both addresses and classes of ports; what decides
 * among wide boxes; blocks that both rows have; in them the words that both have; in those the boxes that the ports match
 * too. A packet with several blocks takes one in each round. Loops are short, each in a method of its own, and keep what
 * they read in locals: so the compiler makes them well, whatever calls them.
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
    private final boolean arePortsDirect;

    StagedLookup(MatchTables tables) {
        this.tables = tables;
        rows = tables.rows;
        destinationPorts = tables.ports.words(0);
        sourcePorts = tables.ports.words(1);
        arePortsApart = tables.ports.dimensions() == 3;
        protocols = tables.ports.words(arePortsApart ? 2 : 1);
        arePortsDirect = !arePortsApart && destinationPorts.isDirect() && sourcePorts.isDirect();
    }

    /** Leaves the box that decides in {@link LookupScratch#BEST}, {@link #NO_BOX} for none. */
    void find(LookupScratch s, LiveBoxes live) {
        tables.addresses.find(s);
        tables.ports.find(s);
        placePorts(s);
        decideWild(s, live);
        decideRows(s, live);
    }

    void placePorts(LookupScratch s) {
        int firstStride = destinationPorts.stride();
        int secondStride = sourcePorts.stride();
        int[] ints = s.ints;
        long[] longs = s.longs;
        int count = s.count;
        for (int k = 0; k < count; k++) {
            longs[PORTS_AT + k] = (long) (ints[PORT_CLASSES + SIZE + k] * secondStride) << 32
                    | ints[PORT_CLASSES + k] * firstStride;
        }
    }

    void decideRows(LookupScratch s, LiveBoxes live) {
        int open = 0;
        for (int plane = 0; plane < rows.planes; plane++) {
            open = commonBlocks(s, plane, open);
        }
        while (open > 0) {
            if (rows.blockWords == 1) {
                commonWords(s, open);
                open = decideWords(s, open, live.words);
            } else {
                int words = openBlocks(s, open);
                open = keepRest(s, open);
                decide(s, words, live.words);
            }
        }
    }

    void decideWild(LookupScratch s, LiveBoxes live) {
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
                int box = tables.boxAt[word * Long.SIZE + Long.numberOfTrailingZeros(bits)];
                if (tables.matchesAddresses(box, source, destination)) {
                    return box;
                }
            }
        }
        return NO_BOX;
    }

    /** Appends a plane's items to the list; returns its length. */
    int commonBlocks(LookupScratch s, int plane, int from) {
        long[] words = rows.words;
        int[] ints = s.ints;
        long[] longs = s.longs;
        int count = s.count;
        int open = from;
        for (int k = 0; k < count; k++) {
            int source = ints[ROWS + k] + 2 * plane;
            int destination = ints[ROWS + SIZE + k] + 2 * plane;
            long common = words[source] & words[destination];
            longs[ITEMS + open] = BlockItem.of(k, plane, source, destination);
            longs[RESTS + open] = common;
            open += nonZero(common);
        }
        return open;
    }

    /** Where a block is one word: what both rows have in the lowest block of each item. */
    void commonWords(LookupScratch s, int open) {
        long[] words = rows.words;
        long[] longs = s.longs;
        for (int j = 0; j < open; j++) {
            long item = longs[ITEMS + j];
            long rest = longs[RESTS + j];
            long below = (rest & -rest) - 1;
            int source = BlockItem.source(item);
            int destination = BlockItem.destination(item);
            longs[COMMONS + j] = words[(int) words[source + 1] + Long.bitCount(words[source] & below)]
                    & words[(int) words[destination + 1] + Long.bitCount(words[destination] & below)];
        }
    }

    int decideWords(LookupScratch s, int open, long[] live) {
        return arePortsDirect ? decideDirect(s, open, live) : decideByNames(s, open, live);
    }

    /** Decides in the lowest block of each item; returns how many have more. */
    private int decideDirect(LookupScratch s, int open, long[] live) {
        int[] ints = s.ints;
        long[] longs = s.longs;
        long[] firstPorts = destinationPorts.direct();
        long[] secondPorts = sourcePorts.direct();
        int[] boxAt = tables.boxAt;
        int kept = 0;
        for (int j = 0; j < open; j++) {
            long item = longs[ITEMS + j];
            long rest = longs[RESTS + j];
            int k = BlockItem.place(item);
            int word = BlockItem.plane(item) * Long.SIZE + Long.numberOfTrailingZeros(rest);
            long ports = longs[PORTS_AT + k];
            long bits = longs[COMMONS + j]
                    & firstPorts[(int) ports + word]
                    & secondPorts[(int) (ports >>> 32) + word]
                    & live[word];
            // Without a bit it is the box behind, which the mask takes out.
            int box = boxAt[(word << 6) + Long.numberOfTrailingZeros(bits)];
            ints[BEST + k] = Math.min(ints[BEST + k], box | nonZero(bits) - 1 & NO_BOX);
            rest &= rest - 1;
            longs[ITEMS + kept] = item;
            longs[RESTS + kept] = rest;
            kept += nonZero(rest);
        }
        return kept;
    }

    /** The same where ports' words are too many to stand side by side. */
    private int decideByNames(LookupScratch s, int open, long[] live) {
        int[] ints = s.ints;
        long[] longs = s.longs;
        int[] boxAt = tables.boxAt;
        int kept = 0;
        for (int j = 0; j < open; j++) {
            long item = longs[ITEMS + j];
            long rest = longs[RESTS + j];
            int k = BlockItem.place(item);
            int word = BlockItem.plane(item) * Long.SIZE + Long.numberOfTrailingZeros(rest);
            long bits = longs[COMMONS + j] & portBits(ints, k, word) & live[word];
            int box = boxAt[(word << 6) + Long.numberOfTrailingZeros(bits)];
            ints[BEST + k] = Math.min(ints[BEST + k], box | nonZero(bits) - 1 & NO_BOX);
            rest &= rest - 1;
            longs[ITEMS + kept] = item;
            longs[RESTS + kept] = rest;
            kept += nonZero(rest);
        }
        return kept;
    }

    private long portBits(int[] ints, int k, int word) {
        long bits = destinationPorts.word(ints[PORT_CLASSES + k], word)
                & sourcePorts.word(ints[PORT_CLASSES + SIZE + k], word);
        return arePortsApart ? bits & protocols.word(ints[PORT_CLASSES + 2 * SIZE + k], word) : bits;
    }

    /** For the lowest block of each item, the words that both rows have; returns how many blocks have such. */
    int openBlocks(LookupScratch s, int open) {
        long[] words = rows.words;
        long[] longs = s.longs;
        int found = 0;
        for (int j = 0; j < open; j++) {
            long item = longs[ITEMS + j];
            long rest = longs[RESTS + j];
            long below = (rest & -rest) - 1;
            int sourceAt = BlockItem.source(item);
            int destinationAt = BlockItem.destination(item);
            long source = words[(int) words[sourceAt + 1] + Long.bitCount(words[sourceAt] & below)];
            long destination = words[(int) words[destinationAt + 1] + Long.bitCount(words[destinationAt] & below)];
            long common = rows.common(source, destination);
            long block = BlockItem.plane(item) * Long.SIZE + Long.numberOfTrailingZeros(rest);
            longs[WORD_PLACES + found] = block * rows.blockWords << 32 | BlockItem.place(item);
            longs[WORD_RESTS + found] = common;
            longs[WORD_SOURCES + found] = source;
            longs[WORD_DESTINATIONS + found] = destination;
            found += nonZero(common);
        }
        return found;
    }

    /** Takes the lowest bit from each rest and keeps those with more. */
    static int keepRest(LookupScratch s, int count) {
        long[] longs = s.longs;
        int kept = 0;
        for (int j = 0; j < count; j++) {
            long rest = longs[RESTS + j];
            rest &= rest - 1;
            longs[ITEMS + kept] = longs[ITEMS + j];
            longs[RESTS + kept] = rest;
            kept += nonZero(rest);
        }
        return kept;
    }

    void decide(LookupScratch s, int count, long[] live) {
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
                // Without a bit it is the box behind, which the mask takes out.
                int box = boxAt[(word << 6) + Long.numberOfTrailingZeros(bits)];
                best = Math.min(best, box | nonZero(bits) - 1 & NO_BOX);
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
