package io.weir.capture.load;

/**
 * A time in which the target answers a part of the SYNs late or never, so that clients send theirs again.
 *
 * @param endNanos since the epoch, as the start; nothing is overloaded where both are equal
 * @param share of the SYNs that get no answer
 */
record Overload(long startNanos, long endNanos, double share) {
    static final Overload NONE = new Overload(0, 0, 0);
    private static final int MOST_TRIES = 4;

    /** How many SYNs of a connection that begins now stay without an answer. */
    int unanswered(long nowNanos, LoadRandom random) {
        if (nowNanos < startNanos || nowNanos >= endNanos) {
            return 0;
        }
        int count = 0;
        while (count < MOST_TRIES && random.chance(share)) {
            count++;
        }
        return count;
    }
}
