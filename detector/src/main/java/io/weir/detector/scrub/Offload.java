package io.weir.detector.scrub;

import io.weir.filter.packet.PacketBatch;
import java.util.List;

/** Who drops what is condemned before the worker sees it: the kernel. Called by the control step; never waits. */
public interface Offload {
    /** Time for a bot to give up, or for a user who got its address to wait. */
    long REFUSED_NANOS = 15_000_000_000L;

    /** Whether it can tell which packets are meant. */
    boolean isPossible(Offloaded wanted);

    /** Drops these from now on, and nothing else that was asked for before. */
    void drop(List<Offloaded> wanted);

    /** Whether nobody behind it drops anything: then it has to hold every threshold. */
    boolean isAlone();

    /**
     * Has the SYNs and the data of a source dropped for {@value #REFUSED_NANOS} ns, if there is room: it sends nothing but a flood's
     * requests.
     *
     * @param low 0 of an IPv6 address: the network is meant
     */
    void refuse(long high, long low);

    /**
     * Has the data of a packet's connection dropped until none came for some seconds or a SYN of the same ends, if there is
     * room: its requests are a flood's, and its source may be at others' service. May be called again where there was none.
     */
    default void refuseConnection(PacketBatch batch, int i) {}

    /** Ends that of all connections: no flood of requests is on any more, or none goes on as soon as it is heard. */
    default void hearConnections() {}

    /** Packets of refused sources and connections that it dropped so far. */
    long refusedPackets();

    /** Bytes of those. */
    long refusedBytes();

    /** Packets of banned sources that it dropped so far. */
    long bannedPackets();

    /** Bytes of those. */
    long bannedBytes();
}
