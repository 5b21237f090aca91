package io.weir.detector.daemon;

import io.weir.detector.flood.ProtectedTargets;
import io.weir.detector.flood.TrafficClass;
import io.weir.detector.flood.TrafficClassifier;
import io.weir.detector.scrub.Condemn;
import io.weir.detector.scrub.Scrubber;
import io.weir.detector.scrub.SourceWatch;
import io.weir.detector.window.TargetTable;
import io.weir.filter.flow.FlowTracker;
import io.weir.filter.flow.Relation;
import io.weir.filter.match.RuleHits;
import io.weir.filter.match.RuleLedger;
import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.Fragment;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.rule.Direction;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.ReasonCounters;
import io.weir.filter.verdict.Verdict;
import java.util.List;

/**
 * Judges batches: decode, relate, count, admit, commit. Run to completion on one thread, or on several that take turns
 * ({@link Pipeline}); allocates nothing per packet.
 *
 * <p>Packets are decoded and their cache lines fetched a batch at a time, then judged strictly one after the other, so
 * that verdicts don't depend on where a source cuts its batches.
 */
public final class Worker {
    private static final int ESTABLISHED = Verdict.of(Reason.ESTABLISHED);
    private static final int ANSWER = Verdict.of(Reason.ANSWER);
    private static final int ACCEPTED = Verdict.of(Reason.ACCEPTED);
    private static final int CONTROL = Verdict.of(Reason.CONTROL);
    private static final int CONTROL_LIMIT = Verdict.of(Reason.CONTROL_LIMIT);
    private static final int BANNED = Verdict.of(Reason.BAN);
    private static final int TRANSIT = Verdict.of(Reason.TRANSIT);
    private static final int UNDECODED = Verdict.of(Reason.UNDECODED);
    private static final int MALFORMED = Verdict.of(Reason.MALFORMED);

    private static final int UDP = TrafficClass.UDP.ordinal();
    private static final int OTHER = TrafficClass.OTHER.ordinal();
    private static final int OK = DecodeOutcome.OK.ordinal();
    /** So much older than the newest packet is no reordering. */
    private static final long OLDER_NANOS = 1_000_000_000L;

    private static final int OLDER_PACKETS = 64;

    private final WorkerParts parts;
    private final FrameDecoder decoder = new FrameDecoder();
    private final FlowTracker flows;
    private final TargetTable addresses;
    private final ProtectedTargets targets;
    private PrefixColumns prefixes;
    private final Condemn condemn;
    private final Scrubber scrubber;
    private final SourceWatch sources;
    private final TargetCounter counter;
    private final SynRun synRun;
    private RuleStage rules;
    private boolean hasRules;
    /** Whether what goes from one protected prefix to another is judged on its way out as well. */
    private boolean isJudgingIntra;

    private final AnswerWatch answers;
    private final OneSidedBound oneSided;
    private final ControlLoop control;
    private boolean isObserving;
    /** Whether what is dropped really passes here: observed only, or dropped elsewhere. */
    private boolean isSparing;

    private boolean isWitness;
    private final ReasonCounters reasons;
    private final TrafficWays ways;
    private final DecodeCounters decodes = new DecodeCounters();

    private long nowNanos = Long.MIN_VALUE;
    /** Written so that the fetches aren't optimised away. */
    @SuppressWarnings("UnusedVariable")
    private long touched;

    private int trafficClass;
    private int olderInARow;

    Worker(WorkerParts parts, ControlLoop control, boolean isObserving) {
        this.parts = parts;
        this.flows = parts.flows();
        this.addresses = parts.addresses();
        this.targets = parts.targets();
        this.condemn = parts.condemn();
        this.scrubber = parts.scrubber();
        this.sources = parts.sources();
        this.counter = new TargetCounter(parts);
        this.synRun = new SynRun(parts, counter);
        this.answers = new AnswerWatch(parts.views(), addresses);
        this.oneSided = new OneSidedBound(targets);
        this.rules = parts.rules();
        this.reasons = parts.reasons();
        this.ways = parts.ways();
        this.prefixes = new PrefixColumns(parts.prefixes(), true);
        judgeBy(rules);
        this.control = control;
        this.isObserving = isObserving;
        this.isSparing = isObserving;
    }

    private void judgeBy(RuleStage stage) {
        rules = stage;
        hasRules = !stage.isEmpty();
        isJudgingIntra = hasRules && targets.isWatchingPrefixes();
        prefixes = new PrefixColumns(parts.prefixes(), isJudgingIntra);
    }

    /** Exchanges the rules between two batches; what was counted of rules that stay goes on. */
    void exchange(RuleStage stage) {
        stage.takeOver(rules);
        judgeBy(stage);
    }

    /** Whether drops are only reported, from the next batch on. */
    void observe(boolean isOn) {
        isObserving = isOn;
        isSparing = isOn || isWitness;
        control.observe(isOn);
    }

    /** Says that it sees copies, and that what it drops passes, unless the kernel drops it. Before the first packet. */
    void witness() {
        isWitness = true;
        isSparing = true;
        control.witness();
    }

    boolean isObserving() {
        return isObserving;
    }

    /** Decodes and judges every packet of a batch; the verdicts then stand in its column. */
    public void judge(PacketBatch batch) {
        decoder.decode(batch);
        judgeDecoded(batch);
    }

    /** The same for a batch that a decoder of the caller's has read. */
    void judgeDecoded(PacketBatch batch) {
        prefixes.look(batch);
        touched = flows.prepare(batch, 0, batch.size) + scrubber.prepare(batch) + counter.prepare(batch);
        condemn.prepare(batch);
        if (hasRules) {
            rules.begin(batch, prefixes, flows, condemn);
        }
        int judged;
        for (int i = 0; i < batch.size; i += judged) {
            noteTime(batch.timestampNanos[i]);
            advance();
            judged = isSparing ? 0 : judgeRun(batch, i);
            if (judged == 0) {
                int verdict = judge(batch, i);
                batch.verdict[i] = isSparing ? Verdict.spared(verdict) : verdict;
                judged = 1;
            }
        }
        ways.look(batch, prefixes);
        reasons.count(batch.verdict, batch.wireLength, ways.of, batch.size);
        decodes.count(batch);
    }

    private int judgeRun(PacketBatch batch, int i) {
        int judged = synRun.judge(
                batch, i, prefixes.destination[i], nowNanos, control.packetsBeforeTick() + 1, control.tickNanos());
        if (judged > 0) {
            nowNanos = batch.timestampNanos[i + judged - 1];
            control.pass(judged - 1);
        }
        return judged;
    }

    private void advance() {
        if (control.advance(nowNanos)) {
            condemn.refresh();
            scrubber.refresh(flows.isLearning());
            counter.beginTick();
        }
    }

    /** Lets time pass where no packets come, so that what is over ends. Never in a replay: there packets are the clock. */
    public void idle(long timeNanos) {
        if (timeNanos > nowNanos && nowNanos != Long.MIN_VALUE) {
            nowNanos = timeNanos;
            advance();
        }
    }

    /**
     * A packet older than the newest is judged at the newest. But where one packet after the other is much older, it was
     * the newest that was wrong, or the clock was set back: then a new stream begins.
     */
    private void noteTime(long timestampNanos) {
        if (timestampNanos >= nowNanos || nowNanos == Long.MIN_VALUE) {
            nowNanos = timestampNanos;
            olderInARow = 0;
        } else if (nowNanos - timestampNanos <= OLDER_NANOS) {
            olderInARow = 0;
        } else if (++olderInARow == OLDER_PACKETS) {
            control.restart(nowNanos);
            scrubber.restart();
            addresses.restart();
            parts.control().restart();
            nowNanos = timestampNanos;
            olderInARow = 0;
        }
    }

    private int judge(PacketBatch batch, int i) {
        if (batch.outcome[i] != OK) {
            return judgeUndecoded(batch, i);
        }
        int prefix = prefixes.destination[i];
        if (prefix >= 0) {
            boolean isBanned = condemn.isBanned(batch, i);
            // Spared it really passes, so what follows of it is tracked.
            return isBanned && !isSparing ? BANNED : ingress(batch, i, prefix, isBanned);
        }
        int source = prefixes.source[i];
        return source >= 0 ? judgeEgress(batch, i, source) : TRANSIT;
    }

    private int ingress(PacketBatch batch, int i, int prefix, boolean isBanned) {
        int verdict = judgeIngress(batch, i, prefix);
        return isBanned ? BANNED : verdict;
    }

    private int judgeUndecoded(PacketBatch batch, int i) {
        DecodeOutcome outcome = DecodeOutcome.of(batch.outcome[i]);
        if (outcome == DecodeOutcome.NOT_IP) {
            parts.sweeps().add(batch, i);
            return control(batch, i);
        }
        if (batch.ipVersion[i] == 0 || !outcome.isMalformed()) {
            return UNDECODED;
        }
        int prefix = prefixes.destination[i];
        return prefix < 0 ? UNDECODED : judgeMalformed(batch, i, prefix);
    }

    /** Dropped whatever else holds, but many of them are a flood of their protocol's class. */
    private int judgeMalformed(PacketBatch batch, int i, int prefix) {
        int target = targets.enter(batch.destinationHigh[i], batch.destinationLow[i], prefix, nowNanos);
        int group = targets.ofPrefix(prefix);
        trafficClass = TrafficClassifier.classOfMalformed(batch, i);
        counter.count(batch, i, Relation.UNPROVEN, target, group, trafficClass, nowNanos);
        return scrubber.follow(batch, i, target, group, trafficClass, MALFORMED, nowNanos);
    }

    private int judgeEgress(PacketBatch batch, int i, int prefix) {
        int relation = flows.relate(batch, i, nowNanos, true);
        if (hasRules && (relation == Relation.PATH_MTU || ControlTraffic.isControl(batch, i))) {
            return control(batch, i);
        }
        int verdict = relation == Relation.FOLLOWS_FRAGMENT
                ? (int) flows.firstFragment()
                : passing(relation, ruled(batch, i, relation, prefix, Direction.EGRESS, flows.isLearning()));
        counter.noteProgress(batch, i, relation, TargetTable.NONE, TargetTable.NONE, nowNanos);
        scrubber.noteAnswer(batch, i);
        rememberFirstFragment(batch, i, TrafficClassifier.NONE, verdict);
        flows.commit(batch, i, nowNanos, relation, learnable(verdict));
        return verdict;
    }

    private int judgeIngress(PacketBatch batch, int i, int prefix) {
        // What is proven is counted for an address that is watched, but makes none watched.
        int target = targets.find(batch.destinationHigh[i], batch.destinationLow[i], prefix, nowNanos);
        int group = targets.ofPrefix(prefix);
        // Only of a TCP segment that may prove itself does it matter who answers.
        boolean expectsAnswers = batch.protocol[i] == IpProtocol.TCP
                && (batch.tcpFlags[i] & (TcpFlags.SYN | TcpFlags.ACK)) != TcpFlags.SYN
                && answers.expectsAnswers(prefix, target, nowNanos);
        int relation = flows.relate(batch, i, nowNanos, expectsAnswers);
        if (relation == Relation.BELONGS && flows.isOfOneSidedExchange()) {
            target = target != TargetTable.NONE
                    ? target
                    : targets.enter(batch.destinationHigh[i], batch.destinationLow[i], prefix, nowNanos);
            relation = oneSided.holds(target, group, batch.protocol[i], nowNanos) ? relation : Relation.UNPROVEN;
        }
        if (relation == Relation.PATH_MTU || ControlTraffic.isControl(batch, i)) {
            counter.countTotal(target, group, batch.wireLength[i]);
            return control(batch, i);
        }
        if (batch.protocol[i] == IpProtocol.TCP) {
            scrubber.readStreams(batch, i, relation, nowNanos);
        }
        trafficClass = relation == Relation.FOLLOWS_FRAGMENT
                ? (int) (flows.firstFragment() >> 32)
                : TrafficClassifier.classify(batch, i, relation, flows.isRepeated());
        if (target == TargetTable.NONE
                && (trafficClass >= 0 || targets.addressLimits(prefix).hasTotal())) {
            target = targets.enter(batch.destinationHigh[i], batch.destinationLow[i], prefix, nowNanos);
        }
        int window =
                batch.protocol[i] == IpProtocol.TCP && Relation.isProven(relation) && scrubber.asksForWindow(batch, i)
                        ? flows.windowBytes(batch, i)
                        : FlowTracker.UNKNOWN_WINDOW;
        int verdict = scrubber.followRequest(batch, i, target, group, trafficClass, relation, window, nowNanos);
        trafficClass = verdict == Scrubber.NO_OBJECTION ? trafficClass : TrafficClassifier.NONE;
        counter.count(batch, i, relation, target, group, trafficClass, nowNanos);
        if (verdict == Scrubber.NO_OBJECTION) {
            verdict = judgeCounted(batch, i, relation, target, group, prefix, expectsAnswers);
            if (relation != Relation.COMPLETES || !Verdict.isByRule(verdict)) {
                counter.noteProgress(batch, i, relation, target, group, nowNanos);
            }
        }
        // Most packets are segments of connections, and teach nothing of their source.
        if (relation != Relation.BELONGS || batch.protocol[i] != IpProtocol.TCP) {
            sources.learn(batch, i, target, group, trafficClass, relation, learnable(verdict), flows, nowNanos);
        }
        rememberFirstFragment(batch, i, trafficClass, verdict);
        if (relation == Relation.UNPROVEN && (trafficClass == UDP || trafficClass == OTHER)) {
            noteOneSided(prefix, target, group);
        }
        flows.commit(batch, i, nowNanos, relation, learnable(verdict));
        return verdict;
    }

    /** Where no answer would be seen, who goes on in peace is believed without. */
    private void noteOneSided(int prefix, int target, int group) {
        if (!answers.expectsAnswers(prefix, target, nowNanos)
                && scrubber.isCalm(target, group, trafficClass, nowNanos)) {
            flows.noteOneSided();
        }
    }

    private int judgeCounted(
            PacketBatch batch, int i, int relation, int target, int group, int prefix, boolean expectsAnswers) {
        int verdict = condemn(batch, i, relation, target, group);
        if (verdict != Scrubber.NO_OBJECTION) {
            return verdict;
        }
        return relation == Relation.FOLLOWS_FRAGMENT
                ? followFragment(batch, i, target, group)
                : admit(batch, i, relation, target, group, ingressRuled(batch, i, relation, prefix, expectsAnswers));
    }

    private int condemn(PacketBatch batch, int i, int relation, int target, int group) {
        if (trafficClass < 0) {
            return Scrubber.NO_OBJECTION;
        }
        int verdict = condemn.judge(batch, i, target, group, trafficClass, nowNanos);
        scrubber.noteTrial(condemn.isOnTrial());
        if (verdict != Scrubber.NO_OBJECTION) {
            counter.noteCondemned();
            scrubber.noteCondemned(batch, i, target, group, trafficClass, relation, nowNanos);
        }
        return verdict;
    }

    private int ingressRuled(PacketBatch batch, int i, int relation, int prefix, boolean expectsAnswers) {
        boolean isEitherWay = !expectsAnswers || flows.isLearning();
        int verdict = ruled(batch, i, relation, prefix, Direction.INGRESS, isEitherWay);
        if (Verdict.isDrop(verdict) || !isJudgingIntra) {
            return verdict;
        }
        int source = prefixes.source[i];
        int leaving = source < 0 ? verdict : ruled(batch, i, relation, source, Direction.EGRESS, isEitherWay);
        return Verdict.isDrop(leaving) ? leaving : verdict;
    }

    /** What was decided of the flow before, or what the rules of a prefix say: a drop, or an acceptance. */
    private int ruled(PacketBatch batch, int i, int relation, int prefix, Direction direction, boolean isEitherWay) {
        if (relation == Relation.FOLLOWS_REFUSED) {
            return flows.refusedVerdict();
        }
        return hasRules ? rules.judge(batch, i, relation, prefix, direction, isEitherWay, flows, nowNanos) : ACCEPTED;
    }

    private int admit(PacketBatch batch, int i, int relation, int target, int group, int ruled) {
        if (Verdict.isDrop(ruled)) {
            return ruled;
        }
        boolean isOneSided = relation == Relation.ADMITS || relation == Relation.COMPLETES && flows.isProvenOneSided();
        if (isOneSided && flows.provenWasRefused()) {
            int late = scrubber.admitLate(target, group, relation, batch.wireLength[i], nowNanos);
            if (late != Scrubber.NO_OBJECTION) {
                return late;
            }
        }
        int verdict = scrubber.admit(batch, i, target, group, trafficClass, relation, nowNanos);
        return verdict == Scrubber.NO_OBJECTION ? passing(relation, ruled) : verdict;
    }

    private int followFragment(PacketBatch batch, int i, int target, int group) {
        int first = (int) flows.firstFragment();
        int verdict = scrubber.follow(batch, i, target, group, trafficClass, first, nowNanos);
        return verdict == Scrubber.NO_OBJECTION ? first : verdict;
    }

    private void rememberFirstFragment(PacketBatch batch, int i, int firstClass, int verdict) {
        if (batch.fragment[i] == (Fragment.PRESENT | Fragment.FIRST | Fragment.MORE)) {
            flows.rememberFirstFragment(batch, i, nowNanos, (long) firstClass << 32 | verdict & 0xffff_ffffL);
        }
    }

    private int control(PacketBatch batch, int i) {
        return parts.control().take(batch.wireLength[i], nowNanos) ? CONTROL : CONTROL_LIMIT;
    }

    /** @param ruled what the rules said: theirs is the verdict unless the packet's relation says more */
    private static int passing(int relation, int ruled) {
        if (Verdict.isDrop(ruled)) {
            return ruled;
        }
        return switch (relation) {
            case Relation.BELONGS, Relation.COMPLETES, Relation.ADMITS -> ESTABLISHED;
            case Relation.ANSWERS, Relation.PATH_MTU -> ANSWER;
            default -> ruled;
        };
    }

    /** What the flow tracker is told: spared, every packet really passes. */
    private int learnable(int verdict) {
        return isSparing ? Verdict.spared(verdict) : verdict;
    }

    /** Lets other threads see what was counted so far. */
    public void publish() {
        reasons.publish();
    }

    /** Which rule a verdict's number names, and how often each decided; for the thread that judges. */
    public RuleLedger rules() {
        return rules.ledger();
    }

    /** Rules in use with what was counted of each; for the thread that judges. */
    public List<RuleHits> ruleHits() {
        return rules.hits();
    }

    /** Packets that counted toward a class when they came, since the start; for the thread that judges. */
    long classPackets(TrafficClass one) {
        return counter.classPackets(one);
    }

    public ReasonCounters reasons() {
        return reasons;
    }

    public DecodeCounters decodes() {
        return decodes;
    }

    /** Connections that opened although their SYN had been dropped. */
    public long delayedConnections() {
        return counter.delayedConnections();
    }

    /** Packet time of the newest packet, or {@link Long#MIN_VALUE} before the first. */
    public long nowNanos() {
        return nowNanos;
    }
}
