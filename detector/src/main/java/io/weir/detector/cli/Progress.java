package io.weir.detector.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** One line on a terminal, rewritten a few times a second once work has gone on for two seconds. */
final class Progress {
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long NEXT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintWriter out;
    private final boolean isShown;
    private final long startNanos = System.nanoTime();
    private long nextNanos = startNanos + FIRST_NANOS;
    private boolean isDrawn;

    Progress(PrintWriter out, boolean isShown) {
        this.out = out;
        this.isShown = isShown;
    }

    /** Shows where the work is, if it is time to. {@code bytesTotal} is -1 where nobody knows. */
    void update(long packets, long bytesRead, long bytesTotal) {
        if (isDue()) {
            String part = bytesTotal > 0
                    ? String.format(Locale.ROOT, "%3.0f %%  ", 100.0 * bytesRead / bytesTotal)
                    : String.format(Locale.ROOT, "%,d MB  ", bytesRead / 1_000_000);
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            draw(part + String.format(Locale.ROOT, "%,d packets  %.1f M packets/s", packets, packets / seconds / 1e6));
        }
    }

    /** The same of work that isn't packets. */
    void update(String what, long done, long total) {
        if (isDue()) {
            draw(String.format(Locale.ROOT, "%3.0f %%  %s", 100.0 * done / total, what));
        }
    }

    private boolean isDue() {
        if (!isShown) {
            return false;
        }
        long nowNanos = System.nanoTime();
        if (nowNanos < nextNanos) {
            return false;
        }
        nextNanos = nowNanos + NEXT_NANOS;
        return true;
    }

    private void draw(String line) {
        isDrawn = true;
        out.print(CLEAR_LINE + line);
        out.flush();
    }

    /** Takes the line away. */
    void done() {
        if (isDrawn) {
            out.print(CLEAR_LINE);
            out.flush();
        }
    }
}
