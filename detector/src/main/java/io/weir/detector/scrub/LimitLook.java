package io.weir.detector.scrub;

import io.weir.detector.flood.Flood;
import io.weir.detector.window.TargetWindows;

/** Whether more comes of a flood without a signature than the worker should have to look at. Control step only. */
final class LimitLook {
    /** A worker judges many times that; but what it is asked about waits in the kernel, and its place there is bounded. */
    static final long PACKETS_PER_SECOND = 20_000;

    private static final double FROM_PER_SECOND = 30_000;
    private static final double UNTIL_PER_SECOND = 15_000;
    private static final long ENDING_NANOS = 1_000_000_000L;

    private final Flood flood;
    private final SignatureWatch watch;
    private long hits;
    /** Which bucket was looked at last, and the hits when it began. */
    private long bucketEndNanos;

    private long hitsBefore;
    private long aboveNanos;
    private boolean isOn;

    LimitLook(SignatureCase one, long nowNanos) {
        this.flood = one.flood();
        this.watch = one.watch();
        this.hits = watch.hits();
        this.aboveNanos = nowNanos;
    }

    Flood flood() {
        return flood;
    }

    /** Called every tick. The bucket that is filled counts, as a queue overflows within few of them. */
    void look(TargetWindows windows, long nowNanos) {
        if (windows.bucketEndNanos() != bucketEndNanos) {
            bucketEndNanos = windows.bucketEndNanos();
            hitsBefore = hits;
        }
        hits = watch.hits();
        long all = windows.newestPackets(flood.target(), flood.trafficClass().ordinal(), 1);
        double perSecond = (all - (hits - hitsBefore)) * 1e9 / TargetWindows.FAST_BUCKET_NANOS;
        isOn |= perSecond >= FROM_PER_SECOND;
        aboveNanos = perSecond >= UNTIL_PER_SECOND ? nowNanos : aboveNanos;
        isOn &= nowNanos - aboveNanos < ENDING_NANOS;
    }

    boolean isOn() {
        return isOn;
    }
}
