package io.weir.detector.scrub;

import io.weir.detector.flood.TrafficClass;
import io.weir.detector.window.PeaceSamples;
import io.weir.detector.window.SampleRing;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** What is known of peace, of each class: its samples, how long it was seen, how much of it a target gets. */
final class PeaceRecord {
    /** The slowest alarm comes within 1.2 s: what is older and raised none is of peace. */
    private static final long QUARANTINE_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
    /** Onsets are known to a sixteenth of a second, those of floods that grow to less. */
    static final long ONSET_DOUBT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    /** A longer silence says that nobody captured, not that nobody sent. */
    private static final long LONGEST_SILENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int SYN = TrafficClass.SYN.ordinal();

    private final PeaceSamples samples;
    private final long[] seenNanos = new long[TrafficClass.count()];
    private long lastTickNanos = Long.MIN_VALUE;

    PeaceRecord(PeaceSamples samples) {
        this.samples = samples;
    }

    /** Forgets how long it was seen: a new stream begins. */
    void restart() {
        Arrays.fill(seenNanos, 0);
        lastTickNanos = Long.MIN_VALUE;
    }

    /**
     * Takes what has become old enough.
     *
     * @param alarmed a bit for each class under alarm anywhere; SYNs are known by their handshakes, alarm or not
     */
    void tick(long nowNanos, int alarmed, PeaceSamples.Judge judge) {
        if (lastTickNanos != Long.MIN_VALUE) {
            long passed = Math.clamp(nowNanos - lastTickNanos, 0, LONGEST_SILENCE_NANOS);
            for (int k = 0; k < seenNanos.length; k++) {
                seenNanos[k] += k == SYN || (alarmed >>> k & 1) == 0 ? passed : 0;
            }
        }
        lastTickNanos = nowNanos;
        samples.takeUntil(nowNanos - QUARANTINE_NANOS, judge);
    }

    /** Takes what came before an onset. */
    void takeBefore(long onsetNanos, int trafficClass, int target, PeaceSamples.Judge judge) {
        samples.takeBefore(onsetNanos - ONSET_DOUBT_NANOS, trafficClass, target, judge);
    }

    /** Its samples of a class. */
    SampleRows rows(int trafficClass) {
        return new SampleRows(samples.rows(trafficClass), samples.size(trafficClass));
    }

    /** Those of them that aren't a flood's own. */
    SampleRows rows(int trafficClass, Whispers whispers) {
        SampleRows all = rows(trafficClass);
        if (whispers.isNone()) {
            return all;
        }
        SampleRows rest = new SampleRows(all.size());
        for (int i = 0; i < all.size(); i++) {
            if (!whispers.has(all.rows(), SampleRows.row(i))) {
                rest.add(all.rows(), SampleRows.row(i));
            }
        }
        return rest;
    }

    /** Upper bound of what a target gets of a class in peace, in packets a second, without a flood's own. */
    double perSecond(int trafficClass, int target, Whispers whispers, long nowNanos) {
        int size = samples.size(trafficClass);
        int counted = 0;
        long oldestNanos = Long.MAX_VALUE;
        for (int i = 0; i < size; i++) {
            boolean isCounted = samples.isToward(trafficClass, i, target)
                    && (whispers.isNone() || !whispers.has(samples.rows(trafficClass), SampleRows.row(i)));
            counted += isCounted ? 1 : 0;
            oldestNanos = Math.min(oldestNanos, samples.timeNanos(trafficClass, i));
        }
        long spanNanos = seenNanos[trafficClass];
        if (size == PeaceSamples.PER_CLASS) {
            spanNanos = Math.min(spanNanos, nowNanos - oldestNanos);
        }
        return spanNanos <= 0 ? Double.MAX_VALUE : HarmBound.count(counted) / (spanNanos / 1e9);
    }

    /** How many of its samples since a time have a signature. */
    int hits(LiveSignature live, int trafficClass, long sinceNanos) {
        int hits = 0;
        for (int i = 0; i < samples.size(trafficClass); i++) {
            if (samples.timeNanos(trafficClass, i) >= sinceNanos
                    && live.finding().signature().matches(samples.rows(trafficClass), SampleRing.row(i))) {
                hits++;
            }
        }
        return hits;
    }
}
