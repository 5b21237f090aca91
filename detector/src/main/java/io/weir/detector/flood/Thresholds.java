package io.weir.detector.flood;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The scrubbing thresholds of one destination or one protected prefix.
 *
 * @param total for all classes together: a cap, not a flood by itself
 * @param classes one for each {@link TrafficClass}, in its order
 */
public record Thresholds(Limit total, List<Limit> classes) {
    /** Where nothing is limited. */
    public static final Thresholds UNLIMITED =
            new Thresholds(Limit.NONE, Collections.nCopies(TrafficClass.count(), Limit.NONE));

    /** @throws IllegalArgumentException unless there is one limit for each class */
    public Thresholds {
        classes = List.copyOf(classes);
        if (classes.size() != TrafficClass.count()) {
            throw new IllegalArgumentException(classes.size() + " limits for " + TrafficClass.count() + " classes");
        }
    }

    public Limit of(TrafficClass trafficClass) {
        return classes.get(trafficClass.ordinal());
    }

    public Thresholds with(TrafficClass trafficClass, Limit limit) {
        List<Limit> changed = new ArrayList<>(classes);
        changed.set(trafficClass.ordinal(), limit);
        return new Thresholds(total, changed);
    }

    public Thresholds withTotal(Limit limit) {
        return new Thresholds(limit, classes);
    }

    /** Every rate multiplied; what is unlimited stays so. */
    public Thresholds times(int factor) {
        return new Thresholds(
                total.times(factor),
                classes.stream().map(limit -> limit.times(factor)).toList());
    }

    /** A new array by ordinal of the class, {@link Limit#UNLIMITED} where there is no limit. */
    public long[] packetsPerSecondByClass() {
        return byClass(Limit::packetsPerSecond);
    }

    /** A new array by ordinal of the class, {@link Limit#UNLIMITED} where there is no limit. */
    public long[] bitsPerSecondByClass() {
        return byClass(Limit::bitsPerSecond);
    }

    private long[] byClass(ToLongFunction<Limit> rate) {
        return classes.stream().mapToLong(rate).toArray();
    }
}
