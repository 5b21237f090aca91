package io.weir.detector.cli;

import io.weir.capture.load.LoadProfile;
import io.weir.filter.verdict.FloodKind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Traffic with its truth, and what must come of it.
 *
 * @param isInbound whether what the protected side sends is left out
 * @param captureStartNanos from the start of the traffic: what was before isn't in the capture
 * @param isConfigured whether prefixes are protected by name, or every destination
 * @param truths of each flood of the profile, in its order
 */
record QualityScenario(
        String name,
        LoadProfile profile,
        long seed,
        boolean isInbound,
        boolean isConfigured,
        long captureStartNanos,
        List<Truth> truths) {
    /**
     * What is true of a flood.
     *
     * @param vectors that name it rightly
     * @param target the address, or the prefix in CIDR notation
     * @param times its rate in built-in thresholds
     * @param isMimicked whether nothing in its headers tells it from users
     */
    record Truth(
            FloodKind kind, Set<String> vectors, String target, boolean isPrefix, double times, boolean isMimicked) {
        /** The same flood over a whole prefix, where it may be called so as well. */
        Truth ofPrefix(String prefix) {
            Set<String> names = new HashSet<>(vectors);
            names.add("carpet");
            return new Truth(kind, Set.copyOf(names), prefix, true, times, isMimicked);
        }

        /** Milliseconds from its first packet to the event, at most. */
        double delayGoalMillis() {
            if (times < 4) {
                return 1200;
            }
            return switch (kind) {
                case HTTP -> 1000;
                case DNS -> 300;
                default -> 100;
            };
        }

        /** After so long it is stopped. */
        long graceNanos() {
            return (kind == FloodKind.HTTP ? 1_200 : 500) * 1_000_000L;
        }

        /** Share of its packets that may pass from then on. */
        double leakGoal() {
            // A threshold is a mean: what arrives by chance may exceed it by a little.
            return isMimicked ? Math.max(0.001, Math.min(1, 1.05 / times)) : 0.001;
        }
    }

    /** When a flood begins, nanoseconds since the epoch. */
    long startNanos(int flood) {
        return profile.epochNanos() + profile.floods().get(flood).startNanos();
    }

    /** When a flood has ended, nanoseconds since the epoch. */
    long endNanos(int flood) {
        return startNanos(flood) + profile.floods().get(flood).durationNanos();
    }

    /** When the first one begins; never where there is none. */
    long attackNanos() {
        long first = Long.MAX_VALUE;
        for (int i = 0; i < truths.size(); i++) {
            first = Math.min(first, startNanos(i));
        }
        return first;
    }
}
