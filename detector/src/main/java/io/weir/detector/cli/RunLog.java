package io.weir.detector.cli;

import io.weir.detector.event.Event;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.report.FloodLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What a daemon says on standard error, a line each: with its priority where that is the journal (sd-daemon(3)), and never
 * more than a person reads. Any thread.
 */
final class RunLog {
    /** Of the journal, as syslog(3) numbers them. */
    enum Level {
        ERROR(3),
        WARNING(4),
        NOTICE(5),
        INFO(6);

        private final String prefix;

        Level(int number) {
            prefix = "<" + number + ">";
        }
    }

    /** Lines at once, after which one more is earned with each interval: what is left out is counted and said. */
    static final int BURST = 100;

    static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final PrintWriter err;
    private final boolean isJournal;
    private final LongSupplier clockNanos;
    private long earnedNanos = BURST * INTERVAL_NANOS;
    private long lastNanos;
    private long leftOut;

    RunLog(PrintWriter err) {
        this(err, isJournal(System.getenv()), System::nanoTime);
    }

    RunLog(PrintWriter err, boolean isJournal, LongSupplier clockNanos) {
        this.err = err;
        this.isJournal = isJournal;
        this.clockNanos = clockNanos;
        this.lastNanos = clockNanos.getAsLong();
    }

    /** Whether standard error goes to the journal itself: JOURNAL_STREAM names the device and inode that it has then. */
    static boolean isJournal(Map<String, String> environment) {
        String stream = environment.get("JOURNAL_STREAM");
        if (stream == null) {
            return false;
        }
        try {
            Map<String, Object> file = Files.readAttributes(Path.of("/proc/self/fd/2"), "unix:dev,ino");
            return stream.equals(file.get("dev") + ":" + file.get("ino"));
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    synchronized void say(Level level, String text) {
        long nowNanos = clockNanos.getAsLong();
        earnedNanos = Math.min(BURST * INTERVAL_NANOS, earnedNanos + nowNanos - lastNanos);
        lastNanos = nowNanos;
        if (earnedNanos < INTERVAL_NANOS) {
            leftOut++;
            return;
        }
        earnedNanos -= INTERVAL_NANOS;
        if (leftOut > 0) {
            write(Level.WARNING, leftOut + " lines were left out here; the events have all");
            leftOut = 0;
        }
        write(level, text);
    }

    private void write(Level level, String text) {
        err.println((isJournal ? level.prefix : "") + "weir: " + text);
    }

    void tell(Event event) {
        switch (event) {
            case Event.FloodChanged flood -> say(flood.report());
            case Event.CaptureLoss loss ->
                say(Level.WARNING, loss.packets() + " packets weren't seen: the kernel had no room");
            case Event.Reloaded reload -> say(reload);
            case Event.Audited audit ->
                say(
                        Level.NOTICE,
                        "audit: " + audit.who() + ": " + (audit.action() + " " + audit.detail()).strip()
                                + (audit.isDone() ? "" : " (refused)"));
            default -> {
                // Only in the events.
            }
        }
    }

    private void say(FloodReport report) {
        if (report.state() != FloodReport.State.UPDATED) {
            say(report.state() == FloodReport.State.ENDED ? Level.NOTICE : Level.WARNING, FloodLine.of(report));
        }
    }

    private void say(Event.Reloaded reload) {
        Level level = switch (reload.result()) {
            case APPLIED, CONFIRMED -> Level.NOTICE;
            case REFUSED -> Level.ERROR;
            case ROLLED_BACK -> Level.WARNING;
        };
        say(
                level,
                switch (reload.result()) {
                    case APPLIED -> "configuration read again";
                    case REFUSED -> "configuration refused, the old one still holds";
                    case CONFIRMED -> "configuration confirmed";
                    case ROLLED_BACK -> "configuration rolled back";
                });
        // Whoever looks for errors alone finds what is wrong, too.
        reload.problems().forEach(problem -> say(level, "  " + problem));
    }
}
