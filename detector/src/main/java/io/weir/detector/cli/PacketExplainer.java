package io.weir.detector.cli;

import io.weir.capture.pcap.FilterException;
import io.weir.capture.pcap.PacketFilter;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.report.Explained;
import io.weir.detector.report.ExplainedPacket;
import io.weir.filter.address.PrefixTable;
import io.weir.filter.match.RuleExplanation;
import io.weir.filter.match.RuleLedger;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Rule;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Explains what became of the packets that match a filter, the first {@value #MOST} of them. */
final class PacketExplainer {
    /** More than anybody reads, few enough to keep. */
    static final int MOST = 100;

    private final PacketFilter filter;
    private final List<ProtectedPrefix> protect;
    private final boolean isEverything;
    private final PrefixTable prefixes;
    private final List<ExplainedPacket> explained = new ArrayList<>();
    private long packets;

    PacketExplainer(PacketFilter filter, EngineSettings settings) {
        this.filter = filter;
        this.protect = settings.protect();
        this.isEverything = !settings.isWatchingPrefixes();
        this.prefixes =
                PrefixTable.of(protect.stream().map(ProtectedPrefix::prefix).toList());
    }

    /** @throws FilterException if the filter can't be compiled for a packet's link type */
    void add(PacketBatch batch, RuleLedger rules) throws FilterException {
        for (int i = 0; i < batch.size; i++) {
            packets++;
            if (explained.size() < MOST && batch.ipVersion[i] != 0 && filter.matches(batch, i)) {
                explained.add(explain(batch, i, rules));
            }
        }
    }

    private ExplainedPacket explain(PacketBatch batch, int i, RuleLedger rules) {
        boolean isIcmp = batch.protocol[i] == IpProtocol.ICMP || batch.protocol[i] == IpProtocol.ICMPV6;
        FiveTuple packet = new FiveTuple(
                batch.sourceHigh[i],
                batch.sourceLow[i],
                batch.destinationHigh[i],
                batch.destinationLow[i],
                isIcmp ? 0 : batch.sourcePort[i],
                isIcmp ? batch.icmpTypeCode[i] : batch.destinationPort[i],
                batch.protocol[i]);
        Reason reason = Verdict.reason(batch.verdict[i]);
        // A verdict of the rules carries the number of the one that decided; others came before the rules, or instead.
        boolean isRuled = Verdict.id(batch.verdict[i]) != 0
                && (reason == Reason.ACCEPTED || reason == Reason.RULE || reason == Reason.NO_RULE);
        List<Explained> judgements = isRuled ? judgements(batch.verdict[i], packet, rules) : List.of();
        return new ExplainedPacket(
                packets,
                batch.timestampNanos[i],
                packet,
                reason,
                reason.isDrop(),
                judgements,
                isRuled && judgements.isEmpty() ? rules.rule(Verdict.id(batch.verdict[i])) : Optional.empty());
    }

    /**
     * Those of the rule that the verdict names. What follows of a refused packet, its answer included, and what may be an
     * answer to a packet before the capture, was judged as the packet that began it.
     */
    private List<Explained> judgements(int verdict, FiveTuple packet, RuleLedger rules) {
        Optional<Rule> decider = rules.rule(Verdict.id(verdict));
        List<Explained> own = allJudgements(packet);
        if (decider.isEmpty() || own.stream().anyMatch(one -> one.isDecidedBy(decider.get()))) {
            return own;
        }
        List<Explained> begun = allJudgements(reversed(packet));
        return begun.stream().anyMatch(one -> one.isDecidedBy(decider.get())) ? begun : List.of();
    }

    private static FiveTuple reversed(FiveTuple packet) {
        boolean isIcmp = packet.protocol() == IpProtocol.ICMP || packet.protocol() == IpProtocol.ICMPV6;
        return new FiveTuple(
                packet.destinationHigh(),
                packet.destinationLow(),
                packet.sourceHigh(),
                packet.sourceLow(),
                isIcmp ? 0 : packet.destinationPort(),
                isIcmp ? packet.destinationPort() : packet.sourcePort(),
                packet.protocol());
    }

    private List<Explained> allJudgements(FiveTuple packet) {
        List<Explained> judgements = new ArrayList<>();
        int destination = prefixes.lookup(packet.destinationHigh(), packet.destinationLow());
        int source = prefixes.lookup(packet.sourceHigh(), packet.sourceLow());
        if (destination >= 0) {
            addJudgements(judgements, destination, Direction.INGRESS, packet);
        }
        if (source >= 0 && (destination < 0 || !isEverything)) {
            addJudgements(judgements, source, Direction.EGRESS, packet);
        }
        return judgements;
    }

    private void addJudgements(List<Explained> judgements, int prefix, Direction direction, FiveTuple packet) {
        protect.get(prefix).rules().stream()
                .flatMap(rules -> rules.sets(direction).stream())
                .map(set -> new Explained(set, RuleExplanation.of(set, packet)))
                .forEach(judgements::add);
    }

    List<ExplainedPacket> explained() {
        return explained;
    }
}
