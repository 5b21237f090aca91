package io.weir.detector.daemon;

import io.weir.capture.linux.Niceness;
import io.weir.detector.api.Control.Subscription;
import io.weir.detector.event.Event;
import io.weir.detector.event.EventListener;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes events from the thread that judges and tells them to listeners on a thread of its own, so that no disk, terminal
 * or client holds up a packet. Bounded: what finds no room is counted.
 */
public final class EventDesk implements EventListener, AutoCloseable {
    private static final int MOST_WAITING = 8_192;
    private static final long ENDING_SECONDS = 5;

    private final ArrayBlockingQueue<Event> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final List<EventListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong lost = new AtomicLong();
    private final Thread teller;
    private volatile boolean isClosing;

    /** @param first told before any other listener; none may throw */
    public EventDesk(EventListener first) {
        listeners.add(first);
        teller = Niceness.threads("weir-events", Niceness.TELLING).newThread(this::tell);
        teller.start();
    }

    /** Never waits. */
    @Override
    public void accept(Event event) {
        if (!waiting.offer(event)) {
            lost.incrementAndGet();
        }
    }

    /** Events that found no room, since the start. */
    public long lost() {
        return lost.get();
    }

    Subscription listen(EventListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private void tell() {
        try {
            while (true) {
                Event event = waiting.poll(100, TimeUnit.MILLISECONDS);
                if (event != null) {
                    listeners.forEach(listener -> listener.accept(event));
                } else if (isClosing) {
                    return;
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tells what waits, a few seconds long. */
    @Override
    public void close() {
        isClosing = true;
        try {
            teller.join(TimeUnit.SECONDS.toMillis(ENDING_SECONDS));
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }
}
