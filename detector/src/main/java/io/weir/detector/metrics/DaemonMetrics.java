package io.weir.detector.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import io.weir.detector.api.Control;
import io.weir.detector.api.DaemonStatus;
import io.weir.detector.api.Refusal;
import io.weir.detector.api.TargetThresholds;
import io.weir.detector.event.Event;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.verdict.FloodKind;
import io.weir.filter.verdict.Reason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The metrics of a daemon as Prometheus scrapes them. Scrapes are one at a time. */
public final class DaemonMetrics implements Supplier<String> {
    /** Floods beyond these are one line together. */
    private static final int MOST_TARGETS = 100;

    private static final double NANOS = 1e9;
    private static final double[] DETECTION_BUCKETS = {0.05, 0.1, 0.3, 1, 2, 5, 15};

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Control control;
    private final MultiGauge active = MultiGauge.builder(name(Metric.FLOOD_ACTIVE))
            .description(Metric.FLOOD_ACTIVE.help())
            .register(registry);
    private final MultiGauge rates = MultiGauge.builder(name(Metric.FLOOD_PACKETS_PER_SECOND))
            .description(Metric.FLOOD_PACKETS_PER_SECOND.help())
            .register(registry);
    private final MultiGauge fills = MultiGauge.builder(name(Metric.CAPTURE_FILL))
            .description(Metric.CAPTURE_FILL.help())
            .register(registry);
    private final MultiGauge thresholds = MultiGauge.builder(name(Metric.THRESHOLD))
            .description(Metric.THRESHOLD.help())
            .register(registry);

    private final Map<FloodKind, DistributionSummary> detections = new EnumMap<>(FloodKind.class);
    private volatile @Nullable DaemonStatus status;

    /**
     * Listens to events from now on; asks nothing before the first scrape.
     *
     * @param interfaces that packets come by
     */
    public DaemonMetrics(Control control, String version, String mode, List<String> interfaces) {
        this.control = control;
        // All of them from the start: a rate can't be told of a counter that begins with its first packet.
        for (String name : interfaces) {
            for (String direction : DaemonStatus.DIRECTIONS) {
                counters(name, direction);
            }
        }
        if (interfaces.size() > 1) {
            counters(DaemonStatus.ANY, DaemonStatus.DIRECTIONS.getFirst());
        }
        registry.getPrometheusRegistry().register(new LatencySummary(() -> status));
        gauge(Metric.FLOW_ENTRIES, now -> (double) now.connections());
        gauge(Metric.FLOW_CAPACITY, now -> (double) now.connectionCapacity());
        counter(Metric.FLOW_EVICTIONS, Tags.empty(), now -> (double) now.evictedConnections());
        counter(Metric.CAPTURE_DROPPED, Tags.empty(), now -> (double) now.lostPackets());
        counter(Metric.KERNEL_DROPPED, Tags.empty(), now -> (double) now.offloadedPackets());
        counter(Metric.EVENTS_LOST, Tags.empty(), now -> (double) now.lostEvents());
        gauge(Metric.BANS, now -> (double) now.bans());
        gauge(Metric.OBSERVING, now -> now.isObserving() ? 1 : 0);
        gauge(Metric.TABLE_BYTES, now -> (double) now.tableBytes());
        gauge(Metric.START, now -> now.startNanos() / NANOS);
        gauge(Metric.RELOAD_SUCCESS, now -> now.reloadNanos() / NANOS);
        // Prometheus has a type of its own for what is always 1; a gauge may not be named so.
        Info.builder()
                .name(Metric.BUILD_INFO.text())
                .help(Metric.BUILD_INFO.help())
                .labelNames("version", "mode")
                .register(registry.getPrometheusRegistry())
                .setLabelValues(version, mode);
        // Made now: at the first flood there is no time for it.
        for (FloodKind kind : FloodKind.values()) {
            detections.put(
                    kind,
                    DistributionSummary.builder(name(Metric.DETECTION))
                            .description(Metric.DETECTION.help())
                            .tags("flood", kind.text())
                            .serviceLevelObjectives(DETECTION_BUCKETS)
                            .register(registry));
        }
        control.listen(this::note);
    }

    /** As Micrometer wants it: it adds {@code _total} itself. */
    private static String name(Metric metric) {
        return metric.text().endsWith("_total")
                ? metric.text().substring(0, metric.text().length() - "_total".length())
                : metric.text();
    }

    private void counters(String interfaceName, String direction) {
        Tags way = Tags.of("interface", interfaceName, "direction", direction);
        for (Reason reason : Reason.values()) {
            counters(way, interfaceName, direction, reason, false);
            counters(way, interfaceName, direction, reason, true);
        }
    }

    private void counters(Tags way, String interfaceName, String direction, Reason reason, boolean dropped) {
        // What is never dropped has no drops to count; what is dropped passes while observing.
        if (dropped && !reason.isDrop()) {
            return;
        }
        Tags tags = way.and("verdict", dropped ? "drop" : "pass", "reason", reason.text());
        counter(Metric.PACKETS, tags, now -> count(of(now, interfaceName, direction, reason), dropped, false));
        counter(Metric.BYTES, tags, now -> count(of(now, interfaceName, direction, reason), dropped, true));
    }

    private static DaemonStatus.@Nullable Count of(
            DaemonStatus now, String interfaceName, String direction, Reason reason) {
        for (DaemonStatus.Traffic traffic : now.traffic()) {
            if (traffic.interfaceName().equals(interfaceName)
                    && traffic.direction().equals(direction)) {
                return traffic.reasons().get(reason);
            }
        }
        return null;
    }

    private static double count(DaemonStatus.@Nullable Count count, boolean dropped, boolean isBytes) {
        if (count == null) {
            return 0;
        }
        long drops = isBytes ? count.droppedBytes() : count.droppedPackets();
        return dropped ? drops : (isBytes ? count.bytes() : count.packets()) - drops;
    }

    private void counter(Metric metric, Tags tags, ToDoubleFunction<DaemonStatus> value) {
        FunctionCounter.builder(name(metric), this, self -> self.read(value))
                .tags(tags)
                .description(metric.help())
                .register(registry);
    }

    private double read(ToDoubleFunction<DaemonStatus> value) {
        DaemonStatus last = status;
        return last == null ? 0 : value.applyAsDouble(last);
    }

    private void gauge(Metric metric, ToDoubleFunction<DaemonStatus> value) {
        gauge(metric, Tags.empty(), value);
    }

    private void gauge(Metric metric, Tags tags, ToDoubleFunction<DaemonStatus> value) {
        Gauge.builder(name(metric), this, self -> self.read(value))
                .tags(tags)
                .description(metric.help())
                .register(registry);
    }

    private void note(Event event) {
        if (event instanceof Event.FloodChanged flood && flood.report().state() == FloodReport.State.STARTED) {
            DistributionSummary detection = detections.get(flood.report().kind());
            if (detection != null) {
                detection.record(flood.report().detectionNanos() / NANOS);
            }
        }
    }

    /** In Prometheus' text format; what was last known where the daemon is too busy to say. */
    @Override
    public synchronized String get() {
        try {
            DaemonStatus now = control.status();
            status = now;
            fills.register(
                    now.intakes().stream()
                            .<MultiGauge.Row<?>>map(one -> MultiGauge.Row.of(Tags.of("intake", one.name()), one.fill()))
                            .toList(),
                    true);
            showFloods(control.floods());
            showThresholds(control.thresholds());
        } catch (Refusal busy) {
            // The counters stand still, which is true of what is known.
        }
        return registry.scrape();
    }

    private void showFloods(List<FloodReport> floods) {
        List<FloodReport> on = floods.stream()
                .filter(flood -> flood.state() != FloodReport.State.ENDED)
                .toList();
        List<MultiGauge.Row<?>> ones = new ArrayList<>();
        List<MultiGauge.Row<?>> perSecond = new ArrayList<>();
        for (FloodReport flood : on.subList(0, Math.min(on.size(), MOST_TARGETS))) {
            Tags tags = Tags.of("flood", flood.kind().text(), "target", flood.target());
            ones.add(MultiGauge.Row.of(tags, 1));
            perSecond.add(MultiGauge.Row.of(tags, flood.packetsPerSecond()));
        }
        if (on.size() > MOST_TARGETS) {
            Tags others = Tags.of("flood", "any", "target", "other");
            List<FloodReport> rest = on.subList(MOST_TARGETS, on.size());
            ones.add(MultiGauge.Row.of(others, rest.size()));
            perSecond.add(MultiGauge.Row.of(
                    others,
                    rest.stream().mapToDouble(FloodReport::packetsPerSecond).sum()));
        }
        active.register(ones, true);
        rates.register(perSecond, true);
    }

    private void showThresholds(List<TargetThresholds> targets) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (TargetThresholds target : targets.subList(0, Math.min(targets.size(), MOST_TARGETS))) {
            for (TrafficClass one : TrafficClass.values()) {
                Limit limit = target.ofAddress().of(one);
                Tags tags = Tags.of("prefix", target.prefix().toString(), "class", one.yamlKey());
                if (limit.packetsPerSecond() != Limit.UNLIMITED) {
                    rows.add(MultiGauge.Row.of(tags.and("unit", one.rateKey()), (double) limit.packetsPerSecond()));
                }
                if (limit.bitsPerSecond() != Limit.UNLIMITED) {
                    rows.add(MultiGauge.Row.of(tags.and("unit", "bps"), (double) limit.bitsPerSecond()));
                }
            }
        }
        thresholds.register(rows, true);
    }
}
