package io.weir.detector.alert;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What waits for one receiver. The first alert after a quiet time goes out at once; what comes within the interval after that
 * goes out together at its end. {@link #add} from any thread; the receiver on a thread of its own.
 */
final class Channel implements AutoCloseable {
    /** Alerts that wait. Updates may take half of it, so that the end of a flood finds room. */
    static final int MOST_WAITING = 2_048;

    private static final long ENDING_SECONDS = 5;

    private final Receiver receiver;
    private final long everyNanos;
    private final Consumer<String> problems;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Alert> waiting = new LinkedHashMap<>();
    private final Thread teller;
    private long left;
    private boolean isClosing;
    private boolean isFailing;

    /** @param problems hears what couldn't be told, once until it works again */
    Channel(Receiver receiver, long everyNanos, Consumer<String> problems) {
        this.receiver = receiver;
        this.everyNanos = everyNanos;
        this.problems = problems;
        teller = Thread.ofPlatform().daemon().name("weir-alerts").start(this::run);
    }

    /** Never waits for the receiver. */
    void add(Alert alert) {
        lock.lock();
        try {
            int most = alert.isUpdate() ? MOST_WAITING / 2 : MOST_WAITING;
            if (waiting.containsKey(alert.key()) || waiting.size() < most) {
                waiting.put(alert.key(), alert);
                changed.signal();
            } else {
                left++;
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (awaitAlert()) {
                tell();
                pause();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** False once it is closed and nothing waits. */
    private boolean awaitAlert() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !isClosing) {
                changed.await();
            }
            return !waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void tell() throws InterruptedException {
        List<Alert> alerts;
        long leftNow;
        lock.lock();
        try {
            alerts = new ArrayList<>(waiting.values());
            waiting.clear();
            leftNow = left;
            left = 0;
        } finally {
            lock.unlock();
        }
        try {
            receiver.tell(alerts, leftNow);
            isFailing = false;
        } catch (IOException lost) {
            if (!isFailing) {
                problems.accept("alerts are lost: " + receiver.name() + ": " + lost.getMessage());
            }
            isFailing = true;
        }
    }

    private void pause() throws InterruptedException {
        lock.lock();
        try {
            long nanos = everyNanos;
            while (nanos > 0 && !isClosing) {
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Begins to end; what waits goes out now. */
    void end() {
        lock.lock();
        try {
            isClosing = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Tells what waits, a few seconds long. */
    @Override
    public void close() {
        end();
        try {
            teller.join(TimeUnit.SECONDS.toMillis(ENDING_SECONDS));
            teller.interrupt();
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }
}
