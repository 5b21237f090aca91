package io.weir.detector.cli;

import io.weir.capture.pcap.FilterException;
import io.weir.capture.pcap.PacketFilter;
import io.weir.capture.sink.PacketSink;
import io.weir.capture.source.CaptureException;
import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.FilteredSource;
import io.weir.capture.source.PacketSource;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.daemon.Engine;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.daemon.Pipeline;
import io.weir.detector.daemon.RecordedSession;
import io.weir.detector.daemon.Worker;
import io.weir.detector.event.Event;
import io.weir.detector.event.EventWriter;
import io.weir.detector.event.Findings;
import io.weir.detector.latency.LatencyLog;
import io.weir.detector.latency.LatencyRecorder;
import io.weir.detector.report.RateHistory;
import io.weir.detector.report.ReplaySummary;
import io.weir.filter.packet.LinkType;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One replay: opens what it needs, runs the pipeline to the end of the input, sums up. Ctrl-C ends the input, not the
 * process: until it is closed, what was read can be told.
 */
final class Replay implements AutoCloseable {
    /** Of floods, and of scans: memory stays constant whatever the file holds. */
    private static final int MOST_FINDINGS = 10_000;

    private static final long QUIET_MILLIS = 200;
    private static final long TELLING_MILLIS = 2_000;

    private final WeirConfig config;
    private final boolean isObserving;
    private final List<String> files;
    private final @Nullable String filter;
    private final @Nullable String explain;
    private @Nullable RateHistory history;
    private @Nullable PacketExplainer explainer;
    private final ReplaySources sources;
    private final ReplayOutputs.Names outputs;
    private final PrintWriter err;
    private final Findings findings = new Findings(MOST_FINDINGS);
    private final ReplayTotals totals = new ReplayTotals();
    private final List<Path> latencyFiles;
    private final LatencyRecorder latency;
    private final CountDownLatch told = new CountDownLatch(1);
    private @Nullable Thread stopper;
    private volatile boolean isInterrupted;
    private @Nullable String failure;

    Replay(
            WeirConfig config,
            boolean isObserving,
            List<String> files,
            @Nullable String filter,
            @Nullable String explain,
            ReplaySources sources,
            ReplayOutputs.Names outputs,
            List<Path> latencyFiles,
            PrintWriter err) {
        this.config = config;
        this.isObserving = isObserving;
        this.files = files;
        this.filter = filter;
        this.explain = explain;
        this.sources = sources;
        this.outputs = outputs;
        this.latencyFiles = latencyFiles;
        this.latency = new LatencyRecorder(!latencyFiles.isEmpty());
        this.err = err;
    }

    /**
     * Replays. What fails on the way ends the replay early and is kept for {@link #throwFailure}: what was read before
     * is summed up all the same.
     *
     * @throws CommandException if it can't even begin
     */
    ReplaySummary run() {
        PacketFilter packetFilter = compile("--filter", filter);
        PacketFilter question = compile("--explain", explain);
        long startNanos = System.nanoTime();
        try (CaptureFileSource source = CaptureFileSource.open(files);
                RecordedSession session = session();
                ReplayOutputs open = ReplayOutputs.open(outputs);
                LatencyLog _ = LatencyLog.open(
                        latencyFiles,
                        List.of(new LatencyLog.Tagged("batch", latency)),
                        Thread.ofPlatform().daemon().name("weir-latency").factory())) {
            EngineSettings settings =
                    session == null ? EngineSettings.forReplay(config, isObserving) : session.settings(config);
            explainer = question == null ? null : new PacketExplainer(question, settings);
            EventWriter events = open.events();
            Engine engine = new Engine(settings, event -> accept(event, events));
            sources.restore(engine.sources());
            FilteredSource filtered = packetFilter == null ? null : new FilteredSource(source, packetFilter);
            PacketSource packets = filtered == null ? source : filtered;
            List<PacketSink> sinks = new ArrayList<>(open.sinks());
            if (session != null) {
                session.begin(engine, source);
                packets = session;
                sinks.addFirst(session.comparison());
            }
            stopOnInterrupt(source);
            history = open.history();
            run(new Pipeline(packets, engine.worker(), sinks, latency), packets, engine.worker());
            finish(engine);
            if (session != null) {
                tell(session);
            }
            sources.save(engine.sources(), engine.worker().nowNanos());
            refuseUnsupported(source);
            open.warnings().forEach(warning -> err.println("weir: " + warning));
            if (findings.forgotten() > 0) {
                err.println("weir: the summary leaves out the first " + findings.forgotten()
                        + " floods, scans and brute force; --events has all");
            }
            long filteredPackets = filtered == null ? 0 : filtered.filteredPackets();
            ReplaySummary summary = totals.summary(
                    files,
                    settings.isObserving(),
                    engine.worker(),
                    findings.floods(),
                    findings.suspects(),
                    explainer == null ? List.of() : explainer.explained(),
                    filteredPackets,
                    latency.snapshot(),
                    engine.sizeBytes(),
                    System.nanoTime() - startNanos);
            open.report(summary);
            return summary;
        } catch (IOException unusable) {
            throw CommandException.failed(message(unusable));
        }
    }

    /** Null where none was recorded, or where the packets are to be judged in another way than then. */
    private @Nullable RecordedSession session() throws CaptureException {
        if (isObserving || filter != null || sources.known() != null) {
            return null;
        }
        return RecordedSession.beside(files).orElse(null);
    }

    private void tell(RecordedSession session) {
        if (session.isSame()) {
            err.println("weir: " + session.result());
        } else if (failure == null) {
            failure = session.result();
        }
    }

    private static @Nullable PacketFilter compile(String option, @Nullable String expression) {
        try {
            return expression == null ? null : PacketFilter.of(option, expression);
        } catch (FilterException invalid) {
            throw CommandException.wrongUsage(message(invalid));
        }
    }

    private void run(Pipeline pipeline, PacketSource source, Worker worker) {
        Progress progress = new Progress(err, Terminal.isErrorShown());
        try {
            while (!isInterrupted && pipeline.doWork() != PacketSource.END) {
                totals.add(pipeline.batch());
                if (history != null) {
                    history.add(pipeline.batch());
                }
                if (explainer != null) {
                    explainer.add(pipeline.batch(), worker.rules());
                }
                progress.update(totals.packets(), source.bytesRead(), source.bytesTotal());
            }
        } catch (CaptureException damage) {
            failure = isInterrupted ? null : message(damage);
        } catch (IOException | UncheckedIOException unwritable) {
            failure = message(unwritable);
        } finally {
            progress.done();
        }
    }

    private void finish(Engine engine) {
        try {
            engine.finish();
        } catch (UncheckedIOException unwritable) {
            failure = message(unwritable);
        }
    }

    private void stopOnInterrupt(CaptureFileSource source) {
        Thread hook = new Thread(() -> {
            isInterrupted = true;
            try {
                // A pipe may have nothing to say for long: then the read itself has to end.
                if (!told.await(QUIET_MILLIS, TimeUnit.MILLISECONDS)) {
                    source.interrupt();
                    told.await(TELLING_MILLIS, TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException impatient) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        stopper = hook;
    }

    /** Says that the summary has been told, so that an interrupted process may end. */
    @Override
    public void close() {
        told.countDown();
        try {
            if (stopper != null) {
                Runtime.getRuntime().removeShutdownHook(stopper);
            }
        } catch (IllegalStateException shuttingDown) {
            // It is running: that is why the replay ended.
        }
    }

    private void accept(Event event, @Nullable EventWriter events) {
        findings.note(event);
        if (events != null) {
            events.accept(event);
        }
    }

    private void refuseUnsupported(CaptureFileSource source) {
        boolean isAnySupported = source.interfaces().stream().anyMatch(known -> LinkType.isSupported(known.linkType()));
        if (failure == null && !isAnySupported && !source.interfaces().isEmpty()) {
            String names = source.interfaces().stream()
                    .map(known -> LinkType.name(known.linkType()))
                    .distinct()
                    .collect(Collectors.joining(", "));
            failure = String.join(", ", files) + ": link type " + names
                    + " isn't supported; Ethernet, Linux cooked, loopback, raw IP and PPP are";
        }
    }

    /** @throws CommandException if the replay ended early */
    void throwFailure() {
        if (failure != null) {
            throw CommandException.failed(failure);
        }
    }

    private static String message(Exception failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }
}
