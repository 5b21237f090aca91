package io.weir.filter.match;

import static io.weir.filter.match.LookupScratch.BEST;
import static io.weir.filter.match.LookupScratch.NEXT;
import static io.weir.filter.match.LookupScratch.PORT_CLASSES;
import static io.weir.filter.match.LookupScratch.ROWS;
import static io.weir.filter.match.LookupScratch.SIZE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The boxes that are wide in both addresses, apart from all others: nearly every packet would have to look at all their
 * words, and they are few, so what decides among them is tabulated for each pair of wide prefixes and each class of
 * ports that these boxes tell apart.
 *
 * <p>They also stand in the layout, behind the others: where a box was deleted after the table was built, the words say
 * what decides instead.
 */
final class WildTable {
    /** Lengths to choose from in each column: the shortest ones that occur. */
    private static final int LENGTHS = 8;

    private static final int TRIES = 12;
    private static final int MOST_BOXES = 2_048;
    private static final int MOST_CELLS = 1 << 16;
    private static final int MOST_FOLD_CELLS = 1 << 16;

    /** The boxes in the order in which they decide. */
    final int[] boxes;
    /** By cell's value the box, {@link StagedLookup#NO_BOX} at 0. */
    private final int[] boxOf;
    /** By source class, where its cells start. */
    private final int[] sourceCells;
    /** By destination class, what to add for it. */
    private final int[] destinationCells;
    /** By class of source port and protocol times the destination port's classes plus that class, what to add. */
    private final char[] portFold;

    private final int portStride;
    /** One more than the place in {@link #boxes}, or 0. */
    private final char[] cells;

    private WildTable(
            int[] boxes, Wild sources, Wild destinations, int portStride, char[] portFold, List<BitSet> portSets) {
        this.boxes = boxes;
        boxOf = new int[boxes.length + 1];
        boxOf[0] = StagedLookup.NO_BOX;
        System.arraycopy(boxes, 0, boxOf, 1, boxes.length);
        this.portFold = portFold;
        this.portStride = portStride;
        int classes = portSets.size();
        sourceCells = Arrays.stream(sources.nameOf)
                .map(name -> name * destinations.count * classes)
                .toArray();
        destinationCells =
                Arrays.stream(destinations.nameOf).map(name -> name * classes).toArray();
        cells = new char[sources.count * destinations.count * classes];
        for (int source = 0; source < sources.count; source++) {
            BitSet bySource = sources.matching(source, boxes);
            for (int destination = 0; destination < destinations.count; destination++) {
                BitSet both = destinations.matching(destination, boxes);
                both.and(bySource);
                int cell = (source * destinations.count + destination) * classes;
                for (int portClass = 0; portClass < classes; portClass++) {
                    BitSet all = (BitSet) both.clone();
                    all.and(portSets.get(portClass));
                    cells[cell + portClass] = (char) (all.nextSetBit(0) + 1);
                }
            }
        }
    }

    /** The table over as many boxes as fit its size; empty where there are none. */
    static Optional<WildTable> of(
            int[][] bounds, PrefixClasses sources, PrefixClasses destinations, PortAxis axis, PortClasses folded) {
        if ((long) folded.count() * axis.count() > MOST_FOLD_CELLS) {
            return Optional.empty();
        }
        long likely = 1;
        int tries = 0;
        for (int[] boxes : candidates(bounds[0].length, sources, destinations)) {
            Wild wildSources = new Wild(boxes, sources);
            Wild wildDestinations = new Wild(boxes, destinations);
            long pairs = (long) wildSources.count * wildDestinations.count;
            if (pairs * likely > MOST_CELLS || tries++ == TRIES) {
                continue;
            }
            SetNames names = new SetNames();
            char[] fold = SetNames.product(
                    matching(boxes, folded),
                    PortClasses.matching(axis, chosen(bounds[0], boxes), chosen(bounds[1], boxes)),
                    names);
            if (pairs * names.sets().size() <= MOST_CELLS) {
                return Optional.of(
                        new WildTable(boxes, wildSources, wildDestinations, axis.count(), fold, names.sets()));
            }
            // Fewer boxes tell fewer classes apart, but seldom less than half as many.
            likely = Math.max(1, names.sets().size() / 2);
        }
        return Optional.empty();
    }

    private static int[] chosen(int[] values, int[] boxes) {
        return Arrays.stream(boxes).map(box -> values[box]).toArray();
    }

    /** By class of source port and protocol, which of the boxes match. */
    private static List<BitSet> matching(int[] boxes, PortClasses folded) {
        List<BitSet> matching = new ArrayList<>();
        for (BitSet pairs : folded.pairsOf) {
            BitSet set = new BitSet(boxes.length);
            for (int place = 0; place < boxes.length; place++) {
                set.set(place, pairs.get(folded.pairOf[boxes[place]]));
            }
            matching.add(set);
        }
        return matching;
    }

    /** Sets of boxes to try, the largest first. */
    private static List<int[]> candidates(int boxCount, PrefixClasses sources, PrefixClasses destinations) {
        List<int[]> candidates = new ArrayList<>();
        for (int sourceLength : shortestLengths(sources)) {
            for (int destinationLength : shortestLengths(destinations)) {
                int[] boxes = within(boxCount, sources, sourceLength, destinations, destinationLength);
                long pairs = (long) different(boxes, sources) * different(boxes, destinations);
                if (boxes.length > 0 && boxes.length < MOST_BOXES && pairs * 4 <= MOST_CELLS) {
                    candidates.add(boxes);
                }
            }
        }
        candidates.sort(Comparator.comparingInt(boxes -> -boxes.length));
        return candidates;
    }

    private static int[] shortestLengths(PrefixClasses classes) {
        BitSet lengths = new BitSet();
        for (int i = 1; i < classes.count(); i++) {
            lengths.set(classes.prefix(i).length());
        }
        return lengths.stream().limit(LENGTHS).toArray();
    }

    private static int[] within(
            int boxCount, PrefixClasses sources, int sourceLength, PrefixClasses destinations, int destinationLength) {
        return IntStream.range(0, boxCount)
                .filter(box -> sources.prefix(sources.classOf(box)).length() <= sourceLength
                        && destinations.prefix(destinations.classOf(box)).length() <= destinationLength)
                .toArray();
    }

    /** Different prefixes, and one for none. */
    private static int different(int[] boxes, PrefixClasses classes) {
        return 1 + (int) Arrays.stream(boxes).map(classes::classOf).distinct().count();
    }

    /** Has each row keep what to add for it. */
    void writeCells(RowTable rows) {
        for (int i = 0; i < sourceCells.length; i++) {
            rows.setCell(rows.sourceRow(i), sourceCells[i]);
        }
        for (int i = 0; i < destinationCells.length; i++) {
            rows.setCell(rows.destinationRow(i), destinationCells[i]);
        }
    }

    /** Sets {@link LookupScratch#BEST} by the table: five loads. */
    void find(LookupScratch s, RowTable rows) {
        int[] ints = s.ints;
        toFold(ints, portStride);
        read(ints, rows.words, s.count);
    }

    private static void toFold(int[] ints, int portStride) {
        for (int k = 0; k < SIZE; k++) {
            ints[NEXT + k] = ints[PORT_CLASSES + SIZE + k] * portStride + ints[PORT_CLASSES + k];
        }
    }

    private void read(int[] ints, long[] words, int count) {
        char[] fold = portFold;
        for (int k = 0; k < count; k++) {
            int cell = (int) (words[ints[ROWS + k] + 1] >>> 32)
                    + (int) (words[ints[ROWS + SIZE + k] + 1] >>> 32)
                    + fold[ints[NEXT + k]];
            ints[BEST + k] = boxOf[cells[cell]];
        }
    }

    long sizeBytes() {
        return 2L * (cells.length + portFold.length)
                + 4L * (boxOf.length + sourceCells.length + destinationCells.length);
    }

    /** The wide prefixes of one column, 0 for none of them, and for each class of the column its narrowest one. */
    private static final class Wild {
        private final PrefixClasses classes;
        final int[] nameOf;
        private final int[] classOf;
        int count = 1;

        Wild(int[] boxes, PrefixClasses classes) {
            this.classes = classes;
            boolean[] used = new boolean[classes.count()];
            for (int box : boxes) {
                used[classes.classOf(box)] = true;
            }
            nameOf = new int[classes.count()];
            classOf = new int[classes.count()];
            for (int i = 1; i < nameOf.length; i++) {
                if (used[i]) {
                    classOf[count] = i;
                    nameOf[i] = count++;
                } else {
                    nameOf[i] = nameOf[classes.parent(i)];
                }
            }
        }

        BitSet matching(int name, int[] boxes) {
            BitSet matching = new BitSet(boxes.length);
            for (int place = 0; place < boxes.length; place++) {
                matching.set(place, classes.isWithin(classOf[name], classes.classOf(boxes[place])));
            }
            return matching;
        }
    }
}
