package io.weir.filter.flow;

/**
 * Keyed hashes of addresses and flows. Whoever doesn't know the key can't choose packets that collide.
 *
 * <p>A flow's hash is the same for both directions. It is the sum of its two endpoints' hashes, each a 64 × 64 to 128
 * bit multiplication folded to 64 (the construction of wyhash and of rapidhash).
 */
public final class FlowHash {
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private final long key0;
    private final long key1;
    private final long key2;

    /** @param key the same key gives the same hashes: fixed in a replay, random per boot when live */
    public FlowHash(long key) {
        key0 = scramble(key, 1);
        key1 = scramble(key, 2);
        key2 = scramble(key, 3);
    }

    /** Hash of an address. */
    public long address(long high, long low) {
        // Neighbouring addresses differ in one factor only, and such products lie on a lattice: hence the second round.
        return fold(fold(low ^ key0, high ^ key1) ^ key2, key0);
    }

    /** Hash of one end of a flow: an address with its port. */
    public long endpoint(long high, long low, int port) {
        return fold(low ^ key0, high + (port + 1) * SPREAD ^ key1);
    }

    /**
     * What an end of a flow is known by where the flow is known: its hash, whose lowest bit says which end it is, so that
     * the two are told apart for certain.
     */
    static int tag(long endpoint, long otherEndpoint) {
        return (int) endpoint & ~1 | (endpoint > otherEndpoint ? 1 : 0);
    }

    /** The {@link #tag} of one end of a flow from that of the other. */
    int otherTag(int tag, long high, long low, int port) {
        return (int) endpoint(high, low, port) & ~1 | ~tag & 1;
    }

    /** Hash of a flow from those of its two ends, in either order; never 0. */
    public long flow(long oneEndpoint, long otherEndpoint, int protocol) {
        long hash = fold(oneEndpoint + otherEndpoint ^ key2, key1 + protocol * SPREAD);
        return hash == 0 ? 1 : hash;
    }

    /** Hash of a datagram's fragments: addresses in their direction, protocol and identification; never 0. */
    public long datagram(long source, long destination, int protocol, int identification) {
        long hash = fold(source ^ key2, destination + ((long) protocol << 32 | identification & 0xffff_ffffL));
        return hash == 0 ? 1 : hash;
    }

    private static long fold(long a, long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }

    /** The {@code step}th output of SplitMix64 (Steele, Lea, Flood 2014): keys near each other give unlike hashes. */
    private static long scramble(long seed, int step) {
        long z = seed + step * SPREAD;
        z = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }
}
