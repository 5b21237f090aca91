package io.weir.capture.pcap;

/**
 * Turns the ticks of a pcapng interface into nanoseconds since the epoch ({@code if_tsresol} and {@code if_tsoffset},
 * draft-ietf-opsawg-pcapng section 4.2). Parts of a nanosecond are cut off; what no long can hold is its largest value.
 */
final class TimeScale {
    /** What holds where an interface states none: microseconds. */
    static final int DEFAULT_RESOLUTION = 6;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int DECIMAL_NANOSECONDS = 9;
    /** 10 to the 19th is the largest power of ten that 64 bits hold. */
    private static final int LARGEST_POWER = 19;

    private final long multiplier;
    private final long divisor;
    private final int shift;
    private final long offsetNanos;

    /**
     * @param resolution the option's byte: bit 7 tells powers of 2 from powers of 10, the rest is the negative exponent
     * @param offsetSeconds added to every timestamp
     */
    TimeScale(int resolution, long offsetSeconds) {
        int exponent = resolution & 0x7f;
        boolean binary = (resolution & 0x80) != 0;
        shift = binary ? exponent : 0;
        if (binary) {
            multiplier = NANOS_PER_SECOND;
            divisor = 1;
        } else if (exponent <= DECIMAL_NANOSECONDS) {
            multiplier = power(DECIMAL_NANOSECONDS - exponent);
            divisor = 1;
        } else {
            multiplier = 1;
            divisor = power(exponent - DECIMAL_NANOSECONDS);
        }
        long most = Long.MAX_VALUE / NANOS_PER_SECOND;
        offsetNanos = Math.clamp(offsetSeconds, -most, most) * NANOS_PER_SECOND;
    }

    /** @param ticks unsigned */
    long nanos(long ticks) {
        long nanos = scaled(ticks);
        long sum = nanos + offsetNanos;
        // Only two positive terms can leave the range: ticks are unsigned.
        return offsetNanos > 0 && sum < 0 ? Long.MAX_VALUE : sum;
    }

    private long scaled(long ticks) {
        if (divisor != 1) {
            return divisor == 0 ? 0 : saturated(0, Long.divideUnsigned(ticks, divisor));
        }
        long high = Math.unsignedMultiplyHigh(ticks, multiplier);
        long low = ticks * multiplier;
        if (shift == 0) {
            return saturated(high, low);
        }
        if (shift < Long.SIZE) {
            return saturated(high >>> shift, high << -shift | low >>> shift);
        }
        return saturated(0, high >>> Math.min(shift - Long.SIZE, Long.SIZE - 1));
    }

    private static long saturated(long high, long low) {
        return high != 0 || low < 0 ? Long.MAX_VALUE : low;
    }

    /** 0 for a power so large that every quotient is 0. */
    private static long power(int exponent) {
        if (exponent > LARGEST_POWER) {
            return 0;
        }
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 10;
        }
        return power;
    }
}
