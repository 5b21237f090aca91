package io.weir.filter.match;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.IntUnaryOperator;

/**
 * Finds the pair of address classes whose headers cost most. Ports change nothing about the cost: each word that both
 * addresses' rows have is compared whatever the ports are.
 *
 * <p>All pairs are looked at where that is affordable, classes with the same row as one; rows are taken in falling order
 * of what they can cost at most, so that most never are. Where it isn't affordable, the bound is the lower of two that
 * hold: the dearest row of either column against, in each block, the dearest of the other.
 */
final class BoundSearch {
    /** Of each row, the pointer and the head. */
    private static final int BLOCK_LOADS = 4;
    /** Where blocks have several words, of each row which ones and where. */
    private static final int ELEMENT_LOADS = 2;
    /** Loads for a word besides those for its ports: the word of each row, what is live, the box. */
    private static final int WORD_LOADS = 4;
    /** The table of wide boxes, the answer's rule. */
    private static final int OTHER_LOADS = 6;

    private static final long MOST_PAIRS = 60_000_000;
    /** Pairs kept to make headers of. */
    private static final int KEPT = 256;

    private final MatchTables tables;
    private final RowTable rows;
    private final int blockLoads;
    private final int wordLoads;
    private final List<Row> sources;
    private final List<Row> destinations;
    private final PriorityQueue<Pair> dearest = new PriorityQueue<>(Comparator.comparingInt(Pair::loads));

    /** A class that some address has, and its place in {@link RowTable}. */
    private record Row(int prefixClass, int at, int mostLoads) {}

    record Pair(int sourceClass, int destinationClass, int blocks, int words, int loads) {}

    BoundSearch(MatchTables tables) {
        this.tables = tables;
        wordLoads = WORD_LOADS + tables.ports.loadsPerWord();
        rows = tables.rows;
        blockLoads = BLOCK_LOADS + (rows.blockWords == 1 ? 0 : ELEMENT_LOADS);
        sources = rows(tables.sources, rows::sourceRow);
        destinations = rows(tables.destinations, rows::destinationRow);
    }

    /** One class of each different row, the dearest first. */
    private List<Row> rows(PrefixClasses classes, IntUnaryOperator rowOf) {
        PrefixClasses.Ranges ranges = classes.ranges(tables.version);
        Map<List<Long>, Row> different = new HashMap<>();
        for (int i = 0; i < ranges.size; i++) {
            int at = rowOf.applyAsInt(ranges.classes[i]);
            List<Long> key = new ArrayList<>();
            int loads = 0;
            for (int plane = 0; plane < rows.planes; plane++) {
                // Equal runs are stored once.
                key.add(rows.head(at, plane));
                key.add((long) rows.pointer(at, plane));
                for (long rest = rows.head(at, plane); rest != 0; rest &= rest - 1) {
                    long element = rows.element(at, plane, rest & -rest);
                    loads += blockLoads + wordLoads * Long.bitCount(rows.common(element, element));
                }
            }
            different.putIfAbsent(key, new Row(ranges.classes[i], at, loads));
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
                keep(cost(source, destination));
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

    private Pair cost(Row source, Row destination) {
        int words = 0;
        int blocks = 0;
        for (int plane = 0; plane < rows.planes; plane++) {
            long common = rows.head(source.at, plane) & rows.head(destination.at, plane);
            blocks += Long.bitCount(common);
            words += commonWords(source.at, destination.at, plane, common);
        }
        return new Pair(
                source.prefixClass, destination.prefixClass, blocks, words, blockLoads * blocks + wordLoads * words);
    }

    /** Words that two rows have in common. */
    int commonWords(int source, int destination) {
        int words = 0;
        for (int plane = 0; plane < rows.planes; plane++) {
            long common = rows.head(source, plane) & rows.head(destination, plane);
            words += commonWords(source, destination, plane, common);
        }
        return words;
    }

    private int commonWords(int source, int destination, int plane, long common) {
        if (rows.blockWords == 1) {
            return Long.bitCount(common);
        }
        int words = 0;
        for (long rest = common; rest != 0; rest &= rest - 1) {
            long bit = rest & -rest;
            words +=
                    Long.bitCount(rows.common(rows.element(source, plane, bit), rows.element(destination, plane, bit)));
        }
        return words;
    }

    int fixedLoads() {
        return 2 * rows.planes + 2 * tables.addresses.worstLoads() + tables.ports.worstLoads() + OTHER_LOADS;
    }

    private ClassifierBound affordable() {
        for (Row source : sources.subList(0, Math.min(KEPT, sources.size()))) {
            for (Row destination : destinations.subList(0, Math.min(KEPT, destinations.size()))) {
                keep(cost(source, destination));
            }
        }
        ClassifierBound bySource = against(sources, destinations);
        ClassifierBound byDestination = against(destinations, sources);
        return bySource.loads() <= byDestination.loads() ? bySource : byDestination;
    }

    private ClassifierBound against(List<Row> own, List<Row> others) {
        int[] mostWords = new int[Long.SIZE * rows.planes];
        for (Row row : others) {
            int[] words = wordsOf(row);
            Arrays.setAll(mostWords, block -> Math.max(mostWords[block], words[block]));
        }
        ClassifierBound worst = new ClassifierBound(0, 0, fixedLoads(), false);
        for (Row row : own) {
            int[] ownWords = wordsOf(row);
            int words = 0;
            int blocks = 0;
            for (int block = 0; block < ownWords.length; block++) {
                int most = Math.min(ownWords[block], mostWords[block]);
                blocks += most > 0 ? 1 : 0;
                words += most;
            }
            int loads = fixedLoads() + blockLoads * blocks + wordLoads * words;
            if (loads > worst.loads()) {
                worst = new ClassifierBound(blocks, words, loads, false);
            }
        }
        return worst;
    }

    /** By block of all planes, how many words the row has there. */
    private int[] wordsOf(Row row) {
        int[] words = new int[Long.SIZE * rows.planes];
        for (int plane = 0; plane < rows.planes; plane++) {
            for (long rest = rows.head(row.at, plane); rest != 0; rest &= rest - 1) {
                long element = rows.element(row.at, plane, rest & -rest);
                words[plane * Long.SIZE + Long.numberOfTrailingZeros(rest)] =
                        Long.bitCount(rows.common(element, element));
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
