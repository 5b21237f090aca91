package io.weir.detector.flood;

import io.weir.detector.window.TargetWindows;
import java.util.function.IntPredicate;

/**
 * One target's windows, as a detector reads them. Mutable, so that a tick needs one for all its targets.
 *
 * <p>Of a prefix, what goes to addresses with an alarm of their own is left out: {@link #exclude}.
 */
public final class WindowReading {
    static final double FAST_SECONDS = TargetWindows.FAST_WINDOW_NANOS / 1e9;
    static final double SLOW_SECONDS = TargetWindows.SLOW_WINDOW_NANOS / 1e9;

    private static final int FAST_PACKETS = 0;
    private static final int FAST_BYTES = 1;
    private static final int SLOW_PACKETS = 2;
    private static final int SLOW_BYTES = 3;
    private static final int AGED_PACKETS = 4;
    private static final int OF_AGES = 5;
    private static final int COMPLETED = 6;
    private static final int HANDSHAKES = 7;
    private static final int REFUSALS = 8;
    private static final int ANSWERS = 9;
    private static final int NAME_ERRORS = 10;
    private static final int NEWEST_PACKETS = 11;

    /** Fast buckets in which a surge shows: 96 ms. */
    private static final int SURGE_BUCKETS = 12;

    static final double SURGE_SECONDS = SURGE_BUCKETS * TargetWindows.FAST_BUCKET_NANOS / 1e9;

    /** Slow buckets, three eighths of a second. */
    private static final int EVEN_BUCKETS = 6;

    /** Slow buckets from before a sudden rise to after it. */
    private static final int STEP_BUCKETS = 4;
    /** What comes as soon as anything is known may have begun before, and short exchanges take so long to be in balance. */
    private static final int UNKNOWN_BUCKETS = 6;
    /** Of the most that came since. */
    private static final double SUDDEN = 0.6;

    /** Six seconds: who is known was there for four, and samples are of two. */
    private static final int SOURCES_BUCKETS = 48;

    private static final long BUCKET_NANOS = TargetWindows.SLOW_WINDOW_NANOS / 16;

    /** Slow buckets in a slow window. */
    static final int BUCKETS = 16;

    private final TargetWindows windows;
    private final int[] excluded = new int[FloodMonitor.MOST_FLOODS];
    private int excludedCount;
    private int target;
    private int trafficClass;
    private boolean isLearning;
    private IntPredicate answeringTargets = address -> false;
    private int knownBuckets;

    WindowReading(TargetWindows windows) {
        this.windows = windows;
    }

    /**
     * Points the reading at a target and a class.
     *
     * @param learning whether the stream is so young that connections may be met in their middle
     */
    WindowReading of(int newTarget, int newClass, boolean learning) {
        target = newTarget;
        trafficClass = newClass;
        isLearning = learning;
        excludedCount = 0;
        answeringTargets = address -> false;
        knownBuckets = 0;
        return this;
    }

    /**
     * Says what else is known.
     *
     * @param answering says of an address whether its answers are seen
     * @param startNanos when the stream began, before which nothing is known
     */
    void note(IntPredicate answering, long startNanos, long nowNanos) {
        answeringTargets = answering;
        long known = Math.floorDiv(nowNanos, BUCKET_NANOS) - Math.floorDiv(startNanos, BUCKET_NANOS);
        knownBuckets = (int) Math.min(known, Integer.MAX_VALUE);
    }

    /** Leaves out what went to another target. */
    void exclude(int other) {
        excluded[excludedCount++] = other;
    }

    /** What a column holds, less what it holds of the targets left out. */
    private long rest(int column, int youngest, int oldest) {
        long rest = value(target, column, youngest, oldest);
        for (int i = 0; i < excludedCount; i++) {
            rest -= value(excluded[i], column, youngest, oldest);
        }
        return rest;
    }

    private long rest(int column) {
        return rest(column, 0, BUCKETS - 1);
    }

    private long value(int of, int column, int youngest, int oldest) {
        return switch (column) {
            case FAST_PACKETS -> windows.fastPackets(of, trafficClass);
            case FAST_BYTES -> windows.fastBytes(of, trafficClass);
            case SLOW_PACKETS -> windows.slowPackets(of, trafficClass);
            case SLOW_BYTES -> windows.slowBytes(of, trafficClass);
            case AGED_PACKETS -> windows.agedPackets(of, trafficClass);
            case OF_AGES -> windows.packetsOfAges(of, trafficClass, youngest, oldest);
            case COMPLETED -> windows.completedOfAges(of, youngest, oldest);
            case HANDSHAKES -> windows.slowHandshakes(of);
            case REFUSALS -> windows.slowRefusals(of);
            case ANSWERS -> windows.slowAnswers(of);
            case NAME_ERRORS -> windows.slowNameErrors(of);
            default -> windows.newestPackets(of, trafficClass, oldest + 1);
        };
    }

    int target() {
        return target;
    }

    long fastPackets() {
        return rest(FAST_PACKETS);
    }

    /** Whether the last 96 ms hold more than a rate per second. */
    boolean isSurge(double perSecond) {
        double most = perSecond * SURGE_SECONDS;
        return fastPackets() > most && rest(NEWEST_PACKETS, 0, SURGE_BUCKETS - 1) > most;
    }

    /** Whether the last three eighths of a second hold more than a rate per second, and more than half of it at any time. */
    boolean isSteady(double perSecond) {
        double perBucket = perSecond * SLOW_SECONDS / BUCKETS;
        for (int age = 1; age < EVEN_BUCKETS; age++) {
            if (packetsOfAges(age, age) <= perBucket / 2) {
                return false;
            }
        }
        return packetsUntil(EVEN_BUCKETS - 1) > EVEN_BUCKETS * perBucket;
    }

    /** Packets of the fast window that are at least so many fast buckets old. */
    long fastPacketsFrom(int youngest) {
        return fastPackets() - rest(NEWEST_PACKETS, 0, youngest - 1);
    }

    double fastBits() {
        return 8.0 * rest(FAST_BYTES);
    }

    long slowPackets() {
        return rest(SLOW_PACKETS);
    }

    double slowBits() {
        return 8.0 * rest(SLOW_BYTES);
    }

    long agedPackets() {
        return rest(AGED_PACKETS);
    }

    /** Packets of the older half of the slow window. */
    long olderPackets() {
        return packetsFrom(BUCKETS / 2);
    }

    /** Packets of the slow window that are at least so many slow buckets old. */
    long packetsFrom(int youngest) {
        return rest(OF_AGES, youngest, BUCKETS - 1);
    }

    /** Packets of slow buckets of such ages, both included. */
    long packetsOfAges(int youngest, int oldest) {
        return rest(OF_AGES, youngest, oldest);
    }

    /** Whether a rate is steady, and of enough packets to say so of a low one. */
    boolean isEven(double perSecond) {
        return isEven(perSecond, Forgery.FEWEST_SAMPLES);
    }

    /** @param fewest packets that are enough */
    boolean isEven(double perSecond, int fewest) {
        return packetsUntil(EVEN_BUCKETS - 1) > fewest && isSteady(perSecond);
    }

    /** SYNs of slow buckets of such ages that were completed since. */
    long completedOfAges(int youngest, int oldest) {
        return rest(COMPLETED, youngest, oldest);
    }

    /** Packets of the slow window that are at most so many slow buckets old. */
    long packetsUntil(int oldest) {
        return rest(OF_AGES, 0, oldest);
    }

    /** SYNs of the slow window that are as young, and were completed since. */
    long completedUntil(int oldest) {
        return rest(COMPLETED, 0, oldest);
    }

    /** SYNs of the slow window that are as old, and were completed since. */
    long completedFrom(int youngest) {
        return rest(COMPLETED, youngest, BUCKETS - 1);
    }

    /** SYNs of the second before the slow window that were completed since. */
    long agedCompleted() {
        return rest(COMPLETED, BUCKETS, 2 * BUCKETS - 1);
    }

    long slowHandshakes() {
        return rest(HANDSHAKES);
    }

    long slowRefusals() {
        return rest(REFUSALS);
    }

    long slowAnswers() {
        return rest(ANSWERS);
    }

    long slowNameErrors() {
        return rest(NAME_ERRORS);
    }

    long fastProvenSegments() {
        return windows.fastProvenSegments(target);
    }

    long slowProvenSegments() {
        return windows.slowProvenSegments(target);
    }

    /** Whether answers of an address are seen, so that a missing one means something. */
    boolean isAnswering(int address) {
        return address >= 0 && answeringTargets.test(address);
    }

    /**
     * Whether most of what came in the last two seconds began to come within a third of one: a pair of buckets holds more
     * than the pair {@value #STEP_BUCKETS} before it, by most of what any pair since then holds. Not of what comes now:
     * whoever is believed counts no more, and what is left of a slow rise then looks like all of it.
     */
    boolean isSudden() {
        long most = 0;
        int end = Math.min(knownBuckets, 2 * BUCKETS) - UNKNOWN_BUCKETS;
        for (int age = 1; age + STEP_BUCKETS + 1 < end; age++) {
            long after = packetsOfAges(age, age + 1);
            long before = packetsOfAges(age + STEP_BUCKETS, age + STEP_BUCKETS + 1);
            most = Math.max(most, after);
            if (after > before && after - before >= SUDDEN * most) {
                return true;
            }
        }
        return false;
    }

    /** Whether the stream has lasted for so long that who was there before is known. */
    boolean areSourcesKnown() {
        return knownBuckets >= SOURCES_BUCKETS;
    }

    boolean isLearning() {
        return isLearning;
    }

    /** Packets a second: the larger of the two windows' rates. */
    double packetsPerSecond() {
        return Math.max(fastPackets() / FAST_SECONDS, slowPackets() / SLOW_SECONDS);
    }

    /** Bits a second: the larger of the two windows' rates. */
    double bitsPerSecond() {
        return Math.max(fastBits() / FAST_SECONDS, slowBits() / SLOW_SECONDS);
    }
}
