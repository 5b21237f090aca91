package io.weir.detector.flood;

import io.weir.detector.window.SampleRing;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells calls, games, tunnels and transfers that have just begun from a flood, by where they go on: between the same ends,
 * and with something new in each datagram.
 *
 * <p>Where answers would be seen, only what goes on along an exchange that was answered is such a stream. Where they
 * wouldn't, bots that each keep their ports look the same; but they begin together, and people one after the other: what
 * many streams bring rises in steps by the ones and at once by the others.
 */
final class DatagramStreams {
    /** Of one stream's samples. */
    private static final int FEWEST_SAMPLES = 4;
    /** A flood's tool fills its packets alike; a counter, a clock or a cipher makes each of a stream's another. */
    private static final double NEW_CONTENT = 0.25;
    /** So many streams are somebody's who began them all, where they began at once. */
    private static final int MANY = 8;

    private static final double MOST = 0.8;

    private static final int FEWEST_EXCHANGES = 32;
    /** A question that is refused, one that isn't, and what is asked beside it. */
    private static final int MOST_OF_EXCHANGE = 6;
    /** A round trip ago everybody's second had not come. */
    private static final double MOSTLY_IN_TURN = 0.6;

    /** A meter may report to two ports, as to one for flows and one for traps. */
    private static final int MOST_OF_REPORTER = 2;
    /** Whoever sent fewer may go to a port or two by chance. */
    private static final int FEWEST_OF_REPORTER = 3;
    /** Of all that many meters report, so much goes to the one of their two ports. */
    private static final double MOST_TO_ONE_PORT = 0.45;

    private DatagramStreams() {}

    /** Whether most of the samples are of such streams. */
    static boolean areMost(WindowReading reading, FloodSamples samples) {
        Collection<Stream> streams = streams(reading, samples);
        return areMostlyOngoing(streams, samples)
                && (streams.stream().allMatch(stream -> stream.isAnswering)
                        || streams.size() < MANY
                        || !reading.isSudden());
    }

    /** Whether they are, though all may have begun at once. */
    static boolean areMostlyOngoing(WindowReading reading, FloodSamples samples) {
        return areMostlyOngoing(streams(reading, samples), samples);
    }

    private static boolean areMostlyOngoing(Collection<Stream> streams, FloodSamples samples) {
        long ongoing = streams.stream()
                .filter(Stream::isOngoing)
                .mapToLong(stream -> stream.samples)
                .sum();
        return samples.size() > 0 && ongoing >= MOST * samples.size();
    }

    /**
     * Whether most are of many who ask, are answered out of sight and ask the next: a few each, from one port, with
     * something new in each. False senders come once, bots often.
     */
    static boolean areExchanges(FloodSamples samples) {
        Collection<Stream> streams = streams(null, samples);
        long inTurn = streams.stream()
                .filter(Stream::isExchange)
                .mapToLong(stream -> stream.samples)
                .sum();
        return streams.size() >= FEWEST_EXCHANGES && inTurn >= MOSTLY_IN_TURN * samples.size();
    }

    /**
     * Whether their senders go to a port or two each, rather than to another with each datagram. Their own ports tell
     * nothing: a program that reports and ends has a new one each time. Of whoever sent fewer than three nothing is known;
     * where most are of such, by where all of them go.
     */
    static boolean areToKeptPorts(FloodSamples samples) {
        SampleRing ring = samples.ring();
        Map<Long, Reporter> reporters = new HashMap<>();
        for (int sample : samples.indexes()) {
            reporters
                    .computeIfAbsent(source(ring, sample), key -> new Reporter())
                    .add(ring.destination(sample));
        }
        List<Reporter> judged = reporters.values().stream()
                .filter(reporter -> reporter.samples >= FEWEST_OF_REPORTER)
                .toList();
        long judgedSamples =
                judged.stream().mapToLong(reporter -> reporter.samples).sum();
        if (2 * judgedSamples < samples.size()) {
            return samples.commonestShare(ring::destination) >= MOST_TO_ONE_PORT;
        }
        long ports = judged.stream()
                .mapToLong(reporter -> reporter.destinations.size())
                .sum();
        return ports <= (long) MOST_OF_REPORTER * judged.size();
    }

    private static Collection<Stream> streams(@Nullable WindowReading reading, FloodSamples samples) {
        SampleRing ring = samples.ring();
        Map<Long, Stream> streams = new HashMap<>();
        for (int sample : samples.indexes()) {
            if (ring.fragment(sample) == 0) {
                boolean isAnswering = reading != null && reading.isAnswering(ring.target(sample));
                streams.computeIfAbsent(ends(ring, sample), key -> new Stream(isAnswering))
                        .add(ring, sample);
            }
        }
        return streams.values();
    }

    private static long ends(SampleRing ring, int sample) {
        return (source(ring, sample) ^ ring.destination(sample)) * 0xc2b2_ae3d_27d4_eb4fL + ring.sourcePort(sample);
    }

    private static long source(SampleRing ring, int sample) {
        return (ring.sourceHigh(sample) * 31 + ring.sourceLow(sample)) * 0x9e37_79b9_7f4a_7c15L;
    }

    /** Who may report, and where to. */
    private static final class Reporter {
        private final Set<Long> destinations = new HashSet<>();
        private int samples;

        void add(long destination) {
            samples++;
            destinations.add(destination);
        }
    }

    private static final class Stream {
        private final boolean isAnswering;
        private int samples;
        private int following;
        private int fresh;
        private long lastContent;

        /** @param isAnswering whether answers to it would be seen */
        Stream(boolean isAnswering) {
            this.isAnswering = isAnswering;
        }

        void add(SampleRing ring, int sample) {
            long content = ring.content(sample);
            samples++;
            following += ring.isFollowing(sample) ? 1 : 0;
            fresh += content != lastContent ? 1 : 0;
            lastContent = content;
        }

        boolean isExchange() {
            return samples >= 2 && samples <= MOST_OF_EXCHANGE && fresh == samples;
        }

        boolean isOngoing() {
            return samples >= FEWEST_SAMPLES
                    && fresh >= Math.max(2, NEW_CONTENT * samples)
                    && (!isAnswering || 2 * following > samples);
        }
    }
}
