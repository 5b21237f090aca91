package io.weir.detector.flood;

import io.weir.detector.window.SampleRing;
import io.weir.detector.window.TargetWindows;

/**
 * SYNs too few for any rate to tell, that are never completed: from everywhere, to few ports, and now.
 *
 * <p>Found within 1.2 s where the handshakes of users are completed as ever beside them, so that it is no outage; else
 * once it has gone on for three seconds. Control thread only.
 */
final class FailingHandshakes {
    /** Below this share of the threshold they are noise that every host has. */
    static final double LEAST = 0.05;

    /** Seconds in a row in which handshakes stayed incomplete. */
    private static final int LASTING_SECONDS = 3;
    /** So long they aren't taken for usual, though nothing else speaks for a flood. */
    private static final int DOUBTFUL_SECONDS = 8;

    /** Of the usual handshakes, those that are completed while a flood is only added to them. */
    private static final double MOST_COMPLETED = 0.75;
    /** Fewer of a hundred may fail at once where links lose packets. */
    private static final double LEAST_SUDDEN = 0.1;

    /** Age in slow buckets, half a second. */
    private static final int OLD = 8;

    /** Five sixths of a second. */
    private static final int OLDEST = 14;

    private static final double OLD_PART = 0.5;
    /** By which a sample's handshake has failed: as many buckets, the one being filled apart. */
    private static final long FAILED_NANOS = TargetWindows.SLOW_WINDOW_NANOS * (OLD - 1) / 16;

    private static final int FEWEST_SAMPLES = 40;
    private static final double HALF = 0.5;

    private final Baselines baselines;
    private final byte[] seconds;

    FailingHandshakes(Baselines baselines, int targets) {
        this.baselines = baselines;
        this.seconds = new byte[targets];
    }

    /**
     * Looks at the second that ended.
     *
     * @param least in a slow window
     * @return whether what stayed incomplete may be taken for usual
     */
    boolean learn(WindowReading reading, double least) {
        int target = reading.target();
        boolean isIncomplete = baselines.isLearned() && SynFlood.isLowAttack(reading, usual(target, least));
        seconds[target] = (byte) (isIncomplete ? Math.min(seconds[target] + 1, Byte.MAX_VALUE) : 0);
        return !isIncomplete || seconds[target] > DOUBTFUL_SECONDS;
    }

    private double usual(int target, double least) {
        return Math.max(least, baselines.bound(target, TrafficClass.SYN.ordinal()));
    }

    /** Whether the counts say so; then samples tell. */
    boolean isSuspected(WindowReading reading, double least) {
        double usual = usual(reading.target(), least);
        return baselines.isLearned()
                && (seconds[reading.target()] >= LASTING_SECONDS || isSudden(reading, usual))
                && SynFlood.isFailingNow(reading, usual);
    }

    private boolean isSudden(WindowReading reading, double usual) {
        long failed = reading.packetsFrom(OLD);
        long completed = reading.completedFrom(OLD);
        double usuallyCompleted = OLD_PART * baselines.mean(reading.target(), Baselines.HANDSHAKES);
        return failed > OLD_PART * usual
                && isLeftWithAge(reading)
                && failed > LEAST_SUDDEN * (failed + completed)
                && completed >= MOST_COMPLETED * usuallyCompleted;
    }

    /** Of those who are only far away fewer are left the longer they had. */
    private static boolean isLeftWithAge(WindowReading reading) {
        long oldest = reading.packetsFrom(OLDEST);
        long younger = reading.packetsOfAges(OLD, OLDEST - 1);
        double asManyYounger = (double) younger * (WindowReading.BUCKETS - OLDEST) / (OLDEST - OLD);
        return oldest > LEAST_SUDDEN * (oldest + reading.completedFrom(OLDEST)) && oldest >= HALF * asManyYounger;
    }

    /** Whether those that failed are from many sources, and no scan: to few ports. */
    static boolean isFlood(FloodSamples recent, long nowNanos) {
        SampleRing ring = recent.ring();
        FloodSamples failed = recent.only(sample -> nowNanos - ring.timeNanos(sample) >= FAILED_NANOS);
        return failed.size() >= FEWEST_SAMPLES
                && failed.distinctSources() >= Forgery.MANY_SOURCES
                && failed.topSourceShare() < HALF
                && !ScanTest.isSpreadOverPorts(failed)
                && !UnservedUsers.are(recent);
    }
}
