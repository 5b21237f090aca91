package io.weir.detector.flood;

import io.weir.detector.window.SampleRing;
import io.weir.detector.window.TargetWindows;

/**
 * Tells SYNs of users whose server doesn't answer from a flood's: users were served before, or send each SYN again. Both
 * can be forged. But where a service is down nobody completes a handshake at its port, and where it is only overloaded,
 * who tries again gets in as often as who comes first; a flood leaves users be and gets in never.
 */
final class UnservedUsers {
    /** Stacks send a SYN again two to six times; a refused one Windows alone, twice, which few clients of a server may be. */
    static final double LEAST_RETRANSMITTED = 0.25;
    /** Of those that came so long ago that a refused Windows has tried again. */
    private static final double LEAST_REPEATED = 0.15;

    private static final long RETRANSMITTED_NANOS = 600_000_000L;
    /** By which whoever gets no answer has sent again (RFC 6298 section 2.1: after a second). */
    private static final long CERTAINLY_RETRANSMITTED_NANOS = 1_020_000_000L;

    /** Of those that had so long, the share that comes again where most are people's. */
    private static final double MOSTLY = 0.5;
    /** Before so many of all had it, nobody knows. */
    private static final double LEAST_OLD = 0.05;

    private static final int FEWEST_OLD = 4;

    /** Of the failing, so many may be a noise that was there before. */
    private static final double NOISE = 0.25;
    /** So many completed handshakes are no accident of a service that is down. */
    private static final int FEWEST_SERVED = 4;
    /** A round trip, in which nothing is completed. */
    private static final long ROUND_TRIP_NANOS = 300_000_000L;
    /** Fewer that came again tell nothing. */
    private static final int FEWEST_AGAIN = 16;
    /** Nor do they where so few of them would get in if they did as often as others: by chance one in fifty times none does. */
    private static final double FEWEST_EXPECTED = 4;
    /** Of the share of those who get in at first, which those who try again reach at the least. */
    private static final double LEAST_SERVED_AGAIN = 0.25;

    private UnservedUsers() {}

    /** Whether SYNs are of people's systems that get no answer: of such as were served before, or send them again. */
    static boolean are(FloodSamples samples) {
        FloodSamples old = samples.allButLast(CERTAINLY_RETRANSMITTED_NANOS);
        boolean isTooEarly = reachBack(samples)
                && !isAtUnusedPort(samples)
                && old.size() < Math.max(FEWEST_OLD, LEAST_OLD * samples.size());
        double repeated = old.share(samples.ring()::isRepeated);
        return isTooEarly
                || (repeated >= MOSTLY || isRetransmitted(samples)) && !areOthersServed(samples)
                || samples.areMostlyKnown() && !(isServed(samples) && repeated < LEAST_REPEATED);
    }

    /** Where much else is sampled, none is kept for so long: waiting shows nothing. */
    private static boolean reachBack(FloodSamples samples) {
        SampleRing ring = samples.ring();
        int[] failing = samples.indexes();
        return failing.length == 0
                || ring.sinceNanos() <= ring.timeNanos(failing[failing.length - 1]) - CERTAINLY_RETRANSMITTED_NANOS;
    }

    /** Whether users complete handshakes, but none at the port that most of the failing go to: nobody waits for that one. */
    private static boolean isAtUnusedPort(FloodSamples samples) {
        SampleRing ring = samples.ring();
        int port = samples.commonestDestinationPort();
        FloodSamples proven = samples.proven();
        return proven.size() >= FEWEST_AGAIN && proven.count(sample -> ring.destinationPort(sample) == port) == 0;
    }

    private static boolean isRetransmitted(FloodSamples samples) {
        return retransmittedShare(samples) >= LEAST_RETRANSMITTED
                || samples.allButLast(RETRANSMITTED_NANOS).share(samples.ring()::isRepeated) >= LEAST_REPEATED;
    }

    /** Of the last second: what failed before it has been sent again within it. */
    static double retransmittedShare(FloodSamples samples) {
        return samples.ofLast(TargetWindows.SLOW_WINDOW_NANOS).share(samples.ring()::isFollowing);
    }

    /** Whether handshakes are completed at the port that most of them go to, since they began to fail. */
    private static boolean isServed(FloodSamples samples) {
        return samples.size() > 0 && served(samples).size() >= FEWEST_SERVED;
    }

    private static FloodSamples served(FloodSamples samples) {
        SampleRing ring = samples.ring();
        int[] failing = samples.indexes();
        long sinceNanos = ring.timeNanos(failing[(int) (NOISE * failing.length)]);
        return settled(samples.proven(), samples, sinceNanos);
    }

    /** Those at the port that most of the failing go to, since a time, that had a round trip. */
    private static FloodSamples settled(FloodSamples some, FloodSamples failing, long sinceNanos) {
        SampleRing ring = failing.ring();
        int port = failing.commonestDestinationPort();
        long untilNanos = ring.timeNanos(failing.indexes()[failing.size() - 1]) - ROUND_TRIP_NANOS;
        return some.only(sample -> ring.destinationPort(sample) == port
                && ring.timeNanos(sample) >= sinceNanos
                && ring.timeNanos(sample) <= untilNanos);
    }

    /** Whether others are served at that port as soon as they come, while who comes again isn't. */
    static boolean areOthersServed(FloodSamples samples) {
        if (!isServed(samples)) {
            return false;
        }
        SampleRing ring = samples.ring();
        FloodSamples served = served(samples);
        // Before anybody is served, it may be that nobody is.
        FloodSamples failed = settled(samples, samples, ring.timeNanos(served.indexes()[0]));
        long servedAgain = served.count(ring::isFollowing);
        long failedAgain = failed.count(ring::isFollowing);
        long servedAtFirst = served.size() - servedAgain;
        long failedAtFirst = failed.size() - failedAgain;
        double atFirst = (double) servedAtFirst / (servedAtFirst + failedAtFirst);
        double again = (double) servedAgain / (servedAgain + failedAgain);
        return failedAtFirst >= FEWEST_AGAIN
                && failedAgain >= FEWEST_AGAIN
                && atFirst * (servedAgain + failedAgain) >= FEWEST_EXPECTED
                && again < LEAST_SERVED_AGAIN * atFirst;
    }
}
