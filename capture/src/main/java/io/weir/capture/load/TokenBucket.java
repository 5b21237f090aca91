package io.weir.capture.load;

/** A rate limit that allows bursts of 50 ms. */
final class TokenBucket {
    private static final double BURST_SECONDS = 0.05;

    private final double perNano;
    private final double capacity;
    private double tokens;
    private long lastNanos;

    TokenBucket(double perSecond, long nowNanos) {
        perNano = perSecond / 1e9;
        capacity = perSecond == 0 ? 0 : Math.max(1, perSecond * BURST_SECONDS);
        tokens = capacity;
        lastNanos = nowNanos;
    }

    /** Whether one more is within the rate. */
    boolean take(long nowNanos) {
        tokens = Math.min(capacity, tokens + (nowNanos - lastNanos) * perNano);
        lastNanos = nowNanos;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
