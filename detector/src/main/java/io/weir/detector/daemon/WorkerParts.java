package io.weir.detector.daemon;

import io.weir.detector.config.View;
import io.weir.detector.flood.ProtectedTargets;
import io.weir.detector.scrub.RateBucket;
import io.weir.detector.scrub.Scrubber;
import io.weir.detector.window.SampleRing;
import io.weir.detector.window.TargetTable;
import io.weir.detector.window.TargetWindows;
import io.weir.filter.address.PrefixTable;
import io.weir.filter.flow.FlowTracker;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a worker works with, each its own.
 *
 * @param views by position of the protected prefix
 * @param control lets control traffic through
 */
record WorkerParts(
        PrefixTable prefixes,
        List<View> views,
        FlowTracker flows,
        TargetWindows windows,
        TargetTable addresses,
        ProtectedTargets targets,
        SampleRing samples,
        Scrubber scrubber,
        RateBucket control,
        RuleStage rules) {
    /** An address that answered a SYN this recently is seen in both directions. */
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Whether the answers of an address would be seen, so that a missing one means something. */
    boolean expectsAnswers(int prefix, int target, long nowNanos) {
        return switch (views.get(prefix)) {
            case BOTH -> true;
            case INBOUND -> false;
            case AUTO -> {
                long lastNanos = target < 0 ? Long.MIN_VALUE : addresses.lastAnswerNanos(target);
                yield lastNanos != Long.MIN_VALUE && nowNanos - lastNanos <= ANSWER_NANOS;
            }
        };
    }
}
