package io.weir.detector.report;

import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Rule;
import io.weir.filter.verdict.Reason;
import java.util.List;
import java.util.Optional;

/**
 * One packet of a capture and what became of it.
 *
 * @param number counted from 1 in the order of the capture
 * @param timeNanos since the epoch
 * @param reason of its verdict, whoever gave it
 * @param isDropped what the verdict is, or would be where nothing is dropped
 * @param judgements what the rules say of it, one of each rule set of its direction; empty where no rule was asked,
 *     because it belongs to a connection or another stage came first
 * @param decider where the rules say nothing of this packet itself: the rule that its verdict names, by which what it
 *     follows was judged
 */
public record ExplainedPacket(
        long number,
        long timeNanos,
        FiveTuple packet,
        Reason reason,
        boolean isDropped,
        List<Explained> judgements,
        Optional<Rule> decider) {
    public ExplainedPacket {
        judgements = List.copyOf(judgements);
    }
}
