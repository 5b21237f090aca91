package io.weir.detector.scrub.request;

import java.util.Arrays;

/**
 * Which sources of datagrams come again, and how likely chance alone makes them: where addresses are invented, each of a
 * network comes about as often as its neighbours; whoever asks for himself comes again and again.
 *
 * <p>A Count-Min sketch of two rows in two windows that take turns, so that hundreds of thousands of invented sources a
 * second displace nobody; likewise one row for networks. Keys must be keyed hashes already. 3 MB.
 */
final class ReturningSources {
    private static final int SOURCE_BITS = 19;
    private static final int SOURCES = 1 << SOURCE_BITS;
    private static final int NETWORKS = 1 << 17;
    /** Eight seconds: resolvers ask again when an answer is too old, or for the next name of a page. */
    private static final int WINDOW_TICKS = 8 * FeatureTable.SECOND_TICKS;

    private static final int MOST = 255;
    /** Other addresses of a /24. */
    private static final double NEIGHBOURS = 255;
    /** Of networks of which hardly anybody comes: chance is never quite 0. */
    private static final double LEAST_VARIANCE = 0.02;
    /** So many deviations above chance are no proof, but a reason to come first. */
    private static final double FEWEST_DEVIATIONS = 2;

    private static final double LEAST_LIKELY_RANK_BITS = 11;
    private static final double RANK_BITS_PER_DEVIATION = 0.6;

    private final byte[] sources = new byte[4 * SOURCES];
    private final int[] networks = new int[2 * NETWORKS];
    private int window;
    private int beganTick;

    static long sizeBytes() {
        return 4L * SOURCES + 8L * NETWORKS;
    }

    void clear() {
        Arrays.fill(sources, (byte) 0);
        Arrays.fill(networks, 0);
        beganTick = 0;
    }

    /** Counts a question. */
    void add(long source, long network, int tick) {
        int since = tick - beganTick;
        if (since < 0 || since >= WINDOW_TICKS) {
            beganTick = tick;
            window ^= 1;
            Arrays.fill(sources, 2 * window * SOURCES, 2 * (window + 1) * SOURCES, (byte) 0);
            Arrays.fill(networks, window * NETWORKS, (window + 1) * NETWORKS, 0);
        }
        count(2 * window * SOURCES + first(source));
        count((2 * window + 1) * SOURCES + second(source));
        networks[window * NETWORKS + ofNetwork(network)]++;
    }

    private void count(int at) {
        sources[at] += (byte) ((sources[at] & 0xff) < MOST ? 1 : 0);
    }

    /** Questions of a source in the last eight to sixteen seconds, never too few up to 255 in each window. */
    int count(long source) {
        return Math.min(
                (sources[first(source)] & 0xff) + (sources[2 * SOURCES + first(source)] & 0xff),
                (sources[SOURCES + second(source)] & 0xff) + (sources[3 * SOURCES + second(source)] & 0xff));
    }

    /** How easily chance explains that a source has come again, from 1 on: hardly; 0 where nothing speaks against chance. */
    double rank(long source, long network) {
        int own = count(source);
        int ofNetwork = networks[ofNetwork(network)] + networks[NETWORKS + ofNetwork(network)];
        double byChance = Math.max(0, ofNetwork - own) / NEIGHBOURS;
        double deviations = (own - 1 - byChance) / Math.sqrt(byChance + LEAST_VARIANCE);
        return deviations < FEWEST_DEVIATIONS
                ? 0
                : Math.pow(2, Math.max(0, LEAST_LIKELY_RANK_BITS - RANK_BITS_PER_DEVIATION * deviations));
    }

    private static int first(long key) {
        return (int) (key >>> 32) & SOURCES - 1;
    }

    private static int second(long key) {
        return (int) key & SOURCES - 1;
    }

    private static int ofNetwork(long key) {
        return (int) (key >>> 32) & NETWORKS - 1;
    }
}
