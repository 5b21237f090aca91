package io.weir.detector.scrub;

import io.weir.detector.flood.Limits;
import io.weir.detector.flood.ProtectedTargets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The {@code total} of each address and prefix that has one. When it must take, it takes newcomers first, then credible
 * sources, then connections: each may empty the bucket to another depth. One worker's.
 */
final class TotalCaps {
    /** How much of a bucket newcomers may use: the rest is there for others when all want more than the total. */
    static final double NEWCOMERS = 0.5;
    /** Credible and trusted sources. */
    static final double CREDIBLE = 0.75;
    /** Connections. */
    static final double ESTABLISHED = 1;

    /** How much of a second's {@code total} may pass at once. */
    private static final long DEPTH_NANOS = 128_000_000;

    private final ProtectedTargets targets;
    private boolean isAny;
    private final @Nullable RateBucket[] buckets;
    /** Whose limits each bucket was made for: a slot may have changed hands since. */
    private final @Nullable Limits[] limitsOf;
    /** Packets of connections taken since they were last asked for, by target. */
    private final long[] sacrificed;

    private long sacrificedSum;

    TotalCaps(ProtectedTargets targets, int targetCount) {
        this.targets = targets;
        this.isAny = targets.hasTotals();
        this.buckets = new @Nullable RateBucket[targetCount];
        this.limitsOf = new @Nullable Limits[targetCount];
        this.sacrificed = new long[targetCount];
    }

    /** Limits may have changed. */
    void refresh() {
        isAny = targets.hasTotals();
    }

    /** Whether any target has a total. */
    boolean isAny() {
        return isAny;
    }

    /**
     * Takes a packet out of a target's total.
     *
     * @param usable {@link #NEWCOMERS}, {@link #CREDIBLE} or {@link #ESTABLISHED}
     * @return whether there was room, or there is no such limit
     */
    boolean take(int target, int lengthBytes, double usable, long nowNanos) {
        if (target < 0) {
            return true;
        }
        Limits limits = targets.limits(target);
        if (!limits.hasTotal()) {
            return true;
        }
        RateBucket bucket = buckets[target];
        if (bucket == null || limitsOf[target] != limits) {
            // Once for each target that has a total, not once a packet.
            bucket = new RateBucket(
                    limits.total().packetsPerSecond(), limits.total().bitsPerSecond(), DEPTH_NANOS);
            buckets[target] = bucket;
            limitsOf[target] = limits;
        }
        if (bucket.take(lengthBytes, nowNanos, usable)) {
            return true;
        }
        if (usable == ESTABLISHED) {
            sacrificed[target]++;
            sacrificedSum++;
        }
        return false;
    }

    void restart() {
        Arrays.fill(buckets, null);
    }

    long sacrificedSum() {
        return sacrificedSum;
    }

    long takeSacrificed(int target) {
        long packets = sacrificed[target];
        sacrificed[target] = 0;
        return packets;
    }
}
