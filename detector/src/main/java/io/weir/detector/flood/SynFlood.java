package io.weir.detector.flood;

import io.weir.detector.window.TargetWindows;

/** SYNs whose handshake isn't completed. */
final class SynFlood implements FloodDetector {
    /** Where three of four SYNs that had time to be completed weren't, most are never meant to be. */
    private static final int UNANSWERED_TO_COMPLETED = 3;
    /** Age in slow buckets, half a second, by which most of a crowd's SYNs are completed however far it is. */
    private static final int OLD = 8;
    /** Five sixths of a second: by then all of them are. */
    private static final int VERY_OLD = 14;

    private static final double VERY_OLD_SECONDS = (16 - VERY_OLD) * WindowReading.SLOW_SECONDS / 16;
    /** Higher than {@link #SURGE}: for a round trip, all that a crowd sends is incomplete. */
    private static final double SURGE_OF_SYNS = 3.4;
    /** Age in slow buckets of the SYNs in a surge. */
    private static final int YOUNG = 2;
    /** In slow buckets: up to three eighths of a second. Most of a crowd are nearer. */
    private static final int MIDDLE = 5;
    /** Age in fast buckets, 72 ms, by which the nearest of many have completed their handshakes. */
    private static final int ROUND_TRIP = 9;
    /** Of a surge's rate, a part of what it brought in the bucket before that. */
    private static final double LEAST_BEFORE = 2.5;
    /** Among bots and crowds this many of a hundred SYNs in a surge are completed within it, or more. */
    private static final double OPENING_SHARE = 0.1;
    /** Users come unevenly; but not that unevenly. */
    private static final double OPENING_FACTOR = 3;

    private static final double FEW_OPENED = 16;
    /** What comes now may be more than what came half a second ago, but not by far. */
    private static final double MOST_OF_OLD = 1.5;
    /** Of what a flood at the least rate leaves in those buckets, the oldest of which may lie before its start. */
    private static final double PARTLY = 0.6;
    /** Less than this share of SYNs stays incomplete even where links lose packets. */
    private static final double LEAST_INCOMPLETE = 0.05;
    /** A host that refuses most of them has a service down, and loses nothing by them. */
    private static final double MOSTLY_REFUSED = 0.8;

    @Override
    public TrafficClass trafficClass() {
        return TrafficClass.SYN;
    }

    /**
     * The fast window counts what isn't completed yet; so does the recent second, but there a crowd with long round
     * trips must not look like a flood: of its SYNs only those count that had half a second. The second before it had
     * time to complete all that ever will.
     */
    @Override
    public boolean isExceeded(WindowReading reading, Limits limits) {
        long perSecond = limits.packetsPerSecond(trafficClass().ordinal());
        return reading.isSurge(SURGE_OF_SYNS * perSecond) && !isOpening(reading, perSecond)
                || isSlowExceeded(reading, perSecond)
                || isBitRateExceeded(reading, limits);
    }

    private static boolean isSlowExceeded(WindowReading reading, long perSecond) {
        return Limits.isSlow((double) reading.slowPackets(), perSecond) && isMostlyIncomplete(reading, perSecond)
                || Limits.isSlow((double) reading.agedPackets(), perSecond);
    }

    /**
     * A surge of SYNs such as people's systems send waits for one round trip: many bots that connect at once, too, have
     * completed nothing before it. Not so what no system sends, or what comes from where nobody is.
     */
    @Override
    public boolean isTooSoon(WindowReading reading, FloodSamples samples, Limits limits) {
        long perSecond = limits.packetsPerSecond(trafficClass().ordinal());
        double least = LEAST_BEFORE * perSecond * TargetWindows.FAST_BUCKET_NANOS / 1e9;
        return reading.fastPacketsFrom(ROUND_TRIP) < least
                && !isSlowExceeded(reading, perSecond)
                && !isBitRateExceeded(reading, limits)
                && !Forgery.hasImpossibleSources(samples)
                && !Forgery.areToolsSyns(samples);
    }

    /**
     * Whether a surge is of those who connect: many at once have hardly sent their SYNs when the first of them, who are
     * near, complete theirs; and later as many of the older SYNs were completed as now come. Beside forged SYNs as many
     * handshakes are completed as before; and where somebody completes a few only to hide the rest, they stay few.
     */
    private static boolean isOpening(WindowReading reading, long perSecond) {
        long young = reading.packetsUntil(YOUNG);
        long completed = reading.completedUntil(YOUNG);
        double before = (double) reading.agedCompleted() * (YOUNG + 1) / WindowReading.BUCKETS;
        if (completed > OPENING_SHARE * young && completed > OPENING_FACTOR * before + FEW_OPENED) {
            return !isStalling(reading, perSecond);
        }
        long completedOld = reading.completedFrom(OLD);
        double likeOld = (double) completedOld * (YOUNG + 1) / (WindowReading.BUCKETS - OLD);
        return reading.packetsFrom(OLD) < LEAST_INCOMPLETE * completedOld && young < MOST_OF_OLD * likeOld;
    }

    /** Whether of SYNs that most people's had time to be completed for fewer than half were. */
    private static boolean isStalling(WindowReading reading, long perSecond) {
        long incomplete = reading.packetsOfAges(YOUNG + 1, MIDDLE);
        double least = LEAST_FORGED * perSecond * WindowReading.SLOW_SECONDS / WindowReading.BUCKETS;
        return incomplete > least * (MIDDLE - YOUNG) && incomplete > reading.completedOfAges(YOUNG + 1, MIDDLE);
    }

    private static boolean isMostlyIncomplete(WindowReading reading, long perSecond) {
        long old = reading.packetsFrom(OLD);
        return old > LEAST_FORGED * perSecond && old > UNANSWERED_TO_COMPLETED * reading.completedFrom(OLD);
    }

    /** Such as no system sends; of others it takes most of a second to see that they fail. */
    @Override
    public boolean isSeenAtOnce() {
        return true;
    }

    @Override
    public boolean isAttack(WindowReading reading, FloodSamples samples, Usual usual) {
        return Forgery.areToolsSyns(samples)
                || isFailingNow(reading, usual.perSecond() * WindowReading.SLOW_SECONDS) && !UnservedUsers.are(samples);
    }

    /** Users whose server is gone send each SYN again, and nobody else does: what they send anew is below the threshold. */
    @Override
    public boolean isOutage(WindowReading reading, FloodSamples samples, Limits limits) {
        double perSecond = Math.max(reading.slowPackets(), reading.agedPackets()) / WindowReading.SLOW_SECONDS;
        double retransmitted = UnservedUsers.retransmittedShare(samples);
        return retransmitted >= UnservedUsers.LEAST_RETRANSMITTED
                && !UnservedUsers.areOthersServed(samples)
                && perSecond * (1 - retransmitted)
                        < limits.packetsPerSecond(trafficClass().ordinal())
                && !Forgery.areToolsSyns(samples);
    }

    /**
     * Whether SYNs that aren't completed come too slowly for any rate to tell, but from everywhere and for long: asked
     * once a second.
     *
     * @param usual the most of them in a second that are usual
     */
    static boolean isLowAttack(WindowReading reading, double usual) {
        long incomplete = reading.agedPackets();
        return incomplete > usual
                && incomplete > LEAST_INCOMPLETE * (incomplete + reading.agedCompleted())
                && reading.slowRefusals() < MOSTLY_REFUSED * reading.slowPackets();
    }

    /** Whether of the SYNs that had their time now more fail than is usual in a slow window. */
    static boolean isFailingNow(WindowReading reading, double usual) {
        long incomplete = reading.packetsFrom(VERY_OLD);
        return incomplete > PARTLY * usual * VERY_OLD_SECONDS / WindowReading.SLOW_SECONDS
                && incomplete > LEAST_INCOMPLETE * (incomplete + reading.completedFrom(VERY_OLD))
                && reading.slowRefusals() < MOSTLY_REFUSED * reading.slowPackets();
    }

    /** Half of what others need: a SYN without options is odd by itself. */
    @Override
    public double leastForgedPerSecond(double thresholdPerSecond) {
        return LEAST_FORGED / 2 * thresholdPerSecond;
    }

    @Override
    public boolean isForged(WindowReading reading, FloodSamples samples) {
        return Forgery.hasImpossibleSources(samples)
                || Forgery.hasToolsSyns(samples) && reading.slowPackets() > reading.slowHandshakes();
    }

    @Override
    public boolean isScan(FloodSamples samples, double packetsPerSecond) {
        return ScanTest.isScan(samples, packetsPerSecond);
    }

    @Override
    public String vector(FloodSamples samples) {
        if (samples.topSourceShare() >= FloodSamples.MOST) {
            return "syn-single-source";
        }
        return samples.distinctSources() >= samples.size() / 2 || Forgery.hasImpossibleSources(samples)
                ? "syn-spoofed"
                : "syn-distributed";
    }
}
