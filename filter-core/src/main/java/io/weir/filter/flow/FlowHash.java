package io.weir.filter.flow;

import io.weir.filter.address.IpAddress;

/**
 * Keyed hashes of addresses and flows. Whoever doesn't know the key can't choose packets that collide.
 *
 * <p>Each round is a 64 × 64 to 128 bit multiplication folded to 64 (the construction of wyhash and of rapidhash). A
 * flow's hash is the same for both directions: its lower end is one factor, its higher end the other.
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

    /** One end of a flow, an address with its port, as one number, not negative: IPv4 as it stands, IPv6 hashed. */
    public long endpoint(long high, long low, int port) {
        return IpAddress.isIpv4(high, low)
                ? (low & 0xffff_ffffL) << Short.SIZE | port
                : fold(low ^ key0, high + (port + 1) * SPREAD ^ key1) >>> 1;
    }

    /** Which end of its flow an endpoint is: 0 for the lower, 1 for the higher. */
    static int end(long endpoint, long otherEndpoint) {
        return (int) (otherEndpoint - endpoint >>> Long.SIZE - 1);
    }

    /** Hash of a flow from its two endpoints, in either order; never 0. */
    public long flow(long oneEndpoint, long otherEndpoint, int protocol) {
        // Without a branch: nobody can foretell which end of a flow is the lower.
        long swapped = (oneEndpoint ^ otherEndpoint) & otherEndpoint - oneEndpoint >> Long.SIZE - 1;
        long lower = oneEndpoint ^ swapped;
        long higher = otherEndpoint ^ swapped;
        long hash = fold(fold(lower ^ key0, higher ^ key1) ^ key2, key1 + protocol * SPREAD);
        return hash == 0 ? 1 : hash;
    }

    /** Hash of a datagram's fragments: endpoints in their direction, protocol and identification; never 0. */
    public long datagram(long source, long destination, int protocol, int identification) {
        long part = (long) protocol << 32 | identification & 0xffff_ffffL;
        long hash = fold(fold(source ^ key0, destination ^ key1) ^ key2, key0 + part * SPREAD);
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
