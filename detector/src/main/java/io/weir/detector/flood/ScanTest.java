package io.weir.detector.flood;

import io.weir.filter.packet.TcpFlags;

/**
 * Tells a port scan, or the answers to one, from a flood: one source that asks each port once or twice.
 *
 * <p>A flood whose tool counts its ports up spreads over the ports likewise, but counts its source ports up, too.
 * A tool that draws them at random draws some below 1024. Scanners send from one port or a few; where they open real
 * connections, the kernel picks the ports in no order, and never below 1024.
 */
final class ScanTest {
    /** Below this, too few to say. */
    private static final int FEWEST_SAMPLES = 64;

    private static final double ONE_SOURCE = 0.9;
    /** nmap asks an unanswered port a second time, so half as many ports as packets are still a scan. */
    private static final double SPREAD = 0.45;

    private static final double CONCENTRATED = 0.1;
    private static final double ASCENDING = 0.5;
    /** nmap, at its fastest on one machine with its target, made 43,000 packets a second of ordinary connections; more at times. */
    private static final double FASTEST_PER_SECOND = 80_000;

    private static final int FIRST_CLIENT_PORT = 1024;

    private ScanTest() {}

    static boolean isScan(FloodSamples samples, double packetsPerSecond) {
        return isFromOneSource(samples)
                && samples.destinationSpread() >= SPREAD
                && (samples.sourcePortSpread() <= CONCENTRATED
                        || !samples.hasPrivilegedSourcePort() && isPlausible(samples, packetsPerSecond));
    }

    /** Whether nearly each packet goes to another port, whoever sends them. */
    static boolean isSpreadOverPorts(FloodSamples samples) {
        return samples.destinationPortSpread() >= SPREAD;
    }

    /** The resets of a scanned host, where the scan itself isn't in the capture. */
    static boolean isAnswerToScan(FloodSamples samples, double packetsPerSecond) {
        return isFromOneSource(samples)
                && samples.tcpFlagsShare(TcpFlags.RST, TcpFlags.RST) >= ONE_SOURCE
                && samples.sourcePortSpread() >= SPREAD
                && samples.commonestDestinationPort() >= FIRST_CLIENT_PORT
                && isPlausible(samples, packetsPerSecond);
    }

    private static boolean isFromOneSource(FloodSamples samples) {
        return samples.size() >= FEWEST_SAMPLES && samples.topSourceShare() >= ONE_SOURCE;
    }

    private static boolean isPlausible(FloodSamples samples, double packetsPerSecond) {
        return samples.sourcePortAscent() < ASCENDING && packetsPerSecond <= FASTEST_PER_SECOND;
    }
}
