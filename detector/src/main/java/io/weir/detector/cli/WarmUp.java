package io.weir.detector.cli;

import io.weir.capture.linux.Capability;
import io.weir.capture.linux.KernelException;
import io.weir.capture.linux.Niceness;
import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.capture.load.SyntheticSource;
import io.weir.capture.load.TrafficSimulator;
import io.weir.capture.source.PacketSource;
import io.weir.detector.alert.Alerts;
import io.weir.detector.config.AlertsConfig;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.daemon.Engine;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.daemon.Pipeline;
import io.weir.detector.event.EventWriter;
import io.weir.detector.event.Findings;
import io.weir.detector.latency.LatencyRecorder;
import io.weir.detector.scrub.Offload;
import io.weir.detector.scrub.Offloaded;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Judges simulated floods by an engine that is thrown away, and tells of them to nobody: code that never ran would let the
 * first queue fill. Each path is run once before the first packet; what a flood needs besides, on a thread of its own while
 * packets flow already.
 */
final class WarmUp implements AutoCloseable {
    /** An alarm's own work, as the search for a signature, is done once an alarm. Who drops nothing holds nobody up. */
    static final int ALARMS = 12;

    static final int ALARMS_OBSERVING = 2;

    /** Of simulated time: more than what is back by that begins anew. */
    private static final double SECONDS = 1.2;

    /** At the end. */
    private static final double FLOOD_SECONDS = 0.3;

    private static final double RATE = 26_000;

    /** Of the round that the first packet waits for: as much as raises the alarms. */
    private static final double FIRST_RATE = 10_000;

    /** Of the engine that is thrown away. */
    private static final int CONNECTIONS = 16_384;

    /** How it goes on. */
    private record Rest(int alarms, Rehearsal rehearsal) {}

    /** Has a kernel do what made-up floods asked for. */
    @FunctionalInterface
    interface Rehearsal {
        /** @param isEnding whether it shall end early */
        void rehearse(List<Offloaded> asked, BooleanSupplier isEnding);
    }

    private static final Rest NOTHING = new Rest(1, (_, _) -> {});

    /** Whoever forgets to tell how to go on shall not keep its tables. */
    private static final long PATIENCE_SECONDS = 10;

    /** Of heap, for the tables of both, of a million connections, and what else there is. */
    private static final long ROOM_BYTES = 640L << 20;

    private final CompletableFuture<Rest> rest = new CompletableFuture<>();
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean isClosing;

    private WarmUp() {
        this.thread = Thread.ofPlatform().daemon().name("weir-warm-up").unstarted(this::run);
    }

    /** Begins with what every packet may meet, whatever a configuration says. */
    static WarmUp start() {
        WarmUp made = new WarmUp();
        made.thread.start();
        return made;
    }

    /** Whether the heap holds its tables beside those of a daemon. */
    static boolean hasRoom() {
        return Runtime.getRuntime().maxMemory() >= ROOM_BYTES;
    }

    /**
     * Goes on to the end.
     *
     * @param alarms of each kind of flood, 1 or more
     * @param rehearsal is given at the end what the kernel would have been asked to drop at once
     */
    void goOn(int alarms, Rehearsal rehearsal) {
        rest.complete(new Rest(alarms, rehearsal));
    }

    /** Waits until each path has run. */
    void awaitReady() throws InterruptedIOException {
        try {
            ready.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while warming up");
        }
    }

    /** Waits until it is over, so that its tables are gone before others are made: for a heap that doesn't hold both. */
    void awaitEnd() throws InterruptedIOException {
        try {
            thread.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while warming up");
        }
        System.gc();
    }

    private void run() {
        try {
            // All that a rehearsal needs.
            Capability.keepOnly(Set.of(Capability.CAP_BPF, Capability.CAP_NET_ADMIN));
            judgeFloods();
        } catch (KernelException refused) {
            // Then it begins cold.
        } finally {
            ready.countDown();
        }
    }

    private void judgeFloods() {
        NoKernel kernel = new NoKernel();
        try (EventWriter events = new EventWriter(OutputStream.nullOutputStream());
                Alerts alerts = Alerts.open(AlertsConfig.NONE, (_, _) -> {}, _ -> {})) {
            RunLog log = new RunLog(new PrintWriter(Writer.nullWriter()));
            Findings findings = new Findings(1);
            Engine engine = Engine.small(settings(), event -> {
                findings.note(event);
                log.tell(event);
                events.accept(event);
                alerts.accept(event);
            });
            engine.use(kernel);
            judge(0, engine);
            ready.countDown();
            Niceness.set(Niceness.TELLING);
            Rest further = further();
            for (int seed = 1; seed < further.alarms() && !isClosing; seed++) {
                judge(seed, engine);
            }
            engine.finish();
            if (!isClosing) {
                further.rehearsal().rehearse(kernel.most, () -> isClosing);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private Rest further() {
        try {
            return rest.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException never) {
            return NOTHING;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return NOTHING;
        }
    }

    private static EngineSettings settings() {
        EngineSettings usual = EngineSettings.forReplay(WeirConfig.DEFAULT, false);
        return new EngineSettings(
                usual.protect(),
                usual.isWatchingPrefixes(),
                usual.trusted(),
                CONNECTIONS,
                usual.timeouts(),
                usual.hashKey(),
                usual.isObserving());
    }

    /** Has it end early, without waiting. */
    void abandon() {
        isClosing = true;
        rest.complete(NOTHING);
    }

    /** Ends it early. */
    @Override
    public void close() {
        abandon();
        try {
            thread.join();
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }

    private static void judge(long seed, Engine engine) throws IOException {
        LoadProfile profile = LoadProfiles.named("mixed")
                .orElseThrow()
                .withSeconds(SECONDS)
                .withFloodRate(seed == 0 ? FIRST_RATE : RATE)
                .withFloodStart(SECONDS - FLOOD_SECONDS)
                .withFloodSeconds(FLOOD_SECONDS);
        try (SyntheticSource source = new SyntheticSource(new TrafficSimulator(profile, seed))) {
            Pipeline pipeline = new Pipeline(source, engine.worker(), List.of(), new LatencyRecorder(false));
            while (pipeline.doWork() != PacketSource.END) {
                // Until it is over.
            }
        }
    }

    /** Is asked to drop all that a kernel would be. */
    private static final class NoKernel implements Offload {
        private List<Offloaded> most = List.of();

        @Override
        public boolean isPossible(Offloaded wanted) {
            return true;
        }

        @Override
        public void drop(List<Offloaded> wanted) {
            most = wanted.size() > most.size() ? wanted : most;
        }

        @Override
        public boolean isAlone() {
            return true;
        }

        @Override
        public void refuse(long high, long low) {
            // Nobody comes back.
        }

        @Override
        public long refusedPackets() {
            return 0;
        }

        @Override
        public long refusedBytes() {
            return 0;
        }

        @Override
        public long bannedPackets() {
            return 0;
        }

        @Override
        public long bannedBytes() {
            return 0;
        }
    }
}
