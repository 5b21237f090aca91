package io.weir.filter.flow;

import java.util.concurrent.TimeUnit;

/**
 * When the stream of packets began that is being read. A first packet, an hour without any, and a clock that was set
 * back begin one: then whoever is connected is met in the middle, and nothing that was seen before tells who it is.
 *
 * <p>For one thread.
 */
public final class StreamClock {
    /** How long after its start a stream meets connections in their middle that only one side is seen of. */
    private static final long LEARNING_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** A gap like this one begins a new stream. */
    private static final long RESTART_NANOS = TimeUnit.HOURS.toNanos(1);

    private long startNanos = Long.MIN_VALUE;
    private long lastNanos = Long.MIN_VALUE;

    /** Moves to the time of a packet or of a tick. */
    public void advance(long nowNanos) {
        if (lastNanos == Long.MIN_VALUE || nowNanos < lastNanos || nowNanos - lastNanos > RESTART_NANOS) {
            startNanos = nowNanos;
        }
        lastNanos = nowNanos;
    }

    /** Begins a new stream with the next packet, whatever its time. */
    public void restart() {
        startNanos = Long.MIN_VALUE;
        lastNanos = Long.MIN_VALUE;
    }

    /** Whether the stream is so young that connections are still met in their middle. */
    public boolean isLearning() {
        return lastNanos - startNanos < LEARNING_NANOS;
    }

    /** Time of the stream's first packet, {@link Long#MIN_VALUE} before it. */
    public long startNanos() {
        return startNanos;
    }
}
