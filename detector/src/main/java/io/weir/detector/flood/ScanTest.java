package io.weir.detector.flood;

import io.weir.filter.packet.TcpFlags;

/**
 * Tells a port scan, or the answers to one, from a flood: one source that asks each port once or twice.
 *
 * <p>A flood whose tool counts its ports up looks the same, but counts its source ports up, too, and is faster: scanners
 * send from one port or a few, unless they open real connections, which is slow.
 */
final class ScanTest {
    /** Below this, too few to say. */
    private static final int FEWEST_SAMPLES = 64;

    private static final double ONE_SOURCE = 0.9;
    /** nmap asks an unanswered port a second time, so half as many ports as packets are still a scan. */
    private static final double SPREAD = 0.45;

    private static final double CONCENTRATED = 0.1;
    /** A scan by real connections was never seen to exceed this many times a threshold of 1,000 a second. */
    private static final double MOST_TIMES_THRESHOLD = 10;

    private ScanTest() {}

    /** @param timesThreshold the rate as a multiple of the threshold */
    static boolean isScan(FloodSamples samples, double timesThreshold) {
        return isFromOneSource(samples)
                && samples.destinationPortSpread() >= SPREAD
                && (samples.sourcePortSpread() <= CONCENTRATED || timesThreshold <= MOST_TIMES_THRESHOLD);
    }

    /** The scanned host's answers, where the scan itself isn't in the capture. */
    static boolean isAnswerToScan(FloodSamples samples, double timesThreshold) {
        double answers = samples.tcpFlagsShare(TcpFlags.RST, TcpFlags.RST)
                + samples.tcpFlagsShare(TcpFlags.RST | TcpFlags.SYN | TcpFlags.ACK, TcpFlags.SYN | TcpFlags.ACK);
        return isFromOneSource(samples)
                && answers >= ONE_SOURCE
                && samples.sourcePortSpread() >= SPREAD
                && (samples.destinationPortSpread() <= CONCENTRATED || timesThreshold <= MOST_TIMES_THRESHOLD);
    }

    private static boolean isFromOneSource(FloodSamples samples) {
        return samples.size() >= FEWEST_SAMPLES && samples.topSourceShare() >= ONE_SOURCE;
    }
}
