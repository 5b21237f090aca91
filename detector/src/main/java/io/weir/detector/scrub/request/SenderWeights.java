package io.weir.detector.scrub.request;

import java.util.Arrays;

/**
 * Of contested requests, how many come from senders of which weight: so many pass as may, the lightest senders' first. A
 * hundred times a second the weight is found up to which all can pass; of those who weigh just more, a part does.
 *
 * <p>Each contest has a histogram of the last tenth of a second. There is a fixed number of them: the contest that began
 * first gives its own up to a new one, and begins again when it goes on.
 */
final class SenderWeights {
    private static final int CONTESTS = 1024;
    /** Four weights an octave, up to {@link #OCTAVES}: a user's few requests are told from a few more. */
    private static final int PARTS_SHIFT = 2;

    private static final int OCTAVES = 12;
    private static final int BINS = OCTAVES << PARTS_SHIFT;
    private static final int MANTISSA_BITS = 52 - PARTS_SHIFT;
    private static final long FIRST = 1023L << PARTS_SHIFT;
    /** Ticks that the histogram remembers: a tenth of a second. */
    private static final int MEMORY_TICKS = 95;

    private static final int LOOK_TICKS = 9;
    private static final double TICKS_PER_SECOND = 1e9 / (1 << FeatureTable.TICK_SHIFT);
    /** More can't be caught up with. */
    private static final float MOST_CHARGED = 256;

    private static final double LEAST_SECONDS = 0.01;
    private static final int NOBODY = -1;

    private static final Decay DECAY = new Decay(MEMORY_TICKS);

    private final short[] places;
    private final int[] owners = new int[CONTESTS];
    private final float[] counts = new float[CONTESTS * BINS];
    private final int[] beginTicks = new int[CONTESTS];
    private final int[] lookTicks = new int[CONTESTS];
    /** The first bin of which not all can pass, and the part of it that can. */
    private final int[] fullBins = new int[CONTESTS];

    private final float[] parts = new float[CONTESTS];
    /** How many a second could pass when that was found. */
    private final float[] passing = new float[CONTESTS];
    /** What of the full bin could have passed and hasn't. */
    private final float[] credits = new float[CONTESTS];

    private int hand;

    /** @param contests how many there may ever be */
    SenderWeights(int contests) {
        places = new short[contests];
        clear();
    }

    long sizeBytes() {
        return 2L * places.length + CONTESTS * (4L * BINS + 7 * 4);
    }

    void clear() {
        Arrays.fill(owners, NOBODY);
    }

    /** Forgets what a contest was like: another begins. */
    void begin(int contest, int tick, double lightest) {
        int at = hand;
        if (owners[places[contest]] == contest) {
            at = places[contest];
        } else {
            hand = (hand + 1) % CONTESTS;
        }
        places[contest] = (short) at;
        owners[at] = contest;
        Arrays.fill(counts, at * BINS, (at + 1) * BINS, 0);
        beginTicks[at] = tick;
        lookTicks[at] = tick;
        fullBins[at] = bin(lightest);
        parts[at] = 0;
        passing[at] = 0;
        credits[at] = 0;
    }

    /** Whether a contest has begun, and no other has its place. */
    boolean isOn(int contest) {
        return owners[places[contest]] == contest;
    }

    /**
     * Whether a packet with so many requests passes.
     *
     * @param weight of its sender, at least 1
     * @param perSecond how many may
     * @param ofLightest how many may of senders up to the next weight
     */
    boolean admits(
            int contest, int count, double weight, int tick, double perSecond, double ofLightest, double lightest) {
        int at = places[contest];
        if (owners[at] != contest) {
            begin(contest, tick, lightest);
            // Too many are on at once: taken up again it has nothing to give away until it is known who comes.
            at = places[contest];
            fullBins[at] = 0;
        }
        int since = tick - lookTicks[at];
        if (since < 0 || since >= LOOK_TICKS) {
            look(at, since, tick, perSecond, ofLightest, bin(lightest));
        }
        int bin = bin(weight);
        counts[at * BINS + bin] += count;
        if (bin != fullBins[at]) {
            return bin < fullBins[at];
        }
        credits[at] += count * parts[at];
        boolean isNext = credits[at] >= count;
        credits[at] -= isNext ? count : 0;
        return isNext;
    }

    /** Notes that so many requests passed all the same: others don't for them. */
    void charge(int contest, int count) {
        int at = places[contest];
        if (owners[at] == contest) {
            credits[at] = Math.max(-MOST_CHARGED, credits[at] - count);
        }
    }

    private void look(int at, int sinceTicks, int tick, double perSecond, double ofLightest, int lightestBin) {
        lookTicks[at] = tick;
        // What began lately has been counted for less than the memory lasts.
        double seconds = MEMORY_TICKS / TICKS_PER_SECOND * (1 - DECAY.after(tick - beginTicks[at]));
        float left = DECAY.after(sinceTicks);
        double sum = 0;
        double passes = 0;
        int full = BINS;
        float part = 1;
        for (int bin = 0; bin < BINS; bin++) {
            float count = counts[at * BINS + bin] * left;
            counts[at * BINS + bin] = count;
            double most = seconds * (bin < lightestBin ? Math.max(ofLightest, perSecond) : perSecond);
            if (full == BINS && sum + count > most) {
                full = bin;
                part = (float) Math.max(0, (most - sum) / count);
                passes = Math.max(sum, most);
            }
            sum += count;
        }
        fullBins[at] = full;
        parts[at] = part;
        passing[at] = (float) ((full == BINS ? sum : passes) / Math.max(seconds, LEAST_SECONDS));
    }

    /** How many of a contest pass a second, by the newest look, and less the longer ago that was. */
    double passing(int contest, int tick) {
        int at = places[contest];
        return owners[at] == contest ? passing[at] * DECAY.after(tick - lookTicks[at]) : 0;
    }

    /** The weight from which on not all of a contest's pass. */
    double heaviest(int contest) {
        int at = places[contest];
        return owners[at] == contest ? Double.longBitsToDouble(fullBins[at] + FIRST << MANTISSA_BITS) : 1;
    }

    private static int bin(double weight) {
        long bin = (Double.doubleToRawLongBits(Math.max(1, weight)) >>> MANTISSA_BITS) - FIRST;
        return (int) Math.min(BINS - 1, bin);
    }
}
