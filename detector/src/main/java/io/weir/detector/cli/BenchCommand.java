package io.weir.detector.cli;

import com.sun.management.ThreadMXBean;
import io.weir.capture.load.ConnectionSource;
import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.capture.load.SyntheticSource;
import io.weir.capture.load.TrafficSimulator;
import io.weir.capture.sink.CaptureFileSink;
import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.MemorySource;
import io.weir.capture.source.PacketSource;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.View;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.daemon.Engine;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.flood.Thresholds;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.match.ClassBenchRules;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleOrigin;
import io.weir.filter.rule.RuleSet;
import io.weir.filter.rule.TargetRules;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code scripts/bench pipeline}: how fast packets are decoded, related, counted and judged, on one thread. */
@Command(
        name = "bench-pipeline",
        hidden = true,
        description =
                "Measure decode, connections, count, rules and verdict; prints one JSON line, medians of the passes.",
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    /** Until the code is compiled for what the passes hold. */
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(6);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final long MOST_BYTES = 2L << 30;
    private static final int MOST_WORKERS = 64;
    private static final int CONNECTIONS = 10_000;
    private static final int SEGMENTS = 100;
    private static final int PACKETS_PER_SECOND = 1_000_000;

    @Option(
            names = "--traffic",
            paramLabel = "WHAT",
            defaultValue = "spoofed-syn",
            description =
                    "spoofed-syn, mimicked-syn (with the headers of users), established, peace, mixed, or a capture (default: ${DEFAULT-VALUE}).")
    private String traffic = "";

    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description = "Judge by these rules in ClassBench's form: all accept.")
    private @Nullable Path rules;

    @Option(names = "--flood", description = "With the built-in thresholds, so that floods are found and scrubbed.")
    private boolean flood;

    @Option(names = "--file", description = "Read from a file that is in the page cache, instead of from memory.")
    private boolean file;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Let N threads judge by turns, as live workers do; 1 to compare with.")
    private int workers;

    @Option(names = "--passes", paramLabel = "N", defaultValue = "7", description = "Passes to measure (default: 7).")
    private int passes;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private int ruleCount;

    @Override
    public Integer call() {
        if (passes < 1) {
            throw CommandException.wrongUsage("--passes '" + passes + "' measures nothing; give at least 1");
        }
        if (workers < 0 || workers > MOST_WORKERS || workers > 0 && file) {
            throw CommandException.wrongUsage("--workers takes 1 to " + MOST_WORKERS + ", and not with --file");
        }
        try {
            if (workers > 0) {
                spec.commandLine().getOut().println(measureWorkers());
                spec.commandLine().getOut().flush();
                return ExitStatus.DONE;
            }
            MemorySource memory = load(traffic);
            if (memory.size() == 0) {
                throw CommandException.failed(traffic + " holds no packets");
            }
            spec.commandLine().getOut().println(file ? measureFile(memory) : measure(() -> rewound(memory)));
            spec.commandLine().getOut().flush();
        } catch (IOException failure) {
            throw CommandException.failed(String.valueOf(failure.getMessage()));
        }
        return ExitStatus.DONE;
    }

    /** What a benchmark judges, in memory. */
    static MemorySource load(String traffic) throws IOException {
        try (PacketSource source = open(traffic)) {
            return MemorySource.of(source, MOST_BYTES);
        }
    }

    static PacketSource open(String traffic) throws IOException {
        LoadProfile mixed = LoadProfiles.named("mixed").orElseThrow();
        return switch (traffic) {
            case "spoofed-syn" -> flood("syn");
            case "mimicked-syn" -> flood("syn-mimicked");
            case "peace" ->
                new SyntheticSource(
                        new TrafficSimulator(LoadProfiles.named("peace").orElseThrow(), 1));
            case "established" -> new ConnectionSource(CONNECTIONS, SEGMENTS, PACKETS_PER_SECOND);
            case "mixed" -> new SyntheticSource(new TrafficSimulator(mixed.withFloodRate(200_000), 1));
            default -> CaptureFileSource.open(List.of(traffic));
        };
    }

    private static PacketSource flood(String profile) {
        return new SyntheticSource(new TrafficSimulator(
                LoadProfiles.named(profile)
                        .orElseThrow()
                        .withSeconds(10)
                        .withFloodStart(0)
                        .withFloodSeconds(10)
                        .withFloodRate(400_000),
                1));
    }

    private static PacketSource rewound(MemorySource memory) {
        memory.rewind();
        return memory;
    }

    /** The same packets by way of a file. */
    private String measureFile(MemorySource memory) throws IOException {
        Path capture = Files.createTempFile("weir-bench", ".pcap");
        try {
            try (CaptureFileSink sink = CaptureFileSink.ofPassed(capture.toString())) {
                PacketBatch batch = new PacketBatch();
                while (memory.fill(batch) != PacketSource.END) {
                    sink.accept(batch);
                }
            }
            return measure(() -> CaptureFileSource.open(List.of(capture.toString())));
        } finally {
            Files.deleteIfExists(capture);
        }
    }

    private String measureWorkers() throws IOException {
        EngineSettings settings = settings(flood, rules == null ? List.of() : boxes(rules));
        try {
            double[] nanos = new WorkersBench(settings, workers, traffic, MOST_BYTES).measure(passes);
            double median = nanos[passes / 2];
            return String.format(
                    Locale.ROOT,
                    "{\"traffic\":\"%s\",\"workers\":%d,\"flood\":%b,\"rules\":%d,\"packets_per_second\":%.0f,"
                            + "\"ns_per_packet\":%.1f,\"ns_per_packet_min\":%.1f,\"ns_per_packet_max\":%.1f}",
                    traffic,
                    workers,
                    flood,
                    ruleCount,
                    1e9 / median,
                    median,
                    nanos[0],
                    nanos[passes - 1]);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw CommandException.failed("interrupted");
        }
    }

    @FunctionalInterface
    private interface Opening {
        PacketSource open() throws IOException;
    }

    private String measure(Opening traffic) throws IOException {
        Engine engine = new Engine(settings(flood, rules == null ? List.of() : boxes(rules)), 1, event -> {});
        PacketBatch batch = new PacketBatch();
        double[] nanosPerPacket = new double[passes];
        double[] processorNanosPerPacket = new double[passes];
        long packets = 0;
        long allocated = 0;
        long shiftNanos = 0;
        long warmNanos = System.nanoTime() + WARM_UP_NANOS;
        int pass = -1;
        while (pass < passes) {
            try (PacketSource source = traffic.open()) {
                long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
                long processorBefore = THREADS.getCurrentThreadCpuTime();
                long startNanos = System.nanoTime();
                long passPackets = 0;
                long firstNanos = Long.MIN_VALUE;
                long lastNanos = Long.MIN_VALUE;
                while (source.fill(batch) != PacketSource.END) {
                    firstNanos = firstNanos == Long.MIN_VALUE ? batch.timestampNanos[0] : firstNanos;
                    lastNanos = batch.timestampNanos[batch.size - 1];
                    for (int i = 0; i < batch.size; i++) {
                        // Time goes on from pass to pass, so that windows move as they would in one long capture.
                        batch.timestampNanos[i] += shiftNanos;
                    }
                    engine.worker().judge(batch);
                    passPackets += batch.size;
                }
                long nanos = System.nanoTime() - startNanos;
                shiftNanos += lastNanos - firstNanos + 1;
                if (pass >= 0) {
                    nanosPerPacket[pass] = (double) nanos / passPackets;
                    processorNanosPerPacket[pass] =
                            (double) (THREADS.getCurrentThreadCpuTime() - processorBefore) / passPackets;
                    packets += passPackets;
                    allocated += THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
                }
            }
            pass += pass >= 0 || System.nanoTime() >= warmNanos ? 1 : 0;
        }
        return json(packets, nanosPerPacket, processorNanosPerPacket, (double) allocated / packets);
    }

    private String json(long packets, double[] nanos, double[] processorNanos, double bytesPerPacket) {
        Arrays.sort(nanos);
        Arrays.sort(processorNanos);
        double median = nanos[passes / 2];
        return String.format(
                Locale.ROOT,
                "{\"traffic\":\"%s\",\"from\":\"%s\",\"flood\":%b,\"rules\":%d,\"packets\":%d,\"packets_per_second\":%.0f,"
                        + "\"ns_per_packet\":%.1f,\"ns_per_packet_min\":%.1f,\"ns_per_packet_max\":%.1f,"
                        + "\"cpu_ns_per_packet\":%.1f,\"bytes_per_packet\":%.4f}",
                traffic,
                file ? "file" : "memory",
                flood,
                ruleCount,
                packets,
                1e9 / median,
                median,
                nanos[0],
                nanos[passes - 1],
                processorNanos[passes / 2],
                bytesPerPacket);
    }

    private List<RuleBox> boxes(Path path) throws IOException {
        ClassBenchRules read = ClassBenchRules.read(path.toString(), Files.readAllLines(path));
        if (!read.faults().isEmpty()) {
            throw CommandException.wrongUsage(read.faults());
        }
        ruleCount = read.boxes().size();
        return read.boxes();
    }

    /**
     * What a benchmark judges by.
     *
     * @param isFlood by the built-in thresholds; else by none
     * @param boxes rules that all accept, and so does what none matches: what is measured is the search, whatever it finds
     */
    static EngineSettings settings(boolean isFlood, List<RuleBox> boxes) {
        Optional<TargetRules> judging = boxes.isEmpty()
                ? Optional.empty()
                : Optional.of(new TargetRules(
                        List.of(),
                        accepting(boxes, Direction.INGRESS),
                        accepting(boxes, Direction.EGRESS),
                        Optional.empty(),
                        Optional.empty()));
        EngineSettings replay = EngineSettings.forReplay(WeirConfig.DEFAULT, false);
        List<ProtectedPrefix> protect = replay.protect().stream()
                .map(entry -> isFlood
                        ? entry.with(judging)
                        : new ProtectedPrefix(
                                entry.prefix(), View.AUTO, Thresholds.UNLIMITED, Thresholds.UNLIMITED, judging))
                .toList();
        return new EngineSettings(
                protect,
                replay.isWatchingPrefixes(),
                replay.trusted(),
                replay.connections(),
                replay.timeouts(),
                replay.hashKey(),
                replay.isObserving());
    }

    static RuleSet accepting(List<RuleBox> boxes, Direction direction) {
        List<Rule> accepting = new ArrayList<>();
        for (RuleBox box : boxes) {
            accepting.add(rule("rule " + accepting.size(), direction, List.of(box)));
        }
        PortRange any = PortRange.ANY;
        accepting.add(rule(
                "default",
                direction,
                List.of(
                        new RuleBox(IpPrefix.ANY_IPV4, IpPrefix.ANY_IPV4, any, any, RuleBox.ANY_PROTOCOL),
                        new RuleBox(IpPrefix.ANY_IPV6, IpPrefix.ANY_IPV6, any, any, RuleBox.ANY_PROTOCOL))));
        return new RuleSet(direction, accepting);
    }

    private static Rule rule(String name, Direction direction, List<RuleBox> boxes) {
        return new Rule(new RuleOrigin("", "bench", name), "", direction, Policy.ACCEPT, 1, boxes, "");
    }
}
