package io.weir.detector.cli;

import io.weir.capture.linux.Capability;
import io.weir.capture.linux.InterfaceClaim;
import io.weir.capture.linux.KernelException;
import io.weir.capture.linux.Niceness;
import io.weir.capture.linux.UnixDatagram;
import io.weir.capture.linux.WallClock;
import io.weir.capture.sink.PacketSink;
import io.weir.detector.alert.Alerts;
import io.weir.detector.api.ApiServer;
import io.weir.detector.api.Refusal;
import io.weir.detector.api.ReloadRequest;
import io.weir.detector.cli.RunLog.Level;
import io.weir.detector.config.ApiConfig;
import io.weir.detector.config.CapturesConfig;
import io.weir.detector.config.ConfigResult;
import io.weir.detector.config.RunConfig.Mode;
import io.weir.detector.config.RunConfig.Offload;
import io.weir.detector.daemon.ArrivalLatency;
import io.weir.detector.daemon.Engine;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.daemon.EventDesk;
import io.weir.detector.daemon.FloodCaptures;
import io.weir.detector.daemon.HangUp;
import io.weir.detector.daemon.KernelOffload;
import io.weir.detector.daemon.LiveControl;
import io.weir.detector.daemon.LiveKernel;
import io.weir.detector.daemon.LiveSettings;
import io.weir.detector.daemon.LiveTraffic;
import io.weir.detector.daemon.SessionRecorder;
import io.weir.detector.daemon.SparseProblems;
import io.weir.detector.daemon.XdpReach;
import io.weir.detector.event.Event;
import io.weir.detector.event.Findings;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.latency.LatencyLog;
import io.weir.detector.latency.LatencyLog.Tagged;
import io.weir.detector.latency.LatencyRecorder;
import io.weir.detector.metrics.DaemonMetrics;
import io.weir.detector.report.ReplaySummary;
import io.weir.detector.scrub.Offloaded;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A daemon's life: opens what it needs, warms up, takes packets until a signal ends it, leaves the kernel as it was found,
 * sums up.
 */
final class LiveRun implements AutoCloseable {
    /** A packet is up to so much older than the clock when it is given: a block waits 1 ms, a thread for its turn. */
    private static final long OLDEST_NANOS = 20_000_000L;

    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final long LOSS_REPEAT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Floods that the summary keeps, and scans. */
    private static final int MOST_FINDINGS = 1_000;

    private final WarmUp warmUp;
    private final LiveSettings settings;
    private final Supplier<ConfigResult> source;
    private final @Nullable Path recording;
    private final RunLog log;
    private final SparseProblems reaches;
    private final ServiceNotice systemd;
    private final ReplayTotals totals = new ReplayTotals();
    private final List<Path> latencyFiles;
    private final LatencyRecorder latency;
    private final LatencyRecorder arrivalLatency;
    private final Findings findings = new Findings(MOST_FINDINGS);
    private final LiveEnding ending;
    private @Nullable String failure;
    private String whyNoOffload = "";
    private long lostPackets;
    private long nextLossNanos = Long.MIN_VALUE;

    /**
     * @param warmUp begun, and ended with the run
     * @param source reads the configuration again
     * @param recording where the session goes, to be replayed; null for nowhere
     * @param latencyFiles where latencies go
     */
    LiveRun(
            WarmUp warmUp,
            LiveSettings settings,
            Supplier<ConfigResult> source,
            @Nullable Path recording,
            List<Path> latencyFiles,
            PrintWriter err) {
        this.warmUp = warmUp;
        this.settings = settings;
        this.source = source;
        this.recording = recording;
        this.latencyFiles = latencyFiles;
        this.latency = new LatencyRecorder(!latencyFiles.isEmpty());
        this.arrivalLatency = new LatencyRecorder(!latencyFiles.isEmpty());
        this.log = new RunLog(err);
        this.reaches = new SparseProblems(said -> log.say(Level.WARNING, said), System::nanoTime);
        this.ending = new LiveEnding(log);
        this.systemd = new ServiceNotice(System.getenv(), log);
    }

    /**
     * Runs until a signal or a failure ends it.
     *
     * @throws CommandException if it can't begin
     */
    ReplaySummary run() {
        ending.stopOnSignal();
        long startNanos = System.nanoTime();
        ending.beginToOpen();
        try (InterfaceClaim _ = claim();
                EventFile events = events();
                Alerts alerts = alerts();
                EventDesk desk = new EventDesk(event -> {
                    tell(event, events);
                    alerts.accept(event);
                });
                FloodCaptures captures = captures()) {
            warmUp.goOn(settings.isObserving() ? WarmUp.ALARMS_OBSERVING : WarmUp.ALARMS, this::rehearse);
            if (!WarmUp.hasRoom()) {
                warmUp.awaitEnd();
            }
            EngineSettings engineSettings = EngineSettings.forLive(
                    settings.config(), settings.protect(), new SecureRandom().nextLong(), settings.isObserving());
            Engine engine =
                    new Engine(engineSettings, settings.run().interfaces().size(), event -> {
                        Event told = captures == null ? event : captures.note(event);
                        findings.note(told);
                        desk.accept(told);
                    });
            run(engineSettings, engine, desk, captures);
            return sum(engine, System.nanoTime() - startNanos);
        } catch (IOException refused) {
            throw CommandException.failed(message(refused));
        }
    }

    private void run(EngineSettings engineSettings, Engine engine, EventDesk desk, @Nullable FloodCaptures captures)
            throws IOException {
        try (WarmUp _ = warmUp;
                LiveTraffic traffic = ending.opened(LiveTraffic.open(settings));
                KernelOffload offload = offload()) {
            if (offload != null) {
                engine.use(offload);
            }
            if (!settings.isObserving()) {
                Niceness.set(Niceness.PACKETS);
            }
            // Before the threads that live as long as this one: each begins with what it has.
            Capability.keepOnly(traffic.kept());
            LiveControl control = new LiveControl(
                    engine,
                    new LiveKernel(traffic, offload, whyNoOffload),
                    settings,
                    Main.Version.text(),
                    source,
                    findings,
                    latency,
                    arrivalLatency,
                    desk,
                    captures);
            DaemonMetrics metrics = new DaemonMetrics(
                    control,
                    Main.Version.text(),
                    settings.run().mode().toString(),
                    settings.run().interfaces());
            control.tellProblems(problem -> log.say(Level.WARNING, problem));
            control.restore().forEach(problem -> log.say(Level.WARNING, problem));
            HangUp.handle(() -> reload(control, traffic.kept()));
            try (LatencyLog _ = LatencyLog.open(
                            latencyFiles,
                            List.of(new Tagged("arrival", arrivalLatency), new Tagged("batch", latency)),
                            Niceness.threads("weir-latency", Niceness.USUAL));
                    ApiServer _ = serve(control, metrics);
                    SessionRecorder recorder = record(engine, engineSettings, control)) {
                warmUp.awaitReady();
                if (ending.begin(traffic)) {
                    begun();
                    judge(traffic, engine, control, desk, captures, recorder);
                }
                systemd.stopping();
                control.close();
            }
            engine.finish();
            save(control);
        }
    }

    /** The way to the kernel that {@link #offload} opens. */
    private void rehearse(List<Offloaded> asked, BooleanSupplier isEnding) {
        if (!isOffloading()) {
            return;
        }
        try {
            KernelOffload.rehearse(settings, asked, isEnding);
        } catch (KernelException refused) {
            // Said where it is meant.
        }
    }

    /** What was judged is summed up all the same. */
    private void save(LiveControl control) {
        try {
            control.save();
        } catch (IOException unwritable) {
            failure = failure == null ? "what is known of sources can't be saved: " + message(unwritable) : failure;
        }
    }

    /** Who only watches takes nothing from anybody. */
    private InterfaceClaim claim() throws KernelException {
        return InterfaceClaim.of(
                settings.isObserving() ? List.of() : settings.run().interfaces());
    }

    private Alerts alerts() throws IOException {
        return Alerts.open(
                settings.config().alerts(),
                (socket, line) -> UnixDatagram.send(socket.toString(), line, "syslog"),
                problem -> log.say(Level.WARNING, problem));
    }

    private ReplaySummary sum(Engine engine, long wallNanos) {
        totals.addOffloaded(engine.offloadedPackets(), engine.offloadedBytes());
        return totals.summary(
                settings.run().interfaces(),
                settings.isObserving(),
                engine.worker(),
                findings.floods(),
                findings.suspects(),
                List.of(),
                0,
                latency.snapshot(),
                engine.sizeBytes(),
                wallNanos);
    }

    private void begun() {
        String status = settings.run().mode() + " on "
                + String.join(", ", settings.run().interfaces());
        log.say(Level.INFO, status);
        systemd.ready(status);
    }

    /** Null where the kernel drops nothing by itself: nothing is to be dropped, or a recording has to hold all of it. */
    private @Nullable KernelOffload offload() {
        if (!isOffloading()) {
            whyNoOffload = settings.isObserving()
                    ? "nothing is dropped"
                    : recording != null ? "a recording has to hold all of it" : "run.offload says so";
            return null;
        }
        try {
            KernelOffload made = KernelOffload.attach(settings, problem -> log.say(Level.WARNING, problem));
            made.fallback().ifPresent(way -> log.say(Level.WARNING, "the kernel drops for weir by " + way));
            return made;
        } catch (KernelException refused) {
            if (settings.run().mode() == Mode.XDP) {
                throw CommandException.failed(message(refused));
            }
            whyNoOffload = message(refused);
            for (Throwable also : refused.getSuppressed()) {
                whyNoOffload += "; nor by nftables: " + also.getMessage();
            }
            log.say(Level.WARNING, "the kernel drops nothing for weir, weir drops all itself: " + whyNoOffload);
            return null;
        }
    }

    private boolean isOffloading() {
        return !settings.isObserving() && recording == null && settings.run().offload() != Offload.NONE;
    }

    /** Null where the usual socket can't be had: protecting goes on without being asked. */
    private @Nullable ApiServer serve(LiveControl control, Supplier<String> metrics) throws IOException {
        ApiConfig api = settings.config().api();
        try {
            return ApiServer.open(api, control, metrics, name -> Niceness.threads(name, Niceness.USUAL));
        } catch (IOException refused) {
            if (!api.equals(ApiConfig.DEFAULT)) {
                throw refused;
            }
            log.say(Level.WARNING, "no commands can reach this daemon: " + message(refused));
            return null;
        }
    }

    /** What becomes of it is told as an event. On a thread of the JVM's, which has all that it began with. */
    private void reload(LiveControl control, Set<Capability> kept) {
        boolean isDone = false;
        try {
            Capability.keepOnly(kept);
            control.reload(new ReloadRequest(false, false, 0));
            isDone = true;
        } catch (Refusal told) {
            // As an event.
        } catch (KernelException refused) {
            log.say(Level.WARNING, "nothing is reloaded: " + message(refused));
        }
        control.audit("SIGHUP", "reload", "", isDone);
    }

    private @Nullable SessionRecorder record(Engine engine, EngineSettings start, LiveControl control)
            throws IOException {
        return recording == null
                ? null
                : SessionRecorder.create(
                        recording, engine, start, control.savedSources(), said -> log.say(Level.WARNING, said));
    }

    private void judge(
            LiveTraffic traffic,
            Engine engine,
            LiveControl control,
            EventDesk desk,
            @Nullable FloodCaptures captures,
            @Nullable SessionRecorder recorder) {
        PacketSink arrivals = new ArrivalLatency(new WallClock()::nanos, arrivalLatency);
        LiveWorkers.Turn turn = new LiveWorkers.Turn() {
            @Override
            public void judged(PacketBatch batch) throws IOException {
                arrivals.accept(batch);
                if (captures != null) {
                    captures.sink().accept(batch);
                }
                if (recorder != null) {
                    recorder.accept(batch);
                }
                totals.add(batch);
            }

            @Override
            public void idle(long lookedNanos) {
                long timeNanos = lookedNanos - OLDEST_NANOS;
                engine.worker().idle(timeNanos);
                if (recorder != null) {
                    recorder.idle(timeNanos);
                }
            }

            @Override
            public long clockNanos() {
                return nowNanos();
            }

            @Override
            public void pass() throws IOException {
                long nowNanos = nowNanos();
                noteLoss(traffic, control, nowNanos, desk);
                control.turn(nowNanos);
            }

            @Override
            public void beat() {
                systemd.beat(System.nanoTime());
            }
        };
        try {
            new LiveWorkers(traffic.shares(), traffic::end, engine.worker(), latency, turn).run();
        } catch (IOException | UncheckedIOException broken) {
            failure = message(broken);
        }
    }

    private static long nowNanos() {
        return System.currentTimeMillis() * NANOS_PER_MILLI;
    }

    private void noteLoss(LiveTraffic traffic, LiveControl control, long nowNanos, EventDesk desk) throws IOException {
        if (nowNanos < nextLossNanos) {
            return;
        }
        nextLossNanos = nowNanos + LOSS_REPEAT_NANOS;
        long lost = traffic.lostPackets() - ending.lostBefore();
        control.noteLost(lost);
        if (lost > lostPackets) {
            Event loss = new Event.CaptureLoss(nowNanos, lost - lostPackets);
            findings.note(loss);
            desk.accept(loss);
            lostPackets = lost;
        }
    }

    /** Null where nothing is kept, or can't be: protecting goes on without. */
    private @Nullable FloodCaptures captures() {
        Optional<CapturesConfig> kept = settings.config().captures();
        Optional<Path> state = settings.config().state();
        if (kept.isEmpty() || state.isEmpty()) {
            return null;
        }
        try {
            return FloodCaptures.open(kept.get(), state.get(), problem -> log.say(Level.WARNING, problem));
        } catch (IOException refused) {
            log.say(Level.WARNING, message(refused));
            return null;
        }
    }

    private @Nullable EventFile events() throws IOException {
        Path file = settings.config().events().orElse(null);
        return file == null ? null : EventFile.open(file, log);
    }

    /** On the thread of events. */
    private void tell(Event event, @Nullable EventFile events) {
        log.tell(event);
        if (settings.run().mode() == Mode.XDP
                && event instanceof Event.FloodChanged flood
                && flood.report().state() == FloodReport.State.STARTED) {
            XdpReach.missing(flood.report()).ifPresent(reaches);
        }
        if (events != null) {
            events.accept(event);
        }
    }

    /** Waits until packets are judged, or for so long. */
    void awaitBegun(long millis) throws InterruptedException {
        ending.awaitBegun(millis);
    }

    /** Ends it as a signal would. */
    void stop() throws IOException {
        ending.end();
    }

    /** Says that the summary has been told, so that the process may end. */
    @Override
    public void close() {
        ending.close();
    }

    /** @throws CommandException if a failure ended the run */
    void throwFailure() {
        if (failure != null) {
            throw CommandException.failed(failure);
        }
        ending.succeed();
    }

    private static String message(Exception failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }
}
