package io.weir.detector.flood;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class LimitsTest {
    @Test
    void aThresholdIsARateOverASecondOrFourTimesTheRateOver128Milliseconds() {
        assertFalse(Limits.isSlow(1_024, 1_000));
        assertTrue(Limits.isSlow(1_025, 1_000));
        assertFalse(Limits.isFast(512, 1_000));
        assertTrue(Limits.isFast(513, 1_000));
    }

    @Test
    void nothingIsAboveNoLimit() {
        assertFalse(Limits.isSlow(1e30, Limit.UNLIMITED));
        assertFalse(Limits.isFast(1e30, Limit.UNLIMITED));
    }

    @Test
    void holdsEachClassAndTheTotalAsTheThresholdsSay() {
        Thresholds thresholds =
                Thresholds.UNLIMITED.with(TrafficClass.UDP, new Limit(5, 7)).withTotal(new Limit(Limit.UNLIMITED, 9));
        Limits limits = new Limits(thresholds);
        for (TrafficClass trafficClass : TrafficClass.values()) {
            Limit expected = thresholds.of(trafficClass);
            assertEquals(expected.packetsPerSecond(), limits.packetsPerSecond(trafficClass.ordinal()));
            assertEquals(expected.bitsPerSecond(), limits.bitsPerSecond(trafficClass.ordinal()));
        }
        assertTrue(limits.hasTotal());
        assertEquals(9, limits.total().bitsPerSecond());
        assertFalse(new Limits(Thresholds.UNLIMITED).hasTotal());
    }
}
