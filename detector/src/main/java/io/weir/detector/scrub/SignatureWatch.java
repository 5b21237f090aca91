package io.weir.detector.scrub;

import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * The signatures of one class toward one target. The control step changes the list as a whole; the worker reads it and
 * counts.
 */
final class SignatureWatch {
    /** More alternatives cost each packet of the class too much. */
    static final int MOST = 4;

    /** What {@link #first} answers where a packet has none. */
    static final int NO_SIGNATURE = -1;

    static final LiveSignature[] NONE = {};

    private final int trafficClass;
    private final int dropVerdict;
    private int target;
    private LiveSignature[] signatures = NONE;
    private boolean hasActive;
    /** So many packets of one in a tick, and it drops again; {@link Long#MAX_VALUE} where the control step decides. */
    private long rearmedBy = Long.MAX_VALUE;
    /** Packets that had one that drops. */
    private long hits;
    /** Packets that had none of them. */
    private long missed;

    private long missedLooked;
    private int missedInTick;

    /** @param number of the flood, for the verdicts */
    SignatureWatch(int target, int trafficClass, int number) {
        this.target = target;
        this.trafficClass = trafficClass;
        this.dropVerdict = Verdict.of(Reason.SIGNATURE, Math.min(number, Verdict.MAXIMUM_ID));
    }

    /** The list as it stands: as long as it is the same object, so are its signatures. Not to be written. */
    LiveSignature[] list() {
        return signatures;
    }

    /** The first signature of a list that a packet has, or {@link #NO_SIGNATURE}. */
    static int first(LiveSignature[] list, PacketBatch batch, int i) {
        for (int k = 0; k < list.length; k++) {
            if (list[k].matches(batch, i)) {
                return k;
            }
        }
        return NO_SIGNATURE;
    }

    /**
     * Judges a packet of the class toward the target.
     *
     * @param first {@link #first} of the list
     * @return a drop, or {@link Scrubber#NO_OBJECTION}
     */
    int judge(int first, long nowNanos) {
        if (first != NO_SIGNATURE) {
            LiveSignature live = signatures[first];
            live.count(nowNanos);
            if (!live.isActive()) {
                if (live.packetsInTick() < rearmedBy) {
                    return Scrubber.NO_OBJECTION;
                }
                // In a tick a flood that comes back brings hundreds.
                live.setActive(true);
                hasActive = true;
            }
            hits++;
            return dropVerdict;
        }
        missed++;
        missedInTick++;
        return Scrubber.NO_OBJECTION;
    }

    /** Drops so many packets that have a signature which is active; the verdict. */
    int drop(int packets) {
        hits += packets;
        return dropVerdict;
    }

    /** Whether signatures drop here, so that what they miss is worth a look. */
    boolean hasActive() {
        return hasActive;
    }

    /** Packets that were dropped so far, here or before they came here. */
    long hits() {
        return hits;
    }

    /** Counts what was dropped before it came here. */
    void countHits(long packets) {
        hits += packets;
    }

    /** Packets that had no signature so far. */
    long missed() {
        return missed;
    }

    /** Packets missed since the last tick. */
    int missedInTick() {
        return missedInTick;
    }

    void beginTick() {
        missedInTick = 0;
    }

    int target() {
        return target;
    }

    void setTarget(int other) {
        target = other;
    }

    /** Lets the worker arm what has proven itself, once so many packets have it in a tick. */
    void rearmBy(long packets) {
        rearmedBy = packets;
    }

    /** Leaves it to the control step again. */
    void disarm() {
        rearmedBy = Long.MAX_VALUE;
    }

    int trafficClass() {
        return trafficClass;
    }

    boolean isEmpty() {
        return signatures.length == 0;
    }

    /** Whether any is on trial, or has not been hit since a time. */
    boolean isUnsettled(long sinceNanos) {
        for (LiveSignature live : signatures) {
            if (!live.isActive() || live.lastHitNanos() < sinceNanos) {
                return true;
            }
        }
        return false;
    }

    List<LiveSignature> signatures() {
        return List.of(signatures);
    }

    /** Control step only. Those that drop come first: a trial must not let through what they would drop. */
    void set(List<LiveSignature> changed) {
        List<LiveSignature> ordered = new ArrayList<>(changed);
        ordered.sort((one, other) -> Boolean.compare(other.isActive(), one.isActive()));
        hasActive = ordered.stream().anyMatch(LiveSignature::isActive);
        signatures = ordered.toArray(LiveSignature[]::new);
    }

    /** Packets that had no signature, since this was last asked. */
    long takeMissed() {
        long since = missed - missedLooked;
        missedLooked = missed;
        return since;
    }
}
