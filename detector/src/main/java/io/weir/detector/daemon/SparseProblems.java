package io.weir.detector.daemon;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Passes a problem on that wasn't told in the last ten minutes: what happens again and again is told once. One thread. */
final class SparseProblems implements Consumer<String> {
    static final long REPEAT_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int MOST_REMEMBERED = 1_000;

    private final Consumer<String> listener;
    private final LongSupplier clockNanos;
    private final Map<String, Long> toldNanos = new HashMap<>();

    SparseProblems(Consumer<String> listener, LongSupplier clockNanos) {
        this.listener = listener;
        this.clockNanos = clockNanos;
    }

    @Override
    public void accept(String problem) {
        long nowNanos = clockNanos.getAsLong();
        Long told = toldNanos.get(problem);
        if (told != null && nowNanos - told < REPEAT_NANOS) {
            return;
        }
        if (toldNanos.size() >= MOST_REMEMBERED) {
            toldNanos.clear();
        }
        toldNanos.put(problem, nowNanos);
        listener.accept(problem);
    }
}
