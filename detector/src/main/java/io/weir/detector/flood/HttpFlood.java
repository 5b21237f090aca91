package io.weir.detector.flood;

import io.weir.detector.window.SampleRing;
import io.weir.detector.window.SampleShape;
import java.util.concurrent.TimeUnit;

/** HTTP requests; TLS handshakes, which are counted by themselves, because they cost the server more. */
record HttpFlood(TrafficClass trafficClass) implements FloodDetector {
    /** Requests or handshakes a second of each source: people make a few, then read; scripts go on. */
    private static final double FEW_PER_SOURCE = 3;

    private static final double MANY_PER_SOURCE = 8;
    /** Requests of one source, on average, among samples of two seconds at most. */
    private static final int FEW_OF_ONE = 4;

    /** Likewise where people come and go who load all that is on a page. */
    private static final int PAGE_OF_ONE = 40;

    private static final int FEWEST_VISITORS = 24;
    private static final double COMING_FOR_PAGES = 0.02;

    /** Likewise of a client of a proxy, which keeps the pages' images. */
    private static final int SOME_OF_CLIENT = 8;

    private static final double HALF = 0.5;
    private static final double NEARLY_ALL = 0.9;
    /** Requests a connection of people: a page and its images on one, or on six (RFC 9112 section 9.4). */
    private static final double COMING = 0.25;
    /** Who only wants the handshake sends its acknowledgment, the hello and little more. */
    private static final double SEGMENTS_PER_HANDSHAKE = 6;
    /**
     * Who is answered one request and leaves sends up to nine segments beside the hello; browsers keep the connection for
     * what stands on the page.
     */
    private static final double SEGMENTS_OF_BROWSER = 10;

    /** A page brings its images: where nearly all ask for one path, nobody looks at what comes. */
    private static final double ONE_PATH = 0.8;
    /**
     * Who asks each time on a new connection, each time with a query of other names for the same path, so that no cache
     * answers: what GoldenEye and HULK do. Pages and applications have the same names for ever other values; tokens without
     * a name, such as letters to many lead to, are asked for from everywhere, but not by one source.
     */
    private static final double LEAST_CACHE_BUSTING_PER_SECOND = 100;

    /** Beside the requests of users: nobody else asks so. */
    private static final double SOME_OVERLAPPING = 0.1;

    private static final int FEWEST_SAMPLES = 64;

    private static final long REQUESTS_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** In so short a time pages begin to be loaded whose readers weren't there in the second or two before. */
    private static final long COMING_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private static final double SOME_COMING = 0.15;
    /** Of more than a threshold those who come to a site that is as busy as ever are fewer. */
    private static final double FEW_COMING = 0.1;

    @Override
    public boolean isAttack(WindowReading reading, FloodSamples samples, Usual usual) {
        if (samples.size() < FEWEST_SAMPLES) {
            return false;
        }
        double perSource = samples.perSourcePerSecond() * samples.distinctSources() / clients(samples);
        boolean isOnePath = trafficClass == TrafficClass.HTTP && onePathShare(samples) >= ONE_PATH;
        boolean isDroppedAfterHello = trafficClass == TrafficClass.TLS
                && perSource >= 1
                && reading.slowProvenSegments() < SEGMENTS_PER_HANDSHAKE * reading.slowPackets();
        if (isOfBrowsers(reading)) {
            return false; // however many share an address
        }
        if (areCallsOfService(samples)) {
            return false; // those whose calls the service takes
        }
        return isDroppedAfterHello
                || areOfFew(reading, samples)
                || !areComing(samples, SOME_COMING) && isBusy(perSource, isOnePath, usual, samples);
    }

    private boolean isBusy(double perSource, boolean isOnePath, Usual usual, FloodSamples samples) {
        return perSource >= MANY_PER_SOURCE
                || perSource >= FEW_PER_SOURCE && (isOnePath || !usual.isCrowd())
                || isReconnecting(samples.ofLast(REQUESTS_NANOS));
    }

    /** Whether sources come and go: a page is loaded, then read; bots stay. */
    private boolean areComing(FloodSamples samples, double share) {
        return trafficClass == TrafficClass.HTTP && samples.newcomersShare(COMING_NANOS) >= share;
    }

    /**
     * Whether most come from a few who weren't there before and send more than any page asks for: they don't hide among
     * people who come and go, whose many sources make few requests of each on average.
     */
    private boolean areOfFew(WindowReading reading, FloodSamples samples) {
        if (trafficClass != TrafficClass.HTTP || !reading.areSourcesKnown() || samples.size() < FEWEST_SAMPLES) {
            return false;
        }
        double seconds = Math.max(HALF, samples.spanNanos() / 1e9);
        FloodSamples ofNew = samples.only(sample -> !samples.ring().isKnown(sample) && !samples.isOfProxy(sample));
        return ofNew.shareOfHeavy(PAGE_OF_ONE, MANY_PER_SOURCE * seconds) * ofNew.size() >= HALF * samples.size();
    }

    /** Whether each request comes on a connection of its own: in a crowd, too, people keep theirs for what is on a page. */
    private boolean isReconnecting(FloodSamples samples) {
        SampleRing ring = samples.ring();
        return trafficClass == TrafficClass.HTTP
                && samples.perSourcePerSecond() >= FEW_PER_SOURCE
                && samples.spread(sample -> ring.sourceLow(sample) << Short.SIZE
                                ^ ring.sourceHigh(sample) << 1
                                ^ ring.sourcePort(sample))
                        >= NEARLY_ALL;
    }

    private boolean isOfBrowsers(WindowReading reading) {
        return trafficClass == TrafficClass.TLS
                && reading.slowProvenSegments() >= SEGMENTS_OF_BROWSER * reading.slowPackets();
    }

    /**
     * Nobody asks for much, people come and go, and they look at different things; of TLS, connections go on after the
     * handshake. A proxy keeps its connections, and says for whom it asks: people ask more than once, random addresses
     * don't. Programs that call a service's procedures are few, and call for as long as they run.
     */
    @Override
    public boolean isCrowd(WindowReading reading, FloodSamples samples) {
        if (areCallsOfService(samples)) {
            return true;
        }
        if (areOfFew(reading, samples)) {
            return false;
        }
        long requests = reading.slowPackets();
        int clients = clients(samples);
        boolean isOfProxy = clients > samples.distinctCustomers();
        boolean isModest = clients >= FEWEST_SAMPLES
                && (isOfProxy
                        ? samples.size() <= SOME_OF_CLIENT * clients && clients < NEARLY_ALL * samples.size()
                        : samples.size() <= FEW_OF_ONE * clients && reading.slowHandshakes() >= COMING * requests);
        boolean isOfPages = clients >= FEWEST_VISITORS
                && samples.size() <= PAGE_OF_ONE * clients
                && reading.slowHandshakes() >= COMING_FOR_PAGES * requests
                && areComing(samples, FEW_COMING);
        return (isModest || isOfPages)
                && (trafficClass == TrafficClass.TLS
                        ? reading.slowProvenSegments() >= SEGMENTS_PER_HANDSHAKE * requests
                        : onePathShare(samples) < HALF);
    }

    /** Whether they are calls that the service takes, or of those who were there before: anybody can say it of a request. */
    private boolean areCallsOfService(FloodSamples samples) {
        SampleRing ring = samples.ring();
        return areCalls(samples)
                && samples.share(sample -> ring.isKnown(sample) || SampleShape.isServed(ring.shape(sample)))
                        >= NEARLY_ALL;
    }

    private boolean areCalls(FloodSamples samples) {
        SampleRing ring = samples.ring();
        return trafficClass == TrafficClass.HTTP
                && samples.size() >= FEWEST_SAMPLES
                && resetShare(samples) < 1 - FloodSamples.MOST
                && samples.share(sample -> SampleShape.isCall(ring.shape(sample))) >= NEARLY_ALL;
    }

    /** Who asks: those for whom a proxy does that may be believed, where nearly all comes through such. */
    private static int clients(FloodSamples samples) {
        SampleRing ring = samples.ring();
        int sources = samples.distinctCustomers();
        return samples.share(samples::isOfProxy) >= NEARLY_ALL
                ? Math.max(sources, samples.distinct(sample -> SampleShape.client(ring.shape(sample))))
                : sources;
    }

    private static double onePathShare(FloodSamples samples) {
        SampleRing ring = samples.ring();
        return samples.commonestShare(sample -> SampleShape.path(ring.shape(sample)));
    }

    @Override
    public boolean isForged(WindowReading reading, FloodSamples samples) {
        if (trafficClass != TrafficClass.HTTP || samples.size() < FEWEST_SAMPLES) {
            return false;
        }
        SampleRing ring = samples.ring();
        FloodSamples named = samples.only(sample -> SampleShape.isNamed(ring.shape(sample)));
        return unfinishedShare(samples) >= NEARLY_ALL
                || areTakenBack(samples, reading)
                || isCacheBusting(samples.ofTopSource(), samples, reading)
                || isCacheBusting(named, samples, reading);
    }

    /** Whether some of the requests, among those of users, are taken back at once: nobody does that over and over. */
    private static boolean areTakenBack(FloodSamples samples, WindowReading reading) {
        double share = resetShare(samples);
        return share * samples.size() >= FEWEST_SAMPLES / 2.0
                && share * reading.slowPackets() >= LEAST_CACHE_BUSTING_PER_SECOND * WindowReading.SLOW_SECONDS;
    }

    /** Whether a part of the requests, among those of users, is so. */
    private static boolean isCacheBusting(FloodSamples part, FloodSamples samples, WindowReading reading) {
        double perSecond = reading.slowPackets() / WindowReading.SLOW_SECONDS * part.size() / samples.size();
        return part.size() >= FEWEST_SAMPLES
                && perSecond >= LEAST_CACHE_BUSTING_PER_SECOND
                && part.sourcePortSpread() >= NEARLY_ALL
                && onePathShare(part) >= NEARLY_ALL
                && part.spread(sample -> SampleShape.names(part.ring().shape(sample))) >= NEARLY_ALL;
    }

    /** Of requests whose headers break off: no client that wants an answer stops there. */
    private static double unfinishedShare(FloodSamples samples) {
        return samples.share(sample -> SampleShape.isUnfinished(samples.ring().shape(sample)));
    }

    /** Of requests that are taken back before anything has come of them (CVE-2023-44487). */
    private static double resetShare(FloodSamples samples) {
        return samples.share(sample -> SampleShape.isReset(samples.ring().shape(sample)));
    }

    private static double overlappingShare(FloodSamples samples) {
        return samples.share(sample -> SampleShape.isOverlapping(samples.ring().shape(sample)));
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
        if (overlappingShare(samples) >= SOME_OVERLAPPING) {
            return "http-range";
        }
        SampleRing ring = samples.ring();
        if (resetShare(samples) >= FloodSamples.MOST) {
            return "rapid-reset";
        }
        if (samples.share(sample -> SampleShape.isControl(ring.shape(sample))) >= FloodSamples.MOST) {
            return "http2-control";
        }
        FloodSamples read = samples.only(sample -> ring.shape(sample) != 0);
        if (read.size() == 0) {
            return "http-request";
        }
        double posts = read.share(sample -> SampleShape.isPost(ring.shape(sample)));
        return posts >= FloodSamples.MOST ? "http-post" : posts <= 1 - FloodSamples.MOST ? "http-get" : "http-request";
    }
}
