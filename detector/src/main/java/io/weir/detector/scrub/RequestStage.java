package io.weir.detector.scrub;

import io.weir.filter.packet.PacketBatch;

/** The own test of floods of requests: HTTP, TLS handshakes, DNS questions. One worker's. */
public final class RequestStage {
    /**
     * Judges a request, handshake or question toward a target under alarm for its class.
     *
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     * @param relation one of {@link io.weir.filter.flow.Relation}
     * @return a verdict, or {@link Scrubber#NO_OBJECTION}: then it takes its part in fair sharing
     */
    public int judge(PacketBatch batch, int i, int target, int group, int trafficClass, int relation, long nowNanos) {
        return Scrubber.NO_OBJECTION;
    }
}
