package io.weir.filter.match;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Finds the pair of address classes whose headers cost most. Ports change nothing about the cost: each word that both
 * addresses' rows have is compared whatever the ports are.
 *
 * <p>All pairs are looked at where that is affordable, classes with the same row as one; rows are taken in falling order
 * of what they can cost at most, so that most never are. Where it isn't affordable, the bound is the lower of two that
 * hold: the dearest row of either column against, in each block, the dearest of the other.
 */
final class BoundSearch {
    /** Loads for a block: a pointer's place, the pointer and the aggregate of each row, and both heads. */
    private static final int BLOCK_LOADS = 8;
    /** Loads for a word besides those for its ports: aggregate and word of each row, what is live, the box. */
    private static final int WORD_LOADS = 6;
    /** Heads, the table of wide boxes, the answer's rule. */
    private static final int OTHER_LOADS = 10;

    private static final long MOST_PAIRS = 60_000_000;
    /** Pairs kept to make headers of. */
    private static final int KEPT = 256;

    private final MatchTables tables;
    private final int wordLoads;
    private final List<Row> sources;
    private final List<Row> destinations;
    private final PriorityQueue<Pair> dearest = new PriorityQueue<>(Comparator.comparingInt(Pair::loads));

    /** A row that some address has. */
    private record Row(int prefixClass, int mostLoads) {}

    record Pair(int sourceClass, int destinationClass, int blocks, int words, int loads) {}

    BoundSearch(MatchTables tables) {
        this.tables = tables;
        wordLoads = WORD_LOADS + tables.ports.loadsPerWord();
        sources = rows(tables.sources, tables.sourceRows);
        destinations = rows(tables.destinations, tables.destinationRows);
    }

    /** One class of each different row, the dearest first. */
    private List<Row> rows(PrefixClasses classes, AddressRows[] planes) {
        PrefixClasses.Ranges ranges = classes.ranges(tables.version);
        Map<List<Integer>, Row> different = new HashMap<>();
        for (int i = 0; i < ranges.size; i++) {
            int row = ranges.classes[i];
            List<Integer> key = new ArrayList<>();
            int loads = 0;
            for (int plane = 0; plane < planes.length; plane++) {
                AddressRows rows = planes[plane];
                for (long rest = rows.heads[row]; rest != 0; rest &= rest - 1) {
                    int block = rows.block(row, (rest & -rest) - 1);
                    key.add(plane * Long.SIZE + Long.numberOfTrailingZeros(rest));
                    key.add(block);
                    loads += BLOCK_LOADS + wordLoads * Long.bitCount(rows.blocks[block]);
                }
            }
            different.putIfAbsent(key, new Row(row, loads));
        }
        return different.values().stream()
                .sorted(Comparator.comparingInt(Row::mostLoads).reversed().thenComparingInt(Row::prefixClass))
                .toList();
    }

    ClassifierBound find() {
        if ((long) sources.size() * destinations.size() > MOST_PAIRS) {
            return affordable();
        }
        for (Row source : sources) {
            for (Row destination : destinations) {
                int most = Math.min(source.mostLoads, destination.mostLoads);
                if (dearest.size() == KEPT && most <= dearest.element().loads) {
                    // No later destination can cost more.
                    break;
                }
                keep(cost(source.prefixClass, destination.prefixClass));
            }
        }
        Pair worst = dearest.stream().max(Comparator.comparingInt(Pair::loads)).orElseThrow();
        return new ClassifierBound(worst.blocks, worst.words, fixedLoads() + worst.loads, true);
    }

    private void keep(Pair pair) {
        if (dearest.size() < KEPT) {
            dearest.add(pair);
        } else if (pair.loads > dearest.element().loads) {
            dearest.remove();
            dearest.add(pair);
        }
    }

    Pair cost(int sourceClass, int destinationClass) {
        int words = 0;
        int blocks = 0;
        for (int plane = 0; plane < tables.sourceRows.length; plane++) {
            AddressRows s = tables.sourceRows[plane];
            AddressRows d = tables.destinationRows[plane];
            long common = s.heads[sourceClass] & d.heads[destinationClass];
            blocks += Long.bitCount(common);
            for (long rest = common; rest != 0; rest &= rest - 1) {
                long below = (rest & -rest) - 1;
                words += Long.bitCount(
                        s.blocks[s.block(sourceClass, below)] & d.blocks[d.block(destinationClass, below)]);
            }
        }
        return new Pair(sourceClass, destinationClass, blocks, words, BLOCK_LOADS * blocks + wordLoads * words);
    }

    int fixedLoads() {
        // Each further plane's heads.
        return 2 * (tables.sourceRows.length - 1)
                + tables.sourceIndex.worstLoads()
                + tables.destinationIndex.worstLoads()
                + tables.ports.worstLoads()
                + OTHER_LOADS;
    }

    private ClassifierBound affordable() {
        for (Row source : sources.subList(0, Math.min(KEPT, sources.size()))) {
            for (Row destination : destinations.subList(0, Math.min(KEPT, destinations.size()))) {
                keep(cost(source.prefixClass, destination.prefixClass));
            }
        }
        ClassifierBound bySource = against(sources, tables.sourceRows, destinations, tables.destinationRows);
        ClassifierBound byDestination = against(destinations, tables.destinationRows, sources, tables.sourceRows);
        return bySource.loads() <= byDestination.loads() ? bySource : byDestination;
    }

    private ClassifierBound against(List<Row> rows, AddressRows[] own, List<Row> others, AddressRows[] other) {
        int[] mostWords = new int[Long.SIZE * own.length];
        for (Row row : others) {
            int[] words = wordsOf(row, other);
            Arrays.setAll(mostWords, block -> Math.max(mostWords[block], words[block]));
        }
        ClassifierBound worst = new ClassifierBound(0, 0, fixedLoads(), false);
        for (Row row : rows) {
            int[] ownWords = wordsOf(row, own);
            int words = 0;
            int blocks = 0;
            for (int block = 0; block < ownWords.length; block++) {
                int most = Math.min(ownWords[block], mostWords[block]);
                blocks += most > 0 ? 1 : 0;
                words += most;
            }
            int loads = fixedLoads() + BLOCK_LOADS * blocks + wordLoads * words;
            if (loads > worst.loads()) {
                worst = new ClassifierBound(blocks, words, loads, false);
            }
        }
        return worst;
    }

    /** By block of all planes, how many words the row has there. */
    private static int[] wordsOf(Row row, AddressRows[] planes) {
        int[] words = new int[Long.SIZE * planes.length];
        for (int plane = 0; plane < planes.length; plane++) {
            AddressRows rows = planes[plane];
            for (long rest = rows.heads[row.prefixClass]; rest != 0; rest &= rest - 1) {
                words[plane * Long.SIZE + Long.numberOfTrailingZeros(rest)] =
                        Long.bitCount(rows.blocks[rows.block(row.prefixClass, (rest & -rest) - 1)]);
            }
        }
        return words;
    }

    /** The dearest pairs found, the dearest first. */
    List<Pair> dearest() {
        return dearest.stream()
                .sorted(Comparator.comparingInt(Pair::loads).reversed())
                .toList();
    }
}
