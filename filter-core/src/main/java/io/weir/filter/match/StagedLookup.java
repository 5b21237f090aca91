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
    private final PortWords ports;
    private final boolean arePortsApart;

    StagedLookup(MatchTables tables) {
        this.tables = tables;
        ports = tables.ports.words(0);
        arePortsApart = tables.ports.dimensions() > 1;
    }

    /** Leaves the box that decides in {@link LookupScratch#best}, {@link #NO_BOX} for none. */
    void find(LookupScratch s, LiveBoxes live) {
        MatchTables t = tables;
        t.sourceIndex.find(s.sourceHigh, s.sourceLow, s.count, s.sourceClass, s.lists);
        t.destinationIndex.find(s.destinationHigh, s.destinationLow, s.count, s.destinationClass, s.lists);
        t.ports.find(s.sourcePort, s.destinationPort, s.protocol, s.count, s.portClasses);
        decideWild(s, live);
        int open = commonBlocks(s);
        while (open > 0) {
            int words = commonWords(s, open);
            open = keepRest(s.blockPacket, s.blockRest, open);
            while (words > 0) {
                words = arePortsApart ? decideApart(s, words, live) : decide(s, words, live);
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
            long bits = ports.word(s.portClasses[0][k], word) & live.words[word];
            for (; bits != 0; bits &= bits - 1) {
                int box = tables.boxAt[word * Long.SIZE + Long.numberOfTrailingZeros(bits)];
                if (tables.matchesAddresses(box, s.sourceClass[k], s.destinationClass[k])) {
                    return box;
                }
            }
        }
        return NO_BOX;
    }

    private int commonBlocks(LookupScratch s) {
        long[] sourceHeads = tables.sourceRows.heads;
        long[] destinationHeads = tables.destinationRows.heads;
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

    /** For the lowest block of each packet, the words that both rows have. */
    private int commonWords(LookupScratch s, int open) {
        AddressRows sources = tables.sourceRows;
        AddressRows destinations = tables.destinationRows;
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
            s.wordFirst[found] = Long.bitCount(below) * Layout.BLOCK_WORDS;
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

    /** One word of each packet; returns how many have more. */
    private int decide(LookupScratch s, int count, LiveBoxes live) {
        long[] sourceBlocks = tables.sourceRows.blocks;
        long[] destinationBlocks = tables.destinationRows.blocks;
        int[] boxAt = tables.boxAt;
        int[] portClasses = s.portClasses[0];
        int kept = 0;
        for (int j = 0; j < count; j++) {
            int k = s.wordPacket[j];
            long rest = s.wordRest[j];
            int source = s.wordSource[j];
            int destination = s.wordDestination[j];
            int first = s.wordFirst[j];
            long below = (rest & -rest) - 1;
            int word = first + Long.bitCount(below);
            long bits = wordOf(sourceBlocks, source, below)
                    & wordOf(destinationBlocks, destination, below)
                    & ports.word(portClasses[k], word)
                    & live.words[word];
            int box = boxAt[(word << 6) + Long.numberOfTrailingZeros(bits)];
            s.best[k] = Math.min(s.best[k], bits == 0 ? NO_BOX : box);
            rest &= rest - 1;
            s.wordPacket[kept] = k;
            s.wordRest[kept] = rest;
            s.wordSource[kept] = source;
            s.wordDestination[kept] = destination;
            s.wordFirst[kept] = first;
            kept += nonZero(rest);
        }
        return kept;
    }

    /** The same where ports aren't folded: narrows by the two other fields before. */
    private int decideApart(LookupScratch s, int count, LiveBoxes live) {
        PortWords destinationPorts = tables.ports.words(1);
        PortWords protocols = tables.ports.words(2);
        int kept = 0;
        for (int j = 0; j < count; j++) {
            int k = s.wordPacket[j];
            long rest = s.wordRest[j];
            long below = (rest & -rest) - 1;
            int word = s.wordFirst[j] + Long.bitCount(below);
            long bits = wordOf(tables.sourceRows.blocks, s.wordSource[j], below)
                    & wordOf(tables.destinationRows.blocks, s.wordDestination[j], below)
                    & ports.word(s.portClasses[0][k], word)
                    & destinationPorts.word(s.portClasses[1][k], word)
                    & protocols.word(s.portClasses[2][k], word)
                    & live.words[word];
            int box = tables.boxAt[(word << 6) + Long.numberOfTrailingZeros(bits)];
            s.best[k] = Math.min(s.best[k], bits == 0 ? NO_BOX : box);
            rest &= rest - 1;
            s.wordPacket[kept] = k;
            s.wordRest[kept] = rest;
            s.wordSource[kept] = s.wordSource[j];
            s.wordDestination[kept] = s.wordDestination[j];
            s.wordFirst[kept] = s.wordFirst[j];
            kept += nonZero(rest);
        }
        return kept;
    }

    private static long wordOf(long[] blocks, int block, long below) {
        return blocks[block + 1 + Long.bitCount(blocks[block] & below)];
    }

    /** 1 or 0, without a branch to guess. */
    private static int nonZero(long value) {
        return (int) ((value | -value) >>> 63);
    }
}
