package io.weir.detector.flood;

import io.weir.detector.window.SampleRing;
import io.weir.detector.window.TargetWindows;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.flow.StreamClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Raises and ends alarms. Runs in the control step: once a tick, over the targets that packets went to since the last,
 * and the floods that are on.
 */
public final class FloodMonitor {
    /** Floods tracked at once; a further one is only counted. */
    public static final int MOST_FLOODS = 1024;

    /** An alarm ends when the rate has stayed below this share of its threshold for {@link #HOLD_NANOS}. */
    private static final double END_SHARE = 0.7;

    private static final long HOLD_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long UPDATE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** With fewer samples of an ebbing flood, its vector stays what it was. */
    private static final int FEWEST_SAMPLES = 64;

    private static final List<FloodDetector> DETECTORS = List.of(
            new SynFlood(),
            new AckFlood(),
            new UdpFlood(),
            new IcmpFlood(),
            new DnsFlood(),
            new HttpFlood(TrafficClass.HTTP),
            new HttpFlood(TrafficClass.TLS),
            new OtherFlood());

    private final TargetWindows windows;
    private final ProtectedTargets targets;
    private final SampleRing samples;
    private final FlowHash hash;
    private final FloodListener listener;
    private final boolean isObserving;
    private final WindowReading reading;
    private final ScanEpisodes scans = new ScanEpisodes();
    private final List<Flood> floods = new ArrayList<>();
    private final Map<Long, Flood> floodOf = new HashMap<>();
    private final StreamClock clock = new StreamClock();
    private int lastNumber;
    private long untracked;

    /** @param isObserving whether drops are only reported */
    public FloodMonitor(
            TargetWindows windows,
            ProtectedTargets targets,
            SampleRing samples,
            FlowHash hash,
            FloodListener listener,
            boolean isObserving) {
        this.windows = windows;
        this.targets = targets;
        this.samples = samples;
        this.hash = hash;
        this.listener = listener;
        this.isObserving = isObserving;
        this.reading = new WindowReading(windows);
    }

    /** Judges the windows as they stand. */
    public void tick(long nowNanos) {
        clock.advance(nowNanos);
        // Addresses first: what goes to one under alarm is no part of its prefix's flood.
        int touchedCount = windows.touchedCount();
        for (int i = 0; i < touchedCount; i++) {
            if (!targets.isPrefix(windows.touched(i))) {
                raise(windows.touched(i), nowNanos);
            }
        }
        for (int i = 0; i < touchedCount; i++) {
            if (targets.isPrefix(windows.touched(i))) {
                raise(windows.touched(i), nowNanos);
            }
        }
        for (int i = floods.size() - 1; i >= 0; i--) {
            follow(floods.get(i), nowNanos);
        }
        windows.clearTouched();
    }

    /** Begins a new stream: nothing of the old one counts any more. */
    public void restart() {
        clock.restart();
    }

    /** Ends every flood with the input. */
    public void finish(long nowNanos) {
        for (Flood flood : List.copyOf(floods)) {
            end(flood, nowNanos);
        }
    }

    private void raise(int target, long nowNanos) {
        Limits limits = targets.limits(target);
        for (int i = 0; i < DETECTORS.size(); i++) {
            FloodDetector detector = DETECTORS.get(i);
            int trafficClass = detector.trafficClass().ordinal();
            if (detector.isExceeded(read(target, trafficClass), limits)
                    && !floodOf.containsKey(key(target, trafficClass))) {
                start(detector, target, nowNanos);
            }
        }
    }

    private WindowReading read(int target, int trafficClass) {
        reading.of(target, trafficClass, clock.isLearning());
        if (targets.isPrefix(target)) {
            for (int i = 0; i < floods.size(); i++) {
                Flood flood = floods.get(i);
                boolean isInside = !flood.isPrefix() && targets.groupOf(flood.target()) == target;
                if (isInside && flood.trafficClass().ordinal() == trafficClass) {
                    reading.exclude(flood.target());
                }
            }
        }
        return reading;
    }

    private void start(FloodDetector detector, int target, long nowNanos) {
        TrafficClass trafficClass = detector.trafficClass();
        FloodSamples recent = recent(target, trafficClass, nowNanos);
        long key = key(target, trafficClass.ordinal());
        if (detector.isScan(recent, reading.packetsPerSecond())
                && scans.isPlausible(key, reading.packetsPerSecond(), nowNanos)) {
            return;
        }
        if (floods.size() == MOST_FLOODS) {
            untracked++;
            return;
        }
        long onsetNanos = onsetNanos(target, trafficClass.ordinal());
        lastNumber++;
        Flood flood = new Flood(
                lastNumber,
                trafficClass,
                target,
                targets,
                detector.vector(recent),
                Math.min(Math.max(onsetNanos, clock.startNanos()), nowNanos),
                nowNanos);
        flood.describe(flood.vector(), recent);
        flood.measure(reading, true, nowNanos);
        flood.traffic().countBefore(reading.slowPackets(), (long) reading.slowBits() / 8);
        recent.forEachSource((high, low) -> flood.traffic().addSource(hash.address(high, low)));
        floods.add(flood);
        floodOf.put(key, flood);
        targets.hold(target);
        listener.started(flood, flood.report(FloodReport.State.STARTED, nowNanos, isObserving));
    }

    /** An alarm of the fast window is timed by fast buckets; one of the second by slow buckets at half the threshold. */
    private long onsetNanos(int target, int trafficClass) {
        long perSecond = targets.limits(target).packetsPerSecond(trafficClass);
        double perBucket = perSecond * (TargetWindows.FAST_BUCKET_NANOS / 1e9);
        if (Limits.isFast((double) reading.fastPackets(), perSecond)) {
            return windows.fastOnsetNanos(target, trafficClass, perBucket);
        }
        if (Limits.isFast(reading.fastBits(), targets.limits(target).bitsPerSecond(trafficClass))) {
            return windows.fastOnsetNanos(target, trafficClass, reading.fastPackets() / 32.0);
        }
        return windows.slowOnsetNanos(
                target, trafficClass, perSecond == Limit.UNLIMITED ? reading.slowPackets() / 32.0 : perBucket * 4);
    }

    private void follow(Flood flood, long nowNanos) {
        if (flood.detectedNanos() == nowNanos) {
            return;
        }
        int index = flood.trafficClass().ordinal();
        WindowReading current = read(flood.target(), index);
        boolean isAbove = isAbove((double) current.slowPackets(), flood.limits().packetsPerSecond(index))
                || isAbove(current.slowBits(), flood.limits().bitsPerSecond(index));
        flood.measure(current, isAbove, nowNanos);
        if (nowNanos - flood.lastAboveNanos() >= HOLD_NANOS) {
            end(flood, nowNanos);
        } else if (nowNanos - flood.lastLookNanos() >= UPDATE_NANOS) {
            update(flood, nowNanos);
        }
    }

    private static boolean isAbove(double inSlowWindow, long perSecond) {
        return perSecond != Limit.UNLIMITED && inSlowWindow >= END_SHARE * perSecond * WindowReading.SLOW_SECONDS;
    }

    private void update(Flood flood, long nowNanos) {
        flood.noteLook(nowNanos);
        FloodSamples recent = recent(flood.target(), flood.trafficClass(), nowNanos);
        boolean isEnough = recent.size() >= FEWEST_SAMPLES && flood.lastAboveNanos() == nowNanos;
        String vector = isEnough ? DETECTORS.get(flood.trafficClass().ordinal()).vector(recent) : flood.vector();
        if (flood.hasDoubled() || !vector.equals(flood.vector())) {
            flood.describe(vector, recent);
            listener.updated(flood.report(FloodReport.State.UPDATED, nowNanos, isObserving));
        }
    }

    private void end(Flood flood, long nowNanos) {
        floods.remove(flood);
        floodOf.remove(key(flood.target(), flood.trafficClass().ordinal()));
        targets.release(flood.target());
        listener.ended(flood, flood.report(FloodReport.State.ENDED, nowNanos, isObserving));
    }

    private FloodSamples recent(int target, TrafficClass trafficClass, long nowNanos) {
        return FloodSamples.of(samples, target, trafficClass, nowNanos - TargetWindows.SLOW_WINDOW_NANOS);
    }

    private static long key(int target, int trafficClass) {
        return (long) target * TrafficClass.count() + trafficClass;
    }

    /** Alarms that weren't raised because {@link #MOST_FLOODS} were on. */
    public long untracked() {
        return untracked;
    }
}
