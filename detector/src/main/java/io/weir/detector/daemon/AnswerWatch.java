package io.weir.detector.daemon;

import io.weir.detector.config.View;
import io.weir.detector.window.TargetTable;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Whether the answers of an address would be seen, so that a missing one means something. */
final class AnswerWatch {
    /** An address that answered this recently is seen in both directions. */
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final TargetTable addresses;
    private final View[] views;

    /** @param views of the protected prefixes */
    AnswerWatch(List<View> views, TargetTable addresses) {
        this.views = views.toArray(View[]::new);
        this.addresses = addresses;
    }

    /** @param target of the address, or -1 */
    boolean expectsAnswers(int prefix, int target, long nowNanos) {
        View view = views[prefix];
        if (view != View.AUTO) {
            return view == View.BOTH;
        }
        long lastNanos = target < 0 ? Long.MIN_VALUE : addresses.lastAnswerNanos(target);
        return lastNanos != Long.MIN_VALUE && nowNanos - lastNanos <= ANSWER_NANOS;
    }
}
