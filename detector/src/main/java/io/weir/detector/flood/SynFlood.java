package io.weir.detector.flood;

/** SYNs whose handshake isn't completed. */
final class SynFlood implements FloodDetector {
    /** Above this many SYNs for each completed handshake of the same second, most are never meant to complete. */
    private static final int SYNS_PER_HANDSHAKE = 3;

    @Override
    public TrafficClass trafficClass() {
        return TrafficClass.SYN;
    }

    /**
     * The fast window counts what isn't completed yet; so does the recent second, but there a crowd with long round
     * trips must not look like a flood; the second before it had time to complete all that ever will.
     */
    @Override
    public boolean isExceeded(WindowReading reading, Limits limits) {
        long perSecond = limits.packetsPerSecond(trafficClass().ordinal());
        boolean isRecent = Limits.isSlow((double) reading.slowPackets(), perSecond)
                && reading.slowPackets() > SYNS_PER_HANDSHAKE * reading.slowHandshakes();
        return Limits.isFast((double) reading.fastPackets(), perSecond)
                || isRecent
                || Limits.isSlow((double) reading.agedPackets(), perSecond)
                || isBitRateExceeded(reading, limits);
    }

    @Override
    public boolean isScan(FloodSamples samples, double packetsPerSecond) {
        return ScanTest.isScan(samples, packetsPerSecond);
    }

    @Override
    public String vector(FloodSamples samples) {
        if (samples.topSourceShare() >= FloodSamples.MOST) {
            return "syn-single-source";
        }
        return samples.distinctSources() >= samples.size() / 2 ? "syn-spoofed" : "syn-distributed";
    }
}
