package io.weir.detector.flood;

import io.weir.detector.window.SampleRing;
import io.weir.detector.window.TargetWindows;

/** Looks at what was counted and sampled of a flood: when it began, what it is, how far it is spread. */
final class FloodLook {
    /** Samples of so long describe a flood: at low rates a second holds few. */
    static final long SAMPLED_NANOS = 2 * TargetWindows.SLOW_WINDOW_NANOS;
    /** From this share of a prefix's samples on that one address doesn't have, they are spread. */
    private static final double SPREAD = 0.5;

    private static final double CHANCE_DEVIATIONS = 1.5;

    private final TargetWindows windows;
    private final ProtectedTargets targets;
    private final SampleRing samples;
    private final Proxies proxies;

    FloodLook(TargetWindows windows, ProtectedTargets targets, SampleRing samples, Proxies proxies) {
        this.windows = windows;
        this.targets = targets;
        this.samples = samples;
        this.proxies = proxies;
    }

    /** The samples of a class and target of the last seconds. */
    FloodSamples recent(int target, TrafficClass trafficClass, long nowNanos) {
        return FloodSamples.of(samples, proxies, target, trafficClass, nowNanos - SAMPLED_NANOS);
    }

    /**
     * Describes a flood by its samples.
     *
     * @param vector what they are
     * @return whether the description is another
     */
    boolean describe(Flood flood, String vector, FloodSamples recent, long nowNanos) {
        if (!flood.isPrefix()) {
            return flood.describe(vector, "", recent);
        }
        flood.noteActiveAddresses(Math.max(activeAddresses(flood, nowNanos), recent.distinctDestinations()));
        boolean isSpread = recent.topDestinationShare() < SPREAD;
        return flood.describe(isSpread ? "carpet" : vector, isSpread ? vector : "", recent);
    }

    /** Addresses of a prefix that the flood's class goes to. */
    private int activeAddresses(Flood flood, long nowNanos) {
        int active = 0;
        for (int slot = 0; slot < targets.slots(); slot++) {
            if (targets.isActive(slot, flood.target(), nowNanos - TargetWindows.SLOW_WINDOW_NANOS)
                    && windows.slowPackets(slot, flood.trafficClass().ordinal()) > 0) {
                active++;
            }
        }
        return active;
    }

    /** When it began: by fast buckets where they tell, else by slow ones at half the rate. */
    long onsetNanos(WindowReading reading, int target, int trafficClass, Alarm alarm) {
        double perBucket = alarm.perSecond() * (TargetWindows.FAST_BUCKET_NANOS / 1e9);
        // Of a flood that has lasted for less than the fast window, most of the slow one's packets are in the fast one.
        if (reading.fastPackets() > reading.slowPackets() / 2
                || Limits.isFast(reading.fastBits(), targets.limits(target).bitsPerSecond(trafficClass))) {
            return windows.fastOnsetNanos(target, trafficClass, Math.min(perBucket, reading.fastPackets() / 32.0));
        }
        return windows.slowOnsetNanos(
                target,
                trafficClass,
                alarm.perSecond() == Double.POSITIVE_INFINITY
                        ? reading.slowPackets() / 32.0
                        : leastByChance(perBucket * 4));
    }

    /** Of a mean of few packets a bucket, what one of many buckets may hold: its chance gaps begin no flood anew. */
    private static double leastByChance(double mean) {
        return Math.max(1, mean - CHANCE_DEVIATIONS * Math.sqrt(mean));
    }
}
