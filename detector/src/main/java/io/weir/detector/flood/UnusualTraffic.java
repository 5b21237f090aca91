package io.weir.detector.flood;

import io.weir.detector.window.TargetWindows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Alarms below the thresholds: what is unusual and fails its class's own test, what is forged, and handshakes that stay
 * incomplete. Learns what is usual, but nothing of a class while it is under alarm.
 *
 * <p>Looking at samples is what costs, so each target and class is looked at once a slow bucket at most (in a burst once a
 * tick), and only so many of them in a tick.
 */
final class UnusualTraffic {
    private static final int LOOKS_PER_TICK = 32;
    private static final int SYN = TrafficClass.SYN.ordinal();
    private static final int ICMP = TrafficClass.ICMP.ordinal();
    private static final int DNS = TrafficClass.DNS.ordinal();
    private static final int UDP = TrafficClass.UDP.ordinal();
    private static final long BUCKET_NANOS = TargetWindows.SLOW_WINDOW_NANOS / 16;

    /** Of the threshold's rate, over the fast window: from there on a burst is looked at. */
    private static final double BURST_SHARE = 0.4;
    /** Of a slow window's packets; fewer in its older half, and they came all at once. */
    private static final double STEADY_SHARE = 0.25;
    /** What passes in any case, of a threshold: newcomers that were never seen before have to be let in, too. */
    private static final double LEAST_ADMITTED = 0.2;

    private static final double ONE_ADDRESS = 0.5;
    /** So many times the usual handshakes make a crowd. */
    private static final double CROWD = 3;

    private static final int FEWEST_OF_CROWD = 16;

    private final Baselines baselines;
    private final ProtectedTargets targets;
    private final FailingHandshakes failing;
    private final long[] lookedAt;
    private int looks;

    UnusualTraffic(TargetWindows windows, ProtectedTargets targets) {
        int count = targets.count();
        this.baselines = new Baselines(windows, count);
        this.targets = targets;
        this.lookedAt = new long[count * TrafficClass.count()];
        Arrays.fill(lookedAt, Long.MAX_VALUE);
        this.failing = new FailingHandshakes(baselines, count);
    }

    void beginTick(long startNanos, long nowNanos) {
        baselines.advance(startNanos, nowNanos);
        looks = 0;
    }

    /** Whether {@link #learn} is due for each class of a target. */
    boolean isDue(int target) {
        return baselines.isDue(target);
    }

    void beginLearning(int target) {
        baselines.catchUp(target);
    }

    /** Learns the window that ended, of one class of a target without an alarm. */
    void learn(WindowReading reading, int trafficClass, double thresholdPerSecond) {
        int target = reading.target();
        if (trafficClass != SYN) {
            baselines.learn(target, trafficClass, (double) reading.slowPackets());
            return;
        }
        baselines.learn(target, Baselines.SYN_ARRIVALS, (double) reading.slowPackets() + reading.completedFrom(0));
        baselines.learn(target, Baselines.HANDSHAKES, (double) reading.slowHandshakes());
        if (failing.learn(reading, leastFailing(thresholdPerSecond))) {
            baselines.learn(target, SYN, (double) reading.agedPackets());
        }
    }

    private static double leastFailing(double thresholdPerSecond) {
        return FailingHandshakes.LEAST * thresholdPerSecond * WindowReading.SLOW_SECONDS;
    }

    /** Gives the samples of a class and target of the last seconds. */
    interface Sampler {
        FloodSamples recent(int target, TrafficClass trafficClass, long nowNanos);
    }

    /** The alarm to raise for a class of a target that is below its threshold, or null. */
    @Nullable
    Alarm judge(
            FloodDetector detector, WindowReading reading, double thresholdPerSecond, Sampler sampler, long nowNanos) {
        int target = reading.target();
        int trafficClass = detector.trafficClass().ordinal();
        double leastForged = targets.isPrefix(target)
                ? FloodDetector.LEAST_UNUSUAL * thresholdPerSecond
                : detector.leastForgedPerSecond(thresholdPerSecond);
        double usual = usualPerSecond(target, trafficClass, thresholdPerSecond);
        boolean isBurst = isBurst(reading, trafficClass, thresholdPerSecond);
        boolean isForgedRate = isBurst
                || isSteady(reading, trafficClass, leastForged)
                || trafficClass == SYN && reading.isEven(leastForged, Forgery.FEW_SAMPLES)
                || trafficClass == DNS && reading.isEven(Math.max(leastForged, boundIfLearned(target, trafficClass)));
        int fewest = trafficClass == ICMP ? Forgery.FEW_SAMPLES : Forgery.FEWEST_SAMPLES;
        boolean isUnusual = baselines.isLearned()
                && (isLasting(reading, usual) || detector.isSeenAtOnce() && reading.isEven(usual, fewest));
        boolean isIncomplete = trafficClass == SYN && failing.isSuspected(reading, leastFailing(thresholdPerSecond));
        if (!isForgedRate && !isUnusual && !isIncomplete
                || !mayLook(target, trafficClass, pauseNanos(isBurst, isIncomplete), nowNanos)) {
            return null;
        }
        FloodSamples recent = sampler.recent(target, detector.trafficClass(), nowNanos);
        // What goes to one address of a prefix is that address's matter.
        boolean isOfOneAddress = targets.isPrefix(target) && recent.topDestinationShare() >= ONE_ADDRESS;
        if (isOfOneAddress || detector.isScan(recent, reading.packetsPerSecond())) {
            return null;
        }
        if (isForgedRate && detector.isForged(reading, recent)) {
            long usualOnly = admittedPerSecond(target, trafficClass, thresholdPerSecond, true);
            return new Alarm(Alarm.Trigger.PATTERN, leastForged, usualOnly);
        }
        long admitted = admittedPerSecond(target, trafficClass, thresholdPerSecond, false);
        FloodDetector.Usual known = new FloodDetector.Usual(usual, isCrowd(reading));
        if (isUnusual && detector.isAttack(reading, recent, known)) {
            return new Alarm(Alarm.Trigger.BASELINE, usual, admitted);
        }
        if (isIncomplete && isCompleting(reading, nowNanos) && FailingHandshakes.isFlood(recent, nowNanos)) {
            return new Alarm(Alarm.Trigger.HANDSHAKES, FailingHandshakes.LEAST * thresholdPerSecond, admitted);
        }
        return null;
    }

    /** What fails is looked at more often: it takes most of the time there is to see whether it comes again. */
    private static long pauseNanos(boolean isBurst, boolean isIncomplete) {
        if (isBurst) {
            return TargetWindows.FAST_BUCKET_NANOS;
        }
        return isIncomplete ? 2 * TargetWindows.FAST_BUCKET_NANOS : BUCKET_NANOS;
    }

    private boolean isSteady(WindowReading reading, int trafficClass, double perSecond) {
        long slow = reading.slowPackets();
        long older = slow >= perSecond * WindowReading.SLOW_SECONDS ? reading.olderPackets() : 0;
        // What isn't completed yet is no measure of what won't be; what is half a second old is.
        long known = trafficClass == SYN ? 2 * older : slow;
        return older > 0 && older >= STEADY_SHARE * slow && known > boundIfLearned(reading.target(), trafficClass);
    }

    private boolean isBurst(WindowReading reading, int trafficClass, double thresholdPerSecond) {
        long fast = reading.fastPackets();
        if (fast < Math.max(Forgery.FEWEST_SAMPLES, BURST_SHARE * thresholdPerSecond * WindowReading.FAST_SECONDS)) {
            return false;
        }
        int column = trafficClass == SYN ? Baselines.SYN_ARRIVALS : trafficClass;
        double usual = boundIfLearned(reading.target(), column);
        return fast > usual * WindowReading.FAST_SECONDS / WindowReading.SLOW_SECONDS;
    }

    private double boundIfLearned(int target, int column) {
        return baselines.isLearned() ? baselines.bound(target, column) : 0;
    }

    /** Whether the rate was unusual in both halves of the second: a page's images or a few pings are no flood. */
    private static boolean isLasting(WindowReading reading, double usualPerSecond) {
        double half = usualPerSecond * WindowReading.SLOW_SECONDS / 2;
        long older = reading.olderPackets();
        return older > half && reading.slowPackets() - older > half;
    }

    private double usualPerSecond(int target, int trafficClass, double thresholdPerSecond) {
        return Math.max(
                FloodDetector.LEAST_UNUSUAL * thresholdPerSecond,
                baselines.bound(target, trafficClass) / WindowReading.SLOW_SECONDS);
    }

    private boolean isCrowd(WindowReading reading) {
        long handshakes = reading.slowHandshakes();
        return handshakes >= FEWEST_OF_CROWD
                && handshakes > CROWD * baselines.mean(reading.target(), Baselines.HANDSHAKES);
    }

    /** Whether completed handshakes would be seen: some are, or the host's answers. */
    private boolean isCompleting(WindowReading reading, long nowNanos) {
        return reading.agedCompleted() > 0
                || reading.slowHandshakes() > 0
                || targets.isAnswering(reading.target(), nowNanos);
    }

    private long admittedPerSecond(int target, int trafficClass, double thresholdPerSecond, boolean isForged) {
        // What nothing tells from the pings, questions and datagrams of users does no harm up to the threshold.
        boolean isLikeUsers = trafficClass == ICMP || trafficClass == DNS || trafficClass == UDP && !isForged;
        if (!baselines.isLearned() || isLikeUsers) {
            return (long) thresholdPerSecond;
        }
        int column = trafficClass == SYN ? Baselines.SYN_ARRIVALS : trafficClass;
        double usual = baselines.bound(target, column) / WindowReading.SLOW_SECONDS;
        double least = Math.max(usual, LEAST_ADMITTED * thresholdPerSecond);
        return (long) Math.ceil(Math.min(least, thresholdPerSecond));
    }

    private boolean mayLook(int target, int trafficClass, long pauseNanos, long nowNanos) {
        int key = target * TrafficClass.count() + trafficClass;
        boolean isTooSoon = nowNanos >= lookedAt[key] && nowNanos - lookedAt[key] < pauseNanos;
        if (isTooSoon || looks == LOOKS_PER_TICK) {
            return false;
        }
        lookedAt[key] = nowNanos;
        looks++;
        return true;
    }
}
