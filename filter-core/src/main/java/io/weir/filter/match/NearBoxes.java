package io.weir.filter.match;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Finds the boxes that touch a box without looking at all of them. Prefixes lie inside each other or apart, so along an
 * address field those that touch one are the ones inside it, which follow each other in order, and the ones around it.
 * Of source and destination the field with fewer of them is taken, and each of those looked at.
 */
final class NearBoxes {
    private final int[] ranges;
    private final Column sources;
    private final Column destinations;
    private long looks;

    /** @param ranges of all boxes, as {@link HeaderGrid#ranges} has them */
    NearBoxes(int[] ranges) {
        this.ranges = ranges;
        sources = new Column(HeaderGrid.SOURCE);
        destinations = new Column(HeaderGrid.DESTINATION);
    }

    /** Boxes looked at since the start. */
    long looks() {
        return looks;
    }

    /** How many boxes {@link #add} looks at. */
    int candidates(int box) {
        return Math.min(sources.candidates(box), destinations.candidates(box));
    }

    /** The boxes that touch {@code box}, itself among them, into {@code found} from {@code count} on; returns the new end. */
    int add(int box, int[] found, int count) {
        Column column = sources.candidates(box) <= destinations.candidates(box) ? sources : destinations;
        looks += column.candidates(box);
        int end = count;
        int rank = column.rankOf[box];
        for (int around = column.around[rank]; around >= 0; around = column.around[around]) {
            end = addTouching(box, column.order[around], found, end);
        }
        for (int inside = rank; inside < column.endOf[rank]; inside++) {
            end = addTouching(box, column.order[inside], found, end);
        }
        return end;
    }

    private int addTouching(int box, int other, int[] found, int end) {
        int at = box * HeaderGrid.STRIDE;
        int otherAt = other * HeaderGrid.STRIDE;
        for (int f = 0; f < HeaderGrid.STRIDE; f += 2) {
            if (ranges[otherAt + f] > ranges[at + f + 1] || ranges[otherAt + f + 1] < ranges[at + f]) {
                return end;
            }
        }
        found[end] = other;
        return end + 1;
    }

    /** The boxes in the order of one address field, each before those that lie inside it there. */
    private final class Column {
        final int[] order;
        final int[] rankOf;
        /** By rank, the rank of the next box around it, or -1. */
        final int[] around;
        /** By rank, how many are around it. */
        private final int[] depth;
        /** By rank, the first one behind that isn't inside it. */
        final int[] endOf;

        Column(int field) {
            int count = ranges.length / HeaderGrid.STRIDE;
            Integer[] sorted = new Integer[count];
            Arrays.setAll(sorted, i -> i);
            Arrays.sort(
                    sorted,
                    Comparator.<Integer>comparingInt(box -> first(box, field))
                            .thenComparingInt(box -> -last(box, field)));
            order = Arrays.stream(sorted).mapToInt(Integer::intValue).toArray();
            rankOf = new int[count];
            around = new int[count];
            depth = new int[count];
            endOf = new int[count];
            int open = -1;
            for (int rank = 0; rank < count; rank++) {
                rankOf[order[rank]] = rank;
                while (open >= 0 && last(order[open], field) < first(order[rank], field)) {
                    endOf[open] = rank;
                    open = around[open];
                }
                around[rank] = open;
                depth[rank] = open < 0 ? 0 : depth[open] + 1;
                open = rank;
            }
            for (; open >= 0; open = around[open]) {
                endOf[open] = count;
            }
        }

        private int first(int box, int field) {
            return ranges[box * HeaderGrid.STRIDE + 2 * field];
        }

        private int last(int box, int field) {
            return ranges[box * HeaderGrid.STRIDE + 2 * field + 1];
        }

        int candidates(int box) {
            int rank = rankOf[box];
            return depth[rank] + endOf[rank] - rank;
        }
    }
}
