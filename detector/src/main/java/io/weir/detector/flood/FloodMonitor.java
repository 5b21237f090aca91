package io.weir.detector.flood;

import io.weir.detector.window.SampleRing;
import io.weir.detector.window.SlowRequests;
import io.weir.detector.window.TargetWindows;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.flow.StreamClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

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
    /** A flood that was there within the hour is back at once that it has so many packets in the fast window. */
    private static final int FEWEST_OF_RETURN = 16;

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

    private static final int HTTP = TrafficClass.HTTP.ordinal();
    /** Of a second's requests, those that may stall by chance: links lose a hundredth of their packets, and badly ten. */
    private static final double STALLED_BY_CHANCE = 0.1;

    private final TargetWindows windows;
    private final ProtectedTargets targets;
    private final FlowHash hash;
    private final FloodListener listener;
    private boolean isObserving;
    private boolean isWitness;
    private final WindowReading reading;
    private final UnusualTraffic unusual;
    private final FloodLook looks;
    private final Proxies proxies;
    private final UnusualTraffic.Sampler sampler;
    private final IntPredicate areRequestsFlooded;
    private final IntPredicate answering;
    /** By target: a bit for each class under alarm. */
    private final byte[] alarms;

    private final FloodMemory memory;
    private final ScanEpisodes scans = new ScanEpisodes();
    private final Crowds crowds = new Crowds();
    private final List<Flood> floods = new ArrayList<>();
    private final StreamClock clock = new StreamClock();
    private long tickNanos;
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
        this.hash = hash;
        this.listener = listener;
        this.isObserving = isObserving;
        this.reading = new WindowReading(windows);
        this.unusual = new UnusualTraffic(windows, targets);
        this.memory = new FloodMemory(windows, targets.count());
        this.proxies = new Proxies(samples, hash);
        this.looks = new FloodLook(windows, targets, samples, proxies);
        this.sampler = looks::recent;
        this.areRequestsFlooded =
                sample -> isOn(samples.target(sample), HTTP) || isOn(samples.groupTarget(sample), HTTP);
        this.answering = address -> targets.isAnswering(address, tickNanos);
        this.alarms = new byte[targets.count()];
    }

    /** Those that are on, as they stand. */
    public List<FloodReport> active(long nowNanos) {
        return floods.stream()
                .map(flood -> flood.report(FloodReport.State.UPDATED, nowNanos, isObserving))
                .toList();
    }

    /** Whether drops are only reported from now on. */
    public void observe(boolean isOn) {
        isObserving = isOn;
    }

    /** Says that what the worker drops passes: only what the kernel drops counts as dropped. Before the first packet. */
    public void witness() {
        isWitness = true;
    }

    /** Says who is trusted: whom a proxy of theirs names asks for himself. */
    public void trust(List<IpPrefix> prefixes) {
        proxies.trust(prefixes);
    }

    /** Judges the windows as they stand. */
    public void tick(long nowNanos) {
        tickNanos = nowNanos;
        clock.advance(nowNanos);
        windows.slowRequests().tick(nowNanos);
        unusual.beginTick(clock.startNanos(), nowNanos);
        proxies.learn(clock.startNanos(), nowNanos, areRequestsFlooded);
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
        memory.clear();
        proxies.restart();
    }

    /** Ends every flood with the input. */
    public void finish(long nowNanos) {
        for (Flood flood : List.copyOf(floods)) {
            end(flood, nowNanos);
        }
    }

    private void raise(int target, long nowNanos) {
        Limits limits = targets.limits(target);
        boolean isLearning = unusual.isDue(target);
        if (isLearning) {
            unusual.beginLearning(target);
        }
        for (int i = 0; i < DETECTORS.size(); i++) {
            FloodDetector detector = DETECTORS.get(i);
            int trafficClass = detector.trafficClass().ordinal();
            read(target, trafficClass);
            boolean isQuiet = reading.slowPackets() == 0 && reading.agedPackets() == 0;
            if (isQuiet && !isLearning || isOn(target, trafficClass)) {
                continue;
            }
            double perSecond = perSecond(limits, trafficClass);
            if (isLearning) {
                unusual.learn(reading, trafficClass, perSecond);
            }
            if (!isQuiet) {
                judge(detector, target, limits, nowNanos);
            }
        }
        if (!isOn(target, HTTP) && isHeldUp(target, 1)) {
            raise(Alarm.Trigger.IDLING, target, limits, nowNanos);
        }
        if (!isOn(target, HTTP) && isAbused(target, nowNanos)) {
            raise(Alarm.Trigger.PATTERN, target, limits, nowNanos);
        }
    }

    /** What no rate of requests tells: of connections that idle hardly anything is sent. */
    private void raise(Alarm.Trigger trigger, int target, Limits limits, long nowNanos) {
        read(target, HTTP);
        Alarm alarm = new Alarm(trigger, perSecond(limits, HTTP), limits.packetsPerSecond(HTTP));
        start(DETECTORS.get(HTTP), target, alarm, null, nowNanos);
    }

    /**
     * Whether connections that stall are so large a part of an alarm's, and more than chance makes of many. What toward an
     * address is under alarm for itself is no part of its prefix's.
     */
    private boolean isHeldUp(int target, double part) {
        SlowRequests slow = windows.slowRequests();
        int held = slow.count(target);
        if (held < part * SlowRequests.ALARM) {
            return false;
        }
        for (int i = 0; targets.isPrefix(target) && i < floods.size(); i++) {
            Flood flood = floods.get(i);
            boolean isInside = !flood.isPrefix() && targets.groupOf(flood.target()) == target;
            held -= isInside && flood.trafficClass() == TrafficClass.HTTP ? slow.count(flood.target()) : 0;
        }
        double perSecond = read(target, HTTP).slowPackets() / WindowReading.SLOW_SECONDS;
        return held >= part * Math.max(SlowRequests.ALARM, STALLED_BY_CHANCE * perSecond);
    }

    /** Whether requests come that no client needs to make. What goes to one address of a prefix is that address's matter. */
    private boolean isAbused(int target, long nowNanos) {
        return !targets.isPrefix(target) && windows.slowRequests().isAbused(target, nowNanos);
    }

    private void judge(FloodDetector detector, int target, Limits limits, long nowNanos) {
        double perSecond = perSecond(limits, detector.trafficClass().ordinal());
        FloodMemory.@Nullable Ended last = returning(detector, target, nowNanos);
        if (detector.isExceeded(reading, limits)) {
            long admitted = limits.packetsPerSecond(detector.trafficClass().ordinal());
            start(detector, target, new Alarm(Alarm.Trigger.THRESHOLD, perSecond, admitted), last, nowNanos);
        } else if (last != null) {
            Alarm of = last.alarm();
            start(
                    detector,
                    target,
                    new Alarm(Alarm.Trigger.RETURN, of.perSecond(), of.admittedPerSecond()),
                    last,
                    nowNanos);
        } else if (perSecond != Double.POSITIVE_INFINITY && !isPartOfCarpet(target, detector.trafficClass())) {
            Alarm alarm = unusual.judge(detector, reading, perSecond, sampler, nowNanos);
            if (alarm != null) {
                start(detector, target, alarm, null, nowNanos);
            }
        }
    }

    /** Whether its prefix is under alarm for a class: then what is below an address's own threshold belongs to that. */
    private boolean isPartOfCarpet(int target, TrafficClass trafficClass) {
        return !targets.isPrefix(target)
                && targets.isWatchingPrefixes()
                && isOn(targets.groupOf(target), trafficClass.ordinal());
    }

    private boolean isOn(int target, int trafficClass) {
        return target >= 0 && (alarms[target] >>> trafficClass & 1) != 0;
    }

    private static double perSecond(Limits limits, int trafficClass) {
        long perSecond = limits.packetsPerSecond(trafficClass);
        return perSecond == Limit.UNLIMITED ? Double.POSITIVE_INFINITY : (double) perSecond;
    }

    /** The flood of the hour before that these packets resume, or null. */
    private FloodMemory.@Nullable Ended returning(FloodDetector detector, int target, long nowNanos) {
        if (reading.fastPackets() < FEWEST_OF_RETURN || !memory.mayReturn(target, targets)) {
            return null;
        }
        FloodMemory.Ended last = memory.recall(detector.trafficClass(), targets.text(target), nowNanos);
        boolean isBack = last != null
                && reading.fastPackets() >= last.alarm().perSecond() * WindowReading.FAST_SECONDS
                && last.vector().equals(detector.vector(looks.recent(target, detector.trafficClass(), nowNanos)));
        return isBack ? last : null;
    }

    private WindowReading read(int target, int trafficClass) {
        reading.of(target, trafficClass, clock.isLearning());
        reading.note(answering, clock.startNanos(), tickNanos);
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

    private void start(
            FloodDetector detector, int target, Alarm alarm, FloodMemory.@Nullable Ended resumed, long nowNanos) {
        TrafficClass trafficClass = detector.trafficClass();
        long key = key(target, trafficClass.ordinal());
        Limits limits = targets.limits(target);
        boolean isOfSurge = detector.isFast(reading, limits.packetsPerSecond(trafficClass.ordinal()))
                || Limits.isFast(reading.fastBits(), limits.bitsPerSecond(trafficClass.ordinal()));
        if (!isOfSurge && crowds.isBelieved(key, nowNanos)) {
            return;
        }
        FloodSamples recent = looks.recent(target, trafficClass, nowNanos);
        boolean isOfThreshold = alarm.trigger() == Alarm.Trigger.THRESHOLD;
        if (isOfThreshold && resumed == null && detector.isTooSoon(reading, recent, limits)) {
            return;
        }
        boolean mayBeUsers = isOfThreshold && !isOfSurge;
        if (mayBeUsers && (detector.isCrowd(reading, recent) || detector.isOutage(reading, recent, limits))) {
            crowds.note(key, nowNanos);
            return;
        }
        if (detector.isScan(recent, reading.packetsPerSecond())
                && scans.isPlausible(key, reading.packetsPerSecond(), nowNanos)) {
            return;
        }
        if (floods.size() == MOST_FLOODS) {
            untracked++;
            return;
        }
        long onsetNanos = onsetNanos(target, trafficClass, alarm, nowNanos);
        lastNumber++;
        Flood flood = new Flood(
                lastNumber,
                trafficClass,
                target,
                targets,
                alarm,
                resumed == null ? "" : resumed.id(),
                Math.min(Math.max(onsetNanos, clock.startNanos()), nowNanos),
                nowNanos);
        if (isWitness) {
            flood.traffic().witness();
        }
        looks.describe(flood, vector(flood, recent), recent, nowNanos);
        flood.measure(reading, true, nowNanos);
        flood.traffic().countBefore(reading.slowPackets(), (long) reading.slowBits() / 8);
        recent.forEachSource((high, low) -> flood.traffic().addSource(hash.address(high, low)));
        floods.add(flood);
        alarms[target] |= (byte) (1 << trafficClass.ordinal());
        targets.hold(target);
        listener.started(flood, flood.report(FloodReport.State.STARTED, nowNanos, isObserving));
    }

    private long onsetNanos(int target, TrafficClass trafficClass, Alarm alarm, long nowNanos) {
        if (alarm.trigger() == Alarm.Trigger.IDLING) {
            return windows.slowRequests().onsetNanos(target);
        }
        if (trafficClass == TrafficClass.HTTP && isAbused(target, nowNanos)) {
            return windows.slowRequests().abusedNanos(target);
        }
        return looks.onsetNanos(reading, target, trafficClass.ordinal(), alarm);
    }

    private void follow(Flood flood, long nowNanos) {
        if (flood.detectedNanos() == nowNanos) {
            return;
        }
        int index = flood.trafficClass().ordinal();
        WindowReading current = read(flood.target(), index);
        boolean isAbove = current.slowPackets() >= END_SHARE * flood.alarm().perSecond() * WindowReading.SLOW_SECONDS
                || isAbove(current.slowBits(), flood.limits().bitsPerSecond(index))
                || index == HTTP && (isHeldUp(flood.target(), END_SHARE) || isAbused(flood.target(), nowNanos));
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
        FloodSamples recent = looks.recent(flood.target(), flood.trafficClass(), nowNanos);
        boolean isEnough = recent.size() >= FEWEST_SAMPLES && flood.lastAboveNanos() == nowNanos;
        boolean isOther = isEnough && looks.describe(flood, vector(flood, recent), recent, nowNanos);
        if (flood.hasDoubled() || isOther) {
            listener.updated(flood.report(FloodReport.State.UPDATED, nowNanos, isObserving));
        }
    }

    private String vector(Flood flood, FloodSamples samples) {
        boolean isHttp = flood.trafficClass() == TrafficClass.HTTP;
        if (isHttp && isAbused(flood.target(), flood.lastLookNanos())) {
            return "http-range";
        }
        if (flood.alarm().trigger() == Alarm.Trigger.IDLING || isHttp && isHeldUp(flood.target(), 1)) {
            SlowRequests slow = windows.slowRequests();
            return 2 * slow.countOfReaders(flood.target()) > slow.count(flood.target()) ? "slow-read" : "slow-http";
        }
        return DETECTORS.get(flood.trafficClass().ordinal()).vector(samples);
    }

    private void end(Flood flood, long nowNanos) {
        floods.remove(flood);
        alarms[flood.target()] &= (byte) ~(1 << flood.trafficClass().ordinal());
        targets.release(flood.target());
        memory.remember(flood, flood.innerVector().isEmpty() ? flood.vector() : flood.innerVector(), nowNanos);
        listener.ended(flood, flood.report(FloodReport.State.ENDED, nowNanos, isObserving));
    }

    private static long key(int target, int trafficClass) {
        return (long) target * TrafficClass.count() + trafficClass;
    }

    /** Whether an address or a prefix around it is under an alarm for HTTP requests. */
    public boolean areRequestsFlooding(long addressHigh, long addressLow) {
        for (int i = 0; i < floods.size(); i++) {
            boolean isOfRequests = floods.get(i).trafficClass() == TrafficClass.HTTP;
            if (isOfRequests && targets.isAt(floods.get(i).target(), addressHigh, addressLow)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a source may be one of those that send a flood of a protocol to an address or a prefix around it. */
    public boolean isFloodedBy(
            long sourceHigh, long sourceLow, int protocol, boolean isOpening, long addressHigh, long addressLow) {
        for (int i = 0; i < floods.size(); i++) {
            Flood flood = floods.get(i);
            if (flood.mayBeFrom(sourceHigh, sourceLow, protocol, isOpening)
                    && targets.isAt(flood.target(), addressHigh, addressLow)) {
                return true;
            }
        }
        return false;
    }

    /** Alarms that weren't raised because {@link #MOST_FLOODS} were on. */
    public long untracked() {
        return untracked;
    }
}
