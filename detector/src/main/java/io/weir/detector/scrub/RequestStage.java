package io.weir.detector.scrub;

import io.weir.filter.flow.FlowHash;
import io.weir.filter.packet.PacketBatch;

/** Tells the requests of a flood from those of users: HTTP requests, TLS handshakes, DNS questions. One worker's. */
public final class RequestStage {
    private final Mitigation mitigation;

    @SuppressWarnings("UnusedVariable")
    private final FlowHash hash;

    @SuppressWarnings("UnusedVariable")
    private MitigationPlan plan;

    public RequestStage(Mitigation mitigation, FlowHash hash) {
        this.mitigation = mitigation;
        this.hash = hash;
        this.plan = mitigation.current();
    }

    /** Takes the newest plan: once before each run of packets. */
    void refresh() {
        plan = mitigation.current();
    }

    /** Forgets the time: a new stream begins. */
    void restart() {}

    /**
     * Learns from a packet of class HTTP, TLS or DNS that no alarm of its class is on for.
     *
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     */
    void observe(PacketBatch batch, int i, int target, int group, int trafficClass, long nowNanos) {}

    /**
     * Judges a packet of class HTTP, TLS or DNS under an alarm of its class, whether or not its connection is proven and
     * its source is credible: the stage knows both by their requests.
     *
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     * @param relation one of {@code io.weir.filter.flow.Relation}
     * @return a drop verdict, one that passes, or {@link Scrubber#NO_OBJECTION} where fair sharing decides
     */
    int judge(PacketBatch batch, int i, int target, int group, int trafficClass, int relation, long nowNanos) {
        return Scrubber.NO_OBJECTION;
    }

    /**
     * Judges any other TCP packet, proven or not, toward a target with an alarm of class HTTP or TLS, before anything
     * else lets it pass: connections whose requests were dropped, and SYNs of sources that send nothing but such.
     *
     * @return a drop verdict, or {@link Scrubber#NO_OBJECTION}
     */
    int follow(PacketBatch batch, int i, int target, int group, long nowNanos) {
        return Scrubber.NO_OBJECTION;
    }
}
