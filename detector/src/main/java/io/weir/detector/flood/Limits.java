package io.weir.detector.flood;

/**
 * Thresholds as the engine reads them: by class ordinal, over the two windows.
 *
 * <p>A threshold is a rate over one second, or four times that rate over 128 ms.
 */
public final class Limits {
    private static final int FAST_FACTOR = 4;

    private final long[] packetsPerSecond;
    private final long[] bitsPerSecond;
    private final Limit total;

    public Limits(Thresholds thresholds) {
        packetsPerSecond = thresholds.packetsPerSecondByClass();
        bitsPerSecond = thresholds.bitsPerSecondByClass();
        total = thresholds.total();
    }

    /** {@link Limit#UNLIMITED} for none; likewise the others. */
    public long packetsPerSecond(int trafficClass) {
        return packetsPerSecond[trafficClass];
    }

    public long bitsPerSecond(int trafficClass) {
        return bitsPerSecond[trafficClass];
    }

    public Limit total() {
        return total;
    }

    public boolean hasTotal() {
        return total.packetsPerSecond() != Limit.UNLIMITED || total.bitsPerSecond() != Limit.UNLIMITED;
    }

    /** Whether a count over the fast window is above four times a rate per second. */
    static boolean isFast(double count, long perSecond) {
        return perSecond != Limit.UNLIMITED && count > perSecond * FAST_FACTOR * WindowReading.FAST_SECONDS;
    }

    /** Whether a count over the slow window is above a rate per second. */
    static boolean isSlow(double count, long perSecond) {
        return perSecond != Limit.UNLIMITED && count > perSecond * WindowReading.SLOW_SECONDS;
    }
}
