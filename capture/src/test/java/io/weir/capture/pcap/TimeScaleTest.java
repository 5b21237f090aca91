package io.weir.capture.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimeScaleTest {
    private static final BigDecimal NANOS_PER_SECOND = BigDecimal.valueOf(1_000_000_000L);

    @Test
    void agreesWithArithmeticOfAnyPrecisionAtEveryResolution() {
        Random random = new Random(1);
        for (int resolution = 0; resolution < 256; resolution++) {
            TimeScale scale = new TimeScale(resolution, 0);
            for (int i = 0; i < 200; i++) {
                long ticks = random.nextLong() >>> random.nextInt(64);
                assertEquals(exact(resolution, ticks), scale.nanos(ticks), resolution + ": " + ticks);
            }
        }
    }

    private static long exact(int resolution, long ticks) {
        BigDecimal unit = (resolution & 0x80) != 0
                ? new BigDecimal(BigInteger.TWO.pow(resolution & 0x7f))
                : BigDecimal.TEN.pow(resolution);
        return new BigDecimal(Long.toUnsignedString(ticks))
                .multiply(NANOS_PER_SECOND)
                .divide(unit, 0, RoundingMode.DOWN)
                .toBigInteger()
                .min(BigInteger.valueOf(Long.MAX_VALUE))
                .longValueExact();
    }

    @Test
    void addsOffsetsWithoutLeavingTheRange() {
        assertEquals(-5_000_000_000L, new TimeScale(9, -5).nanos(0));
        assertEquals(Long.MAX_VALUE, new TimeScale(9, Long.MAX_VALUE).nanos(-1));
        assertEquals(Long.MAX_VALUE, new TimeScale(0, 1).nanos(-1));
        assertEquals(-9_223_372_036_000_000_000L, new TimeScale(9, Long.MIN_VALUE).nanos(0));
    }
}
