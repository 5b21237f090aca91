package io.weir.detector.cli;

import io.weir.capture.pcap.FilterException;
import io.weir.capture.pcap.PacketFilter;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.report.Explained;
import io.weir.detector.report.ExplainedPacket;
import io.weir.filter.address.PrefixTable;
import io.weir.filter.match.RuleExplanation;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.TargetRules;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;

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
    void add(PacketBatch batch) throws FilterException {
        for (int i = 0; i < batch.size; i++) {
            packets++;
            if (explained.size() < MOST && batch.ipVersion[i] != 0 && filter.matches(batch, i)) {
                explained.add(explain(batch, i));
            }
        }
    }

    private ExplainedPacket explain(PacketBatch batch, int i) {
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
        return new ExplainedPacket(
                packets,
                batch.timestampNanos[i],
                packet,
                reason,
                reason.isDrop(),
                isRuled ? judgements(batch, i, packet) : List.of());
    }

    private List<Explained> judgements(PacketBatch batch, int i, FiveTuple packet) {
        List<Explained> judgements = new ArrayList<>();
        int destination = prefixes.lookup(batch.destinationHigh[i], batch.destinationLow[i]);
        int source = prefixes.lookup(batch.sourceHigh[i], batch.sourceLow[i]);
        if (destination >= 0) {
            addJudgements(judgements, destination, Direction.INGRESS, packet);
        }
        if (source >= 0 && (destination < 0 || !isEverything)) {
            addJudgements(judgements, source, Direction.EGRESS, packet);
        }
        return judgements;
    }

    private void addJudgements(List<Explained> judgements, int prefix, Direction direction, FiveTuple packet) {
        if (protect.get(prefix).rules().isPresent()) {
            TargetRules rules = protect.get(prefix).rules().get();
            rules.aclOf(direction)
                    .ifPresent(acl -> judgements.add(new Explained(acl, RuleExplanation.of(acl, packet))));
            judgements.add(new Explained(rules.of(direction), RuleExplanation.of(rules.of(direction), packet)));
        }
    }

    List<ExplainedPacket> explained() {
        return explained;
    }
}
