package io.weir.detector.cli;

import io.weir.capture.load.ConnectionSource;
import io.weir.capture.source.MemorySource;
import io.weir.capture.source.PacketSource;
import io.weir.detector.api.ApiServer;
import io.weir.detector.config.ApiConfig;
import io.weir.detector.config.ConfigResult;
import io.weir.detector.config.RunConfig;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.daemon.Engine;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.daemon.EventDesk;
import io.weir.detector.daemon.LiveControl;
import io.weir.detector.daemon.LiveSettings;
import io.weir.detector.event.Findings;
import io.weir.detector.latency.LatencyRecorder;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code scripts/bench listeners}: what it costs the thread that judges that others listen to events. A daemon's engine,
 * control and server judge packets from memory, in turn without and with listeners, so that what else the machine does
 * falls on both alike.
 */
@Command(
        name = "bench-listeners",
        hidden = true,
        description = "Measure the packet rate without and with listeners to events; prints one JSON line.",
        mixinStandardHelpOptions = true)
final class ListenerBenchCommand implements Callable<Integer> {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(6);
    private static final int CONNECTIONS = 10_000;
    private static final int SEGMENTS = 100;
    private static final int PACKETS_PER_SECOND = 1_000_000;
    private static final long MOST_BYTES = 2L << 30;

    @Option(
            names = "--listeners",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Beside a slow one (default: 1000).")
    private int listeners;

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Told to each in a second (default: 1, as a flood is; 0: idle, but for a sign of life every 15 s).")
    private int events;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "41", description = "Pairs measured (default: 41).")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "1", description = "Of each measurement.")
    private int seconds;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private long shiftNanos;

    @Override
    public Integer call() {
        try (ConnectionSource traffic = new ConnectionSource(CONNECTIONS, SEGMENTS, PACKETS_PER_SECOND)) {
            spec.commandLine().getOut().println(measure(MemorySource.of(traffic, MOST_BYTES)));
            spec.commandLine().getOut().flush();
        } catch (IOException failure) {
            throw CommandException.failed(String.valueOf(failure.getMessage()));
        }
        return ExitStatus.DONE;
    }

    private String measure(MemorySource traffic) throws IOException {
        Path folder = Files.createTempDirectory("weir-bench");
        Path socket = folder.resolve("s");
        EngineSettings settings = EngineSettings.forReplay(WeirConfig.DEFAULT, false);
        try (EventDesk desk = new EventDesk(event -> {})) {
            Engine engine = new Engine(settings, 1, desk);
            LiveControl control = control(engine, settings, desk);
            ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().factory());
            if (events > 0) {
                clock.scheduleAtFixedRate(
                        () -> control.audit("bench", "tell", "an event for everybody who listens", true),
                        0,
                        TimeUnit.SECONDS.toMicros(1) / events,
                        TimeUnit.MICROSECONDS);
            }
            ApiConfig api = new ApiConfig(
                    socket,
                    Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            try (ApiServer server = ApiServer.open(api, control, () -> "")) {
                return compare(traffic, engine, control, Objects.requireNonNull(server.address()));
            } finally {
                clock.shutdownNow();
                control.close();
            }
        } finally {
            Files.deleteIfExists(socket);
            Files.deleteIfExists(folder);
        }
    }

    private static LiveControl control(Engine engine, EngineSettings settings, EventDesk desk) {
        RunConfig run = new RunConfig(
                RunConfig.Mode.QUEUE,
                List.of("none"),
                1,
                RunConfig.Failure.OPEN,
                RunConfig.Overload.DROP,
                RunConfig.Offload.NONE);
        return new LiveControl(
                engine,
                changed -> {},
                new LiveSettings(WeirConfig.DEFAULT, run, settings.protect()),
                Main.Version.text(),
                () -> new ConfigResult.Loaded(WeirConfig.DEFAULT),
                new Findings(1),
                new LatencyRecorder(false),
                new LatencyRecorder(false),
                desk,
                null);
    }

    private String compare(MemorySource traffic, Engine engine, LiveControl control, InetSocketAddress address)
            throws IOException {
        judge(traffic, engine, control, WARM_UP_NANOS);
        double[] ratios = new double[rounds];
        double[] processorRatios = new double[rounds];
        double[] without = new double[rounds];
        long heard = 0;
        for (int round = 0; round < rounds; round++) {
            boolean isFirst = round % 2 == 0;
            Rate before = isFirst ? quiet(traffic, engine, control) : Rate.NONE;
            Rate with;
            try (EventListeners all = EventListeners.open(address, listeners)) {
                with = quiet(traffic, engine, control);
                heard += all.bytes();
            }
            Rate alone = isFirst ? before : quiet(traffic, engine, control);
            without[round] = alone.ofWall();
            ratios[round] = with.ofWall() / alone.ofWall();
            processorRatios[round] = with.ofProcessor() / alone.ofProcessor();
        }
        if (heard < (long) rounds * listeners) {
            throw CommandException.failed("the listeners heard " + heard + " bytes: nothing was measured");
        }
        Arrays.sort(ratios);
        Arrays.sort(processorRatios);
        Arrays.sort(without);
        return String.format(
                Locale.ROOT,
                "{\"listeners\":%d,\"slow\":1,\"events_per_second\":%d,\"rounds\":%d,\"packets_per_second\":%.0f,"
                        + "\"bytes_heard\":%d,\"ratio\":%.4f,\"ratio_quartiles\":[%.4f,%.4f],"
                        + "\"processor_ratio\":%.4f,\"processor_ratio_quartiles\":[%.4f,%.4f]}",
                listeners,
                events,
                rounds,
                without[rounds / 2],
                heard,
                ratios[rounds / 2],
                ratios[rounds / 4],
                ratios[rounds * 3 / 4],
                processorRatios[rounds / 2],
                processorRatios[rounds / 4],
                processorRatios[rounds * 3 / 4]);
    }

    /**
     * Packets a second.
     *
     * @param ofProcessor of the time that the thread which judges had a processor for: without what others take away
     */
    private record Rate(double ofWall, double ofProcessor) {
        private static final Rate NONE = new Rate(0, 0);
    }

    /** Packets a second, after a moment for whoever came or went. */
    private Rate quiet(MemorySource traffic, Engine engine, LiveControl control) throws IOException {
        judge(traffic, engine, control, TimeUnit.MILLISECONDS.toNanos(300));
        return judge(traffic, engine, control, TimeUnit.SECONDS.toNanos(seconds));
    }

    private Rate judge(MemorySource traffic, Engine engine, LiveControl control, long lengthNanos) throws IOException {
        PacketBatch batch = new PacketBatch();
        long processorNanos = THREADS.getCurrentThreadCpuTime();
        long startNanos = System.nanoTime();
        long nowNanos = startNanos;
        long packets = 0;
        long firstNanos = Long.MAX_VALUE;
        long lastNanos = Long.MIN_VALUE;
        while (nowNanos - startNanos < lengthNanos) {
            if (traffic.fill(batch) == PacketSource.END) {
                traffic.rewind();
                shiftNanos += lastNanos - firstNanos + 1;
                continue;
            }
            firstNanos = Math.min(firstNanos, batch.timestampNanos[0]);
            lastNanos = Math.max(lastNanos, batch.timestampNanos[batch.size - 1]);
            for (int i = 0; i < batch.size; i++) {
                batch.timestampNanos[i] += shiftNanos;
            }
            engine.worker().judge(batch);
            control.turn(System.currentTimeMillis() * 1_000_000L);
            packets += batch.size;
            nowNanos = System.nanoTime();
        }
        long ofProcessor = THREADS.getCurrentThreadCpuTime() - processorNanos;
        return new Rate(packets * 1e9 / (nowNanos - startNanos), packets * 1e9 / Math.max(1, ofProcessor));
    }
}
