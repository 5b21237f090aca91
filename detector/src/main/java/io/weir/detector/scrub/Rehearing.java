package io.weir.detector.scrub;

/**
 * When refused connections are heard again: one may be a user's, so at the end of the last flood of requests; but a bot that
 * waits on its connection goes on as soon as it is heard, and whoever did waits longer each time. Control step only.
 */
final class Rehearing {
    /** A flood that begins so soon after is the same bots'. */
    static final long RETURN_NANOS = 2_000_000_000L;

    static final long LONGEST_NANOS = 600_000_000_000L;

    private boolean wasFlooded;
    private boolean isWaiting;
    private long endNanos;
    private long heardNanos = Long.MIN_VALUE / 2;
    private long patienceNanos;

    /** Called every tick: whether all are to be heard now. */
    boolean isDue(boolean isFlooded, long nowNanos) {
        if (isFlooded && !wasFlooded && !isWaiting) {
            patienceNanos = nowNanos - heardNanos > RETURN_NANOS
                    ? 0
                    : Math.min(LONGEST_NANOS, Math.max(Offload.REFUSED_NANOS, 2 * patienceNanos));
        }
        if (wasFlooded && !isFlooded) {
            endNanos = nowNanos;
        }
        isWaiting = !isFlooded && (isWaiting || wasFlooded);
        wasFlooded = isFlooded;
        if (!isWaiting || nowNanos - endNanos < patienceNanos) {
            return false;
        }
        isWaiting = false;
        heardNanos = nowNanos;
        return true;
    }
}
