package io.weir.detector.scrub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.flood.Limit;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RateBucketTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long START = TimeUnit.DAYS.toNanos(20_000);

    @Test
    void ofWhatIsOfferedAboveTheRateNothingPassesButWhatTheBucketHeld() {
        RateBucket bucket = new RateBucket(25, Limit.UNLIMITED, SECOND);
        int passed = 0;
        for (int n = 0; n < 1_000; n++) {
            passed += bucket.offer(60, START + n * SECOND / 100) ? 1 : 0;
        }
        assertEquals(33, passed, 2);
        assertFalse(bucket.offer(60, START + 10 * SECOND + SECOND / 4));
        assertTrue(bucket.offer(60, START + 11 * SECOND), "half a second later the rest is paid");
    }

    /** Rates that divide a second evenly, so that the model and the bucket can agree to the packet. */
    @ParameterizedTest
    @CsvSource({
        "1000, 8000000, 50000000",
        "1, 80, 1000000000",
        "1000000, 1000000000, 1000000",
        "200, 64000, 128000000",
        "10000, 8000, 50000000"
    })
    void doesWhatTokenBucketsDo(long packetsPerSecond, long bitsPerSecond, long depthNanos) {
        SplittableRandom random = new SplittableRandom(packetsPerSecond);
        RateBucket bucket = new RateBucket(packetsPerSecond, bitsPerSecond, depthNanos);
        Tokens packets = new Tokens(packetsPerSecond, depthNanos, START);
        Tokens bits = new Tokens(bitsPerSecond, depthNanos, START);
        long now = START;
        int taken = 0;
        for (int n = 0; n < 100_000; n++) {
            // Around the rate of the bucket, with pauses.
            long meanNanos = SECOND / packetsPerSecond;
            now += random.nextInt(100) == 0 ? random.nextLong(3 * depthNanos) : random.nextLong(1 + meanNanos);
            int lengthBytes = random.nextInt(60, 1515);
            double usable = random.nextBoolean() ? 1 : 0.5;
            boolean expected = packets.holds(now, usable) && bits.holds(now, usable);
            assertEquals(expected, bucket.take(lengthBytes, now, usable), "packet " + n);
            if (expected) {
                packets.take(1);
                bits.take(8L * lengthBytes);
                taken++;
            }
        }
        assertTrue(taken > 50 && taken < 99_000, "both answers were tested: " + taken);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 7, 999, 48_611, 1_000_003})
    void letsItsRateThroughWhateverIsOffered(long packetsPerSecond) {
        RateBucket bucket = new RateBucket(packetsPerSecond, Limit.UNLIMITED, 50_000_000);
        long seconds = 10_000_000 / packetsPerSecond / 10 + 1;
        long stepNanos = Math.max(1, SECOND / packetsPerSecond / 10);
        long taken = 0;
        for (long now = START; now < START + seconds * SECOND; now += stepNanos) {
            taken += bucket.take(1500, now) ? 1 : 0;
        }
        double expected = seconds * packetsPerSecond + 0.05 * packetsPerSecond;
        assertEquals(expected, (double) taken, 2 + expected * 1e-6);
    }

    @Test
    void aBurstIsAsDeepAsTheBucketAndOnePacket() {
        RateBucket bucket = new RateBucket(1_000, Limit.UNLIMITED, 50_000_000);
        for (int n = 0; n < 51; n++) {
            assertTrue(bucket.take(60, START), "packet " + n);
        }
        assertFalse(bucket.take(60, START));
        assertTrue(bucket.take(60, START + 1_000_000));
        assertFalse(bucket.take(60, START + 1_000_000));
    }

    @Test
    void anEmptiedBucketHoldsNoBurst() {
        RateBucket bucket = new RateBucket(1_000, Limit.UNLIMITED, 50_000_000).emptied(START);
        assertTrue(bucket.take(60, START));
        assertFalse(bucket.take(60, START + 999_999));
        assertTrue(bucket.take(60, START + 1_000_000));
    }

    @Test
    void whatIsNotLimitedIsNeverRefused() {
        RateBucket bucket = new RateBucket(Limit.UNLIMITED, Limit.UNLIMITED, 50_000_000);
        for (int n = 0; n < 100_000; n++) {
            assertTrue(bucket.take(65_535, START));
        }
    }

    @Test
    void whatIsRefusedTakesNothing() {
        RateBucket bucket = new RateBucket(1, 8_000, SECOND);
        assertTrue(bucket.take(1_000_000, START));
        for (int n = 0; n < 100; n++) {
            assertFalse(bucket.take(60, START + n));
        }
        assertTrue(bucket.take(60, START + 1_000 * SECOND));
    }

    @Test
    void yearsLaterItIsFullAndNoFuller() {
        RateBucket bucket = new RateBucket(1_000, Limit.UNLIMITED, 50_000_000);
        while (bucket.take(60, START)) {}
        long later = START + TimeUnit.DAYS.toNanos(3_650);
        int taken = 0;
        while (bucket.take(60, later)) {
            taken++;
        }
        assertEquals(51, taken);
    }

    /** A bucket of tokens in exact numbers: a packet may go when its part of the tokens isn't used up. */
    private static final class Tokens {
        private final long perSecond;
        /** Tokens times 10^9, so that a nanosecond's share is a whole number. */
        private final long full;

        private long level;
        private long sinceNanos;

        Tokens(long perSecond, long depthNanos, long startNanos) {
            this.perSecond = perSecond;
            this.full = Math.multiplyExact(perSecond, depthNanos);
            this.level = full;
            this.sinceNanos = startNanos;
        }

        boolean holds(long nowNanos, double usable) {
            level = Math.min(full, Math.addExact(level, Math.multiplyExact(nowNanos - sinceNanos, perSecond)));
            sinceNanos = nowNanos;
            return level >= full - (long) (full * usable);
        }

        void take(long tokens) {
            level -= Math.multiplyExact(tokens, SECOND);
        }
    }
}
