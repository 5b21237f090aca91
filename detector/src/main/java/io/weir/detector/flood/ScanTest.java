package io.weir.detector.flood;

/** Tells a port scan from a flood: one source that asks each port once or twice. */
final class ScanTest {
    /** Below this, too few to say. */
    private static final int FEWEST_SAMPLES = 64;

    private static final double ONE_SOURCE = 0.9;
    /** nmap asks an unanswered port a second time, so half as many ports as packets are still a scan. */
    private static final double PORT_SPREAD = 0.45;

    private ScanTest() {}

    static boolean isScan(FloodSamples samples) {
        return samples.size() >= FEWEST_SAMPLES
                && samples.topSourceShare() >= ONE_SOURCE
                && samples.destinationPortSpread() >= PORT_SPREAD;
    }
}
