package io.weir.detector.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.weir.detector.api.DaemonStatus;
import io.weir.detector.latency.LatencyRecorder.Latency;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Latencies as a summary of Prometheus' own: Micrometer makes them only of values that it books itself. */
final class LatencySummary implements Collector {
    private static final double NANOS = 1e9;

    private final Supplier<@Nullable DaemonStatus> status;

    LatencySummary(Supplier<@Nullable DaemonStatus> status) {
        this.status = status;
    }

    @Override
    public SummarySnapshot collect() {
        SummarySnapshot.Builder summary =
                SummarySnapshot.builder().name(Metric.LATENCY.text()).help(Metric.LATENCY.help());
        DaemonStatus now = status.get();
        if (now != null) {
            summary.dataPoint(point("batch", now.latency())).dataPoint(point("arrival", now.arrivalLatency()));
        }
        return summary.build();
    }

    private static SummaryDataPointSnapshot point(String from, Latency latency) {
        return SummaryDataPointSnapshot.builder()
                .labels(Labels.of("from", from))
                .quantiles(Quantiles.of(
                        new Quantile(0.5, latency.p50Nanos() / NANOS),
                        new Quantile(0.99, latency.p99Nanos() / NANOS),
                        new Quantile(0.999, latency.p999Nanos() / NANOS)))
                .count(latency.count())
                .sum(latency.sumNanos() / NANOS)
                .build();
    }
}
