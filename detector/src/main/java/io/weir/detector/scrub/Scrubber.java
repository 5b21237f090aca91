package io.weir.detector.scrub;

import io.weir.detector.flood.FloodTraffic;
import io.weir.detector.flood.ProtectedTargets;
import io.weir.detector.flood.Sender;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PrefixTable;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.flow.Relation;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Admits or drops packets toward protected targets, one worker's: the ladder. What is proven passes; of the rest, toward
 * a target under alarm for its class, the first match decides:
 *
 * <ol>
 *   <li>a trusted prefix, within a bucket of its own
 *   <li>of requests, handshakes and questions: what {@link RequestStage} says of them
 *   <li>a credible source, within a bucket of its own and its part of it
 *   <li>the flood's own test
 *   <li>the share of what the class may still take: sources known from before first, then what is rare, then the rest
 * </ol>
 *
 * The {@code total} of the address and of its prefix caps all of it.
 */
public final class Scrubber {
    /** What {@link #admit} answers where nothing decided: the packet's own relation gives the reason. */
    public static final int NO_OBJECTION = -1;

    /** By rank of {@link FairShare}: how much of the bucket may be used. Whoever was known before may use all. */
    private static final double[] USABLE = {0.75, 0.5, 0.25, 0};

    /** Less than what {@link FairShare#BULK} uses up. */
    private static final double CALM = 0.2;

    /** Where many go on that look alike: bots and reflectors do, too, and users come before them. */
    private static final double USABLE_GOING_ON_ALIKE = 0.6;
    /** By what has a signature that is tried yet: should that drop, nobody else will have gone short for it. */
    private static final double USABLE_ON_TRIAL = 0.1;

    private static final int SYN = TrafficClass.SYN.ordinal();
    private static final int ACK = TrafficClass.ACK.ordinal();
    private static final int ICMP = TrafficClass.ICMP.ordinal();
    private static final int DNS = TrafficClass.DNS.ordinal();
    private static final int HTTP = TrafficClass.HTTP.ordinal();
    private static final int TLS = TrafficClass.TLS.ordinal();
    private static final int NO_CLASS = -1;
    private static final int TOTAL_LIMIT = Verdict.of(Reason.TOTAL_LIMIT);
    private static final int TRUSTED = Verdict.of(Reason.TRUSTED);
    private static final int CREDIBLE = Verdict.of(Reason.CREDIBLE);
    private static final int AUTHENTICATED = Verdict.of(Reason.AUTHENTICATED);

    private final Mitigation mitigation;
    private PrefixTable trusted;
    private boolean hasTrusted;
    private final FlowHash hash;
    private final RequestStage requests;
    private final SourceTable sources;
    private final Standing standing;
    private final FairShare fairShare;
    private final SynAuthentication authentication;
    private final DatagramTest datagrams;
    private final TotalCaps totals;

    private final BatchHashes hashes;

    private MitigationPlan plan;
    private boolean isLearning;
    private int lastTarget;
    private int lastGroup;
    private int lastClass = NO_CLASS;
    private @Nullable Defence lastDefence;
    /** Whether the packet that is being judged has a signature that is only tried yet. */
    private boolean isOnTrial;

    /** Who sent the packet that is being judged. */
    private Sender sender = Sender.NEWCOMER;

    /** @param totalTargets how many targets may have a {@code total} */
    public Scrubber(
            Mitigation mitigation,
            ProtectedTargets targets,
            List<IpPrefix> trusted,
            FlowHash hash,
            int totalTargets,
            RequestStage requests,
            SourceTable sources) {
        this.mitigation = mitigation;
        this.trusted = PrefixTable.of(trusted);
        this.hasTrusted = !trusted.isEmpty();
        this.hash = hash;
        this.requests = requests;
        this.sources = sources;
        this.standing = new Standing(sources);
        this.fairShare = new FairShare(hash);
        this.authentication = new SynAuthentication(hash);
        this.datagrams = new DatagramTest(hash);
        this.hashes = new BatchHashes(hash, sources, authentication);
        this.totals = new TotalCaps(targets, totalTargets);
        this.plan = mitigation.current();
    }

    /** Exchanges the trusted prefixes, and looks at the limits again. */
    public void configure(List<IpPrefix> trustedNow) {
        trusted = PrefixTable.of(trustedNow);
        hasTrusted = !trustedNow.isEmpty();
        totals.refresh();
    }

    /** Forgets the time: a new stream begins. */
    public void restart() {
        totals.restart();
        fairShare.restart();
        authentication.restart();
        datagrams.restart();
        requests.restart();
    }

    /**
     * Takes the newest plan: before each run of packets.
     *
     * @param isLearningNow whether the stream is so young that connections are met in their middle
     */
    public void refresh(boolean isLearningNow) {
        plan = mitigation.current();
        isLearning = isLearningNow;
        lastClass = NO_CLASS;
        requests.refresh();
    }

    /**
     * Hashes what a batch holds, and fetches the table lines it will need, if any flood is on.
     *
     * @return a number without meaning; it keeps the fetches from being optimised away
     */
    public long prepare(PacketBatch batch) {
        return hashes.prepare(batch, plan.isActive(), plan.isAuthenticating());
    }

    /** The entry of a packet's source; see {@link Standing#find}. */
    private int known(PacketBatch batch, int i, long source) {
        return isStranger(i) ? SourceTable.NONE : standing.find(batch, i, source);
    }

    /** Whether nobody knows the source of a packet of the batch, surely. */
    public boolean isStranger(int i) {
        return hashes.isStranger(i);
    }

    /** Says of the packet that is judged next whether it has a signature of a flood's that is only tried yet. */
    public void noteTrial(boolean isTried) {
        isOnTrial = isTried;
    }

    /**
     * Judges a packet toward a protected address.
     *
     * @param target of its address, or -1
     * @param group target of its prefix, or -1
     * @param trafficClass it counts toward, or -1 if it is proven
     * @param relation one of {@link Relation}
     * @return a verdict, or {@link #NO_OBJECTION}
     */
    public int admit(PacketBatch batch, int i, int target, int group, int trafficClass, int relation, long nowNanos) {
        int verdict = NO_OBJECTION;
        if (trafficClass >= 0) {
            Defence defence = defence(target, group, trafficClass);
            if (defence == null && isRequest(trafficClass)) {
                requests.observe(batch, i, target, group, trafficClass, relation, nowNanos);
            }
            if (defence != null) {
                verdict = judge(defence, batch, i, target, group, trafficClass, relation, nowNanos);
                long source = hashes.source(batch, i);
                defence.flood().traffic().count(source, batch.wireLength[i], isDrop(verdict), sender);
            }
        }
        return totals.isAny() ? capped(verdict, batch, i, target, group, trafficClass, nowNanos) : verdict;
    }

    /**
     * Judges a TCP packet before it is counted, by what was found of its connection's requests or of its source's: what
     * follows of a dropped request proves nothing and is no flood of its own.
     *
     * @param windowBytes the room for answers that a proven segment offers, negative where it isn't known
     * @return a drop verdict, or {@link #NO_OBJECTION}
     */
    public int followRequest(
            PacketBatch batch,
            int i,
            int target,
            int group,
            int trafficClass,
            int relation,
            int windowBytes,
            long nowNanos) {
        requests.note(batch, i, target, group, relation, windowBytes, nowNanos);
        Defence defence = isRequest(trafficClass) ? null : requests.defence(target, group);
        if (defence == null
                || !requests.isFollowing(batch, i, target, group, relation, nowNanos)
                        && !requests.isTooManyAgain(defence, batch, i, nowNanos)) {
            return NO_OBJECTION;
        }
        long source = hash.address(batch.sourceHigh[i], batch.sourceLow[i]);
        defence.flood().traffic().count(source, batch.wireLength[i], true, Sender.SUSPECT);
        return defence.dropVerdict();
    }

    /** Whether {@link #followRequest} asks for the window of a packet that is proven. */
    public boolean asksForWindow(PacketBatch batch, int i) {
        return requests.asksForWindow(batch, i);
    }

    /**
     * Finds the requests of HTTP/2 in a TCP packet toward a protected address, before it is counted.
     *
     * @param relation one of {@link Relation}
     */
    public void readStreams(PacketBatch batch, int i, int relation, long nowNanos) {
        requests.readStreams(batch, i, relation, nowNanos);
    }

    /** Notes a TCP packet from a protected address: a server may end a request that doesn't go on. */
    public void noteAnswer(PacketBatch batch, int i) {
        requests.noteAnswer(batch, i);
    }

    /** The verdict, unless the total of the address or of its prefix is used up. */
    private int capped(int verdict, PacketBatch batch, int i, int target, int group, int trafficClass, long nowNanos) {
        if (isDrop(verdict)) {
            return verdict;
        }
        double usable = TotalCaps.ESTABLISHED;
        if (trafficClass >= 0) {
            boolean isCredible = verdict == TRUSTED || verdict == CREDIBLE;
            usable = isCredible ? TotalCaps.CREDIBLE : TotalCaps.NEWCOMERS;
        }
        int length = batch.wireLength[i];
        if (totals.take(target, length, usable, nowNanos) && totals.take(group, length, usable, nowNanos)) {
            return verdict;
        }
        if (trafficClass < 0) {
            plan.countSacrificed(target, group);
        }
        return TOTAL_LIMIT;
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
            Defence defence = defence(target, group, trafficClass);
            if (defence != null) {
                long source = hashes.source(batch, i);
                defence.flood().traffic().count(source, batch.wireLength[i], isDropped, Sender.SUSPECT);
            }
        }
        int verdict = isDropped ? firstVerdict : NO_OBJECTION;
        return totals.isAny() ? capped(verdict, batch, i, target, group, trafficClass, nowNanos) : verdict;
    }

    /**
     * Counts a packet that was condemned before it came here: an offence of whoever is known to send it.
     *
     * @param relation one of {@link Relation}
     */
    public void noteCondemned(
            PacketBatch batch, int i, int target, int group, int trafficClass, int relation, long nowNanos) {
        Defence defence = defence(target, group, trafficClass);
        if (defence == null) {
            return;
        }
        if (isRequest(trafficClass)) {
            requests.noteCondemned(batch, i, target, group, trafficClass, relation, nowNanos);
        }
        long source = hashes.source(batch, i);
        int entry = known(batch, i, source);
        Sender condemned = Sender.SUSPECT;
        if (entry != SourceTable.NONE) {
            condemned = standing.of(entry, defence, nowNanos) > Standing.NONE ? Sender.CREDIBLE : condemned;
            sources.noteOffence(entry, nowNanos);
        }
        defence.flood().traffic().count(source, batch.wireLength[i], true, condemned);
    }

    /** The same of SYNs {@code from} to before {@code to} of strangers, after {@link #isUnderSynAlarmAlone}. */
    public void noteCondemned(PacketBatch batch, int from, int to, int target, int group) {
        isOnTrial = false;
        FloodTraffic traffic =
                Objects.requireNonNull(defence(target, group, SYN)).flood().traffic();
        traffic.countDropped(batch.wireLength, hashes.sources(), from, to, Sender.SUSPECT);
    }

    /** Whether a target is under alarm for SYNs, and for nothing that judges connections by their requests. */
    public boolean isUnderSynAlarmAlone(int target, int group) {
        return requests.defence(target, group) == null && defence(target, group, SYN) != null;
    }

    /**
     * Judges data of a connection whose SYN or first segment was dropped, where only its client is seen: anyone could send
     * it, so it counts as that would have.
     *
     * @return a verdict that drops, or {@link #NO_OBJECTION}
     */
    public int admitLate(int target, int group, int relation, int lengthBytes, long nowNanos) {
        boolean isMet = relation == Relation.ADMITS;
        Defence defence = defence(target, group, isMet ? ACK : SYN);
        return defence == null || defence.lanes().takeLate(isMet, lengthBytes, nowNanos)
                ? NO_OBJECTION
                : defence.dropVerdict();
    }

    /** Counts a connection toward a target that opened although its SYN had been dropped. */
    public void noteDelayed(int target, int group) {
        Defence defence = defence(target, group, SYN);
        if (defence != null) {
            defence.flood().traffic().countDelayed();
        }
    }

    /** A datagram that was no answer has come in peace: its port is in use. */
    void notePeace(PacketBatch batch, int i, long nowNanos) {
        datagrams.notePeace(batch, i, nowNanos);
    }

    /** Whether a target is under alarm for a class: then what proves nothing isn't learned from. */
    boolean isUnderAlarm(int target, int group, int trafficClass) {
        return defence(target, group, trafficClass) != null;
    }

    /**
     * Whether there is room for whoever comes: no alarm of a class, or so little of its flood left that it doesn't use up
     * what may pass.
     */
    public boolean isCalm(int target, int group, int trafficClass, long nowNanos) {
        Defence defence = defence(target, group, trafficClass);
        return defence == null || defence.lanes().share().isIdle(CALM, nowNanos);
    }

    /** The plan's answer. A flood comes in a row: mostly the same as for the last packet. */
    private @Nullable Defence defence(int target, int group, int trafficClass) {
        if (target != lastTarget || trafficClass != lastClass || group != lastGroup) {
            lastTarget = target;
            lastGroup = group;
            lastClass = trafficClass;
            lastDefence = plan.defence(target, group, trafficClass);
        }
        return lastDefence;
    }

    private int judge(
            Defence defence,
            PacketBatch batch,
            int i,
            int target,
            int group,
            int trafficClass,
            int relation,
            long nowNanos) {
        Lanes lanes = defence.lanes();
        int length = batch.wireLength[i];
        if (hasTrusted
                && trusted.lookup(batch.sourceHigh[i], batch.sourceLow[i]) >= 0
                && lanes.trusted().take(length, nowNanos)) {
            sender = Sender.CREDIBLE;
            return TRUSTED;
        }
        long source = hashes.source(batch, i);
        long fromSource = fairShare.countSource(lanes, source, nowNanos);
        int entry = known(batch, i, source);
        int known = entry == SourceTable.NONE ? Standing.NONE : standing.of(entry, defence, nowNanos);
        if (entry != SourceTable.NONE && fromSource == lanes.condemnedSourceBound()) {
            sources.noteOffence(entry, nowNanos);
        }
        sender = known > Standing.NONE ? Sender.CREDIBLE : Sender.SUSPECT;
        if (isRequest(trafficClass)) {
            // Whoever sends requests has completed a handshake, users and robots alike: here their test comes first.
            boolean isKnown = known > Standing.NONE;
            int requested = requests.judge(batch, i, target, group, trafficClass, relation, isKnown, nowNanos);
            if (requested != NO_OBJECTION) {
                return requested;
            }
        }
        int stance = datagrams.judge(defence, batch, i, trafficClass, nowNanos);
        if (stance == DatagramTest.UNUSED || stance == DatagramTest.UNASKED && known == Standing.NONE) {
            return defence.dropVerdict();
        }
        if (known == Standing.CREDIBLE
                && fromSource <= lanes.credibleBound()
                && lanes.credible().take(length, nowNanos)) {
            return CREDIBLE;
        }
        if (trafficClass == ACK && lanes.isOfFewAnswers(batch, i, nowNanos)) {
            return NO_OBJECTION;
        }
        if (trafficClass == ACK && !isLearning) {
            // Later than this every connection is known, but for those whose SYN went out of sight.
            return defence.dropVerdict();
        }
        if (known > Standing.NONE && fromSource <= lanes.sourceBound()) {
            lanes.countKnown();
            if (!lanes.isKnownDoubted()) {
                return lanes.takeKnown(length, nowNanos) ? NO_OBJECTION : defence.dropVerdict();
            }
            sender = Sender.SUSPECT;
        }
        int rank = fairShare.rank(lanes, batch, i, trafficClass, fromSource, nowNanos);
        lanes.countOffered(rank);
        if (trafficClass == SYN && rank >= defence.authenticatedFrom()) {
            return authenticate(defence, batch, i, entry, nowNanos);
        }
        if (stance == DatagramTest.GOES_ON && isModest(lanes, trafficClass, rank, fromSource)) {
            boolean isAlike = trafficClass != ICMP && fairShare.isAlike(lanes, batch, i, trafficClass, nowNanos);
            double usable = isAlike ? USABLE_GOING_ON_ALIKE : Lanes.USABLE_GOING_ON;
            return lanes.share().take(length, nowNanos, usable) ? NO_OBJECTION : defence.dropVerdict();
        }
        return share(defence, length, rank, nowNanos);
    }

    /**
     * Whoever goes on is no forger, but bots go on, too. Pings all look alike, so that a flood makes the shape of everybody's
     * heavy: of them the source's own rate tells.
     */
    private static boolean isModest(Lanes lanes, int trafficClass, int rank, long fromSource) {
        return rank <= FairShare.SUSPECT || trafficClass == ICMP && fromSource <= lanes.sourceBound();
    }

    private int authenticate(Defence defence, PacketBatch batch, int i, int entry, long nowNanos) {
        long tuple = hashes.synTuple(batch, i);
        int answer = authentication.judge(tuple, nowNanos);
        if (answer == SynAuthentication.PASSED) {
            Lanes lanes = defence.lanes();
            int length = batch.wireLength[i];
            boolean isAdmitted = lanes.share().take(length, nowNanos)
                    || defence.authenticatedFrom() == FairShare.LIGHT
                            && lanes.newcomers().take(length, nowNanos);
            return isAdmitted ? AUTHENTICATED : defence.dropVerdict();
        }
        if (answer == SynAuthentication.CONDEMNED && entry != SourceTable.NONE) {
            sources.noteOffence(entry, nowNanos);
        }
        if (answer == SynAuthentication.FIRST) {
            defence.flood().traffic().countAskedAgain();
        }
        return defence.authenticationVerdict();
    }

    private int share(Defence defence, int length, int rank, long nowNanos) {
        Lanes lanes = defence.lanes();
        if (isOnTrial) {
            return lanes.share().take(length, nowNanos, USABLE_ON_TRIAL) ? NO_OBJECTION : defence.dropVerdict();
        }
        sender = rank == FairShare.LIGHT && sender == Sender.SUSPECT ? Sender.NEWCOMER : sender;
        if (lanes.isAck()) {
            // Above what may pass, a part would help nobody: who is real comes again.
            boolean isRoom = rank == FairShare.LIGHT && lanes.share().offer(length, nowNanos);
            return isRoom ? NO_OBJECTION : defence.dropVerdict();
        }
        boolean isAdmitted = rank != FairShare.CONDEMNED
                && (lanes.share().take(length, nowNanos, USABLE[rank])
                        || rank == FairShare.LIGHT && lanes.newcomers().take(length, nowNanos));
        return isAdmitted ? NO_OBJECTION : defence.dropVerdict();
    }

    static boolean isRequest(int trafficClass) {
        return trafficClass == HTTP || trafficClass == TLS || trafficClass == DNS;
    }

    /** NO_OBJECTION has every bit set. */
    private static boolean isDrop(int verdict) {
        return verdict != NO_OBJECTION && Verdict.isDrop(verdict);
    }

    /** Packets of connections that {@code total} took, because connections alone exceeded it, since the start. */
    public long sacrificedSum() {
        return totals.sacrificedSum();
    }

    /** Those of a target since this was last asked. */
    public long takeSacrificed(int target) {
        return totals.takeSacrificed(target);
    }

    /** Memory in bytes, fixed at construction; that of the sources apart. */
    public long sizeBytes() {
        return fairShare.sizeBytes() + SynAuthentication.sizeBytes() + DatagramTest.sizeBytes() + requests.sizeBytes();
    }
}
