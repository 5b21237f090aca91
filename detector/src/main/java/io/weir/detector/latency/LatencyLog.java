package io.weir.detector.latency;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes latencies as HdrHistogram's tools read them: to a {@code .hlog} every second what came in it, to a {@code .hgrm} at
 * the end the distribution of the whole. On a thread of its own; no packet waits for a disk.
 */
public final class LatencyLog implements AutoCloseable {
    /** What a {@code .hlog} shows its maximum in. */
    private static final double NANOS_PER_MILLI = 1e6;

    private static final double MILLIS_PER_SECOND = 1e3;

    /** Latencies with the tag of their lines. */
    public record Tagged(String tag, LatencyRecorder latency) {}

    /** A {@code .hlog}, with the histogram that is filled next. */
    private static final class Log {
        private final Tagged source;
        private final HistogramLogWriter writer;
        private Histogram last;

        Log(Tagged source, HistogramLogWriter writer) {
            this.source = source;
            this.writer = writer;
            this.last = source.latency().interval(null);
        }
    }

    private final List<PrintStream> files = new ArrayList<>();
    private final List<Log> logs = new ArrayList<>();
    private final List<Runnable> endings = new ArrayList<>();
    private @Nullable ScheduledExecutorService clock;

    private LatencyLog() {}

    /** Whether the name is one of a file that can be written here. */
    public static boolean isKnown(Path file) {
        return file.toString().endsWith(".hlog") || file.toString().endsWith(".hgrm");
    }

    /**
     * Begins. Each recorder may stand in one {@code .hlog} alone.
     *
     * @param sources the first is the one whose distribution goes to a {@code .hgrm}
     * @param threads makes the daemon thread that writes
     * @throws IOException if a file can't be made
     */
    public static LatencyLog open(List<Path> files, List<Tagged> sources, ThreadFactory threads) throws IOException {
        LatencyLog log = new LatencyLog();
        try {
            for (Path file : files) {
                log.add(file, sources);
            }
        } catch (IOException unwritable) {
            log.files.forEach(PrintStream::close);
            throw new IOException("cannot write latencies: " + unwritable.getMessage(), unwritable);
        }
        if (!log.logs.isEmpty()) {
            log.clock = Executors.newSingleThreadScheduledExecutor(threads);
            log.clock.scheduleAtFixedRate(log::writeIntervals, 1, 1, TimeUnit.SECONDS);
        }
        return log;
    }

    private void add(Path file, List<Tagged> sources) throws IOException {
        PrintStream out = new PrintStream(file.toFile(), StandardCharsets.UTF_8);
        files.add(out);
        if (file.toString().endsWith(".hgrm")) {
            endings.add(() -> sources.getFirst().latency().print(out));
            return;
        }
        HistogramLogWriter writer = new HistogramLogWriter(out);
        writer.outputLogFormatVersion();
        writer.outputStartTime(System.currentTimeMillis());
        writer.outputLegend();
        for (Tagged source : sources) {
            logs.add(new Log(source, writer));
        }
    }

    private void writeIntervals() {
        for (Log log : logs) {
            Histogram interval = log.source.latency().interval(log.last);
            interval.setTag(log.source.tag());
            log.writer.outputIntervalHistogram(
                    interval.getStartTimeStamp() / MILLIS_PER_SECOND,
                    interval.getEndTimeStamp() / MILLIS_PER_SECOND,
                    interval,
                    NANOS_PER_MILLI);
            log.last = interval;
        }
        files.forEach(PrintStream::flush);
    }

    /**
     * Writes the rest. By the thread that booked, after its last packet.
     *
     * @throws IOException if something couldn't be written, then or before
     */
    @Override
    public void close() throws IOException {
        if (clock != null) {
            clock.close();
            writeIntervals();
        }
        endings.forEach(Runnable::run);
        boolean isWhole = true;
        for (PrintStream file : files) {
            isWhole &= !file.checkError();
            file.close();
        }
        if (!isWhole) {
            throw new IOException("latencies could not be written: the disk is full, or the file went away");
        }
    }
}
