package io.weir.filter.match;

import io.weir.filter.rule.RuleBox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Source port, destination port and protocol folded into one class: two headers of one class match the same boxes as far
 * as these three fields go. Only for rule sets with few enough different triples; {@link PortTables} does without else.
 *
 * <p>Built of sets of triples, which are compared whole: classes told apart by a hash of theirs were once wrong.
 */
final class PortClasses {
    private static final int MOST_TRIPLES = 4_096;
    private static final int MOST_CLASSES = 4_096;
    /** Words of sets that one fold may look at. */
    private static final long MOST_FOLD_WORDS = 1 << 22;

    private static final int PORTS = 1 << 16;
    private static final int PROTOCOLS = 256;

    private record Triple(long ports, int protocol) {}

    /** Axes in the order destination port, source port, protocol. */
    private final PortAxis[] axes;
    /** Class by source port's class times the number of protocol classes plus protocol's class. */
    private final char[] sourceFold;
    /** Class by {@link #sourceFold}'s times the number of destination port classes plus that class. */
    private final char[] fold;
    /** By class, the triples that match. */
    final List<BitSet> triplesOf;
    /** By box, its triple. */
    final int[] tripleOf;

    private PortClasses(PortAxis[] axes, char[] sourceFold, char[] fold, List<BitSet> triplesOf, int[] tripleOf) {
        this.axes = axes;
        this.sourceFold = sourceFold;
        this.fold = fold;
        this.triplesOf = triplesOf;
        this.tripleOf = tripleOf;
    }

    /** Empty where it would grow too large. */
    static Optional<PortClasses> of(List<RuleBox> boxes) {
        Map<Triple, Integer> known = new HashMap<>();
        int[] tripleOf = new int[boxes.size()];
        for (int i = 0; i < tripleOf.length; i++) {
            RuleBox box = boxes.get(i);
            long ports = (long) box.sourcePorts().first() << 48
                    | (long) box.sourcePorts().last() << 32
                    | (long) box.destinationPorts().first() << 16
                    | box.destinationPorts().last();
            tripleOf[i] = known.computeIfAbsent(new Triple(ports, box.protocol()), triple -> known.size());
        }
        if (known.size() > MOST_TRIPLES) {
            return Optional.empty();
        }
        int[][] bounds = new int[6][known.size()];
        known.forEach((triple, number) -> {
            bounds[0][number] = (int) (triple.ports >>> 16 & 0xffff);
            bounds[1][number] = (int) (triple.ports & 0xffff);
            bounds[2][number] = (int) (triple.ports >>> 48);
            bounds[3][number] = (int) (triple.ports >>> 32 & 0xffff);
            bounds[4][number] = Math.max(0, triple.protocol);
            bounds[5][number] = triple.protocol < 0 ? PROTOCOLS - 1 : triple.protocol;
        });
        return fold(bounds, tripleOf, known.size());
    }

    private static Optional<PortClasses> fold(int[][] bounds, int[] tripleOf, int triples) {
        PortAxis[] axes = new PortAxis[3];
        List<List<BitSet>> sets = new ArrayList<>();
        for (int axis = 0; axis < axes.length; axis++) {
            int[] firsts = bounds[2 * axis];
            int[] lasts = bounds[2 * axis + 1];
            PortAxis stretches = PortAxis.ofStretches(firsts, lasts, axis == 2 ? PROTOCOLS : PORTS);
            BitSet[] matching = new BitSet[stretches.count()];
            Arrays.setAll(matching, i -> new BitSet(triples));
            for (int triple = 0; triple < triples; triple++) {
                int last = stretches.classOf(lasts[triple]);
                for (int i = stretches.classOf(firsts[triple]); i <= last; i++) {
                    matching[i].set(triple);
                }
            }
            Names names = new Names();
            int[] renamed = Arrays.stream(matching).mapToInt(names::nameOf).toArray();
            axes[axis] = stretches.renamed(renamed, names.sets.size());
            sets.add(names.sets);
        }
        int words = triples / Long.SIZE + 1;
        Names sources = new Names();
        Names all = new Names();
        char[] sourceFold = product(sets.get(1), sets.get(2), sources, words);
        char[] fold = sourceFold.length == 0 ? sourceFold : product(sources.sets, sets.get(0), all, words);
        return fold.length == 0
                ? Optional.empty()
                : Optional.of(new PortClasses(axes, sourceFold, fold, all.sets, tripleOf));
    }

    /** The class of each pair, the second running faster; nothing where there are too many. */
    private static char[] product(List<BitSet> firsts, List<BitSet> seconds, Names names, int words) {
        if ((long) firsts.size() * seconds.size() * words > MOST_FOLD_WORDS) {
            return new char[0];
        }
        char[] product = new char[firsts.size() * seconds.size()];
        int at = 0;
        for (BitSet first : firsts) {
            for (BitSet second : seconds) {
                BitSet both = (BitSet) first.clone();
                both.and(second);
                product[at++] = (char) names.nameOf(both);
                if (names.sets.size() > MOST_CLASSES) {
                    return new char[0];
                }
            }
        }
        return product;
    }

    int classOf(int sourcePort, int destinationPort, int protocol) {
        int source = sourceFold[axes[1].classOf(sourcePort) * axes[2].count() + axes[2].classOf(protocol)];
        return fold[source * axes[0].count() + axes[0].classOf(destinationPort)];
    }

    int count() {
        return triplesOf.size();
    }

    long sizeBytes() {
        return axes[0].sizeBytes()
                + axes[1].sizeBytes()
                + axes[2].sizeBytes()
                + 2L * (sourceFold.length + fold.length);
    }

    /** Numbers sets as they come, equal ones alike. */
    private static final class Names {
        final List<BitSet> sets = new ArrayList<>();
        private final Map<BitSet, Integer> known = new HashMap<>();

        int nameOf(BitSet set) {
            return known.computeIfAbsent(set, added -> {
                sets.add(added);
                return sets.size() - 1;
            });
        }
    }
}
