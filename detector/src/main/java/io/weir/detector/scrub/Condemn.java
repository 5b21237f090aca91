package io.weir.detector.scrub;

import io.weir.filter.packet.PacketBatch;

/** Drops before the rules are asked: what a ban or a signature names. One worker's. */
public final class Condemn {
    /** Takes the newest bans and signatures: once a tick. */
    public void refresh() {}

    /**
     * Judges a packet that counts toward a class; proven traffic is never asked.
     *
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     * @return a verdict that drops, or {@link Scrubber#NO_OBJECTION}
     */
    public int judge(PacketBatch batch, int i, int target, int group, int trafficClass, long nowNanos) {
        return Scrubber.NO_OBJECTION;
    }
}
