package io.weir.detector.cli;

import com.sun.management.ThreadMXBean;
import io.weir.capture.load.LegitimateLoad;
import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.PacketSource;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.View;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.daemon.Engine;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.flood.Thresholds;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code scripts/bench pipeline}: how fast packets are read, decoded, counted and judged, on one thread. */
@Command(
        name = "bench-pipeline",
        hidden = true,
        description = "Measure read, decode, count and verdict; prints one JSON line, medians of the passes.",
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    private static final int WARM_UP_PASSES = 3;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Option(
            names = "--traffic",
            paramLabel = "WHAT",
            defaultValue = "spoofed-syn",
            description = "spoofed-syn, established, mixed, or a capture (default: ${DEFAULT-VALUE}).")
    private String traffic = "";

    @Option(names = "--flood", description = "With the built-in thresholds, so that floods are found and scrubbed.")
    private boolean flood;

    @Option(names = "--passes", paramLabel = "N", defaultValue = "7", description = "Passes to measure (default: 7).")
    private int passes;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (passes < 1) {
            throw CommandException.wrongUsage("--passes '" + passes + "' measures nothing; give at least 1");
        }
        Optional<LoadProfile> profile = profile();
        try {
            Path capture = profile.isPresent() ? Files.createTempFile("weir-bench", ".pcap") : Path.of(traffic);
            try {
                if (profile.isPresent()) {
                    Generation.write(
                            profile.get(),
                            1,
                            capture.toString(),
                            spec.commandLine().getErr());
                }
                spec.commandLine().getOut().println(measure(capture));
                spec.commandLine().getOut().flush();
            } finally {
                if (profile.isPresent()) {
                    Files.deleteIfExists(capture);
                }
            }
        } catch (IOException failure) {
            throw CommandException.failed(String.valueOf(failure.getMessage()));
        }
        return ExitStatus.DONE;
    }

    private Optional<LoadProfile> profile() {
        LoadProfile peace = LoadProfiles.named("peace").orElseThrow();
        LoadProfile syn = LoadProfiles.named("syn").orElseThrow();
        return switch (traffic) {
            case "spoofed-syn" ->
                Optional.of(syn.withSeconds(10)
                        .withFloodStart(0)
                        .withFloodSeconds(10)
                        .withFloodRate(400_000));
            case "established" ->
                Optional.of(peace.withSeconds(40).withLegitimate(new LegitimateLoad(5_000, 1_000, 0.5, 500, 50)));
            case "mixed" ->
                Optional.of(LoadProfiles.named("mixed").orElseThrow().withFloodRate(200_000));
            default -> Optional.empty();
        };
    }

    private String measure(Path capture) throws IOException {
        Engine engine = new Engine(settings(), event -> {});
        PacketBatch batch = new PacketBatch();
        double[] nanosPerPacket = new double[passes];
        long packets = 0;
        long allocated = 0;
        long processorNanos = 0;
        long shiftNanos = 0;
        for (int pass = -WARM_UP_PASSES; pass < passes; pass++) {
            try (CaptureFileSource source = CaptureFileSource.open(List.of(capture.toString()))) {
                long passPackets = 0;
                long lastNanos = Long.MIN_VALUE;
                long allocatedBefore = allocatedBytes();
                long processorBefore = processorNanos();
                long startNanos = System.nanoTime();
                while (source.fill(batch) != PacketSource.END) {
                    for (int i = 0; i < batch.size; i++) {
                        // Time goes on from pass to pass, so that windows move as they would in one long capture.
                        batch.timestampNanos[i] += shiftNanos;
                        lastNanos = Math.max(lastNanos, batch.timestampNanos[i]);
                    }
                    engine.worker().judge(batch);
                    passPackets += batch.size;
                }
                long nanos = System.nanoTime() - startNanos;
                if (passPackets == 0) {
                    throw CommandException.failed(capture + " holds no packets");
                }
                shiftNanos += lastNanos - firstNanos(capture, shiftNanos);
                if (pass >= 0) {
                    nanosPerPacket[pass] = (double) nanos / passPackets;
                    packets += passPackets;
                    allocated += allocatedBytes() - allocatedBefore;
                    processorNanos += processorNanos() - processorBefore;
                }
            }
        }
        Arrays.sort(nanosPerPacket);
        double median = nanosPerPacket[passes / 2];
        return String.format(
                Locale.ROOT,
                "{\"traffic\":\"%s\",\"flood\":%b,\"packets\":%d,\"packets_per_second\":%.0f,\"ns_per_packet\":%.1f,"
                        + "\"ns_per_packet_min\":%.1f,\"ns_per_packet_max\":%.1f,\"cpu_ns_per_packet\":%.1f,\"bytes_per_packet\":%.4f}",
                traffic,
                flood,
                packets,
                1e9 / median,
                median,
                nanosPerPacket[0],
                nanosPerPacket[passes - 1],
                (double) processorNanos / packets,
                (double) allocated / packets);
    }

    private static long firstNanos(Path capture, long shiftNanos) throws IOException {
        PacketBatch batch = new PacketBatch();
        try (CaptureFileSource source = CaptureFileSource.open(List.of(capture.toString()))) {
            source.fill(batch);
            return batch.timestampNanos[0] + shiftNanos;
        }
    }

    private EngineSettings settings() {
        EngineSettings replay = EngineSettings.forReplay(WeirConfig.DEFAULT, false);
        if (flood) {
            return replay;
        }
        List<ProtectedPrefix> unlimited = replay.protect().stream()
                .map(entry ->
                        new ProtectedPrefix(entry.prefix(), View.AUTO, Thresholds.UNLIMITED, Thresholds.UNLIMITED))
                .toList();
        return new EngineSettings(
                unlimited,
                replay.isWatchingPrefixes(),
                replay.trusted(),
                replay.connections(),
                replay.timeouts(),
                replay.hashKey(),
                replay.isObserving());
    }

    private static long allocatedBytes() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }

    /** Processor time of this thread: what a machine shared with others doesn't stretch. */
    private static long processorNanos() {
        return THREADS.getCurrentThreadCpuTime();
    }
}
