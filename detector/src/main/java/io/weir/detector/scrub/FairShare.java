package io.weir.detector.scrub;

import io.weir.detector.window.CountMinSketch;
import io.weir.filter.address.IpAddress;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.packet.PacketBatch;

/**
 * Who comes first in what a flood's class may still take: packets are ranked by how much of late came from their source,
 * its network, toward their address, and of their {@link PacketShape}. What is rare comes first, so that a tool's packets
 * crowd out each other and not the users'. One worker's, for all floods together; of a fixed size.
 */
final class FairShare {
    /** From a source or network that keeps to its share, and of no shape that fills it. */
    static final int LIGHT = 0;
    /** Of one shape that does: many users may share one. */
    static final int SUSPECT = 1;
    /** Of several, or from a source, a network or toward an address beyond its share. */
    static final int BULK = 2;
    /** From a source that alone exceeds its share many times. */
    static final int CONDEMNED = 3;

    static final int RANKS = 4;

    /** Two of them are looked at: counts hold of the last 256 to 512 ms. */
    private static final long WINDOW_NANOS = 256_000_000;
    /** What they hold of on average. */
    static final double WINDOW_SECONDS = 0.384;

    private static final int WIDTH = 1 << 15;
    private static final int SHAPE_WIDTH = 1 << 12;
    private static final int DEPTH = 2;
    /** The part of an IPv6 address that stands for its network. */
    private static final long IPV6_NETWORK_MASK = -1L << 16;

    private static final long IPV4_NETWORK_MASK = -1L << 8;

    private final FlowHash hash;
    private final CountMinSketch sources = new CountMinSketch(WIDTH, DEPTH, WINDOW_NANOS);
    private final CountMinSketch networks = new CountMinSketch(WIDTH, DEPTH, WINDOW_NANOS);
    private final CountMinSketch addresses = new CountMinSketch(WIDTH, DEPTH, WINDOW_NANOS);
    private final CountMinSketch shapes = new CountMinSketch(SHAPE_WIDTH, DEPTH, WINDOW_NANOS);

    FairShare(FlowHash hash) {
        this.hash = hash;
    }

    /** Counts a packet of a source, and gives what came from it of late toward the same flood. */
    long countSource(Lanes lanes, long sourceHash, long nowNanos) {
        return sources.addExcess(sourceHash ^ lanes.salt(), nowNanos);
    }

    /**
     * Ranks a packet.
     *
     * @param fromSource what {@link #countSource} gave
     */
    int rank(Lanes lanes, PacketBatch batch, int i, int trafficClass, long fromSource, long nowNanos) {
        if (fromSource > lanes.condemnedSourceBound()) {
            return CONDEMNED;
        }
        int heavy = heavyShapes(lanes, batch, i, trafficClass, lanes.salt(), nowNanos);
        if (heavy > 1 || fromSource > lanes.sourceBound()) {
            return BULK;
        }
        boolean isBeyondShare =
                isNetworkBeyond(lanes, batch, i, nowNanos) || isAddressBeyond(lanes, batch, i, nowNanos);
        return isBeyondShare ? BULK : heavy;
    }

    /** Counts a packet of who goes on, and says whether a shape of theirs alone fills the class. */
    boolean isAlike(Lanes lanes, PacketBatch batch, int i, int trafficClass, long nowNanos) {
        return heavyShapes(lanes, batch, i, trafficClass, ~lanes.salt(), nowNanos) > 0;
    }

    private int heavyShapes(Lanes lanes, PacketBatch batch, int i, int trafficClass, long salt, long nowNanos) {
        int heavy = 0;
        int keys = PacketShape.keys(trafficClass);
        for (int number = 0; number < keys; number++) {
            long key = hash.address(PacketShape.key(batch, i, trafficClass, number), salt + number);
            heavy += shapes.addExcess(key, nowNanos) > lanes.shapeBound() ? 1 : 0;
        }
        return heavy;
    }

    private boolean isNetworkBeyond(Lanes lanes, PacketBatch batch, int i, long nowNanos) {
        long high = batch.sourceHigh[i];
        long low = batch.sourceLow[i];
        boolean isIpv4 = IpAddress.isIpv4(high, low);
        long key = isIpv4 ? hash.address(high, low & IPV4_NETWORK_MASK) : hash.address(high & IPV6_NETWORK_MASK, 0);
        return networks.addExcess(key ^ lanes.salt(), nowNanos) > lanes.networkBound();
    }

    /** Of a prefix under alarm each address has a share: those that nobody attacks keep to it. */
    private boolean isAddressBeyond(Lanes lanes, PacketBatch batch, int i, long nowNanos) {
        if (!lanes.isPrefix()) {
            return false;
        }
        long key = hash.address(batch.destinationHigh[i], batch.destinationLow[i]);
        return addresses.addExcess(key ^ lanes.salt(), nowNanos) > lanes.addressBound();
    }

    void restart() {
        sources.restart();
        networks.restart();
        addresses.restart();
        shapes.restart();
    }

    long sizeBytes() {
        return sources.sizeBytes() + networks.sizeBytes() + addresses.sizeBytes() + shapes.sizeBytes();
    }
}
