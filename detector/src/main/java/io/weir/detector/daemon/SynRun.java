package io.weir.detector.daemon;

import io.weir.detector.flood.ProtectedTargets;
import io.weir.detector.scrub.Condemn;
import io.weir.detector.scrub.Scrubber;
import io.weir.detector.window.TargetTable;
import io.weir.filter.flow.FlowTracker;
import io.weir.filter.flow.Relation;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.PacketBatch;

/**
 * SYNs in a row toward one address that a signature drops, from addresses that nobody knows: most of the commonest flood.
 * They are counted and remembered as {@link Worker} does it one by one, with the same verdicts; but what they have in
 * common is asked once, and the rest is done in short loops. One worker's.
 */
final class SynRun {
    /** Fewer aren't worth it. */
    private static final int SHORTEST = 4;

    private static final int NO_APPLICATION = Application.NONE.ordinal();

    private final ProtectedTargets targets;
    private final FlowTracker flows;
    private final Condemn condemn;
    private final Scrubber scrubber;
    private final TargetCounter counter;

    SynRun(WorkerParts parts, TargetCounter counter) {
        this.targets = parts.targets();
        this.flows = parts.flows();
        this.condemn = parts.condemn();
        this.scrubber = parts.scrubber();
        this.counter = counter;
    }

    /**
     * Judges packet {@code first} and those after it that are of its run.
     *
     * @param prefix of its destination, or -1
     * @param nowNanos its time
     * @param most packets until the control step's next tick
     * @param endNanos the time from when on that tick is due
     * @return how many were judged; 0 where there is no run, and nothing has been done then
     */
    int judge(PacketBatch batch, int first, int prefix, long nowNanos, int most, long endNanos) {
        if (prefix < 0
                || !condemn.isLikely(first)
                || !FlowTracker.isOpening(batch, first)
                || condemn.isBanned(batch, first)) {
            return 0;
        }
        // What is common comes first: else each packet of a batch might look through all the rest of it in vain.
        int target = targets.find(batch.destinationHigh[first], batch.destinationLow[first], prefix, nowNanos);
        int group = targets.ofPrefix(prefix);
        if (target == TargetTable.NONE
                || !condemn.isDropping(target, group, TargetCounter.SYN)
                || !scrubber.isUnderSynAlarmAlone(target, group)) {
            return 0;
        }
        int end = end(batch, first, Math.min(batch.size - first, most), nowNanos, endNanos);
        if (end - first < SHORTEST) {
            return 0;
        }
        targets.find(batch.destinationHigh[first], batch.destinationLow[first], prefix, batch.timestampNanos[end - 1]);
        if (scrubber.asksForWindow(batch, first)) {
            for (int i = first; i < end; i++) {
                // Without a flood of requests it only notes a connection that begins anew.
                scrubber.followRequest(
                        batch,
                        i,
                        target,
                        group,
                        TargetCounter.SYN,
                        Relation.OPENS,
                        FlowTracker.UNKNOWN_WINDOW,
                        batch.timestampNanos[i]);
            }
        }
        counter.countOpenings(batch, first, end, target, group);
        int verdict = condemn.drop(batch, first, end);
        scrubber.noteCondemned(batch, first, end, target, group);
        flows.refuseOpenings(batch, first, end, verdict);
        for (int i = first; i < end; i++) {
            batch.verdict[i] = verdict;
        }
        return end - first;
    }

    /** Where the run ends that begins with packet {@code first}. */
    private int end(PacketBatch batch, int first, int most, long nowNanos, long endNanos) {
        long high = batch.destinationHigh[first];
        long low = batch.destinationLow[first];
        long newestNanos = nowNanos;
        int i = first;
        while (i < first + most
                && condemn.isLikely(i)
                && batch.destinationLow[i] == low
                && batch.destinationHigh[i] == high
                && batch.timestampNanos[i] >= newestNanos
                && batch.timestampNanos[i] < endNanos
                && FlowTracker.isOpening(batch, i)
                && batch.application[i] == NO_APPLICATION
                && batch.fragment[i] == 0
                && scrubber.isStranger(i)
                && !condemn.isBanned(batch, i)) {
            newestNanos = batch.timestampNanos[i];
            i++;
        }
        return i;
    }
}
