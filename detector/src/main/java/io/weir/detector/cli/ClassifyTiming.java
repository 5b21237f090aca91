package io.weir.detector.cli;

import io.weir.filter.match.Classifier;
import io.weir.filter.match.HeaderBatch;
import io.weir.filter.match.LookupScratch;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.FiveTuple;
import java.util.Arrays;
import java.util.List;

/** Times lookups in batches: from decoded columns to rules, without the filling of the columns. */
final class ClassifyTiming {
    /** A second or more. */
    private static final int WARM_UP_PASSES = 150;
    /** Before the first headers: on one core the compiler works beside them for seconds. */
    private static final int FIRST_WARM_UP_PASSES = 500;

    private final Classifier classifier;
    private final int passes;
    private final HeaderBatch batch = new HeaderBatch();
    private final LookupScratch scratch = new LookupScratch();
    private final int[] rules = new int[PacketBatch.CAPACITY];
    private boolean isWarm;

    ClassifyTiming(Classifier classifier, int passes) {
        this.classifier = classifier;
        this.passes = passes;
    }

    /**
     * Median of the passes, each over all headers in their order.
     *
     * @param found takes the rule of each
     */
    double nanosPerHeader(List<FiveTuple> headers, int[] found) {
        if (headers.isEmpty()) {
            return 0;
        }
        double[] nanos = new double[passes];
        int warmUp = isWarm ? WARM_UP_PASSES : FIRST_WARM_UP_PASSES;
        isWarm = true;
        for (int pass = -warmUp; pass < passes; pass++) {
            long total = 0;
            for (int from = 0; from < headers.size(); from += PacketBatch.CAPACITY) {
                batch.size = Math.min(PacketBatch.CAPACITY, headers.size() - from);
                for (int i = 0; i < batch.size; i++) {
                    batch.set(i, headers.get(from + i));
                }
                long start = System.nanoTime();
                classifier.find(batch, scratch, rules);
                total += System.nanoTime() - start;
                System.arraycopy(rules, 0, found, from, batch.size);
            }
            if (pass >= 0) {
                nanos[pass] = (double) total / headers.size();
            }
        }
        return median(nanos);
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
