package io.weir.capture.load;

/** Lets arrivals at the highest rate through in part, so that the rate swings around its mean: one day long is the traffic. */
final class Swing implements Arrivals.Handler {
    private final long startNanos;
    private final double lengthNanos;
    private final double swing;
    private final LoadRandom random;
    private final Arrivals.Handler handler;

    Swing(LoadProfile profile, LoadRandom random, Arrivals.Handler handler) {
        startNanos = profile.epochNanos();
        lengthNanos = (double) profile.durationNanos();
        swing = profile.legitimate().swing();
        this.random = random;
        this.handler = handler;
    }

    @Override
    public void arrive(long now, Tap tap) {
        double phase = 2 * Math.PI * ((now - startNanos) / lengthNanos);
        if (random.chance((1 - swing * StrictMath.cos(phase)) / (1 + swing))) {
            handler.arrive(now, tap);
        }
    }
}
