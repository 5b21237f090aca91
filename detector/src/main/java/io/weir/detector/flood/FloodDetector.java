package io.weir.detector.flood;

/** Decides for one class of traffic whether a target is flooded, and names what floods it. Stateless. */
interface FloodDetector {
    /** Below this share of a threshold no traffic is a flood, however unusual. */
    double LEAST_UNUSUAL = 0.35;

    /** Below this share none is, whatever it consists of. */
    double LEAST_FORGED = 0.1;

    /**
     * So many times the threshold, over 96 ms, are a flood: what comes at four times the threshold is to be found in 100 ms,
     * however unevenly it comes.
     */
    double SURGE = 3;

    /**
     * So many times the threshold, evenly for three eighths of a second, are a flood where packets tell what they are when
     * they come: half as much again is stopped within half a second.
     */
    double STEADY = 1.25;

    TrafficClass trafficClass();

    /** Whether the windows are above the limits now. */
    default boolean isExceeded(WindowReading reading, Limits limits) {
        int index = trafficClass().ordinal();
        return isFast(reading, limits.packetsPerSecond(index))
                || isSteady(reading, limits.packetsPerSecond(index))
                || Limits.isSlow((double) reading.slowPackets(), limits.packetsPerSecond(index))
                || isBitRateExceeded(reading, limits);
    }

    /** The part that decides within half a second. */
    default boolean isSteady(WindowReading reading, long perSecond) {
        return false;
    }

    /** The part of {@link #isExceeded} that decides within a tenth of a second. */
    default boolean isFast(WindowReading reading, long perSecond) {
        return Limits.isFast((double) reading.fastPackets(), perSecond);
    }

    /** The part of {@link #isExceeded} that is about bits. */
    default boolean isBitRateExceeded(WindowReading reading, Limits limits) {
        long bitsPerSecond = limits.bitsPerSecond(trafficClass().ordinal());
        return Limits.isFast(reading.fastBits(), bitsPerSecond) || Limits.isSlow(reading.slowBits(), bitsPerSecond);
    }

    /**
     * The class's own test of what is above the usual rate but below the threshold: whether it is an attack, and not a
     * crowd or a stream.
     *
     * @param usual a rate in packets a second that is not unusual
     */
    boolean isAttack(WindowReading reading, FloodSamples samples, Usual usual);

    /** Whether the packets are such as no legitimate sender makes, so that few of them tell. */
    default boolean isForged(WindowReading reading, FloodSamples samples) {
        return Forgery.hasImpossibleSources(samples);
    }

    /** From which rate on {@link #isForged} is asked, in packets a second. */
    default double leastForgedPerSecond(double thresholdPerSecond) {
        return LEAST_FORGED * thresholdPerSecond;
    }

    /** Whether packets tell what they are when they come, so that less than a second of them may do. */
    default boolean isSeenAtOnce() {
        return false;
    }

    /**
     * Whether what exceeds the threshold over a second, but not in a surge, is a crowd: many people, each of whom does
     * no more than people do.
     */
    default boolean isCrowd(WindowReading reading, FloodSamples samples) {
        return false;
    }

    /**
     * Whether what exceeds the threshold over a second, but not in a surge, is of those who get no answer and try again.
     */
    default boolean isOutage(WindowReading reading, FloodSamples samples, Limits limits) {
        return false;
    }

    /** Whether what exceeds the limits has come too short a time ago to tell whether it is an attack. */
    default boolean isTooSoon(WindowReading reading, FloodSamples samples, Limits limits) {
        return false;
    }

    /**
     * Whether the packets are a scan: many, but no flood.
     *
     * @param packetsPerSecond their rate
     */
    default boolean isScan(FloodSamples samples, double packetsPerSecond) {
        return false;
    }

    /** What the flood consists of: a word or two, part of the events' schema. */
    String vector(FloodSamples samples);

    /**
     * What is usual at a target.
     *
     * @param perSecond the most packets of the class in a second that are usual
     * @param isCrowd whether far more connections are completed than usual: then more of everything is to be expected
     */
    record Usual(double perSecond, boolean isCrowd) {}
}
