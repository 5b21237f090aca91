package io.weir.detector.scrub;

/**
 * What is known of one source, packed into two words.
 *
 * <pre>
 *   times  | first seen 32 | last seen 32 |                 in units of 1/16 s, wrapping after 8 years
 *   deeds  | handshakes 12 | one-sided 8 | exchanges 10 | sightings 10 | hops 6 | hop changes 3 | offences 5 | minute 10 |
 * </pre>
 *
 * Counts stop at their largest. The minute is that of the last offence, wrapping after 17 hours.
 */
final class SourceWord {
    /** Offences that can be counted. */
    static final int MOST_OFFENCES = 31;

    private static final long UNIT_NANOS = 62_500_000;
    private static final long NANOS_PER_MINUTE = 60_000_000_000L;
    private static final int HANDSHAKES = 52;
    private static final int ONE_SIDED = 44;
    private static final int EXCHANGES = 34;
    private static final int SIGHTINGS = 24;
    private static final int HOPS = 18;
    private static final int HOP_CHANGES = 15;
    private static final int OFFENCES = 10;
    private static final long MINUTE_MASK = 0x3ff;
    private static final int MOST_HOPS = 63;

    /** Initial hop limits in use: old Windows, Unix, Windows, network equipment (Jin, Wang, Shin 2003, section 3.1). */
    private static final int[] INITIAL = {32, 64, 128, 255};

    private SourceWord() {}

    static long times(long firstNanos, long lastNanos) {
        return units(firstNanos) << 32 | units(lastNanos);
    }

    private static long units(long nanos) {
        return Math.floorDiv(nanos, UNIT_NANOS) & 0xffff_ffffL;
    }

    static long seen(long times, long nowNanos) {
        return times & 0xffff_ffff_0000_0000L | units(nowNanos);
    }

    /** How long ago it was first seen, in seconds; never negative. */
    static double ageSeconds(long times, long nowNanos) {
        return elapsedSeconds((int) (times >>> 32), nowNanos);
    }

    /** How long ago it was last seen, in seconds; never negative. */
    static double silenceSeconds(long times, long nowNanos) {
        return elapsedSeconds((int) times, nowNanos);
    }

    /** From when it was first seen until it was seen last, in seconds. */
    static double spanSeconds(long times) {
        return Math.max(0, (int) times - (int) (times >>> 32)) * (UNIT_NANOS / 1e9);
    }

    private static double elapsedSeconds(int units, long nowNanos) {
        return Math.max(0, (int) units(nowNanos) - units) * (UNIT_NANOS / 1e9);
    }

    static int handshakes(long deeds) {
        return (int) (deeds >>> HANDSHAKES);
    }

    static int oneSided(long deeds) {
        return (int) (deeds >>> ONE_SIDED) & 0xff;
    }

    static int exchanges(long deeds) {
        return (int) (deeds >>> EXCHANGES) & 0x3ff;
    }

    static int sightings(long deeds) {
        return (int) (deeds >>> SIGHTINGS) & 0x3ff;
    }

    static int hops(long deeds) {
        return (int) (deeds >>> HOPS) & MOST_HOPS;
    }

    static int hopChanges(long deeds) {
        return (int) (deeds >>> HOP_CHANGES) & 7;
    }

    static long withHandshake(long deeds) {
        return handshakes(deeds) == 0xfff ? deeds : deeds + (1L << HANDSHAKES);
    }

    static long withOneSided(long deeds) {
        return oneSided(deeds) == 0xff ? deeds : deeds + (1L << ONE_SIDED);
    }

    static long withExchange(long deeds) {
        return exchanges(deeds) == 0x3ff ? deeds : deeds + (1L << EXCHANGES);
    }

    static long withSighting(long deeds) {
        return sightings(deeds) == 0x3ff ? deeds : deeds + (1L << SIGHTINGS);
    }

    /** Moves to another hop count, and remembers that it moved. */
    static long withHops(long deeds, int hops) {
        long changed = hopChanges(deeds) == 7 ? deeds : deeds + (1L << HOP_CHANGES);
        return changed & ~((long) MOST_HOPS << HOPS) | (long) hops << HOPS;
    }

    static long ofHops(int hops) {
        return (long) hops << HOPS;
    }

    /** Offences that still count: each ten minutes without one forgive one. */
    static int offences(long deeds, long nowNanos) {
        int counted = (int) (deeds >>> OFFENCES) & MOST_OFFENCES;
        if (counted == 0) {
            return 0;
        }
        long minutes = Math.floorDiv(nowNanos, NANOS_PER_MINUTE) - deeds & MINUTE_MASK;
        return (int) Math.max(0, counted - minutes / 10);
    }

    static long withOffence(long deeds, long nowNanos) {
        long offences = Math.min(MOST_OFFENCES, offences(deeds, nowNanos) + 1);
        long minute = Math.floorDiv(nowNanos, NANOS_PER_MINUTE) & MINUTE_MASK;
        return deeds & -1L << HOP_CHANGES | offences << OFFENCES | minute;
    }

    /** How many routers a packet has passed: the distance of its hop limit from the initial one that is likely. */
    static int hopsOf(int timeToLive) {
        for (int initial : INITIAL) {
            if (timeToLive <= initial) {
                return Math.min(initial - timeToLive, MOST_HOPS);
            }
        }
        return 0;
    }
}
