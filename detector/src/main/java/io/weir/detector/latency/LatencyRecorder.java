package io.weir.detector.latency;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Latencies of one worker's packets. One writer, which also reads what was booked since the start; intervals are another
 * thread's to take.
 */
public final class LatencyRecorder {
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final double NANOS_PER_MICRO = 1e3;

    private final Histogram histogram = new Histogram(HIGHEST_NANOS, SIGNIFICANT_DIGITS);
    private final @Nullable SingleWriterRecorder intervals;
    private long sumNanos;

    /** @param hasIntervals whether a log takes what came since it last asked: two atomic steps more a value */
    public LatencyRecorder(boolean hasIntervals) {
        intervals = hasIntervals ? new SingleWriterRecorder(HIGHEST_NANOS, SIGNIFICANT_DIGITS) : null;
    }

    /** Books as many packets that waited so long: of a batch, each no longer than the whole of it took. */
    public void record(long nanos, int packets) {
        if (packets > 0) {
            long value = Math.clamp(nanos, 0, HIGHEST_NANOS);
            histogram.recordValueWithCount(value, packets);
            sumNanos += value * packets;
            if (intervals != null) {
                intervals.recordValueWithCount(value, packets);
            }
        }
    }

    public Latency snapshot() {
        return new Latency(
                histogram.getTotalCount(),
                sumNanos,
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue());
    }

    /**
     * What was booked since the last call; by one thread that may be another than the writer's.
     *
     * @param last what the last call gave, to be filled again; null the first time
     */
    Histogram interval(@Nullable Histogram last) {
        if (intervals == null) {
            throw new IllegalStateException("made without intervals");
        }
        return intervals.getIntervalHistogram(last);
    }

    /** Writes the distribution since the start, in microseconds. */
    void print(PrintStream out) {
        histogram.outputPercentileDistribution(out, NANOS_PER_MICRO);
    }

    /**
     * Percentiles in nanoseconds.
     *
     * @param count packets booked
     * @param sumNanos of all of them together
     */
    public record Latency(long count, long sumNanos, long p50Nanos, long p99Nanos, long p999Nanos, long maxNanos) {}
}
