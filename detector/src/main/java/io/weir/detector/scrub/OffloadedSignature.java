package io.weir.detector.scrub;

import io.weir.detector.flood.Flood;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.signature.Signature;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A signature that the kernel is asked to drop, and what it dropped so far. Whoever talks to the kernel writes the counts,
 * the control step takes them.
 */
public final class OffloadedSignature {
    private final Flood flood;
    private final LiveSignature live;
    private final IpPrefix destination;
    private final AtomicLong packets = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private long takenPackets;
    private long takenBytes;

    OffloadedSignature(Flood flood, LiveSignature live, IpPrefix destination) {
        this.flood = flood;
        this.live = live;
        this.destination = destination;
    }

    /** Where its packets go. */
    public IpPrefix destination() {
        return destination;
    }

    public TrafficClass trafficClass() {
        return flood.trafficClass();
    }

    public Signature signature() {
        return live.finding().signature();
    }

    /** Adds what was dropped. */
    public void count(long droppedPackets, long droppedBytes) {
        bytes.addAndGet(droppedBytes);
        packets.addAndGet(droppedPackets);
    }

    Flood flood() {
        return flood;
    }

    LiveSignature live() {
        return live;
    }

    /** Packets dropped since this was last asked. */
    long takePackets() {
        long now = packets.get();
        long since = now - takenPackets;
        takenPackets = now;
        return since;
    }

    /** Bytes of those, and maybe of a packet more or less. */
    long takeBytes() {
        long now = bytes.get();
        long since = now - takenBytes;
        takenBytes = now;
        return since;
    }
}
