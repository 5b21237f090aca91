package io.weir.detector.scrub;

import io.weir.detector.flood.Flood;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.signature.Signature;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel is asked to drop of a flood, and what it dropped of that so far: what has a signature, or what nothing
 * speaks for beyond a rate. Whoever talks to the kernel adds to the counts, the control step takes them.
 */
public final class Offloaded {
    private final Flood flood;
    private final @Nullable LiveSignature live;
    private final IpPrefix destination;
    private final long packetsPerSecond;
    private final AtomicLong packets = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private long takenPackets;
    private long takenBytes;

    private Offloaded(Flood flood, @Nullable LiveSignature live, IpPrefix destination, long packetsPerSecond) {
        this.flood = flood;
        this.live = live;
        this.destination = destination;
        this.packetsPerSecond = packetsPerSecond;
    }

    static Offloaded signature(Flood flood, LiveSignature live, IpPrefix destination) {
        return new Offloaded(flood, live, destination, 0);
    }

    static Offloaded limit(Flood flood, IpPrefix destination, long packetsPerSecond) {
        return new Offloaded(flood, null, destination, packetsPerSecond);
    }

    /** Where its packets go. */
    public IpPrefix destination() {
        return destination;
    }

    public TrafficClass trafficClass() {
        return flood.trafficClass();
    }

    /** Empty where it is a limit. */
    public Optional<Signature> signature() {
        return Optional.ofNullable(live).map(known -> known.finding().signature());
    }

    /** What a limit lets through; 0 of a signature. */
    public long packetsPerSecond() {
        return packetsPerSecond;
    }

    /** Adds what was dropped. */
    public void count(long droppedPackets, long droppedBytes) {
        bytes.addAndGet(droppedBytes);
        packets.addAndGet(droppedPackets);
    }

    Flood flood() {
        return flood;
    }

    @Nullable
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
