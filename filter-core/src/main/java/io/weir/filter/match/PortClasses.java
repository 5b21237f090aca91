package io.weir.filter.match;

import static io.weir.filter.match.LookupScratch.PROTOCOLS;
import static io.weir.filter.match.LookupScratch.SOURCE_PORTS;

import io.weir.filter.rule.RuleBox;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Source port and protocol folded into one class: two headers of one class match the same boxes as far as these two
 * fields go. Only for rule sets with few enough different pairs; {@link PortTables} does without else.
 *
 * <p>Built of sets, which are compared whole: classes told apart by a hash of theirs were once wrong.
 */
final class PortClasses {
    private static final int MOST_CLASSES = 4_096;
    /** Words of sets that a fold may look at. */
    private static final long MOST_FOLD_WORDS = 1 << 21;

    private final PortAxis sourcePorts;
    private final PortAxis protocols;
    /** Class by source port's class times the number of protocol classes plus protocol's class. */
    private final char[] fold;
    /** By class, the pairs that match. */
    final List<BitSet> pairsOf;
    /** By box, its pair. */
    final int[] pairOf;

    private PortClasses(PortAxis sourcePorts, PortAxis protocols, char[] fold, List<BitSet> pairsOf, int[] pairOf) {
        this.sourcePorts = sourcePorts;
        this.protocols = protocols;
        this.fold = fold;
        this.pairsOf = pairsOf;
        this.pairOf = pairOf;
    }

    /** Empty where it would grow too large. */
    static Optional<PortClasses> of(List<RuleBox> boxes) {
        Map<Long, Integer> pairs = new HashMap<>();
        int[] pairOf = new int[boxes.size()];
        for (int i = 0; i < pairOf.length; i++) {
            RuleBox box = boxes.get(i);
            long key = (long) box.sourcePorts().first() << 32
                    | (long) box.sourcePorts().last() << 16
                    | box.protocol() + 1;
            pairOf[i] = pairs.computeIfAbsent(key, pair -> pairs.size());
        }
        int[][] bounds = new int[4][pairs.size()];
        pairs.forEach((key, pair) -> {
            int protocol = (int) (key & 0xffff) - 1;
            bounds[0][pair] = (int) (key >>> 32);
            bounds[1][pair] = (int) (key >>> 16 & 0xffff);
            bounds[2][pair] = Math.max(0, protocol);
            bounds[3][pair] = protocol < 0 ? PortTables.PROTOCOLS - 1 : protocol;
        });
        PortAxis ports = PortAxis.ofStretches(bounds[0], bounds[1], PortTables.PORTS);
        PortAxis protocols = PortAxis.ofStretches(bounds[2], bounds[3], PortTables.PROTOCOLS);
        long words = pairs.size() / Long.SIZE + 1L;
        if (words * ports.count() * protocols.count() > MOST_FOLD_WORDS) {
            return Optional.empty();
        }
        SetNames names = new SetNames();
        char[] fold = SetNames.product(
                matching(ports, bounds[0], bounds[1]), matching(protocols, bounds[2], bounds[3]), names);
        return names.sets().size() > MOST_CLASSES
                ? Optional.empty()
                : Optional.of(new PortClasses(ports, protocols, fold, names.sets(), pairOf));
    }

    /** By class, which ranges hold it. */
    static List<BitSet> matching(PortAxis axis, int[] firsts, int[] lasts) {
        List<BitSet> matching = new ArrayList<>();
        for (int i = 0; i < axis.count(); i++) {
            matching.add(new BitSet(firsts.length));
        }
        for (int range = 0; range < firsts.length; range++) {
            int last = axis.classOf(lasts[range]);
            for (int i = axis.classOf(firsts[range]); i <= last; i++) {
                matching.get(i).set(range);
            }
        }
        return matching;
    }

    void find(LookupScratch s, int classesAt) {
        int[] ints = s.ints;
        int end = s.count;
        int stride = protocols.count();
        if (sourcePorts.count() == 1) {
            for (int k = 0; k < end; k++) {
                ints[classesAt + k] = fold[protocols.classOf(ints[PROTOCOLS + k])];
            }
            return;
        }
        for (int k = 0; k < end; k++) {
            ints[classesAt + k] =
                    fold[sourcePorts.classOf(ints[SOURCE_PORTS + k]) * stride + protocols.classOf(ints[PROTOCOLS + k])];
        }
    }

    int count() {
        return pairsOf.size();
    }

    long sizeBytes() {
        return sourcePorts.sizeBytes() + protocols.sizeBytes() + 2L * fold.length;
    }
}
