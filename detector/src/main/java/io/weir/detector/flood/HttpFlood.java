package io.weir.detector.flood;

import io.weir.detector.window.SampleRing;
import io.weir.detector.window.SampleShape;

/** HTTP requests; TLS handshakes, which are counted by themselves, because they cost the server more. */
record HttpFlood(TrafficClass trafficClass) implements FloodDetector {
    /** Requests or handshakes a second of each source: people make a few, then read; scripts go on. */
    private static final double FEW_PER_SOURCE = 3;

    private static final double MANY_PER_SOURCE = 8;
    /** Requests of one source, on average, among samples of two seconds at most. */
    private static final int FEW_OF_ONE = 4;

    private static final double HALF = 0.5;
    private static final double NEARLY_ALL = 0.9;
    /** Requests a connection of people: a page and its images on one, or on six (RFC 9112 section 9.4). */
    private static final double COMING = 0.25;
    /** Who only wants the handshake sends its acknowledgment, the hello and little more. */
    private static final double SEGMENTS_PER_HANDSHAKE = 6;

    /** A page brings its images: where nearly all ask for one path, nobody looks at what comes. */
    private static final double ONE_PATH = 0.8;
    /**
     * One source that asks each time on a new connection, each time with another query for the same path, so that no
     * cache answers: what GoldenEye and HULK do.
     */
    private static final double LEAST_CACHE_BUSTING_PER_SECOND = 100;

    private static final int FEWEST_SAMPLES = 64;

    @Override
    public boolean isAttack(WindowReading reading, FloodSamples samples, Usual usual) {
        if (samples.size() < FEWEST_SAMPLES) {
            return false;
        }
        double perSource = samples.perSourcePerSecond();
        SampleRing ring = samples.ring();
        boolean isOnePath = trafficClass == TrafficClass.HTTP
                && samples.commonestShare(sample -> ring.shape(sample) >>> 35) >= ONE_PATH;
        boolean isDroppedAfterHello = trafficClass == TrafficClass.TLS
                && perSource >= 1
                && reading.slowProvenSegments() < SEGMENTS_PER_HANDSHAKE * reading.slowPackets();
        return isDroppedAfterHello
                || perSource >= MANY_PER_SOURCE
                || perSource >= FEW_PER_SOURCE && (isOnePath || !usual.isCrowd());
    }

    /**
     * Nobody asks for much, people come and go, and they look at different things; of TLS, connections go on after the
     * handshake.
     */
    @Override
    public boolean isCrowd(WindowReading reading, FloodSamples samples) {
        long requests = reading.slowPackets();
        boolean isModest = samples.distinctSources() >= FEWEST_SAMPLES
                && samples.size() <= FEW_OF_ONE * samples.distinctSources()
                && reading.slowHandshakes() >= COMING * requests;
        SampleRing ring = samples.ring();
        return isModest
                && (trafficClass == TrafficClass.TLS
                        ? reading.slowProvenSegments() >= SEGMENTS_PER_HANDSHAKE * requests
                        : samples.commonestShare(sample -> ring.shape(sample) >>> 35) < HALF);
    }

    @Override
    public boolean isForged(WindowReading reading, FloodSamples samples) {
        if (trafficClass != TrafficClass.HTTP || samples.size() < FEWEST_SAMPLES) {
            return false;
        }
        SampleRing ring = samples.ring();
        return unfinishedShare(samples) >= NEARLY_ALL
                || samples.topSourceShare() >= NEARLY_ALL
                        && samples.sourcePortSpread() >= NEARLY_ALL
                        && samples.commonestShare(sample -> ring.shape(sample) >>> 35) >= NEARLY_ALL
                        && samples.spread(ring::shape) >= NEARLY_ALL;
    }

    /** Of requests whose headers break off: no client that wants an answer stops there. */
    private static double unfinishedShare(FloodSamples samples) {
        return samples.share(sample -> SampleShape.isUnfinished(samples.ring().shape(sample)));
    }

    @Override
    public double leastForgedPerSecond(double thresholdPerSecond) {
        return Math.min(LEAST_CACHE_BUSTING_PER_SECOND, LEAST_FORGED * thresholdPerSecond);
    }

    @Override
    public String vector(FloodSamples samples) {
        if (trafficClass == TrafficClass.TLS) {
            return "tls-handshake";
        }
        if (unfinishedShare(samples) >= FloodSamples.MOST) {
            return "slow-http";
        }
        SampleRing ring = samples.ring();
        FloodSamples read = samples.only(sample -> ring.shape(sample) != 0);
        if (read.size() == 0) {
            return "http-request";
        }
        double posts = read.share(sample -> SampleShape.isPost(ring.shape(sample)));
        return posts >= FloodSamples.MOST ? "http-post" : posts <= 1 - FloodSamples.MOST ? "http-get" : "http-request";
    }
}
