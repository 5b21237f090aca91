package io.weir.detector.cli;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Asks at the times of a schedule that no answer changes, and counts each answer from the time that it was due to be asked:
 * a server that stalls delays all that was due meanwhile (no coordinated omission). One thread.
 */
final class OpenLoop implements AutoCloseable {
    private static final long MILLI = 1_000_000;
    private static final long SHORT_WAIT_NANOS = 20_000;
    private static final int DIGITS = 3;

    private final Selector selector = Selector.open();
    private final List<Line> lines = new ArrayList<>();
    private final long lengthNanos;
    private final long fromNanos;
    private long startNanos;

    /**
     * @param lengthNanos how long it asks
     * @param fromNanos from when on what is asked counts
     */
    OpenLoop(long lengthNanos, long fromNanos) throws IOException {
        this.lengthNanos = lengthNanos;
        this.fromNanos = fromNanos;
    }

    /** Starts requests. */
    interface Asker {
        /** Starts one; reports to it later, or never. */
        void ask(Request request) throws IOException;
    }

    /** Something that a channel of the selector belongs to. */
    interface Ready {
        void ready(SelectionKey key) throws IOException;
    }

    /** What was asked in the time that counts, and how late the answers were, from when they were due. */
    static final class Tally {
        private final Histogram latency = new Histogram(DIGITS);
        private long asked;

        long asked() {
            return asked;
        }

        Histogram latency() {
            return latency;
        }
    }

    /** One request under way. */
    final class Request {
        private final long dueNanos;
        private final Tally tally;
        private Runnable abandon = () -> {};
        private boolean isOver;

        private Request(long dueNanos, Tally tally) {
            this.dueNanos = dueNanos;
            this.tally = tally;
        }

        /** What to do if it takes too long. */
        void onTimeout(Runnable action) {
            abandon = action;
        }

        void served() {
            if (!isOver && dueNanos >= fromNanos) {
                tally.latency.recordValue(System.nanoTime() - startNanos - dueNanos);
            }
            isOver = true;
        }

        void failed() {
            isOver = true;
        }
    }

    private static final class Line {
        private final double gapNanos;
        private final long timeoutNanos;
        private final Asker asker;
        private final Tally tally = new Tally();
        private final ArrayDeque<Request> open = new ArrayDeque<>();
        private long index;

        Line(double gapNanos, long timeoutNanos, Asker asker) {
            this.gapNanos = gapNanos;
            this.timeoutNanos = timeoutNanos;
            this.asker = asker;
        }

        long dueNanos() {
            return (long) (index * gapNanos);
        }
    }

    Selector selector() {
        return selector;
    }

    /** Adds requests of a kind, so many a second. */
    Tally add(int perSecond, long timeoutNanos, Asker asker) {
        Line line = new Line(perSecond == 0 ? Double.MAX_VALUE : 1e9 / perSecond, timeoutNanos, asker);
        line.index = perSecond == 0 ? 1 : 0;
        lines.add(line);
        return line.tally;
    }

    /** Asks until the time is over, and waits for what is open then. */
    void run() throws IOException {
        startNanos = System.nanoTime();
        long now = 0;
        while (now < lengthNanos || lines.stream().anyMatch(this::hasMore)) {
            long next = lengthNanos;
            for (Line line : lines) {
                askDue(line, now);
                expire(line, now);
                next = Math.min(next, line.dueNanos());
            }
            await(now < lengthNanos ? next - (System.nanoTime() - startNanos) : 10 * MILLI);
            now = System.nanoTime() - startNanos;
        }
    }

    /** Also what was due before the end, and wasn't asked because this thread itself was held up. */
    private boolean hasMore(Line line) {
        return !line.open.isEmpty() || line.dueNanos() < lengthNanos;
    }

    private void askDue(Line line, long now) throws IOException {
        while (line.dueNanos() <= now && line.dueNanos() < lengthNanos) {
            Request request = new Request(line.dueNanos(), line.tally);
            line.index++;
            line.tally.asked += request.dueNanos >= fromNanos ? 1 : 0;
            line.open.add(request);
            line.asker.ask(request);
        }
    }

    private static void expire(Line line, long now) {
        while (!line.open.isEmpty()
                && (line.open.getFirst().isOver || line.open.getFirst().dueNanos + line.timeoutNanos < now)) {
            Request request = line.open.removeFirst();
            if (!request.isOver) {
                request.isOver = true;
                request.abandon.run();
            }
        }
    }

    private void await(long nanos) throws IOException {
        if (nanos >= MILLI) {
            selector.select(nanos / MILLI);
        } else {
            selector.selectNow();
            if (selector.selectedKeys().isEmpty() && nanos > 0) {
                LockSupport.parkNanos(Math.min(nanos, SHORT_WAIT_NANOS));
            }
        }
        Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
        while (keys.hasNext()) {
            SelectionKey key = keys.next();
            keys.remove();
            if (key.isValid() && key.attachment() instanceof Ready ready) {
                ready.ready(key);
            }
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }
}
