package io.weir.detector.flood;

import io.weir.detector.window.SampleRing;
import io.weir.filter.packet.Fragment;
import io.weir.filter.packet.TcpFlags;

/**
 * What no legitimate sender does, however fast it sends: the tests by which a flood is known far below a threshold.
 *
 * <p>Each needs many samples that agree, so that a stray packet or one odd host proves nothing.
 */
final class Forgery {
    /** Below this, too few to say. */
    static final int FEWEST_SAMPLES = 64;
    /** Enough where each of them is odd by itself, or comes from another. */
    static final int FEW_SAMPLES = 32;
    /** Different sources that make an accident unlikely. */
    static final int MANY_SOURCES = 16;

    private static final double HALF = 0.5;
    private static final double NEARLY_ALL = 0.9;
    /** Of sources drawn from all of IPv4, 13 % can't be sources; capture filters and luck may halve that. */
    private static final double IMPOSSIBLE_SHARE = 0.06;

    /** A datagram of this payload holds more than a question: no protocol has many clients say the same that long. */
    private static final int LONG_PAYLOAD_BYTES = 256;
    /**
     * No system in use offers less in a SYN (nmap's os-db, p0f's list); scanners offer just this: nmap, masscan. hping3
     * offers 512, many flooders 0.
     */
    private static final int SMALLEST_WINDOW = 1024;
    /** Answers this long were made long: RFC 9715 has servers stay below 1,232 bytes for the ordinary ones. */
    private static final int LARGE_ANSWER_BYTES = 1_000;

    private static final long SPREADING = 0x9e37_79b9_7f4a_7c15L;

    private Forgery() {}

    /** Whether many sources are addresses that can't be sources (RFC 1122 section 3.2.1.3, RFC 4291 section 2.7). */
    static boolean hasImpossibleSources(FloodSamples samples) {
        SampleRing ring = samples.ring();
        return samples.size() >= FEWEST_SAMPLES
                && samples.share(sample -> isImpossible(
                                ring.sourceHigh(sample), ring.sourceLow(sample), ring.destinationLow(sample)))
                        >= IMPOSSIBLE_SHARE;
    }

    private static boolean isImpossible(long high, long low, long destinationLow) {
        if (high == 0 && low >>> 32 == 0xffff) {
            int first = (int) low >>> 24;
            boolean isLoopback = first == 127 && (int) destinationLow >>> 24 != 127;
            return first == 0 || first >= 224 || isLoopback;
        }
        return high >>> 56 == 0xff || (high | low) == 0;
    }

    /** Whether many sources send SYNs as tools do; of one source they may be a monitor's. */
    static boolean hasToolsSyns(FloodSamples samples) {
        return areOfMany(samples, FEW_SAMPLES) && areToolsSyns(samples);
    }

    /**
     * Whether most of many SYNs are such as no system sends, whoever sends them: without any option, though every stack
     * since RFC 1122 section 4.2.2.6 sends at least the maximum segment size; or with hardly a window; or many
     * connections with one initial sequence number, which RFC 6528 section 3 has differ from each other.
     */
    static boolean areToolsSyns(FloodSamples samples) {
        SampleRing ring = samples.ring();
        return samples.size() >= FEW_SAMPLES
                && (samples.share(sample -> !ring.hasTcpOptions(sample) || hasSmallWindow(ring, sample)) >= HALF
                        || samples.size() >= FEWEST_SAMPLES
                                && samples.commonestShare(ring::tcpSequence) >= HALF
                                && haveSequence(samples));
    }

    /** One connection's SYN may come again and again. */
    private static boolean haveSequence(FloodSamples samples) {
        SampleRing ring = samples.ring();
        return samples.share(sample -> ring.tcpSequence(sample) >= 0) >= NEARLY_ALL
                && samples.spread(sample -> (ring.sourceHigh(sample) * 31 + ring.sourceLow(sample)) * SPREADING
                                + ring.sourcePort(sample))
                        >= HALF;
    }

    private static boolean hasSmallWindow(SampleRing ring, int sample) {
        int window = ring.tcpWindow(sample);
        return window >= 0 && window < SMALLEST_WINDOW;
    }

    /** Whether segments have flags that no stack sends: none, or SYN or FIN without what belongs to it. */
    static boolean hasImpossibleFlags(FloodSamples samples) {
        SampleRing ring = samples.ring();
        return samples.size() >= FEWEST_SAMPLES
                && samples.fragmentShare() < HALF
                && samples.share(sample -> isImpossible(ring.tcpFlags(sample))) >= HALF;
    }

    private static boolean isImpossible(int flags) {
        boolean isOpening = (flags & TcpFlags.SYN) != 0 && (flags & (TcpFlags.FIN | TcpFlags.RST)) != 0;
        boolean isLost = (flags & (TcpFlags.SYN | TcpFlags.ACK | TcpFlags.RST)) == 0;
        return isOpening || isLost;
    }

    /** Whether many sources send the same long datagram. */
    static boolean hasOnePayload(FloodSamples samples) {
        SampleRing ring = samples.ring();
        return hasManySources(samples)
                && samples.share(sample -> ring.payloadLength(sample) >= LONG_PAYLOAD_BYTES) >= NEARLY_ALL
                && samples.commonestShare(ring::payloadLength) >= NEARLY_ALL
                && samples.commonestShare(ring::shape) >= NEARLY_ALL;
    }

    /** Whether many sources answer, at length, what nobody asked. */
    static boolean hasLargeAnswers(FloodSamples samples) {
        SampleRing ring = samples.ring();
        return hasManySources(samples)
                && samples.share(sample -> ring.payloadLength(sample) >= LARGE_ANSWER_BYTES
                                || (ring.fragment(sample) & Fragment.PRESENT) != 0)
                        >= HALF;
    }

    static boolean hasManySources(FloodSamples samples) {
        return areOfMany(samples, FEWEST_SAMPLES);
    }

    /** @param fewest samples that are enough */
    static boolean areOfMany(FloodSamples samples, int fewest) {
        return samples.size() >= fewest && samples.distinctSources() >= MANY_SOURCES && samples.topSourceShare() < HALF;
    }
}
