package io.weir.detector.scrub;

import io.weir.detector.flood.Limits;
import io.weir.detector.flood.ProtectedTargets;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PrefixTable;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Admits or drops packets toward protected targets, one worker's: the ladder. What is proven passes; of the rest, toward
 * a target under alarm for its class, the first match decides:
 *
 * <ol>
 *   <li>a trusted prefix, within a bucket of its own
 *   <li>the flood's own test
 *   <li>the share of what the class may still take
 * </ol>
 *
 * The {@code total} of the address and of its prefix caps all of it.
 */
public final class Scrubber {
    /** What {@link #admit} answers where nothing decided: the packet's own relation gives the reason. */
    public static final int NO_OBJECTION = -1;

    /** How much of a second's {@code total} may pass at once. */
    private static final long TOTAL_DEPTH_NANOS = 128_000_000;
    /** What newcomers may use of it: the rest is there for connections when both want more than the total. */
    private static final double NEWCOMERS_PART = 0.5;

    private static final int DNS = TrafficClass.DNS.ordinal();
    private static final int HTTP = TrafficClass.HTTP.ordinal();
    private static final int TLS = TrafficClass.TLS.ordinal();
    private static final int NO_CLASS = -1;
    private static final int TOTAL_LIMIT = Verdict.of(Reason.TOTAL_LIMIT);
    private static final int TRUSTED = Verdict.of(Reason.TRUSTED);

    private final Mitigation mitigation;
    private final ProtectedTargets targets;
    private final PrefixTable trusted;
    private final boolean hasTrusted;
    private final boolean hasTotals;
    private final FlowHash hash;
    private final RequestStage requests;
    private final @Nullable RateBucket[] totals;
    /** Whose limits each bucket of {@link #totals} was made for: a slot may have changed hands since. */
    private final @Nullable Limits[] totalLimits;

    private MitigationPlan plan;
    private int lastTarget;
    private int lastGroup;
    private int lastClass = NO_CLASS;
    private MitigationPlan.@Nullable Defence lastDefence;
    /** Packets of connections that {@code total} took since they were last asked for, by target. */
    private final long[] sacrificed;

    private long sacrificedSum;

    /** @param totalTargets how many targets may have a {@code total} */
    public Scrubber(
            Mitigation mitigation,
            ProtectedTargets targets,
            List<IpPrefix> trusted,
            FlowHash hash,
            int totalTargets,
            RequestStage requests) {
        this.mitigation = mitigation;
        this.targets = targets;
        this.trusted = PrefixTable.of(trusted);
        this.hasTrusted = !trusted.isEmpty();
        this.hasTotals = targets.hasTotals();
        this.hash = hash;
        this.requests = requests;
        this.totals = new @Nullable RateBucket[totalTargets];
        this.totalLimits = new @Nullable Limits[totalTargets];
        this.sacrificed = new long[totalTargets];
        this.plan = mitigation.current();
    }

    /** Forgets the time: a new stream begins. */
    public void restart() {
        Arrays.fill(totals, null);
        requests.restart();
    }

    /** Takes the newest plan: once before each run of packets. */
    public void refresh() {
        plan = mitigation.current();
        lastClass = NO_CLASS;
        requests.refresh();
    }

    /**
     * Judges a packet toward a protected address.
     *
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     * @param trafficClass it counts toward, or -1 if it is proven
     * @param relation one of {@link io.weir.filter.flow.Relation}
     * @return a verdict, or {@link #NO_OBJECTION}
     */
    public int admit(PacketBatch batch, int i, int target, int group, int trafficClass, int relation, long nowNanos) {
        int verdict = isRequest(trafficClass) ? NO_OBJECTION : requests.follow(batch, i, target, group, relation, nowNanos);
        if (verdict == NO_OBJECTION && trafficClass >= 0) {
            MitigationPlan.Defence defence = defence(target, group, trafficClass);
            if (defence == null && isRequest(trafficClass)) {
                requests.observe(batch, i, target, group, trafficClass, nowNanos);
            }
            if (defence != null) {
                verdict = judge(defence, batch, i, target, group, trafficClass, relation, nowNanos);
            }
        }
        return capped(verdict, batch, i, target, group, trafficClass, nowNanos);
    }

    /** The verdict, unless the total of the address or of its prefix is used up. */
    private int capped(int verdict, PacketBatch batch, int i, int target, int group, int trafficClass, long nowNanos) {
        if (!hasTotals || verdict != NO_OBJECTION && Verdict.isDrop(verdict)) {
            return verdict;
        }
        int length = batch.wireLength[i];
        boolean isWithin = isWithinTotal(target, trafficClass, length, nowNanos)
                && isWithinTotal(group, trafficClass, length, nowNanos);
        return isWithin ? verdict : TOTAL_LIMIT;
    }

    /**
     * Judges a later fragment: it fares as its first did.
     *
     * @param firstVerdict the first fragment's
     * @return a verdict, or {@link #NO_OBJECTION}
     */
    public int follow(
            PacketBatch batch, int i, int target, int group, int trafficClass, int firstVerdict, long nowNanos) {
        boolean isDropped = Verdict.isDrop(firstVerdict);
        if (trafficClass >= 0) {
            MitigationPlan.Defence defence = defence(target, group, trafficClass);
            if (defence != null) {
                count(defence, batch, i, isDropped);
            }
        }
        int verdict = isDropped ? firstVerdict : NO_OBJECTION;
        return capped(verdict, batch, i, target, group, trafficClass, nowNanos);
    }

    /** The plan's answer. A flood comes in a row: mostly the same as for the last packet. */
    private MitigationPlan.@Nullable Defence defence(int target, int group, int trafficClass) {
        if (target != lastTarget || trafficClass != lastClass || group != lastGroup) {
            lastTarget = target;
            lastGroup = group;
            lastClass = trafficClass;
            lastDefence = plan.defence(target, group, trafficClass);
        }
        return lastDefence;
    }

    private int judge(
            MitigationPlan.Defence defence,
            PacketBatch batch,
            int i,
            int target,
            int group,
            int trafficClass,
            int relation,
            long nowNanos) {
        int length = batch.wireLength[i];
        int verdict;
        if (hasTrusted
                && trusted.lookup(batch.sourceHigh[i], batch.sourceLow[i]) >= 0
                && defence.trusted().take(length, nowNanos)) {
            verdict = TRUSTED;
        } else {
            verdict = ownTest(batch, i, target, group, trafficClass, relation, nowNanos);
            if (verdict == NO_OBJECTION && !defence.unproven().take(length, nowNanos)) {
                verdict = defence.dropVerdict();
            }
        }
        count(defence, batch, i, verdict != NO_OBJECTION && Verdict.isDrop(verdict));
        return verdict;
    }

    /** What the flood's own test says, {@link #NO_OBJECTION} where it doesn't know. */
    private int ownTest(
            PacketBatch batch, int i, int target, int group, int trafficClass, int relation, long nowNanos) {
        return isRequest(trafficClass)
                ? requests.judge(batch, i, target, group, trafficClass, relation, nowNanos)
                : NO_OBJECTION;
    }

    private static boolean isRequest(int trafficClass) {
        return trafficClass == HTTP || trafficClass == TLS || trafficClass == DNS;
    }

    private void count(MitigationPlan.Defence defence, PacketBatch batch, int i, boolean isDropped) {
        long source = hash.address(batch.sourceHigh[i], batch.sourceLow[i]);
        defence.flood().traffic().count(source, batch.wireLength[i], isDropped);
    }

    /** Counts a packet that was condemned before it came here. */
    public void noteCondemned(PacketBatch batch, int i, int target, int group, int trafficClass) {
        MitigationPlan.Defence defence = defence(target, group, trafficClass);
        if (defence != null) {
            count(defence, batch, i, true);
        }
    }

    private boolean isWithinTotal(int target, int trafficClass, int lengthBytes, long nowNanos) {
        if (target < 0) {
            return true;
        }
        Limits limits = targets.limits(target);
        if (!limits.hasTotal()) {
            return true;
        }
        RateBucket total = totals[target];
        if (total == null || totalLimits[target] != limits) {
            // Once for each target that has a total, not once a packet.
            total = new RateBucket(
                    limits.total().packetsPerSecond(), limits.total().bitsPerSecond(), TOTAL_DEPTH_NANOS);
            totals[target] = total;
            totalLimits[target] = limits;
        }
        boolean isProven = trafficClass < 0;
        if (total.take(lengthBytes, nowNanos, isProven ? 1 : NEWCOMERS_PART)) {
            return true;
        }
        if (isProven) {
            sacrificed[target]++;
            sacrificedSum++;
        }
        return false;
    }

    /** Packets of connections that {@code total} took, because connections alone exceeded it, since the start. */
    public long sacrificedSum() {
        return sacrificedSum;
    }

    /** Those of a target since this was last asked. */
    public long takeSacrificed(int target) {
        long packets = sacrificed[target];
        sacrificed[target] = 0;
        return packets;
    }
}
