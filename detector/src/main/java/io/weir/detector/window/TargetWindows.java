package io.weir.detector.window;

/**
 * Exact packet and byte counts of each traffic class per target, over sliding windows.
 *
 * <pre>
 *   fast   16 buckets of  8 ms   the last 128 ms
 *   slow   16 buckets of 64 ms   the last 1.024 s        recent
 *        + 16 buckets of 64 ms   the 1.024 s before it   aged
 * </pre>
 *
 * <p>The bucket being filled is part of a window, so a window spans between 15 and 16 buckets. What has proven itself
 * later is taken back out of the bucket it was counted in: {@code fast} then says "not yet proven", {@code aged} "not
 * proven within a second". A packet touches its target's current bucket only; a target is brought up to date when it is
 * next counted or read.
 *
 * <p>One writer. Time is advanced by {@link #advance} and never goes back.
 */
public final class TargetWindows {
    /** Length of a fast bucket, which is also the control step's tick, in nanoseconds. */
    public static final long FAST_BUCKET_NANOS = 8_000_000;
    /** Length of the fast window in nanoseconds. */
    public static final long FAST_WINDOW_NANOS = 16 * FAST_BUCKET_NANOS;
    /** Length of the slow window in nanoseconds. */
    public static final long SLOW_WINDOW_NANOS = 16 * 8 * FAST_BUCKET_NANOS;

    /** Further columns behind packets and bytes of each class: see the accessors of these names. */
    private static final int TOTAL_PACKETS = 0;

    private static final int TOTAL_BYTES = 1;
    private static final int HANDSHAKES = 2;
    private static final int PROVEN_SEGMENTS = 3;
    private static final int COMPLETED = 4;
    private static final int REFUSALS = 5;
    private static final int ANSWERS = 6;
    private static final int NAME_ERRORS = 7;
    private static final int FURTHER = 8;

    private final int classes;
    private final int further;
    private final WindowRings rings;
    private final SlowRequests slowRequests;
    /** By target: how many others it has stood for. */
    private final int[] generations;

    /**
     * @param targets how many targets there are, each known by an index from 0
     * @param classes how many traffic classes are counted
     */
    public TargetWindows(int targets, int classes) {
        slowRequests = new SlowRequests(targets);
        this.classes = classes;
        this.further = 2 * classes;
        this.rings = new WindowRings(targets, 2 * classes + FURTHER);
        this.generations = new int[targets];
    }

    /** Moves to the bucket of a time. */
    public void advance(long nowNanos) {
        rings.epoch = Math.floorDiv(nowNanos, FAST_BUCKET_NANOS);
    }

    /** Start of the bucket after the current one. */
    public long bucketEndNanos() {
        return (rings.epoch + 1) * FAST_BUCKET_NANOS;
    }

    /** Counts a packet to a target's total alone. */
    public void count(int target, int lengthBytes) {
        int at = rings.current(target) + further;
        long[] fast = rings.fast;
        fast[at + TOTAL_PACKETS]++;
        fast[at + TOTAL_BYTES] += lengthBytes;
    }

    /** Counts a packet to a target's total and to a class. */
    public void count(int target, int trafficClass, int lengthBytes) {
        int at = rings.current(target);
        long[] fast = rings.fast;
        fast[at + trafficClass]++;
        fast[at + classes + trafficClass] += lengthBytes;
        fast[at + further + TOTAL_PACKETS]++;
        fast[at + further + TOTAL_BYTES] += lengthBytes;
    }

    /** Counts packets of a class that came without being seen one by one. */
    public void count(int target, int trafficClass, long packets, long bytes) {
        int at = rings.current(target);
        long[] fast = rings.fast;
        fast[at + trafficClass] += packets;
        fast[at + classes + trafficClass] += bytes;
        fast[at + further + TOTAL_PACKETS] += packets;
        fast[at + further + TOTAL_BYTES] += bytes;
    }

    /** Counts what else of a class came in a packet that has been counted. */
    public void countFurther(int target, int trafficClass, int count) {
        rings.fast[rings.current(target) + trafficClass] += count;
    }

    /** Counts a TCP segment that belongs to a connection, to the target's total as well. */
    public void countProvenSegment(int target, int lengthBytes) {
        int at = rings.current(target) + further;
        long[] fast = rings.fast;
        fast[at + TOTAL_PACKETS]++;
        fast[at + TOTAL_BYTES] += lengthBytes;
        fast[at + PROVEN_SEGMENTS]++;
    }

    /** Counts a SYN that the target refused by a reset. */
    public void countRefusal(int target) {
        rings.fast[rings.current(target) + further + REFUSALS]++;
    }

    /** Counts the target's answer to a UDP packet without a two-way exchange. */
    public void countAnswer(int target) {
        rings.fast[rings.current(target) + further + ANSWERS]++;
    }

    /** Counts the target's answer that a name doesn't exist. */
    public void countNameError(int target) {
        rings.fast[rings.current(target) + further + NAME_ERRORS]++;
    }

    /**
     * Takes a packet of a class back out of the bucket it was counted in, because it has proven itself.
     *
     * @param packets how many of them: more than one where it was repeated
     * @param lengthBytes of each
     * @param countedNanos when it came; one that has left the windows, or was counted before the target was this one,
     *     changes nothing
     */
    public void prove(
            int target, int trafficClass, long countedNanos, int packets, int lengthBytes, boolean isHandshake) {
        int current = rings.current(target);
        if (isHandshake) {
            rings.fast[current + further + HANDSHAKES]++;
        }
        long counted = Math.floorDiv(countedNanos, FAST_BUCKET_NANOS);
        long age = rings.epoch - counted;
        long slowAge = rings.slowEpoch() - (counted >> WindowRings.FAST_PER_SLOW_SHIFT);
        if (age < 0 || slowAge >= WindowRings.SLOW) {
            return;
        }
        boolean isFast = age < WindowRings.FAST;
        int fastBucket = rings.bucket(target, counted);
        int slowBucket = rings.slowBucket(target, counted >> WindowRings.FAST_PER_SLOW_SHIFT);
        long[] counts = isFast ? rings.fast : rings.slow;
        int at = isFast ? fastBucket : slowBucket;
        long taken = Math.min(packets, counts[at + trafficClass]);
        long bytes = Math.min(taken * lengthBytes, counts[at + classes + trafficClass]);
        if (isFast) {
            take(rings.fast, fastBucket, trafficClass, taken, bytes, isHandshake);
            if (age == 0) {
                return;
            }
            take(rings.fastClosed, target * rings.width, trafficClass, taken, bytes, isHandshake);
        }
        take(rings.slow, slowBucket, trafficClass, taken, bytes, isHandshake);
        if (slowAge >= WindowRings.RECENT) {
            take(rings.aged, target * rings.width, trafficClass, taken, bytes, isHandshake);
        } else if (slowAge > 0) {
            take(rings.recentClosed, target * rings.width, trafficClass, taken, bytes, isHandshake);
        }
    }

    private void take(long[] counts, int at, int trafficClass, long packets, long bytes, boolean isHandshake) {
        counts[at + trafficClass] -= packets;
        counts[at + classes + trafficClass] -= bytes;
        counts[at + further + COMPLETED] += isHandshake ? packets : 0;
    }

    /** Packets of a class in the fast window. */
    public long fastPackets(int target, int trafficClass) {
        return rings.fastSum(target, trafficClass);
    }

    /** Packets of a class in the newest fast buckets, up to 16, the one being filled included. */
    public long newestPackets(int target, int trafficClass, int buckets) {
        return rings.newestSum(target, trafficClass, buckets);
    }

    /** Bytes of a class in the fast window. */
    public long fastBytes(int target, int trafficClass) {
        return rings.fastSum(target, classes + trafficClass);
    }

    /** Packets of a class in the slow window. */
    public long slowPackets(int target, int trafficClass) {
        return rings.slowSum(target, trafficClass);
    }

    /** Bytes of a class in the slow window. */
    public long slowBytes(int target, int trafficClass) {
        return rings.slowSum(target, classes + trafficClass);
    }

    /** Packets of a class in the 1.024 s before the slow window. */
    public long agedPackets(int target, int trafficClass) {
        rings.current(target);
        return rings.aged[target * rings.width + trafficClass];
    }

    /** Packets of no class in the bucket that is being filled: those of connections and exchanges. */
    public long provenInBucket(int target) {
        int at = rings.current(target);
        long[] fast = rings.fast;
        long proven = fast[at + further + TOTAL_PACKETS];
        for (int trafficClass = 0; trafficClass < classes; trafficClass++) {
            proven -= fast[at + trafficClass];
        }
        return Math.max(0, proven);
    }

    /** All packets in the slow window. */
    public long slowTotalPackets(int target) {
        return rings.slowSum(target, further + TOTAL_PACKETS);
    }

    /** All bytes in the slow window. */
    public long slowTotalBytes(int target) {
        return rings.slowSum(target, further + TOTAL_BYTES);
    }

    /** Handshakes completed in the fast window. */
    public long fastHandshakes(int target) {
        return rings.fastSum(target, further + HANDSHAKES);
    }

    /** Handshakes completed in the slow window. */
    public long slowHandshakes(int target) {
        return rings.slowSum(target, further + HANDSHAKES);
    }

    /** TCP segments of connections in the fast window. */
    public long fastProvenSegments(int target) {
        return rings.fastSum(target, further + PROVEN_SEGMENTS);
    }

    /** TCP segments of connections in the slow window. */
    public long slowProvenSegments(int target) {
        return rings.slowSum(target, further + PROVEN_SEGMENTS);
    }

    /**
     * When the packets of a class began to come fast: the start of the oldest fast bucket of an unbroken run, back from
     * now, of buckets that hold at least {@code packetsPerBucket}; if all do, of slow buckets that hold eight times as
     * many.
     */
    public long fastOnsetNanos(int target, int trafficClass, double packetsPerBucket) {
        long onsetEpoch = rings.fastOnset(target, trafficClass, packetsPerBucket);
        return onsetEpoch == WindowRings.BEFORE
                ? Math.min(
                        (rings.epoch - WindowRings.FAST + 1) * FAST_BUCKET_NANOS,
                        slowOnsetNanos(target, trafficClass, packetsPerBucket * WindowRings.FAST / 2))
                : onsetEpoch * FAST_BUCKET_NANOS;
    }

    /** The same by slow buckets alone, for what comes unevenly. */
    public long slowOnsetNanos(int target, int trafficClass, double packetsPerSlowBucket) {
        long onsetEpoch = rings.slowOnset(target, trafficClass, packetsPerSlowBucket);
        return (onsetEpoch << WindowRings.FAST_PER_SLOW_SHIFT) * FAST_BUCKET_NANOS;
    }

    /** SYNs of the slow window that were completed since: by the time they came, not that of their completion. */
    public long slowCompleted(int target) {
        return rings.slowSum(target, further + COMPLETED);
    }

    /** Packets of a class in the slow buckets of such ages: from 0, the one being filled, to 31. */
    public long packetsOfAges(int target, int trafficClass, int youngest, int oldest) {
        return rings.slowSum(target, trafficClass, youngest, oldest);
    }

    /** SYNs of such slow buckets that were completed since. */
    public long completedOfAges(int target, int youngest, int oldest) {
        return rings.slowSum(target, further + COMPLETED, youngest, oldest);
    }

    /** SYNs refused in the slow window. */
    public long slowRefusals(int target) {
        return rings.slowSum(target, further + REFUSALS);
    }

    /** UDP packets answered in the slow window. */
    public long slowAnswers(int target) {
        return rings.slowSum(target, further + ANSWERS);
    }

    /** Names said not to exist in the slow window. */
    public long slowNameErrors(int target) {
        return rings.slowSum(target, further + NAME_ERRORS);
    }

    /** Targets counted since {@link #clearTouched}: {@code touched(0)} to {@code touched(touchedCount() - 1)}. */
    public int touchedCount() {
        return rings.touchedCount();
    }

    public int touched(int index) {
        return rings.touched(index);
    }

    /** Begins a new list of touched targets. */
    public void clearTouched() {
        rings.clearTouched();
    }

    /** Forgets a target, so that its index can stand for another. */
    public void forget(int target) {
        generations[target]++;
        rings.forget(target);
        slowRequests.forgetTarget(target);
    }

    /** Changes whenever the target's index comes to stand for another. */
    public int generation(int target) {
        return generations[target];
    }

    /** Forgets every target and the time: a new stream begins. */
    public void restart() {
        for (int target = 0; target < generations.length; target++) {
            generations[target]++;
        }
        rings.restart();
        slowRequests.restart();
    }

    /** Memory in bytes, fixed at construction. */
    public long sizeBytes() {
        return rings.sizeBytes() + generations.length * 4L + slowRequests.sizeBytes();
    }

    /** Which connections hold targets up. */
    public SlowRequests slowRequests() {
        return slowRequests;
    }
}
