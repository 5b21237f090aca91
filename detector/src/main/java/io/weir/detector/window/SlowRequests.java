package io.weir.detector.window;

/**
 * How many connections hold a server up: they have begun a request and hardly go on with it (slowloris, slow POST). One
 * writer; the control step reads.
 */
public final class SlowRequests {
    private final int[] counts;

    /** @param targets how many targets there are, addresses and prefixes together */
    public SlowRequests(int targets) {
        this.counts = new int[targets];
    }

    /** Connections toward a target that have held up a request for longer than a user would, now. */
    public int count(int target) {
        return counts[target];
    }
}
