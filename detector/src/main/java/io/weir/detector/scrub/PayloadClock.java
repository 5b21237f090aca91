package io.weir.detector.scrub;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Finds the time of day in the first bytes of payloads: the pings of Linux, BSD and macOS begin with it, as does much that
 * measures. All who send now share it, and nobody who sent before, so that it seems to tell an attack from peace.
 */
final class PayloadClock {
    /** Seconds in four bytes, since 1970 or as NTP counts them since 1900 (RFC 5905 section 6). */
    private static final int BYTES = 4;

    private static final long NTP_SECONDS = 2_208_988_800L;
    /** Clocks may be wrong by so much. By chance four bytes look like a time once in 10,000. */
    private static final long TOLERANCE_SECONDS = TimeUnit.DAYS.toSeconds(1);

    private PayloadClock() {}

    /**
     * Frees the bytes that hold the time.
     *
     * @param bytes the commonest at each place
     * @param isFixed which of them nearly all samples have
     */
    static void leaveOut(byte[] bytes, boolean[] isFixed, long nowNanos) {
        boolean[] isClock = new boolean[bytes.length];
        long now = Math.floorDiv(nowNanos, TimeUnit.SECONDS.toNanos(1));
        for (int at = 0; at + BYTES <= bytes.length; at++) {
            long bigEndian = 0;
            for (int k = 0; k < BYTES; k++) {
                bigEndian = bigEndian << 8 | bytes[at + k] & 0xff;
            }
            long littleEndian = Integer.reverseBytes((int) bigEndian) & 0xffff_ffffL;
            if (isTime(bigEndian, now) || isTime(littleEndian, now)) {
                Arrays.fill(isClock, at, at + BYTES, true);
            }
        }
        for (int at = 0; at < isFixed.length; at++) {
            isFixed[at] &= !isClock[at];
        }
    }

    private static boolean isTime(long seconds, long now) {
        return Math.abs(seconds - now) <= TOLERANCE_SECONDS
                || Math.abs(seconds - NTP_SECONDS - now) <= TOLERANCE_SECONDS;
    }
}
