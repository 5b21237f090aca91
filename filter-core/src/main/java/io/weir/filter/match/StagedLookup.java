package io.weir.filter.match;

import java.util.Arrays;

/**
 * Looks up the packets in a {@link LookupScratch}. It goes in stages over the whole batch, so that the loads of many
 * packets are under way at once and no branch has to be guessed: classes of the three fields; what decides among wide
 * boxes; blocks that both addresses' rows have; in them the words that both have; in those the boxes that the ports match
 * too. A packet with several blocks or words takes one in each round.
 */
final class StagedLookup {
    /** More than any box. */
    static final int NO_BOX = Integer.MAX_VALUE;

    private final MatchTables tables;
    private final int blockWords;
    private final PortWords destinationPorts;
    /** With the protocol, unless {@link #arePortsApart}. */
    private final PortWords sourcePorts;

    private final PortWords protocols;
    private final boolean arePortsApart;

    StagedLookup(MatchTables tables) {
        this.tables = tables;
        blockWords = tables.blockWords;
        destinationPorts = tables.ports.words(0);
        sourcePorts = tables.ports.words(1);
        arePortsApart = tables.ports.dimensions() == 3;
        protocols = tables.ports.words(arePortsApart ? 2 : 1);
    }

    /** Leaves the box that decides in {@link LookupScratch#best}, {@link #NO_BOX} for none. */
    void find(LookupScratch s, LiveBoxes live) {
        MatchTables t = tables;
        t.sourceIndex.find(s.sourceHigh, s.sourceLow, s.count, s.sourceClass, s.lists);
        t.destinationIndex.find(s.destinationHigh, s.destinationLow, s.count, s.destinationClass, s.lists);
        t.ports.find(s);
        decideWild(s, live);
        for (int plane = 0; plane < t.sourceRows.length; plane++) {
            find(s, t.sourceRows[plane], t.destinationRows[plane], plane * Long.SIZE * blockWords, live.words);
        }
    }

    private void find(LookupScratch s, AddressRows sources, AddressRows destinations, int firstWord, long[] live) {
        int open = commonBlocks(s, sources.heads, destinations.heads);
        while (open > 0) {
            if (blockWords == 1) {
                open = decideBlocks(s, sources, destinations, firstWord, live, open);
            } else {
                int words = commonWords(s, sources, destinations, firstWord, open);
                open = keepRest(s.blockPacket, s.blockRest, open);
                decide(s, sources.blocks, destinations.blocks, words, live);
            }
        }
    }

    private void decideWild(LookupScratch s, LiveBoxes live) {
        if (tables.wild.isEmpty()) {
            Arrays.fill(s.best, 0, s.count, NO_BOX);
            return;
        }
        tables.wild.get().find(s);
        if (live.isWildTouched()) {
            for (int k = 0; k < s.count; k++) {
                s.best[k] = live.isLive(s.best[k]) ? s.best[k] : decideWildByWords(s, k, live);
            }
        }
    }

    /** Where the box that the table names is deleted. */
    private int decideWildByWords(LookupScratch s, int k, LiveBoxes live) {
        for (int word = tables.wildWord; word < tables.words(); word++) {
            long bits = destinationPorts.word(s.portClasses[0][k], word)
                    & sourcePorts.word(s.portClasses[1][k], word)
                    & live.words[word];
            for (; bits != 0; bits &= bits - 1) {
                int box = tables.boxAt[word * Long.SIZE + Long.numberOfTrailingZeros(bits)];
                if (tables.matchesAddresses(box, s.sourceClass[k], s.destinationClass[k])) {
                    return box;
                }
            }
        }
        return NO_BOX;
    }

    private static int commonBlocks(LookupScratch s, long[] sourceHeads, long[] destinationHeads) {
        int[] packets = s.blockPacket;
        long[] rests = s.blockRest;
        int open = 0;
        for (int k = 0; k < s.count; k++) {
            long common = sourceHeads[s.sourceClass[k]] & destinationHeads[s.destinationClass[k]];
            packets[open] = k;
            rests[open] = common;
            open += nonZero(common);
        }
        return open;
    }

    /** Where a block is one word, the lowest of each packet; returns how many have more. */
    private int decideBlocks(
            LookupScratch s, AddressRows sources, AddressRows destinations, int firstWord, long[] live, int open) {
        int[] boxAt = tables.boxAt;
        int kept = 0;
        for (int j = 0; j < open; j++) {
            int k = s.blockPacket[j];
            long rest = s.blockRest[j];
            long below = (rest & -rest) - 1;
            int word = firstWord + Long.numberOfTrailingZeros(rest);
            long bits = sources.blocks[sources.block(s.sourceClass[k], below) + 1]
                    & destinations.blocks[destinations.block(s.destinationClass[k], below) + 1]
                    & destinationPorts.word(s.portClasses[0][k], word)
                    & sourcePorts.word(s.portClasses[1][k], word)
                    & live[word];
            if (arePortsApart) {
                bits &= protocols.word(s.portClasses[2][k], word);
            }
            // Without a bit it is the box behind, which the mask takes out.
            int box = boxAt[(word << 6) + Long.numberOfTrailingZeros(bits)];
            s.best[k] = Math.min(s.best[k], box | nonZero(bits) - 1 & NO_BOX);
            rest &= rest - 1;
            s.blockPacket[kept] = k;
            s.blockRest[kept] = rest;
            kept += nonZero(rest);
        }
        return kept;
    }

    /** For the lowest block of each packet, the words that both rows have. */
    private int commonWords(LookupScratch s, AddressRows sources, AddressRows destinations, int firstWord, int open) {
        int found = 0;
        for (int j = 0; j < open; j++) {
            int k = s.blockPacket[j];
            long rest = s.blockRest[j];
            long below = (rest & -rest) - 1;
            int source = sources.block(s.sourceClass[k], below);
            int destination = destinations.block(s.destinationClass[k], below);
            long common = sources.blocks[source] & destinations.blocks[destination];
            s.wordPacket[found] = k;
            s.wordRest[found] = common;
            s.wordSource[found] = source;
            s.wordDestination[found] = destination;
            s.wordFirst[found] = firstWord + Long.bitCount(below) * blockWords;
            found += nonZero(common);
        }
        return found;
    }

    /** Takes the lowest bit from each rest and keeps those with more. */
    private static int keepRest(int[] packets, long[] rests, int count) {
        int kept = 0;
        for (int j = 0; j < count; j++) {
            long rest = rests[j];
            rest &= rest - 1;
            packets[kept] = packets[j];
            rests[kept] = rest;
            kept += nonZero(rest);
        }
        return kept;
    }

    private void decide(LookupScratch s, long[] sources, long[] destinations, int count, long[] live) {
        int[] boxAt = tables.boxAt;
        for (int j = 0; j < count; j++) {
            int k = s.wordPacket[j];
            int source = s.wordSource[j];
            int destination = s.wordDestination[j];
            int first = s.wordFirst[j];
            int best = s.best[k];
            long rest = s.wordRest[j];
            // Nearly always one word, so that the end is guessed right.
            do {
                long below = (rest & -rest) - 1;
                int word = first + Long.bitCount(below);
                long bits = wordOf(sources, source, below)
                        & wordOf(destinations, destination, below)
                        & destinationPorts.word(s.portClasses[0][k], word)
                        & sourcePorts.word(s.portClasses[1][k], word)
                        & live[word];
                if (arePortsApart) {
                    bits &= protocols.word(s.portClasses[2][k], word);
                }
                // Without a bit it is the box behind, which the mask takes out.
                int box = boxAt[(word << 6) + Long.numberOfTrailingZeros(bits)];
                best = Math.min(best, box | nonZero(bits) - 1 & NO_BOX);
                rest &= rest - 1;
            } while (rest != 0);
            s.best[k] = best;
        }
    }

    private static long wordOf(long[] blocks, int block, long below) {
        return blocks[block + 1 + Long.bitCount(blocks[block] & below)];
    }

    /** 1 or 0, without a branch to guess. */
    private static int nonZero(long value) {
        return (int) ((value | -value) >>> 63);
    }
}
