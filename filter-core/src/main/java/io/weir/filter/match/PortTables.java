package io.weir.filter.match;

import io.weir.filter.rule.RuleBox;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Ports and protocol to the boxes of a word: the destination port's class and one for source port and protocol together,
 * or, where there would be too many of those, three classes. Two loads a port and one a fold for each packet, one or three
 * a class for each word.
 */
final class PortTables {
    static final int PORTS = 1 << 16;
    static final int PROTOCOLS = 256;

    private final PortAxis[] axes;
    private final Optional<PortClasses> folded;
    private final PortWords[] words;
    /**
     * Where it isn't too large, the words themselves by the first class times their number, and behind them by the second:
     * one load instead of three. Else empty.
     */
    final long[] direct;

    private final int secondAt;

    /** @param axes destination port; source port and protocol where they aren't folded */
    private PortTables(PortAxis[] axes, Optional<PortClasses> folded, PortWords[] words) {
        this.axes = axes;
        this.folded = folded;
        this.words = words;
        boolean isDirect = words.length == 2 && words[0].isSmall() && words[1].isSmall();
        long[] first = isDirect ? words[0].all() : new long[0];
        long[] second = isDirect ? words[1].all() : new long[0];
        secondAt = first.length;
        direct = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, direct, secondAt, second.length);
    }

    static PortAxis destinationAxis(int[][] bounds) {
        return PortAxis.ofStretches(bounds[0], bounds[1], PORTS);
    }

    /** With source port and protocol folded; empty where a word has too many answers. */
    static Optional<PortTables> folded(int[][] bounds, int[] boxAt, PortAxis destinations, PortClasses classes) {
        return PortWords.of(classes, boxAt).map(words -> {
            PortWords first = PortWords.of(destinations, bounds[0], bounds[1], boxAt);
            return new PortTables(new PortAxis[] {destinations}, Optional.of(classes), new PortWords[] {first, words});
        });
    }

    static PortTables apart(int[][] bounds, int[] boxAt) {
        PortAxis[] axes = new PortAxis[3];
        PortWords[] words = new PortWords[3];
        for (int axis = 0; axis < axes.length; axis++) {
            int[] firsts = bounds[2 * axis];
            int[] lasts = bounds[2 * axis + 1];
            axes[axis] = PortAxis.ofStretches(firsts, lasts, axis == 2 ? PROTOCOLS : PORTS);
            words[axis] = PortWords.of(axes[axis], firsts, lasts, boxAt);
        }
        return new PortTables(axes, Optional.empty(), words);
    }

    /** First and last destination port, source port and protocol of each box. */
    static int[][] bounds(List<RuleBox> boxes) {
        int[][] bounds = new int[6][boxes.size()];
        for (int i = 0; i < boxes.size(); i++) {
            RuleBox box = boxes.get(i);
            bounds[0][i] = box.destinationPorts().first();
            bounds[1][i] = box.destinationPorts().last();
            bounds[2][i] = box.sourcePorts().first();
            bounds[3][i] = box.sourcePorts().last();
            bounds[4][i] = Math.max(0, box.protocol());
            bounds[5][i] = box.protocol() < 0 ? PROTOCOLS - 1 : box.protocol();
        }
        return bounds;
    }

    /** Leaves the classes in {@link LookupScratch#PORT_CLASSES}, and where their words start. */
    void find(LookupScratch s) {
        findClasses(s);
        placeWords(s.ints, LookupScratch.PORT_CLASSES, words[0].stride(), 0, LookupScratch.PORTS_AT);
        placeWords(
                s.ints,
                LookupScratch.PORT_CLASSES + LookupScratch.SIZE,
                words[1].stride(),
                secondAt,
                LookupScratch.PORTS_AT + LookupScratch.SIZE);
    }

    private static void placeWords(int[] ints, int classesAt, int stride, int first, int placesAt) {
        for (int k = 0; k < LookupScratch.SIZE; k++) {
            ints[placesAt + k] = first + ints[classesAt + k] * stride;
        }
    }

    private void findClasses(LookupScratch s) {
        axes[0].find(s, LookupScratch.DESTINATION_PORTS, LookupScratch.PORT_CLASSES);
        int second = LookupScratch.PORT_CLASSES + LookupScratch.SIZE;
        if (folded.isPresent()) {
            folded.get().find(s, second);
        } else {
            axes[1].find(s, LookupScratch.SOURCE_PORTS, second);
            axes[2].find(s, LookupScratch.PROTOCOLS, second + LookupScratch.SIZE);
        }
    }

    /** The first is the destination port's; two, or three where source port and protocol aren't folded. */
    PortWords words(int dimension) {
        return words[dimension];
    }

    int dimensions() {
        return words.length;
    }

    int worstLoads() {
        return folded.isPresent() ? 7 : 6;
    }

    int loadsPerWord() {
        return direct.length != 0 ? words.length : 3 * words.length;
    }

    long sizeBytes() {
        long size = folded.map(PortClasses::sizeBytes).orElse(0L) + 8L * direct.length;
        for (PortWords each : words) {
            size += each.sizeBytes();
        }
        for (PortAxis axis : axes) {
            size += axis.sizeBytes();
        }
        return size;
    }
}
