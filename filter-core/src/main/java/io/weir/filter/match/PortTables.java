package io.weir.filter.match;

import io.weir.filter.rule.RuleBox;
import java.util.List;
import java.util.Optional;

/**
 * Ports and protocol to the boxes of a word: through one folded class where the rule set allows it (5 to 7 loads once a
 * packet, 3 a word), else through three classes (6 loads, and 9 a word).
 */
final class PortTables {
    private final Optional<PortClasses> classes;
    private final PortWords[] words;
    private final PortAxis[] axes;

    private PortTables(Optional<PortClasses> classes, PortWords[] words, PortAxis[] axes) {
        this.classes = classes;
        this.words = words;
        this.axes = axes;
    }

    static PortTables folded(PortClasses classes, PortWords words) {
        return new PortTables(Optional.of(classes), new PortWords[] {words}, new PortAxis[0]);
    }

    static PortTables apart(List<RuleBox> boxes, int[] boxAt) {
        int[][] bounds = new int[6][boxes.size()];
        for (int i = 0; i < boxes.size(); i++) {
            RuleBox box = boxes.get(i);
            bounds[0][i] = box.sourcePorts().first();
            bounds[1][i] = box.sourcePorts().last();
            bounds[2][i] = box.destinationPorts().first();
            bounds[3][i] = box.destinationPorts().last();
            bounds[4][i] = Math.max(0, box.protocol());
            bounds[5][i] = box.protocol() < 0 ? 255 : box.protocol();
        }
        PortAxis[] axes = new PortAxis[3];
        PortWords[] words = new PortWords[3];
        for (int axis = 0; axis < axes.length; axis++) {
            axes[axis] = PortAxis.ofStretches(bounds[2 * axis], bounds[2 * axis + 1], axis == 2 ? 256 : 1 << 16);
            words[axis] = PortWords.of(axes[axis], bounds[2 * axis], bounds[2 * axis + 1], boxAt);
        }
        return new PortTables(Optional.empty(), words, axes);
    }

    /** @param found takes the classes, a list for each of the {@link #dimensions} */
    void find(int[] sourcePorts, int[] destinationPorts, int[] protocols, int count, int[][] found) {
        if (classes.isPresent()) {
            PortClasses folded = classes.get();
            int[] list = found[0];
            for (int k = 0; k < count; k++) {
                list[k] = folded.classOf(sourcePorts[k], destinationPorts[k], protocols[k]);
            }
            return;
        }
        for (int axis = 0; axis < axes.length; axis++) {
            int[] values = axis == 0 ? sourcePorts : axis == 1 ? destinationPorts : protocols;
            for (int k = 0; k < count; k++) {
                found[axis][k] = axes[axis].classOf(values[k]);
            }
        }
    }

    /** 1 or 3. */
    int dimensions() {
        return words.length;
    }

    PortWords words(int dimension) {
        return words[dimension];
    }

    int worstLoads() {
        return classes.isPresent() ? 8 : 6;
    }

    int loadsPerWord() {
        return 3 * words.length;
    }

    long sizeBytes() {
        long size = classes.map(PortClasses::sizeBytes).orElse(0L);
        for (PortWords each : words) {
            size += each.sizeBytes();
        }
        for (PortAxis axis : axes) {
            size += axis.sizeBytes();
        }
        return size;
    }
}
