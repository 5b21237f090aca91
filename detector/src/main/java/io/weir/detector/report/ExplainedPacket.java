package io.weir.detector.report;

import io.weir.filter.rule.FiveTuple;
import io.weir.filter.verdict.Reason;
import java.util.List;

/**
 * One packet of a capture and what became of it.
 *
 * @param number counted from 1 in the order of the capture
 * @param timeNanos since the epoch
 * @param reason of its verdict, whoever gave it
 * @param isDropped what the verdict is, or would be where nothing is dropped
 * @param judgements what the rules say of it, one of each rule set of its direction; empty where no rule was asked,
 *     because it belongs to a connection or another stage came first
 */
public record ExplainedPacket(
        long number, long timeNanos, FiveTuple packet, Reason reason, boolean isDropped, List<Explained> judgements) {
    public ExplainedPacket {
        judgements = List.copyOf(judgements);
    }
}
