package io.weir.detector.latency;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Latencies of one worker's packets. One writer, which also reads. */
public final class LatencyRecorder {
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int SIGNIFICANT_DIGITS = 3;

    private final Histogram histogram = new Histogram(HIGHEST_NANOS, SIGNIFICANT_DIGITS);

    /** Books a batch: each of its packets waited no longer than the whole of it took. */
    public void record(long batchNanos, int packets) {
        if (packets > 0) {
            histogram.recordValueWithCount(Math.clamp(batchNanos, 0, HIGHEST_NANOS), packets);
        }
    }

    public Latency snapshot() {
        return new Latency(
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue());
    }

    /**
     * Percentiles in nanoseconds.
     *
     * @param count packets booked
     */
    public record Latency(long count, long p50Nanos, long p99Nanos, long p999Nanos, long maxNanos) {}
}
