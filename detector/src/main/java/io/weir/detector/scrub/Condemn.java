package io.weir.detector.scrub;

import io.weir.detector.window.SampleRing;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.PacketBatch;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Drops before the rules are asked: whoever is banned, what a signature of the configuration names, what has a signature of
 * a flood. One worker's, but for {@link #ban}.
 */
public final class Condemn {
    /** What signatures miss is sampled up to this many packets a tick. */
    private static final int MISSED_SAMPLES_PER_TICK = 64;

    private static final int OK = DecodeOutcome.OK.ordinal();

    private final SignatureBoard board;
    private ConfiguredSignatures configured;
    /** What active signatures missed: where a further one is found. */
    private final SampleRing missed;

    private volatile BanTable banned = BanTable.NONE;
    private BanTable bans = BanTable.NONE;
    private SignaturePlan plan;
    private int lastTarget = -1;
    private int lastGroup = -1;
    private int lastClass = -1;
    private @Nullable SignatureWatch own;
    private @Nullable SignatureWatch ofGroup;

    /** Dropped last, and toward which address; null where nothing was dropped in the last batch. */
    private @Nullable SignatureWatch dropping;

    private long droppingHigh;
    private long droppingLow;
    private boolean isDropping;
    /** Whether the packet judged last has a signature that doesn't drop yet. */
    private boolean isOnTrial;
    /** What was asked of each packet of the batch: only a hint, as the list may change and the packet be proven. */
    private LiveSignature[] asked = SignatureWatch.NONE;
    /** The first of these that each packet has. */
    private final byte[] first = new byte[PacketBatch.CAPACITY];

    private final boolean[] isLikely = new boolean[PacketBatch.CAPACITY];
    /** Packets of the batch that a signature is asked for. */
    private final int[] some = new int[PacketBatch.CAPACITY];

    public Condemn(SignatureBoard board, ConfiguredSignatures configured, SampleRing missed) {
        this.board = board;
        this.configured = configured;
        this.missed = missed;
        this.plan = board.current();
    }

    /** Exchanges the bans: the next batch is judged by these. Any thread. */
    public void ban(BanTable table) {
        banned = table;
    }

    /** The bans that the last batch was judged by. */
    public BanTable bans() {
        return bans;
    }

    /** Exchanges the signatures of the configuration. */
    public void configure(ConfiguredSignatures signatures) {
        configured = signatures;
    }

    /** Whether the source of a packet is banned. */
    public boolean isBanned(PacketBatch batch, int i) {
        return bans.holds(batch.sourceHigh[i], batch.sourceLow[i]);
    }

    /** Takes the newest signatures: once a tick. */
    public void refresh() {
        plan = board.current();
        lastClass = -1;
    }

    /** Takes the newest bans, and asks all packets of a batch for what dropped some before: a flood comes in a row. */
    public void prepare(PacketBatch batch) {
        bans = banned;
        asked = isDropping && dropping != null ? dropping.list() : SignatureWatch.NONE;
        isDropping = false;
        if (asked.length == 0) {
            return;
        }
        Arrays.fill(first, 0, batch.size, (byte) SignatureWatch.NO_SIGNATURE);
        Arrays.fill(isLikely, 0, batch.size, false);
        boolean isEverywhere = dropping == ofGroup;
        // The first comes last, and stands.
        for (int k = asked.length - 1; k >= 0; k--) {
            boolean isActive = asked[k].isActive();
            int left = asked[k].select(batch, some, decoded(batch));
            for (int at = 0; at < left; at++) {
                int i = some[at];
                first[i] = (byte) k;
                isLikely[i] = isActive
                        && (isEverywhere
                                || batch.destinationLow[i] == droppingLow && batch.destinationHigh[i] == droppingHigh);
            }
        }
    }

    /** Puts the packets that were decoded into {@link #some}, and answers how many. */
    private int decoded(PacketBatch batch) {
        int count = 0;
        for (int i = 0; i < batch.size; i++) {
            some[count] = i;
            count += batch.outcome[i] == OK ? 1 : 0;
        }
        return count;
    }

    /** Whether a packet of the batch will most likely be dropped, so that nothing else need be made ready for it. */
    public boolean isLikely(int i) {
        return asked.length > 0 && isLikely[i] && asked[first[i]].isActive();
    }

    /**
     * Whether of packets of a class toward a target, and of no other, all that are {@link #isLikely} will be dropped by
     * their signature.
     */
    @SuppressWarnings("ReferenceEquality")
    public boolean isDropping(int target, int group, int trafficClass) {
        if (!configured.isEmpty() || plan.isEmpty()) {
            return false;
        }
        find(target, group, trafficClass);
        SignatureWatch watch = own == null ? ofGroup : own;
        return watch != null && watch.list() == asked;
    }

    /**
     * Drops packets {@code from} to before {@code to}, after {@link #isDropping}.
     *
     * @return their verdict
     */
    public int drop(PacketBatch batch, int from, int to) {
        SignatureWatch watch = Objects.requireNonNull(own == null ? ofGroup : own);
        for (int i = from; i < to; i++) {
            asked[first[i]].count(batch.timestampNanos[i]);
        }
        isOnTrial = false;
        note(watch, batch, from);
        return watch.drop(to - from);
    }

    /**
     * Judges a packet that counts toward a class; proven traffic is never asked.
     *
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     * @return a verdict that drops, or {@link Scrubber#NO_OBJECTION}
     */
    public int judge(PacketBatch batch, int i, int target, int group, int trafficClass, long nowNanos) {
        isOnTrial = false;
        int verdict = configured.judge(batch, i, group);
        return verdict == Scrubber.NO_OBJECTION && !plan.isEmpty()
                ? bySignature(batch, i, target, group, trafficClass, nowNanos)
                : verdict;
    }

    private int bySignature(PacketBatch batch, int i, int target, int group, int trafficClass, long nowNanos) {
        find(target, group, trafficClass);
        int verdict = own == null ? Scrubber.NO_OBJECTION : byWatch(own, batch, i, nowNanos);
        if (verdict == Scrubber.NO_OBJECTION && ofGroup != null) {
            verdict = byWatch(ofGroup, batch, i, nowNanos);
        }
        if (verdict == Scrubber.NO_OBJECTION && (isWorthALook(own) || isWorthALook(ofGroup))) {
            missed.add(batch, i, target, group, trafficClass, nowNanos);
        }
        return verdict;
    }

    private void find(int target, int group, int trafficClass) {
        if (target != lastTarget || group != lastGroup || trafficClass != lastClass) {
            lastTarget = target;
            lastGroup = group;
            lastClass = trafficClass;
            own = plan.find(target, trafficClass);
            ofGroup = plan.find(group, trafficClass);
        }
    }

    /** A list is made anew at every change, so the same object says the same. */
    @SuppressWarnings("ReferenceEquality")
    private int byWatch(SignatureWatch watch, PacketBatch batch, int i, long nowNanos) {
        LiveSignature[] list = watch.list();
        int found = list == asked ? first[i] : SignatureWatch.first(list, batch, i);
        int verdict = watch.judge(found, nowNanos);
        isOnTrial |= found != SignatureWatch.NO_SIGNATURE && verdict == Scrubber.NO_OBJECTION;
        if (verdict != Scrubber.NO_OBJECTION) {
            note(watch, batch, i);
        }
        return verdict;
    }

    private void note(SignatureWatch watch, PacketBatch batch, int i) {
        isDropping = true;
        dropping = watch;
        droppingHigh = batch.destinationHigh[i];
        droppingLow = batch.destinationLow[i];
    }

    /** Whether the packet judged last has a signature of the flood's that is only tried yet. */
    public boolean isOnTrial() {
        return isOnTrial;
    }

    private static boolean isWorthALook(@Nullable SignatureWatch watch) {
        return watch != null && watch.hasActive() && watch.missedInTick() <= MISSED_SAMPLES_PER_TICK;
    }
}
