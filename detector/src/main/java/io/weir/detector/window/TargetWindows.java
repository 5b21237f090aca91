package io.weir.detector.window;

import java.util.Arrays;

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
    private static final int FURTHER = 4;

    private static final int FAST = 16;
    private static final int SLOW = 32;
    private static final int RECENT = 16;
    private static final int FAST_PER_SLOW_SHIFT = 3;

    private final int classes;
    private final int width;
    private final int further;

    private final long[] fast;
    private final long[] slow;
    private final long[] fastClosed;
    private final long[] recentClosed;
    private final long[] aged;
    private final long[] epochOf;

    private final int[] touched;
    private int touchedCount;
    private final boolean[] isTouched;
    private long epoch = Long.MIN_VALUE;

    /**
     * @param targets how many targets there are, each known by an index from 0
     * @param classes how many traffic classes are counted
     */
    public TargetWindows(int targets, int classes) {
        this.classes = classes;
        this.further = 2 * classes;
        this.width = 2 * classes + FURTHER;
        this.fast = new long[targets * FAST * width];
        this.slow = new long[targets * SLOW * width];
        this.fastClosed = new long[targets * width];
        this.recentClosed = new long[targets * width];
        this.aged = new long[targets * width];
        this.epochOf = new long[targets];
        this.touched = new int[targets];
        this.isTouched = new boolean[targets];
    }

    /** Moves to the bucket of a time. */
    public void advance(long nowNanos) {
        epoch = Math.floorDiv(nowNanos, FAST_BUCKET_NANOS);
    }

    /** Start of the bucket after the current one. */
    public long bucketEndNanos() {
        return (epoch + 1) * FAST_BUCKET_NANOS;
    }

    /** Counts a packet to a target's total alone. */
    public void count(int target, int lengthBytes) {
        int at = current(target) + further;
        fast[at + TOTAL_PACKETS]++;
        fast[at + TOTAL_BYTES] += lengthBytes;
    }

    /** Counts a packet to a target's total and to a class. */
    public void count(int target, int trafficClass, int lengthBytes) {
        int at = current(target);
        fast[at + trafficClass]++;
        fast[at + classes + trafficClass] += lengthBytes;
        fast[at + further + TOTAL_PACKETS]++;
        fast[at + further + TOTAL_BYTES] += lengthBytes;
    }

    /** Counts a TCP segment that belongs to a connection; its total is counted by {@link #count(int, int)}. */
    public void countProvenSegment(int target) {
        fast[current(target) + further + PROVEN_SEGMENTS]++;
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
        int current = current(target);
        if (isHandshake) {
            fast[current + further + HANDSHAKES]++;
        }
        long counted = Math.floorDiv(countedNanos, FAST_BUCKET_NANOS);
        long age = epoch - counted;
        long slowAge = (epoch >> FAST_PER_SLOW_SHIFT) - (counted >> FAST_PER_SLOW_SHIFT);
        if (age < 0 || slowAge >= SLOW) {
            return;
        }
        boolean isFast = age < FAST;
        int fastBucket = bucket(target, counted);
        int slowBucket = slowBucket(target, counted >> FAST_PER_SLOW_SHIFT);
        long there = isFast ? fast[fastBucket + trafficClass] : slow[slowBucket + trafficClass];
        long bytesThere =
                isFast ? fast[fastBucket + classes + trafficClass] : slow[slowBucket + classes + trafficClass];
        long taken = Math.min(packets, there);
        long bytes = Math.min(taken * lengthBytes, bytesThere);
        if (isFast) {
            take(fast, fastBucket, trafficClass, taken, bytes);
            if (age == 0) {
                return;
            }
            take(fastClosed, target * width, trafficClass, taken, bytes);
        }
        take(slow, slowBucket, trafficClass, taken, bytes);
        if (slowAge >= RECENT) {
            take(aged, target * width, trafficClass, taken, bytes);
        } else if (slowAge > 0) {
            take(recentClosed, target * width, trafficClass, taken, bytes);
        }
    }

    private void take(long[] counts, int at, int trafficClass, long packets, long bytes) {
        counts[at + trafficClass] -= packets;
        counts[at + classes + trafficClass] -= bytes;
    }

    /** Packets of a class in the fast window. */
    public long fastPackets(int target, int trafficClass) {
        return fastSum(target, trafficClass);
    }

    /** Bytes of a class in the fast window. */
    public long fastBytes(int target, int trafficClass) {
        return fastSum(target, classes + trafficClass);
    }

    /** Packets of a class in the slow window. */
    public long slowPackets(int target, int trafficClass) {
        return slowSum(target, trafficClass);
    }

    /** Bytes of a class in the slow window. */
    public long slowBytes(int target, int trafficClass) {
        return slowSum(target, classes + trafficClass);
    }

    /** Packets of a class in the 1.024 s before the slow window. */
    public long agedPackets(int target, int trafficClass) {
        current(target);
        return aged[target * width + trafficClass];
    }

    /** All packets in the slow window. */
    public long slowTotalPackets(int target) {
        return slowSum(target, further + TOTAL_PACKETS);
    }

    /** All bytes in the slow window. */
    public long slowTotalBytes(int target) {
        return slowSum(target, further + TOTAL_BYTES);
    }

    /** Handshakes completed in the fast window. */
    public long fastHandshakes(int target) {
        return fastSum(target, further + HANDSHAKES);
    }

    /** Handshakes completed in the slow window. */
    public long slowHandshakes(int target) {
        return slowSum(target, further + HANDSHAKES);
    }

    /** TCP segments of connections in the fast window. */
    public long fastProvenSegments(int target) {
        return fastSum(target, further + PROVEN_SEGMENTS);
    }

    /** TCP segments of connections in the slow window. */
    public long slowProvenSegments(int target) {
        return slowSum(target, further + PROVEN_SEGMENTS);
    }

    /**
     * When the packets of a class began to come fast: the start of the oldest fast bucket of an unbroken run, back from
     * now, of buckets that hold at least {@code packetsPerBucket}; if all do, of slow buckets that hold eight times as
     * many.
     */
    public long fastOnsetNanos(int target, int trafficClass, double packetsPerBucket) {
        current(target);
        int age = 1;
        while (age < FAST && fast[bucket(target, epoch - age) + trafficClass] >= packetsPerBucket) {
            age++;
        }
        long onsetNanos = (epoch - age + 1) * FAST_BUCKET_NANOS;
        return age < FAST
                ? onsetNanos
                : Math.min(onsetNanos, slowOnsetNanos(target, trafficClass, packetsPerBucket * FAST / 2));
    }

    /** The same by slow buckets alone, for what comes unevenly. */
    public long slowOnsetNanos(int target, int trafficClass, double packetsPerSlowBucket) {
        current(target);
        long slowEpoch = epoch >> FAST_PER_SLOW_SHIFT;
        int age = 1;
        while (age < SLOW && slow[slowBucket(target, slowEpoch - age) + trafficClass] >= packetsPerSlowBucket) {
            age++;
        }
        return (slowEpoch - age + 1 << FAST_PER_SLOW_SHIFT) * FAST_BUCKET_NANOS;
    }

    /** Targets counted since {@link #clearTouched}: {@code touched(0)} to {@code touched(touchedCount() - 1)}. */
    public int touchedCount() {
        return touchedCount;
    }

    public int touched(int index) {
        return touched[index];
    }

    /** Begins a new list of touched targets. */
    public void clearTouched() {
        for (int i = 0; i < touchedCount; i++) {
            isTouched[touched[i]] = false;
        }
        touchedCount = 0;
    }

    /** Forgets a target, so that its index can stand for another. */
    public void forget(int target) {
        Arrays.fill(fast, target * FAST * width, (target + 1) * FAST * width, 0);
        Arrays.fill(slow, target * SLOW * width, (target + 1) * SLOW * width, 0);
        Arrays.fill(fastClosed, target * width, (target + 1) * width, 0);
        Arrays.fill(recentClosed, target * width, (target + 1) * width, 0);
        Arrays.fill(aged, target * width, (target + 1) * width, 0);
        epochOf[target] = epoch;
    }

    /** Forgets every target and the time: a new stream begins. */
    public void restart() {
        clearTouched();
        Arrays.fill(fast, 0);
        Arrays.fill(slow, 0);
        Arrays.fill(fastClosed, 0);
        Arrays.fill(recentClosed, 0);
        Arrays.fill(aged, 0);
        Arrays.fill(epochOf, Long.MIN_VALUE / 2);
    }

    /** Memory in bytes, fixed at construction. */
    public long sizeBytes() {
        return (fast.length + slow.length + fastClosed.length * 3L + epochOf.length) * 8;
    }

    private long fastSum(int target, int column) {
        int current = current(target);
        return fastClosed[target * width + column] + fast[current + column];
    }

    private long slowSum(int target, int column) {
        int current = current(target);
        return recentClosed[target * width + column]
                + slow[slowBucket(target, epoch >> FAST_PER_SLOW_SHIFT) + column]
                + fast[current + column];
    }

    private int bucket(int target, long bucketEpoch) {
        return (target * FAST + (int) (bucketEpoch & FAST - 1)) * width;
    }

    private int slowBucket(int target, long slowEpoch) {
        return (target * SLOW + (int) (slowEpoch & SLOW - 1)) * width;
    }

    /** The current bucket of a target that is up to date. */
    private int current(int target) {
        if (!isTouched[target]) {
            isTouched[target] = true;
            touched[touchedCount++] = target;
        }
        if (epochOf[target] != epoch) {
            roll(target);
        }
        return bucket(target, epoch);
    }

    private void roll(int target) {
        long old = epochOf[target];
        epochOf[target] = epoch;
        int sums = target * width;
        int filled = bucket(target, old);
        add(fastClosed, sums, fast, filled);
        add(slow, slowBucket(target, old >> FAST_PER_SLOW_SHIFT), fast, filled);
        long steps = Math.min(epoch - old, FAST);
        for (long step = 1; step <= steps; step++) {
            int leaving = bucket(target, old + step);
            subtract(fastClosed, sums, fast, leaving);
            Arrays.fill(fast, leaving, leaving + width, 0);
        }
        long oldSlow = old >> FAST_PER_SLOW_SHIFT;
        long slowSteps = Math.min((epoch >> FAST_PER_SLOW_SHIFT) - oldSlow, SLOW);
        if (slowSteps > 0) {
            add(recentClosed, sums, slow, slowBucket(target, oldSlow));
        }
        for (long step = 1; step <= slowSteps; step++) {
            int leaving = slowBucket(target, oldSlow + step);
            subtract(aged, sums, slow, leaving);
            Arrays.fill(slow, leaving, leaving + width, 0);
            int aging = slowBucket(target, oldSlow + step - RECENT);
            subtract(recentClosed, sums, slow, aging);
            add(aged, sums, slow, aging);
        }
    }

    private void add(long[] sums, int at, long[] counts, int from) {
        for (int i = 0; i < width; i++) {
            sums[at + i] += counts[from + i];
        }
    }

    private void subtract(long[] sums, int at, long[] counts, int from) {
        for (int i = 0; i < width; i++) {
            sums[at + i] -= counts[from + i];
        }
    }
}
