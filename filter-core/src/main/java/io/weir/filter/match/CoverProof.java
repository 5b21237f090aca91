package io.weir.filter.match;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Proves that a box lies inside a union of others, or finds a part that doesn't, field by field.
 *
 * <p>Along one field the target falls into stretches, each with the set of boxes that hold it; what is covered by a set
 * is covered by every larger one, so only the smallest sets are followed into the next field. A set that has been
 * proven for the same fields once is never proven again.
 */
final class CoverProof {
    private static final int ALL_FIELDS = (1 << HeaderGrid.FIELDS) - 1;

    private final int[] target;
    private final int[] ranges;
    private final long budget;
    private final int[] boxes;
    /** Which fields of the target each box holds entirely, a bit each. */
    private final int[] heldFields;
    /** For each field the boxes that don't hold all of the target. */
    private final BitSet[] cutters = new BitSet[HeaderGrid.FIELDS];

    /** For each set of fields, the sets of boxes that cover the target in them. */
    private final List<List<BitSet>> proven = new ArrayList<>();

    private final BitSet used = new BitSet();
    private final int[] openPart;
    private long work;

    /**
     * Prepares a proof.
     *
     * @param boxes numbers of boxes that touch the target; none contains it
     * @param budget of boxes looked at
     */
    CoverProof(int[] target, int[] ranges, int[] boxes, long budget) {
        this.target = target;
        this.ranges = ranges;
        this.budget = budget;
        this.boxes = withoutContained(boxes);
        openPart = target.clone();
        heldFields = new int[this.boxes.length];
        for (int field = 0; field < HeaderGrid.FIELDS; field++) {
            cutters[field] = new BitSet(this.boxes.length);
            for (int i = 0; i < this.boxes.length; i++) {
                if (first(i, field) <= target[2 * field] && last(i, field) >= target[2 * field + 1]) {
                    heldFields[i] |= 1 << field;
                } else {
                    cutters[field].set(i);
                }
            }
        }
        for (int fields = 0; fields <= ALL_FIELDS; fields++) {
            proven.add(new ArrayList<>());
        }
    }

    CoverOutcome run() {
        BitSet all = new BitSet(boxes.length);
        all.set(0, boxes.length);
        return cover(all, ALL_FIELDS);
    }

    long work() {
        return work;
    }

    /** After {@link CoverOutcome#OPEN}: a part of the target that no box touches. */
    int[] openPart() {
        return openPart.clone();
    }

    /** After {@link CoverOutcome#COVERED}: the boxes that were needed. */
    int[] used() {
        return used.stream().map(i -> boxes[i]).toArray();
    }

    private int first(int box, int field) {
        return ranges[boxes[box] * HeaderGrid.STRIDE + 2 * field];
    }

    private int last(int box, int field) {
        return ranges[boxes[box] * HeaderGrid.STRIDE + 2 * field + 1];
    }

    /** The largest boxes first, without those that lie inside of another one as far as the target goes. */
    private int[] withoutContained(int[] all) {
        int[][] clipped = new int[all.length][];
        double[] sizes = new double[all.length];
        for (int i = 0; i < all.length; i++) {
            clipped[i] = HeaderGrid.intersection(target, ranges, all[i] * HeaderGrid.STRIDE);
            sizes[i] = 1;
            for (int f = 0; f < HeaderGrid.STRIDE; f += 2) {
                sizes[i] *= clipped[i][f + 1] - clipped[i][f] + 1;
            }
        }
        int[] kept = new int[all.length];
        int count = 0;
        for (int i : IntStream.range(0, all.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -sizes[i]))
                .mapToInt(Integer::intValue)
                .toArray()) {
            boolean isContained = false;
            for (int k = 0; k < count && !isContained && work <= budget; k++) {
                work++;
                isContained = contains(clipped[kept[k]], clipped[i]);
            }
            if (!isContained) {
                kept[count++] = i;
            }
        }
        return Arrays.stream(kept, 0, count).map(i -> all[i]).toArray();
    }

    private static boolean contains(int[] outer, int[] inner) {
        for (int f = 0; f < HeaderGrid.STRIDE; f += 2) {
            if (outer[f] > inner[f] || outer[f + 1] < inner[f + 1]) {
                return false;
            }
        }
        return true;
    }

    /** Whether these boxes cover the target in these fields; in the others they all hold the stretch at hand. */
    private CoverOutcome cover(BitSet set, int fields) {
        if (set.isEmpty()) {
            return CoverOutcome.OPEN;
        }
        if (findHolder(set, fields) || isProven(set, fields)) {
            return CoverOutcome.COVERED;
        }
        if (work > budget) {
            return CoverOutcome.UNDECIDED;
        }
        int field = leastCut(set, fields);
        for (Stretch stretch : smallestStretches(set, field)) {
            CoverOutcome outcome = cover(stretch.set, fields & ~(1 << field));
            if (outcome == CoverOutcome.OPEN) {
                openPart[2 * field] = stretch.first;
                openPart[2 * field + 1] = stretch.last;
            }
            if (outcome != CoverOutcome.COVERED) {
                return outcome;
            }
        }
        proven.get(fields).add(set);
        return CoverOutcome.COVERED;
    }

    /** Finds a box that holds all of the fields, one that is needed anyway where there is one. */
    private boolean findHolder(BitSet set, int fields) {
        int holder = -1;
        for (int i = set.nextSetBit(0); i >= 0; i = set.nextSetBit(i + 1)) {
            work++;
            if ((heldFields[i] & fields) == fields) {
                if (used.get(i)) {
                    return true;
                }
                holder = holder < 0 ? i : holder;
            }
        }
        if (holder >= 0) {
            used.set(holder);
        }
        return holder >= 0;
    }

    private boolean isProven(BitSet set, int fields) {
        for (BitSet smaller : proven.get(fields)) {
            work += 1 + smaller.size() / Long.SIZE;
            BitSet rest = (BitSet) smaller.clone();
            rest.andNot(set);
            if (rest.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** The field that fewest boxes cut, of those that any cuts: no box holds them all, so there is one. */
    private int leastCut(BitSet set, int fields) {
        int best = -1;
        int bestCuts = Integer.MAX_VALUE;
        for (int field = 0; field < HeaderGrid.FIELDS; field++) {
            if ((fields & 1 << field) != 0) {
                BitSet cutting = (BitSet) set.clone();
                cutting.and(cutters[field]);
                int cuts = cutting.cardinality();
                if (cuts > 0 && cuts < bestCuts) {
                    best = field;
                    bestCuts = cuts;
                }
            }
        }
        return best;
    }

    private record Stretch(BitSet set, int size, int first, int last) {}

    /** The stretches of a field whose boxes are fewer than those of both neighbours, the smallest sets first. */
    private List<Stretch> smallestStretches(BitSet set, int field) {
        long[] events = events(set, field);
        BitSet current = (BitSet) set.clone();
        current.andNot(cutters[field]);
        List<Stretch> stretches = new ArrayList<>();
        int first = target[2 * field];
        int next = 0;
        boolean isReduced = true;
        while (first <= target[2 * field + 1]) {
            // Ends stand before beginnings at the same place.
            while (next < events.length && position(events[next]) == first) {
                boolean isBegin = (events[next] & 1) != 0;
                isReduced |= !isBegin;
                current.set((int) (events[next] >>> 1) & 0x3fff_ffff, isBegin);
                next++;
            }
            int last = next < events.length ? position(events[next]) - 1 : target[2 * field + 1];
            boolean isGrowing = next == events.length || hasBegin(events, next);
            if (isReduced && isGrowing) {
                work += 1 + current.size() / Long.SIZE;
                stretches.add(new Stretch((BitSet) current.clone(), current.cardinality(), first, last));
            }
            isReduced = false;
            first = last + 1;
        }
        stretches.sort(Comparator.comparingInt(Stretch::size));
        return stretches;
    }

    /** Whether any box begins at the place of an event. */
    private static boolean hasBegin(long[] events, int index) {
        int place = position(events[index]);
        for (int i = index; i < events.length && position(events[i]) == place; i++) {
            if ((events[i] & 1) != 0) {
                return true;
            }
        }
        return false;
    }

    private static int position(long event) {
        return (int) (event >>> 32);
    }

    /** Where boxes begin and end inside the target, in order: place in the high half, box, and whether it begins. */
    private long[] events(BitSet set, int field) {
        BitSet cutting = (BitSet) set.clone();
        cutting.and(cutters[field]);
        long[] events = new long[2 * cutting.cardinality()];
        int count = 0;
        for (int i = cutting.nextSetBit(0); i >= 0; i = cutting.nextSetBit(i + 1)) {
            events[count++] = (long) Math.max(first(i, field), target[2 * field]) << 32 | (long) i << 1 | 1;
            if (last(i, field) < target[2 * field + 1]) {
                events[count++] = (long) (last(i, field) + 1) << 32 | (long) i << 1;
            }
        }
        work += count;
        long[] sorted = Arrays.copyOf(events, count);
        Arrays.sort(sorted);
        return sorted;
    }
}
