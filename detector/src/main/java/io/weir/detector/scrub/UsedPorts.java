package io.weir.detector.scrub;

import java.util.Arrays;

/**
 * Which UDP ports of protected addresses somebody used in peace: came to in three different seconds or more; or at all,
 * where less than half a minute of peace was seen. A port scan comes once, a service is asked again and again. One
 * worker's.
 *
 * <p>Sets of four entries, by keyed hash. When a set is full, the entry that was used in fewest seconds gives way, of
 * several the one that was used last the longest ago; a used port never to a new one, unless nobody came for a day.
 *
 * <pre>
 *   entry | tag 16 | seconds 16 | last 32 |      in seconds
 * </pre>
 */
final class UsedPorts {
    private static final int WAYS = 4;
    /** As many addresses as are watched, with sixteen ports each. */
    private static final int ENTRIES = 1 << 16;

    private static final int SET_MASK = ENTRIES / WAYS - 1;
    private static final int USED_SECONDS = 3;
    /** While so little was seen, nobody had the time to come again. */
    private static final long EARLY_NANOS = 30_000_000_000L;

    private static final int MOST_SECONDS = 0xffff;
    private static final int TAG_SHIFT = 48;
    private static final int SECONDS_SHIFT = 32;
    private static final long TIME_MASK = 0xffff_ffffL;
    private static final long EXPIRY_SECONDS = 86_400;
    /** Until so much of peace was seen, no port is known to be unused. */
    private static final long LEARNED_NANOS = 8_000_000_000L;

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final long[] entries = new long[ENTRIES];
    private long beganNanos = Long.MIN_VALUE;

    /** Somebody came to a port in peace. */
    void note(long port, long nowNanos) {
        if (beganNanos == Long.MIN_VALUE) {
            beganNanos = nowNanos;
        }
        long second = Math.floorDiv(nowNanos, SECOND_NANOS) & TIME_MASK;
        int first = first(port);
        int victim = first;
        for (int at = first; at < first + WAYS; at++) {
            long entry = entries[at];
            if (entry != 0 && entry >>> TAG_SHIFT == tag(port)) {
                entries[at] = seenAgain(entry, second);
                return;
            }
            victim = isWorthLess(entry, entries[victim], second) ? at : victim;
        }
        if (seconds(entries[victim]) < USED_SECONDS || isExpired(entries[victim], second)) {
            entries[victim] = tag(port) << TAG_SHIFT | 1L << SECONDS_SHIFT | second;
        }
    }

    private static long seenAgain(long entry, long second) {
        if (isExpired(entry, second)) {
            return entry >>> TAG_SHIFT << TAG_SHIFT | 1L << SECONDS_SHIFT | second;
        }
        boolean isCounted = (entry & TIME_MASK) != second && seconds(entry) < MOST_SECONDS;
        return (entry & ~TIME_MASK | second) + (isCounted ? 1L << SECONDS_SHIFT : 0);
    }

    private static boolean isWorthLess(long one, long other, long second) {
        int oneSeconds = isExpired(one, second) ? 0 : seconds(one);
        int otherSeconds = isExpired(other, second) ? 0 : seconds(other);
        return oneSeconds < otherSeconds || oneSeconds == otherSeconds && silence(one, second) > silence(other, second);
    }

    /**
     * Whether a port was used in peace.
     *
     * @param peaceNanos until when peace was: what a flood brings before it is seen shows no use, and time that passes under
     *     it takes none away
     */
    boolean isUsed(long port, long peaceNanos, long nowNanos) {
        long second = Math.floorDiv(nowNanos, SECOND_NANOS) & TIME_MASK;
        int first = first(port);
        for (int at = first; at < first + WAYS; at++) {
            long entry = entries[at];
            if (entry != 0 && entry >>> TAG_SHIFT == tag(port)) {
                return !isExpired(entry, second)
                        && (seconds(entry) >= USED_SECONDS || isEarly(peaceNanos) && isSeenBefore(entry, peaceNanos));
            }
        }
        return false;
    }

    private boolean isEarly(long peaceNanos) {
        return peaceNanos - beganNanos < EARLY_NANOS;
    }

    /** What came in several seconds was there before the last of them. */
    private static boolean isSeenBefore(long entry, long peaceNanos) {
        long peaceSecond = Math.floorDiv(peaceNanos, SECOND_NANOS) & TIME_MASK;
        return seconds(entry) > 1 || (int) (entry - peaceSecond) <= 0;
    }

    /** Whether peace was seen for long enough before a time. */
    boolean isLearned(long peaceNanos) {
        return beganNanos != Long.MIN_VALUE && peaceNanos - beganNanos >= LEARNED_NANOS;
    }

    private static int first(long port) {
        return ((int) port & SET_MASK) * WAYS;
    }

    private static long tag(long port) {
        return port >>> TAG_SHIFT;
    }

    private static int seconds(long entry) {
        return (int) (entry >>> SECONDS_SHIFT) & MOST_SECONDS;
    }

    private static long silence(long entry, long second) {
        return second - entry & TIME_MASK;
    }

    private static boolean isExpired(long entry, long second) {
        return silence(entry, second) > EXPIRY_SECONDS;
    }

    void restart() {
        Arrays.fill(entries, 0);
        beganNanos = Long.MIN_VALUE;
    }

    static long sizeBytes() {
        return ENTRIES * 8L;
    }
}
