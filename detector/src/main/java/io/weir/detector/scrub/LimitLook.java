package io.weir.detector.scrub;

import io.weir.detector.flood.Flood;
import io.weir.detector.window.TargetWindows;

/** Whether more comes of a flood without a signature than the worker should have to look at. Control step only. */
final class LimitLook {
    /** A worker judges many times that; but what it is asked about waits in the kernel, and its place there is bounded. */
    static final long PACKETS_PER_SECOND = 20_000;

    private static final double FROM_PER_SECOND = 30_000;
    private static final double UNTIL_PER_SECOND = 15_000;
    private static final int BUCKETS = 4;
    private static final long LOOK_NANOS = BUCKETS * TargetWindows.FAST_BUCKET_NANOS;
    private static final long ENDING_NANOS = 1_000_000_000L;

    private final Flood flood;
    private final SignatureWatch watch;
    private long lookNanos;
    private long hits;
    private long aboveNanos;
    private boolean isOn;

    LimitLook(SignatureCase one, TargetWindows windows, long nowNanos) {
        this.flood = one.flood();
        this.watch = one.watch();
        this.lookNanos = nowNanos;
        this.hits = watch.hits();
        // At the alarm the kernel drops nothing yet, and takes a limit sooner than signatures that were parked.
        // The bucket that ends: at the alarm there may be no more of the flood.
        double newest =
                windows.newestPackets(flood.target(), flood.trafficClass().ordinal(), 1)
                        * 1e9
                        / TargetWindows.FAST_BUCKET_NANOS;
        this.isOn = newest >= FROM_PER_SECOND;
        this.aboveNanos = nowNanos;
    }

    Flood flood() {
        return flood;
    }

    /** Called every tick. */
    boolean isOn(TargetWindows windows, long nowNanos) {
        if (nowNanos - lookNanos >= LOOK_NANOS) {
            double all =
                    windows.newestPackets(flood.target(), flood.trafficClass().ordinal(), BUCKETS) * 1e9 / LOOK_NANOS;
            double matched = (watch.hits() - hits) * 1e9 / (nowNanos - lookNanos);
            hits = watch.hits();
            lookNanos = nowNanos;
            double unmatched = all - matched;
            isOn |= unmatched >= FROM_PER_SECOND;
            aboveNanos = unmatched >= UNTIL_PER_SECOND ? nowNanos : aboveNanos;
            isOn &= nowNanos - aboveNanos < ENDING_NANOS;
        }
        return isOn;
    }
}
