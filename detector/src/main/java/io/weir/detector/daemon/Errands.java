package io.weir.detector.daemon;

import io.weir.detector.api.Refusal;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What other threads want of the thread that judges: it does one errand between two batches. A bounded number waits; whoever
 * finds no place, or waits too long, is refused. What an errand changed is seen by whoever asked for it.
 */
final class Errands {
    private static final int MOST_WAITING = 64;
    private static final long PATIENCE_MILLIS = 2_000;

    private final ConcurrentLinkedQueue<FutureTask<?>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean isClosed;

    /** Has the thread that judges do it. Any other thread. */
    <T> T ask(Callable<T> errand) throws Refusal {
        if (isClosed) {
            throw new Refusal(Refusal.Kind.BUSY, "the daemon is ending");
        }
        if (count.incrementAndGet() > MOST_WAITING) {
            count.decrementAndGet();
            throw new Refusal(Refusal.Kind.BUSY, "more than " + MOST_WAITING + " requests wait; ask again");
        }
        FutureTask<T> task = new FutureTask<>(errand);
        waiting.add(task);
        try {
            return task.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            task.cancel(false);
            throw new Refusal(Refusal.Kind.BUSY, "no answer within two seconds: the host is overloaded");
        } catch (InterruptedException ended) {
            task.cancel(false);
            Thread.currentThread().interrupt();
            throw new Refusal(Refusal.Kind.BUSY, "interrupted");
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(failed);
        }
    }

    /** Does the next one, if there is any. The thread that judges. */
    void doNext() {
        if (count.get() == 0) {
            return;
        }
        FutureTask<?> task = waiting.poll();
        if (task != null) {
            count.decrementAndGet();
            task.run();
        }
    }

    /** Whoever asks from now on is refused; what waits is done. The thread that judges, at its end. */
    void close() {
        isClosed = true;
        for (FutureTask<?> task = waiting.poll(); task != null; task = waiting.poll()) {
            task.run();
        }
    }
}
