package io.weir.detector.cli;

import io.weir.capture.source.PacketSource;
import io.weir.detector.daemon.LiveTraffic;
import io.weir.detector.daemon.Pipeline;
import io.weir.detector.daemon.Worker;
import io.weir.detector.latency.LatencyRecorder;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a run, each with its own share of the traffic. They read, decode and give verdicts side by side, and take
 * turns, with the worker's monitor, at all that is shared: judging, and what {@link Turn} does.
 */
final class LiveWorkers {
    /** What else is done in turn. */
    interface Turn {
        /** A batch was judged and has its verdicts. */
        void judged(PacketBatch batch) throws IOException;

        /** The clock that packets are stamped by. */
        long clockNanos();

        /** No share had a packet when it was looked at, the first of them at this time of the clock. */
        void idle(long lookedNanos);

        /** Between two batches. */
        void pass() throws IOException;

        /** Every thread has come by since this was last called. */
        void beat();
    }

    /** Ends the shares. */
    @FunctionalInterface
    interface End {
        void end() throws IOException;
    }

    private final End end;
    private final Worker worker;
    private final LatencyRecorder latency;
    private final Turn turn;
    private final List<LiveTraffic.Share> shares;
    /** A bit for each thread; of all of them; in turn. */
    private final long all;

    /** Those whose share held nothing when they last looked, and the earliest time at which one of these did. */
    private long idle;

    private long idleNanos = Long.MAX_VALUE;
    /** Those that have come by since the last beat. */
    private long passed;

    private @Nullable Throwable failure;

    LiveWorkers(List<LiveTraffic.Share> shares, End end, Worker worker, LatencyRecorder latency, Turn turn) {
        this.end = end;
        this.worker = worker;
        this.latency = latency;
        this.turn = turn;
        this.shares = List.copyOf(shares);
        this.all = -1L >>> Long.SIZE - shares.size();
    }

    /**
     * Takes packets until the traffic ends; this thread is the first of them.
     *
     * @throws IOException if a source or a sink failed, which ends the others in order
     */
    void run() throws IOException {
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < shares.size(); i++) {
            int index = i;
            others.add(Thread.ofPlatform().name("weir-worker-" + index).start(() -> work(index)));
        }
        work(0);
        for (Thread other : others) {
            join(other);
        }
        switch (failure) {
            case IOException broken -> throw broken;
            case RuntimeException broken -> throw broken;
            case Error broken -> throw broken;
            case null, default -> {}
        }
    }

    private static void join(Thread other) {
        boolean isInterrupted = false;
        while (other.isAlive()) {
            try {
                other.join();
            } catch (InterruptedException later) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work(int index) {
        try {
            LiveTraffic.Share share = shares.get(index);
            judge(new Pipeline(share.source(), worker, share.sinks(), latency), 1L << index);
        } catch (IOException | RuntimeException | Error broken) {
            fail(broken);
        }
    }

    private void judge(Pipeline pipeline, long own) throws IOException {
        // Before it looks: a thread that gets no core between looking and asking for the time would take what came
        // meanwhile for a clock that was set back.
        long lookedNanos = turn.clockNanos();
        int packets = pipeline.doWork();
        while (packets != PacketSource.END) {
            synchronized (worker) {
                take(pipeline.batch(), packets, own, lookedNanos);
            }
            lookedNanos = turn.clockNanos();
            packets = pipeline.doWork();
        }
    }

    private void take(PacketBatch batch, int packets, long own, long lookedNanos) throws IOException {
        if (packets > 0) {
            idle &= ~own;
            turn.judged(batch);
        } else {
            idle |= own;
            idleNanos = Math.min(idleNanos, lookedNanos);
            if (idle == all) {
                turn.idle(idleNanos);
                idle = 0;
                idleNanos = Long.MAX_VALUE;
            }
        }
        turn.pass();
        passed |= own;
        if (passed == all) {
            passed = 0;
            turn.beat();
        }
    }

    private void fail(Throwable broken) {
        synchronized (worker) {
            failure = failure == null ? broken : failure;
        }
        try {
            end.end();
        } catch (IOException stuck) {
            broken.addSuppressed(stuck);
        }
    }
}
