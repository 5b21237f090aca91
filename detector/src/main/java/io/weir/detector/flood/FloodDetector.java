package io.weir.detector.flood;

/** Decides for one class of traffic whether a target is flooded, and names what floods it. Stateless. */
interface FloodDetector {
    TrafficClass trafficClass();

    /** Whether the windows are above the limits now. */
    default boolean isExceeded(WindowReading reading, Limits limits) {
        int index = trafficClass().ordinal();
        return Limits.isFast((double) reading.fastPackets(), limits.packetsPerSecond(index))
                || Limits.isSlow((double) reading.slowPackets(), limits.packetsPerSecond(index))
                || isBitRateExceeded(reading, limits);
    }

    /** The part of {@link #isExceeded} that is about bits. */
    default boolean isBitRateExceeded(WindowReading reading, Limits limits) {
        long bitsPerSecond = limits.bitsPerSecond(trafficClass().ordinal());
        return Limits.isFast(reading.fastBits(), bitsPerSecond) || Limits.isSlow(reading.slowBits(), bitsPerSecond);
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
}
