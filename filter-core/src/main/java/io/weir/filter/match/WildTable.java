package io.weir.filter.match;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * The boxes that are wide in both addresses, apart from all others: nearly every packet would have to look at all their
 * words, and they are few, so what decides among them is tabulated for each pair of wide prefixes and each port class.
 *
 * <p>They also stand in the layout, behind the others: where a box was deleted after the table was built, the words say
 * what decides instead.
 */
final class WildTable {
    /** Lengths to choose from in each column, the shortest ones that occur. */
    private static final int LENGTHS = 10;

    private static final int MOST_CELLS = 1 << 16;
    private static final int LEAST_CELLS = 1 << 13;
    private static final int CELLS_PER_BOX = 4;

    /** The boxes in the order in which they decide. */
    final int[] boxes;
    /** By source class, where its cells start. */
    private final int[] sourceCells;
    /** By destination class, what to add for it. */
    private final int[] destinationCells;
    /** One more than the place in {@link #boxes}, or 0. */
    private final char[] cells;

    /** By cell's value the box, {@link StagedLookup#NO_BOX} at 0. */
    private final int[] boxOf;

    private final int portClasses;

    private WildTable(int[] boxes, Wild sources, Wild destinations, PortClasses ports) {
        this.boxes = boxes;
        boxOf = new int[boxes.length + 1];
        boxOf[0] = StagedLookup.NO_BOX;
        System.arraycopy(boxes, 0, boxOf, 1, boxes.length);
        portClasses = ports.count();
        sourceCells = Arrays.stream(sources.nameOf)
                .map(name -> name * destinations.count * portClasses)
                .toArray();
        destinationCells =
                Arrays.stream(destinations.nameOf).map(name -> name * portClasses).toArray();
        cells = new char[sources.count * destinations.count * portClasses];
        BitSet[] classesOf = classesOf(ports);
        for (int source = 0; source < sources.count; source++) {
            for (int destination = 0; destination < destinations.count; destination++) {
                int cell = (source * destinations.count + destination) * portClasses;
                fill(cell, matching(sources, source, destinations, destination), classesOf, ports);
            }
        }
    }

    private int[] matching(Wild sources, int source, Wild destinations, int destination) {
        return IntStream.range(0, boxes.length)
                .filter(place ->
                        sources.matches(source, boxes[place]) && destinations.matches(destination, boxes[place]))
                .toArray();
    }

    private void fill(int firstCell, int[] places, BitSet[] classesOf, PortClasses ports) {
        BitSet open = new BitSet(portClasses);
        open.set(0, portClasses);
        for (int place : places) {
            BitSet matched = classesOf[ports.tripleOf[boxes[place]]];
            if (matched.intersects(open)) {
                BitSet decided = (BitSet) open.clone();
                decided.and(matched);
                decided.stream().forEach(i -> cells[firstCell + i] = (char) (place + 1));
                open.andNot(decided);
            }
        }
    }

    private static BitSet[] classesOf(PortClasses ports) {
        int triples = 1 + Arrays.stream(ports.tripleOf).max().orElse(0);
        BitSet[] classes = new BitSet[triples];
        Arrays.setAll(classes, i -> new BitSet(ports.count()));
        for (int i = 0; i < ports.count(); i++) {
            int portClass = i;
            ports.triplesOf.get(i).stream().forEach(triple -> classes[triple].set(portClass));
        }
        return classes;
    }

    /** The table over as many boxes as fit its size. */
    static WildTable of(int boxCount, PrefixClasses sources, PrefixClasses destinations, PortClasses ports) {
        long most = Math.clamp((long) CELLS_PER_BOX * boxCount, LEAST_CELLS, MOST_CELLS);
        int[] sourceLengths = shortestLengths(sources);
        int[] destinationLengths = shortestLengths(destinations);
        int[] best = {};
        for (int sourceLength : sourceLengths) {
            for (int destinationLength : destinationLengths) {
                int[] boxes = within(boxCount, sources, sourceLength, destinations, destinationLength);
                long pairs = (long) different(boxes, sources) * different(boxes, destinations);
                if (boxes.length > best.length && boxes.length < 0xffff && pairs * ports.count() <= most) {
                    best = boxes;
                }
            }
        }
        return new WildTable(best, new Wild(best, sources), new Wild(best, destinations), ports);
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
        int[] boxes = new int[boxCount];
        int count = 0;
        for (int box = 0; box < boxCount; box++) {
            if (sources.prefix(sources.classOf(box)).length() <= sourceLength
                    && destinations.prefix(destinations.classOf(box)).length() <= destinationLength) {
                boxes[count++] = box;
            }
        }
        return Arrays.copyOf(boxes, count);
    }

    /** Different prefixes, and one for none. */
    private static int different(int[] boxes, PrefixClasses classes) {
        return 1 + (int) Arrays.stream(boxes).map(classes::classOf).distinct().count();
    }

    /** Sets {@link LookupScratch#best} by the table. */
    void find(LookupScratch s) {
        int[] ports = s.portClasses[0];
        for (int k = 0; k < s.count; k++) {
            int cell = sourceCells[s.sourceClass[k]] + destinationCells[s.destinationClass[k]] + ports[k];
            s.best[k] = boxOf[cells[cell]];
        }
    }

    long sizeBytes() {
        return 2L * cells.length + 4L * (boxOf.length + sourceCells.length + destinationCells.length);
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

        boolean matches(int name, int box) {
            return classes.isWithin(classOf[name], classes.classOf(box));
        }
    }
}
