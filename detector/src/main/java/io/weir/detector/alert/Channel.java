package io.weir.detector.alert;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One way to tell. What comes while something is being told is told together. */
final class Channel implements AutoCloseable {
    private static final int MOST_WAITING = 256;
    private static final int MOST_TOGETHER = 50;
    private static final int TRIES = 4;
    private static final long FIRST_PAUSE_MILLIS = 1_000;
    private static final long ENDING_MILLIS = 3_000;

    /** Tells, or throws why it couldn't. */
    interface Teller {
        void tell(List<Alert> alerts) throws IOException, InterruptedException;
    }

    private final String name;
    private final Teller teller;
    private final Consumer<String> problems;
    private final long pauseMillis;
    private final ArrayBlockingQueue<Alert> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread thread;
    private volatile boolean isClosing;
    private long lost;

    /**
     * @param pauseMillis between two, so that whoever is told isn't flooded himself
     * @param problems hears what couldn't be told
     */
    Channel(String name, long pauseMillis, Teller teller, Consumer<String> problems) {
        this.name = name;
        this.pauseMillis = pauseMillis;
        this.teller = teller;
        this.problems = problems;
        thread = Thread.ofPlatform().daemon().name("weir-" + name).start(this::work);
    }

    /** Never waits. One thread. */
    void add(Alert alert) {
        if (!waiting.offer(alert)) {
            lost++;
            if (Long.bitCount(lost) == 1) {
                problems.accept("alerts by " + name + " can't keep up: " + lost + " lost so far");
            }
        }
    }

    private void work() {
        try {
            while (true) {
                Alert first = waiting.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    List<Alert> together = new ArrayList<>(List.of(first));
                    waiting.drainTo(together, MOST_TOGETHER - 1);
                    tell(together);
                    Thread.sleep(isClosing ? 0 : pauseMillis);
                } else if (isClosing) {
                    return;
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(List<Alert> alerts) throws InterruptedException {
        long pause = FIRST_PAUSE_MILLIS;
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            try {
                teller.tell(alerts);
                return;
            } catch (IOException failed) {
                if (attempt == TRIES || isClosing) {
                    problems.accept(alerts.size() + " alerts by " + name + " weren't told: " + failed.getMessage());
                    return;
                }
                Thread.sleep(pause);
                pause *= 2;
            }
        }
    }

    @Override
    public void close() {
        isClosing = true;
        try {
            thread.join(ENDING_MILLIS);
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }
}
