package io.weir.detector.daemon;

import io.weir.detector.flood.Limit;
import io.weir.detector.flood.ProtectedTargets;
import io.weir.detector.flood.TrafficClass;
import io.weir.detector.window.TargetTable;
import io.weir.filter.packet.IpProtocol;

/**
 * How much passes uncounted of the streams that only one side of is in sight, by address and prefix: several times what
 * would be a flood of unproven packets. Who goes on is believed, but going on costs a forger nothing; what is beyond the
 * bound counts as if nobody knew the stream. One worker's.
 */
final class OneSidedBound {
    /** A slot of time is 2^27 ns, 134 ms. */
    private static final int SLOT_SHIFT = 27;

    private static final double SLOTS_PER_SECOND = 1e9 / (1L << SLOT_SHIFT);
    /** A hundred calls of 50 packets a second each are one threshold. */
    private static final int TIMES = 4;

    private static final long HALF = 0xffff_ffffL;

    private final ProtectedTargets targets;
    /** By target: the slot of time, and how many came in it. */
    private final long[] counts;

    OneSidedBound(ProtectedTargets targets) {
        this.targets = targets;
        counts = new long[targets.count()];
    }

    /**
     * Whether a packet of such a stream is within the bound; counts it.
     *
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     */
    boolean holds(int target, int group, int protocol, long nowNanos) {
        int trafficClass = (protocol == IpProtocol.UDP ? TrafficClass.UDP : TrafficClass.OTHER).ordinal();
        boolean isWithinPrefix = group == TargetTable.NONE || count(group, trafficClass, nowNanos);
        return (target == TargetTable.NONE || count(target, trafficClass, nowNanos)) && isWithinPrefix;
    }

    private boolean count(int target, int trafficClass, long nowNanos) {
        long slot = nowNanos >> SLOT_SHIFT & HALF;
        long count = counts[target] >>> 32 == slot ? counts[target] + 1 : slot << 32 | 1;
        counts[target] = count;
        long perSecond = targets.limits(target).packetsPerSecond(trafficClass);
        return perSecond == Limit.UNLIMITED || (count & HALF) * SLOTS_PER_SECOND <= (double) TIMES * perSecond;
    }
}
