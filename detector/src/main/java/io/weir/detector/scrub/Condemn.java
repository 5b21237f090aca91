package io.weir.detector.scrub;

import io.weir.detector.window.SampleRing;
import io.weir.filter.packet.PacketBatch;
import org.jspecify.annotations.Nullable;

/**
 * Drops before the rules are asked: what a signature of the configuration names, what has a signature of a flood. One worker's.
 */
public final class Condemn {
    /** What signatures miss is sampled up to this many packets a tick. */
    private static final int MISSED_SAMPLES_PER_TICK = 64;

    private final SignatureBoard board;
    private final ConfiguredSignatures configured;
    /** What active signatures missed: where a further one is found. */
    private final SampleRing missed;

    private SignaturePlan plan;
    private int lastTarget = -1;
    private int lastGroup = -1;
    private int lastClass = -1;
    private @Nullable SignatureWatch own;
    private @Nullable SignatureWatch ofGroup;

    public Condemn(SignatureBoard board, ConfiguredSignatures configured, SampleRing missed) {
        this.board = board;
        this.configured = configured;
        this.missed = missed;
        this.plan = board.current();
    }

    /** Takes the newest signatures: once a tick. */
    public void refresh() {
        plan = board.current();
        lastClass = -1;
    }

    /**
     * Judges a packet that counts toward a class; proven traffic is never asked.
     *
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     * @return a verdict that drops, or {@link Scrubber#NO_OBJECTION}
     */
    public int judge(PacketBatch batch, int i, int target, int group, int trafficClass, long nowNanos) {
        int verdict = configured.judge(batch, i, group);
        return verdict == Scrubber.NO_OBJECTION && !plan.isEmpty()
                ? bySignature(batch, i, target, group, trafficClass, nowNanos)
                : verdict;
    }

    private int bySignature(PacketBatch batch, int i, int target, int group, int trafficClass, long nowNanos) {
        if (target != lastTarget || group != lastGroup || trafficClass != lastClass) {
            lastTarget = target;
            lastGroup = group;
            lastClass = trafficClass;
            own = plan.find(target, trafficClass);
            ofGroup = plan.find(group, trafficClass);
        }
        int verdict = own == null ? Scrubber.NO_OBJECTION : own.judge(batch, i, nowNanos);
        if (verdict == Scrubber.NO_OBJECTION && ofGroup != null) {
            verdict = ofGroup.judge(batch, i, nowNanos);
        }
        if (verdict == Scrubber.NO_OBJECTION && (isWorthALook(own) || isWorthALook(ofGroup))) {
            missed.add(batch, i, target, group, trafficClass, nowNanos);
        }
        return verdict;
    }

    private static boolean isWorthALook(@Nullable SignatureWatch watch) {
        return watch != null && watch.hasActive() && watch.missedInTick() <= MISSED_SAMPLES_PER_TICK;
    }
}
