package io.weir.filter.match;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Whether a box lies entirely inside the union of others, exactly: the one question that every finding is made of.
 *
 * <p>A containing box answers at once. Else the target is halved toward the emptier side, which finds a packet outside
 * of the union wherever the others together are smaller than the target, and mostly where they aren't. What is left
 * goes to {@link CoverProof}. Work is counted in boxes looked at, and bounded.
 */
final class CoverSearch {
    private final int[] ranges;
    private int[] touching = new int[64];
    private int touchingCount;
    private long work;
    private int[] openPart = new int[0];
    private int[] used = new int[0];

    /** @param ranges of all boxes, as {@link HeaderGrid#ranges} has them */
    CoverSearch(int[] ranges) {
        this.ranges = ranges;
    }

    /** Boxes looked at since the start. */
    long work() {
        return work;
    }

    /** After {@link CoverOutcome#OPEN}: a part of the target that no box touches. */
    int[] openPart() {
        return openPart;
    }

    /** After {@link CoverOutcome#COVERED}: boxes that are enough, in no order. */
    int[] used() {
        return used;
    }

    /**
     * Answers for one target.
     *
     * @param cover boxes by number
     * @param coverCount how many of them count
     * @param budget how many more boxes may be looked at before it is given up
     */
    CoverOutcome search(int[] target, int[] cover, int coverCount, long budget) {
        if (budget <= 0) {
            return CoverOutcome.UNDECIDED;
        }
        long start = work;
        work += coverCount;
        int container = collectTouching(target, cover, coverCount);
        if (container >= 0) {
            used = new int[] {container};
            return CoverOutcome.COVERED;
        }
        int[] part = descend(target, Arrays.copyOf(touching, touchingCount), touchingCount);
        if (part != null) {
            openPart = part;
            return CoverOutcome.OPEN;
        }
        CoverProof proof =
                new CoverProof(target, ranges, Arrays.copyOf(touching, touchingCount), budget - (work - start));
        CoverOutcome outcome = proof.run();
        work += proof.work();
        openPart = proof.openPart();
        used = proof.used();
        return outcome;
    }

    /** A box that contains the target, or -1 and those that touch it in {@link #touching}. */
    private int collectTouching(int[] target, int[] cover, int coverCount) {
        touchingCount = 0;
        if (touching.length < coverCount) {
            touching = new int[coverCount];
        }
        for (int i = 0; i < coverCount; i++) {
            int at = cover[i] * HeaderGrid.STRIDE;
            boolean touches = true;
            boolean contains = true;
            for (int f = 0; f < HeaderGrid.STRIDE && touches; f += 2) {
                int first = ranges[at + f];
                int last = ranges[at + f + 1];
                touches = first <= target[f + 1] && last >= target[f];
                contains &= first <= target[f] && last >= target[f + 1];
            }
            if (touches) {
                if (contains) {
                    return cover[i];
                }
                touching[touchingCount++] = cover[i];
            }
        }
        return -1;
    }

    /** Halves toward the side that is covered less, until nothing touches it; null where that ends in a box. */
    private int @Nullable [] descend(int[] target, int[] boxes, int boxCount) {
        int[] part = target.clone();
        int count = boxCount;
        while (count > 0) {
            work += 3L * count;
            int field = mostCut(part, boxes, count);
            if (field < 0) {
                return null;
            }
            int first = part[2 * field];
            int last = part[2 * field + 1];
            int middle = (first + last) >>> 1;
            part[2 * field + 1] = middle;
            double below = coveredShare(part, boxes, count);
            part[2 * field] = middle + 1;
            part[2 * field + 1] = last;
            double above = coveredShare(part, boxes, count);
            if (Double.isInfinite(below) && Double.isInfinite(above)) {
                return null;
            }
            if (below < above) {
                part[2 * field] = first;
                part[2 * field + 1] = middle;
            }
            count = keepTouching(part, boxes, count);
        }
        return part;
    }

    /** The field in which most boxes end inside the part, or -1 where every box contains the part. */
    private int mostCut(int[] part, int[] boxes, int count) {
        int best = -1;
        int bestCuts = 0;
        for (int field = 0; field < HeaderGrid.FIELDS; field++) {
            int cuts = 0;
            for (int i = 0; i < count; i++) {
                int at = boxes[i] * HeaderGrid.STRIDE + 2 * field;
                if (ranges[at] > part[2 * field] || ranges[at + 1] < part[2 * field + 1]) {
                    cuts++;
                }
            }
            if (cuts > bestCuts) {
                best = field;
                bestCuts = cuts;
            }
        }
        return best;
    }

    /** The sum of the boxes' shares of the part: below 1 something is open; infinite where one box is all of it. */
    private double coveredShare(int[] part, int[] boxes, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            int at = boxes[i] * HeaderGrid.STRIDE;
            double share = 1;
            boolean contains = true;
            for (int f = 0; f < HeaderGrid.STRIDE && share > 0; f += 2) {
                int first = Math.max(ranges[at + f], part[f]);
                int last = Math.min(ranges[at + f + 1], part[f + 1]);
                boolean isAll = first == part[f] && last == part[f + 1];
                contains &= isAll;
                share = first > last ? 0 : isAll ? share : share * (last - first + 1) / (part[f + 1] - part[f] + 1);
            }
            if (contains) {
                return Double.POSITIVE_INFINITY;
            }
            sum += share;
        }
        return sum;
    }

    private int keepTouching(int[] part, int[] boxes, int count) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int at = boxes[i] * HeaderGrid.STRIDE;
            boolean touches = true;
            for (int f = 0; f < HeaderGrid.STRIDE && touches; f += 2) {
                touches = ranges[at + f] <= part[f + 1] && ranges[at + f + 1] >= part[f];
            }
            if (touches) {
                boxes[kept++] = boxes[i];
            }
        }
        return kept;
    }
}
