package io.weir.detector.daemon;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Passes a problem on that wasn't told in the last ten minutes: what happens again and again is told once, also where a number
 * in it is another one. One thread.
 */
public final class SparseProblems implements Consumer<String> {
    static final long REPEAT_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int MOST_REMEMBERED = 1_000;

    /** No part of a name or an address. */
    private static final Pattern NUMBER = Pattern.compile("(?<![\\w.:/-])\\d[\\d,]*+(?![\\w:/-]|\\.\\d)");

    private final Consumer<String> listener;
    private final LongSupplier clockNanos;
    private final Map<String, Long> toldNanos = new HashMap<>();

    public SparseProblems(Consumer<String> listener, LongSupplier clockNanos) {
        this.listener = listener;
        this.clockNanos = clockNanos;
    }

    @Override
    public void accept(String problem) {
        long nowNanos = clockNanos.getAsLong();
        String kind = NUMBER.matcher(problem).replaceAll("0");
        Long told = toldNanos.get(kind);
        if (told != null && nowNanos - told < REPEAT_NANOS) {
            return;
        }
        if (toldNanos.size() >= MOST_REMEMBERED) {
            toldNanos.clear();
        }
        toldNanos.put(kind, nowNanos);
        listener.accept(problem);
    }
}
