package io.weir.capture.load;

import io.weir.capture.load.Flood.Pulse;
import io.weir.capture.load.Flood.Spacing;

/** Things that arrive at a rate between two points of time. */
final class Arrivals implements Actor {
    private static final double NANOS_PER_SECOND = 1e9;

    private final LoadRandom random;
    private final long startNanos;
    private final long endNanos;
    private final double gapNanos;
    private final Spacing spacing;
    private final Pulse pulse;
    private final Handler handler;
    private double elapsedNanos;
    private long index;

    /** What an arrival does. */
    interface Handler {
        /** Acts on one arrival, sending at most one packet. */
        void arrive(long nowNanos, Tap tap);
    }

    /** Arrivals from the start on, before the end. */
    Arrivals(LoadRandom random, long startNanos, long endNanos, double perSecond, Spacing spacing, Handler handler) {
        this(random, startNanos, endNanos, perSecond, spacing, Pulse.STEADY, handler);
    }

    /** The same with a rate that changes; the rate is the highest. */
    Arrivals(
            LoadRandom random,
            long startNanos,
            long endNanos,
            double perSecond,
            Spacing spacing,
            Pulse pulse,
            Handler handler) {
        this.pulse = pulse;
        this.random = random;
        this.startNanos = startNanos;
        this.endNanos = endNanos;
        this.gapNanos = NANOS_PER_SECOND / perSecond;
        this.spacing = spacing;
        this.handler = handler;
    }

    /** Plans the first arrival. */
    void start(EventQueue queue) {
        long first = next();
        if (first != NEVER) {
            queue.plan(first, this);
        }
    }

    @Override
    public long act(long nowNanos, Tap tap) {
        handler.arrive(nowNanos, tap);
        return next();
    }

    private long next() {
        // From the index rather than gap by gap, so that no rounding adds up.
        elapsedNanos = spacing == Spacing.EVEN ? index++ * gapNanos : elapsedNanos + random.exponential(gapNanos);
        double sinceStart = pulse.nanosAfter(elapsedNanos);
        return sinceStart >= endNanos - startNanos ? NEVER : startNanos + (long) sinceStart;
    }
}
