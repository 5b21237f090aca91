package io.weir.detector.flood;

import io.weir.detector.window.SampleRing;
import io.weir.filter.packet.TcpFlags;

/**
 * Tells a port scan, or the answers to one, from a flood: one source that asks each port once or twice.
 *
 * <p>A flood whose tool counts its ports up spreads over the ports likewise, but counts its source ports up, too.
 * A tool that draws them at random draws some below 1024. Scanners send from one port or a few; where they open real
 * connections, the kernel picks the ports in no order or one after the other, and never below 1024.
 */
final class ScanTest {
    /** Below this, too few to say. */
    private static final int FEWEST_SAMPLES = 64;

    private static final double ONE_SOURCE = 0.9;
    /** nmap sends again from the next port. */
    private static final double ONE_PORT = 0.5;

    private static final int FEWEST_OF_EACH = 8;
    /** Ports for each that every source asks for: more than one, as not all are sampled. */
    private static final double SAME_PORTS = 3;
    /** nmap takes at most 128. */
    private static final int MOST_DECOYS = 128;

    private static final int ALL_FLAGS = TcpFlags.SYN | TcpFlags.ACK | TcpFlags.RST | TcpFlags.FIN;

    /** nmap asks an unanswered port a second time, so half as many ports as packets are still a scan. */
    private static final double SPREAD = 0.45;

    private static final double CONCENTRATED = 0.1;
    private static final double ASCENDING = 0.5;
    /** nmap, at its fastest on one machine with its target, made 43,000 packets a second of ordinary connections; more at times. */
    private static final double FASTEST_PER_SECOND = 80_000;

    static final int FIRST_CLIENT_PORT = 1024;

    /** Most of nmap's datagrams are empty; those for the services that it knows hold a short question. */
    private static final int LONGEST_PROBE_BYTES = 64;

    private ScanTest() {}

    static boolean isScan(FloodSamples samples, double packetsPerSecond) {
        return isFromOneSource(samples)
                        && samples.destinationSpread() >= SPREAD
                        && (samples.sourcePortSpread() <= CONCENTRATED
                                || !samples.hasPrivilegedSourcePort() && isPlausible(samples, packetsPerSecond))
                || isAmongDecoys(samples) && packetsPerSecond <= FASTEST_PER_SECOND;
    }

    /** Whether one source sends each port a datagram or two without content, from a port or a few. */
    static boolean isOfDatagrams(FloodSamples samples, double packetsPerSecond) {
        SampleRing ring = samples.ring();
        return isFromOneSource(samples)
                && samples.destinationSpread() >= SPREAD
                && samples.sourcePortSpread() <= CONCENTRATED
                && samples.share(sample ->
                                ring.fragment(sample) == 0 && ring.payloadLength(sample) <= LONGEST_PROBE_BYTES)
                        >= ONE_SOURCE
                && packetsPerSecond <= FASTEST_PER_SECOND;
    }

    /** Whether each of a few sources asks the same ports once, all from one port: nmap's decoys do. */
    private static boolean isAmongDecoys(FloodSamples samples) {
        SampleRing ring = samples.ring();
        int sources = samples.distinctSources();
        return samples.size() >= Math.max(FEWEST_SAMPLES, FEWEST_OF_EACH * sources)
                && sources >= 2
                && sources <= MOST_DECOYS
                && samples.tcpFlagsShare(ALL_FLAGS, TcpFlags.SYN) >= ONE_SOURCE
                && samples.commonestShare(ring::sourcePort) >= ONE_PORT
                && samples.destinationSpread() * sources <= SAME_PORTS
                && samples.spread(sample -> ring.sourceLow(sample) * 0x9e37_79b9_7f4a_7c15L ^ ring.destination(sample))
                        >= SPREAD;
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
        return (samples.sourcePortAscent() < ASCENDING || areOfSystems(samples))
                && packetsPerSecond <= FASTEST_PER_SECOND;
    }

    /** Systems count their ports up as well, Windows by one each time (RFC 6056 section 3.2); tools forget the options. */
    private static boolean areOfSystems(FloodSamples samples) {
        return samples.tcpFlagsShare(ALL_FLAGS, TcpFlags.SYN) >= ONE_SOURCE && !Forgery.areToolsSyns(samples);
    }
}
