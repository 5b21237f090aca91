package io.weir.detector.daemon;

import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.scrub.Condemn;
import io.weir.filter.flow.FlowTracker;
import io.weir.filter.flow.Relation;
import io.weir.filter.match.Classifier;
import io.weir.filter.match.RuleHits;
import io.weir.filter.match.RuleLedger;
import io.weir.filter.match.RuleSetPublisher;
import io.weir.filter.match.RuleSnapshot;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleSet;
import io.weir.filter.rule.TargetRules;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What the security groups and network ACLs of the protected prefixes say of a packet. Groups judge what begins
 * something; what belongs to a connection follows it, until rules change: then each connection is judged once more. An
 * ACL judges every packet. One worker's; takes the rules as they are once a batch.
 */
final class RuleStage {
    /** Accepted, by no rule: the prefix has none. */
    private static final int UNRULED = Verdict.of(Reason.ACCEPTED);

    /** Dropped, by no rule: of two addresses one is IPv4-mapped, and no rule is for both versions. */
    private static final int UNMATCHED = Verdict.of(Reason.NO_RULE);

    private static final int NO_SET = -1;

    private final RuleSetPublisher[] publishers;
    private final RuleSnapshot[] snapshots;
    /** By set and number in its snapshot: the number in the ledger. */
    private final int[][] counted;
    /** By set and number in its snapshot: the verdict of a packet that this rule decides. */
    private final int[][] verdicts;

    private final int[] versions;
    /** When a set changed last, on the count of {@link #changes}; 0 for never. */
    private final long[] changed;

    private final int[][] groupSets = new int[Direction.values().length][];
    private final int[][] aclSets = new int[Direction.values().length][];
    private final boolean hasAcl;
    private final Set<RuleSet> used;
    private final RuleLookups groupLookups = new RuleLookups();
    private final RuleLookups aclLookups = new RuleLookups();
    private RuleLedger ledger = new RuleLedger();
    /** Batches before which rules had changed. */
    private long changes;

    RuleStage(List<ProtectedPrefix> protect, RulePublishers published) {
        Map<RuleSet, Integer> sets = new LinkedHashMap<>();
        for (Direction direction : Direction.values()) {
            groupSets[direction.ordinal()] = places(protect, sets, rules -> Optional.of(rules.of(direction)));
            aclSets[direction.ordinal()] = places(protect, sets, rules -> rules.aclOf(direction));
        }
        publishers = new RuleSetPublisher[sets.size()];
        sets.forEach((rules, set) -> publishers[set] = published.of(rules));
        hasAcl = Arrays.stream(aclSets).flatMapToInt(Arrays::stream).anyMatch(set -> set != NO_SET);
        snapshots = new RuleSnapshot[publishers.length];
        counted = new int[publishers.length][];
        verdicts = new int[publishers.length][];
        versions = new int[publishers.length];
        changed = new long[publishers.length];
        used = Set.copyOf(sets.keySet());
        enterAll();
    }

    private void enterAll() {
        for (int set = 0; set < publishers.length; set++) {
            versions[set] = publishers[set].version();
            snapshots[set] = publishers[set].current();
            counted[set] = ledger.enter(snapshots[set]);
            verdicts[set] = verdicts(set, new int[0], 0);
        }
    }

    /** Follows another stage on its thread: goes on counting, and has every connection judged again once. */
    void takeOver(RuleStage before) {
        ledger = before.ledger;
        enterAll();
        changes = before.changes + 1;
        Arrays.fill(changed, changes);
    }

    /** The rules it began with. */
    Set<RuleSet> used() {
        return used;
    }

    /** Rules in use, in the order in which they decide, with what was counted of each. */
    List<RuleHits> hits() {
        List<RuleHits> all = ledger.hits();
        return Arrays.stream(counted)
                .flatMapToInt(Arrays::stream)
                .distinct()
                .mapToObj(number -> all.get(number - 1))
                .toList();
    }

    /** By prefix: the number of its set, equal ones sharing one. */
    private static int[] places(
            List<ProtectedPrefix> protect, Map<RuleSet, Integer> sets, Function<TargetRules, Optional<RuleSet>> part) {
        return protect.stream()
                .mapToInt(entry -> entry.rules()
                        .flatMap(part)
                        .map(rules -> sets.computeIfAbsent(rules, added -> sets.size()))
                        .orElse(NO_SET))
                .toArray();
    }

    boolean isEmpty() {
        return publishers.length == 0;
    }

    /** Takes the rules as they are now, and looks up what the packets will need: those that will be condemned nothing. */
    void begin(PacketBatch batch, PrefixColumns prefixes, FlowTracker flows, Condemn condemn) {
        refresh();
        groupLookups.clear(batch.size);
        if (hasAcl) {
            aclLookups.clear(batch.size);
        }
        for (int i = 0; i < batch.size; i++) {
            boolean mayBelong = flows.mayBelong(i);
            if (batch.ipVersion[i] != 0 && (!mayBelong || hasAcl) && !condemn.isLikely(i)) {
                want(i, prefixes, mayBelong);
            }
        }
        groupLookups.run(batch, snapshots);
        if (hasAcl) {
            aclLookups.run(batch, snapshots);
        }
    }

    private void want(int i, PrefixColumns prefixes, boolean mayBelong) {
        Direction direction = Direction.INGRESS;
        int prefix = prefixes.destination[i];
        if (prefix < 0) {
            direction = Direction.EGRESS;
            prefix = prefixes.source[i];
        }
        if (prefix >= 0) {
            if (!mayBelong && groupSets[direction.ordinal()][prefix] != NO_SET) {
                groupLookups.want(i, groupSets[direction.ordinal()][prefix]);
            }
            if (aclSets[direction.ordinal()][prefix] != NO_SET) {
                aclLookups.want(i, aclSets[direction.ordinal()][prefix]);
            }
        }
    }

    private void refresh() {
        boolean isAnyChanged = false;
        for (int set = 0; set < publishers.length; set++) {
            // The version first: if rules change in between, connections are judged once too often, never too seldom.
            int version = publishers[set].version();
            RuleSnapshot now = publishers[set].current();
            if (now != snapshots[set]) {
                int[] before = counted[set];
                counted[set] = ledger.enter(now, snapshots[set], before);
                snapshots[set] = now;
                verdicts[set] = verdicts(set, verdicts[set], Arrays.mismatch(before, counted[set]));
            }
            if (version != versions[set]) {
                versions[set] = version;
                changed[set] = changes + 1;
                isAnyChanged = true;
            }
        }
        changes += isAnyChanged ? 1 : 0;
    }

    /**
     * What the rules say of packet {@code i}, related just now.
     *
     * @param prefix the protected one on the side that {@code direction} says
     * @param isEitherWay whether a segment of an unknown connection may be an answer to what the protected side began
     * @return a drop, or an acceptance with the rule's number
     */
    int judge(
            PacketBatch batch,
            int i,
            int relation,
            int prefix,
            Direction direction,
            boolean isEitherWay,
            FlowTracker flows,
            long nowNanos) {
        int acl = aclSets[direction.ordinal()][prefix];
        if (acl != NO_SET) {
            int verdict = verdict(acl, aclLookups.number(batch, i, acl, snapshots[acl]), batch.wireLength[i], nowNanos);
            if (Verdict.isDrop(verdict)) {
                return verdict;
            }
        }
        int set = groupSets[direction.ordinal()][prefix];
        if (set == NO_SET) {
            return UNRULED;
        }
        // What opened it was dropped, maybe before rules were asked.
        if (relation == Relation.ANSWERS && flows.isAnswerToRefused()) {
            return judgeOpening(batch, i, prefix, opposite(direction), nowNanos);
        }
        boolean isUnasked = relation == Relation.COMPLETES && flows.provenWasRefused();
        if (isTracked(relation) && !isUnasked || relation == Relation.UNPROVEN && flows.isFollowing()) {
            return changes == 0 ? UNRULED : judgeAgain(batch, i, prefix, direction, flows, nowNanos);
        }
        int number = groupLookups.number(batch, i, set, snapshots[set]);
        if (isEitherWay
                && (relation == Relation.STRANGER || relation == Relation.ADMITS)
                && !isAccepting(set, number)) {
            int other = groupSets[opposite(direction).ordinal()][prefix];
            int otherNumber = groupLookups.reversedNumber(batch, i, snapshots[other]);
            if (isAccepting(other, otherNumber)) {
                return verdict(other, otherNumber, batch.wireLength[i], nowNanos);
            }
        }
        return verdict(set, number, batch.wireLength[i], nowNanos);
    }

    /** The answer to a packet of another direction fares as that would. */
    private int judgeOpening(PacketBatch batch, int i, int prefix, Direction direction, long nowNanos) {
        int set = groupSets[direction.ordinal()][prefix];
        int number = groupLookups.reversedNumber(batch, i, snapshots[set]);
        return isAccepting(set, number) ? UNRULED : verdict(set, number, batch.wireLength[i], nowNanos);
    }

    /** A packet of a connection, which rules have accepted: but are they still those? */
    private int judgeAgain(
            PacketBatch batch, int i, int prefix, Direction direction, FlowTracker flows, long nowNanos) {
        boolean isForward = flows.isFromInitiator();
        int set = groupSets[(isForward ? direction : opposite(direction)).ordinal()][prefix];
        if (!flows.hasEntry() || !isOutdated(flows.ruleEpoch(), set)) {
            return UNRULED;
        }
        int number = isForward
                ? groupLookups.number(batch, i, set, snapshots[set])
                : groupLookups.reversedNumber(batch, i, snapshots[set]);
        if (!isAccepting(set, number)) {
            return verdict(set, number, batch.wireLength[i], nowNanos);
        }
        // Counted when the connection was new, or by the rule that decided then.
        flows.noteRuleEpoch(epoch());
        return UNRULED;
    }

    /** What is noted of a connection that the rules of now accept. */
    private int epoch() {
        return 1 + (int) (changes % Verdict.MAXIMUM_ID);
    }

    /**
     * Whether a set changed since a connection was judged. One number serves all sets, as from one protected prefix to
     * another two of them judge the same connection.
     *
     * @param noted {@link #epoch} of then, 0 where it was judged before any change or only as it began
     */
    private boolean isOutdated(int noted, int set) {
        if (changed[set] == 0) {
            return false;
        }
        int age = Math.floorMod(epoch() - noted, Verdict.MAXIMUM_ID);
        return noted == 0 || age > changes - changed[set];
    }

    private boolean isAccepting(int set, int number) {
        return number != Classifier.NONE && !Verdict.isDrop(verdicts[set][number]);
    }

    private int verdict(int set, int number, int lengthBytes, long nowNanos) {
        if (number == Classifier.NONE) {
            return UNMATCHED;
        }
        ledger.count(counted[set][number], lengthBytes, nowNanos);
        return verdicts[set][number];
    }

    /**
     * The verdict of each rule of a set.
     *
     * @param known verdicts of before, of which those up to {@code same} still hold: all where it is negative
     */
    private int[] verdicts(int set, int[] known, int same) {
        int[] numbers = counted[set];
        int[] decided = Arrays.copyOf(known, numbers.length);
        for (int number = same < 0 ? numbers.length : same; number < numbers.length; number++) {
            Rule rule = snapshots[set].rule(number);
            Reason reason = rule.policy() == Policy.ACCEPT
                    ? Reason.ACCEPTED
                    : rule.origin().isImplicit() ? Reason.NO_RULE : Reason.RULE;
            decided[number] = Verdict.of(reason, RuleLedger.id(numbers[number]));
        }
        return decided;
    }

    private static boolean isTracked(int relation) {
        return switch (relation) {
            case Relation.BELONGS, Relation.COMPLETES, Relation.ANSWERS, Relation.PATH_MTU -> true;
            default -> false;
        };
    }

    private static Direction opposite(Direction direction) {
        return direction == Direction.INGRESS ? Direction.EGRESS : Direction.INGRESS;
    }

    RuleLedger ledger() {
        return ledger;
    }
}
