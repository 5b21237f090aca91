package io.weir.detector.cli;

import io.weir.capture.load.PacedSender;
import io.weir.capture.load.PacedSender.Report;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What was truly sent, and how evenly.
 *
 * @param startedNanos when it began, nanoseconds since the epoch
 * @param counted packets by the interface's own counter, others' among them
 * @param steps packets in each tenth of a second that was whole, sorted
 */
record SentTraffic(
        LiveGeneration.Order order,
        boolean isXdp,
        long startedNanos,
        long packets,
        long bytes,
        long refused,
        long unsafe,
        long counted,
        double seconds,
        List<Long> steps,
        Histogram lateness) {
    static SentTraffic of(
            LiveGeneration.Order order,
            boolean isXdp,
            long startedNanos,
            List<Report> reports,
            Histogram lateness,
            InterfaceMeter meter) {
        long counted = meter.packets();
        long nanos = reports.stream().mapToLong(Report::nanos).max().orElse(0);
        int whole = (int) (nanos / PacedSender.STEP_NANOS);
        // The kernel doesn't tell which XDP frames found no room; the interface's counter does.
        long[] steps = isXdp ? meter.steps(whole, PacedSender.STEP_NANOS) : steps(reports, whole);
        Arrays.sort(steps);
        long handed = reports.stream().mapToLong(Report::packets).sum();
        long handedBytes = reports.stream().mapToLong(Report::bytes).sum();
        long sent = isXdp ? Math.min(handed, counted) : handed;
        return new SentTraffic(
                order,
                isXdp,
                startedNanos,
                sent,
                handed == 0 ? 0 : Math.round((double) handedBytes * sent / handed),
                reports.stream().mapToLong(Report::refused).sum() + handed - sent,
                reports.stream().mapToLong(Report::unsafe).sum(),
                counted,
                nanos / 1e9,
                Arrays.stream(steps).boxed().toList(),
                lateness);
    }

    private static long[] steps(List<Report> reports, int whole) {
        long[] steps = new long[whole];
        for (Report report : reports) {
            for (int i = 0; i < Math.min(whole, report.steps().size()); i++) {
                steps[i] += report.steps().get(i);
            }
        }
        return steps;
    }

    /** The least at 0, the most at 1. */
    private long step(double rank) {
        return steps.isEmpty() ? 0 : steps.get((int) (rank * (steps.size() - 1)));
    }

    double packetsPerSecond() {
        return seconds == 0 ? 0 : packets / seconds;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "Sent %,d packets, %.1f MB, in %.1f s on %s: %,.0f a second",
                packets,
                bytes / 1e6,
                seconds,
                order.interfaceName(),
                packetsPerSecond()));
        double asked = order.packetsPerSecond();
        if (asked > 0 && asked < PacketRate.MAXIMUM) {
            text.append(String.format(
                    Locale.ROOT, ", %.1f %% of %,.0f asked for", 100 * packetsPerSecond() / asked, asked));
        }
        text.append(String.format(
                Locale.ROOT,
                " (by %s, %d thread%s)%n",
                isXdp ? "XDP frames" : "socket",
                order.threads(),
                order.threads() == 1 ? "" : "s"));
        if (!steps.isEmpty()) {
            text.append(
                    String.format(Locale.ROOT, "  In 100 ms    %,d to %,d, median %,d%n", step(0), step(1), step(0.5)));
        }
        text.append(String.format(
                Locale.ROOT,
                "  Late         p50 %.0f µs, p99 %.0f µs, max %.0f µs%n",
                lateness.getValueAtPercentile(50) / 1e3,
                lateness.getValueAtPercentile(99) / 1e3,
                lateness.getMaxValue() / 1e3));
        text.append(String.format(Locale.ROOT, "  Interface    counted %,d", counted));
        if (refused > 0) {
            text.append(String.format(Locale.ROOT, ", had no room for %,d", refused));
        }
        if (unsafe > 0) {
            text.append(String.format(Locale.ROOT, "; kept back %,d with an address that somebody may have", unsafe));
        }
        return text.append(System.lineSeparator()).toString();
    }

    String json() {
        return String.format(
                Locale.ROOT,
                "{\"started_ns\":%d,\"interface\":\"%s\",\"via\":\"%s\",\"threads\":%d,\"packets\":%d,\"bytes\":%d,\"seconds\":%.3f,"
                        + "\"packets_per_second\":%.0f,\"asked_per_second\":%.0f,\"refused\":%d,\"unsafe\":%d,\"counted\":%d,"
                        + "\"least_in_100ms\":%d,\"median_in_100ms\":%d,\"most_in_100ms\":%d,"
                        + "\"late_ns\":{\"p50\":%d,\"p99\":%d,\"max\":%d}}%n",
                startedNanos,
                order.interfaceName(),
                isXdp ? "xdp" : "socket",
                order.threads(),
                packets,
                bytes,
                seconds,
                packetsPerSecond(),
                order.packetsPerSecond(),
                refused,
                unsafe,
                counted,
                step(0),
                step(0.5),
                step(1),
                lateness.getValueAtPercentile(50),
                lateness.getValueAtPercentile(99),
                lateness.getMaxValue());
    }
}
