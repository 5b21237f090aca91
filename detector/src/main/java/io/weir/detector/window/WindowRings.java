package io.weir.detector.window;

import java.util.Arrays;

/**
 * The buckets behind {@link TargetWindows}: per target a ring of fast ones, a ring of slow ones twice as long as their
 * window, and the sums over both. Knows columns by number alone.
 */
final class WindowRings {
    static final int FAST = 16;
    static final int SLOW = 32;
    static final int RECENT = 16;
    static final int FAST_PER_SLOW_SHIFT = 3;
    /** What {@link #fastOnset} answers for a run that began before the fast window. */
    static final long BEFORE = Long.MIN_VALUE;

    final int width;
    final long[] fast;
    final long[] slow;
    final long[] fastClosed;
    final long[] recentClosed;
    final long[] aged;
    private final long[] epochOf;

    private final int[] touched;
    private int touchedCount;
    private final boolean[] isTouched;
    /** Number of the fast bucket being filled. */
    long epoch = Long.MIN_VALUE;

    WindowRings(int targets, int width) {
        this.width = width;
        this.fast = new long[targets * FAST * width];
        this.slow = new long[targets * SLOW * width];
        this.fastClosed = new long[targets * width];
        this.recentClosed = new long[targets * width];
        this.aged = new long[targets * width];
        this.epochOf = new long[targets];
        this.touched = new int[targets];
        this.isTouched = new boolean[targets];
    }

    /** Where a target's current fast bucket lies; the target is brought up to date. */
    int current(int target) {
        if (!isTouched[target]) {
            isTouched[target] = true;
            touched[touchedCount++] = target;
        }
        if (epochOf[target] != epoch) {
            roll(target);
        }
        return bucket(target, epoch);
    }

    int bucket(int target, long bucketEpoch) {
        return (target * FAST + (int) (bucketEpoch & FAST - 1)) * width;
    }

    int slowBucket(int target, long slowEpoch) {
        return (target * SLOW + (int) (slowEpoch & SLOW - 1)) * width;
    }

    long slowEpoch() {
        return epoch >> FAST_PER_SLOW_SHIFT;
    }

    long fastSum(int target, int column) {
        int current = current(target);
        return fastClosed[target * width + column] + fast[current + column];
    }

    /** The sum over the newest fast buckets, the current one included. */
    long newestSum(int target, int column, int buckets) {
        long sum = fast[current(target) + column];
        for (int age = 1; age < buckets; age++) {
            sum += fast[bucket(target, epoch - age) + column];
        }
        return sum;
    }

    long slowSum(int target, int column) {
        int current = current(target);
        return recentClosed[target * width + column]
                + slow[slowBucket(target, slowEpoch()) + column]
                + fast[current + column];
    }

    /** The sum over slow buckets of such ages, 0 being the current one, which takes part. */
    long slowSum(int target, int column, int youngest, int oldest) {
        int current = current(target);
        long sum = youngest == 0 ? fast[current + column] : 0;
        for (int age = youngest; age <= oldest; age++) {
            sum += slow[slowBucket(target, slowEpoch() - age) + column];
        }
        return sum;
    }

    /** The oldest fast bucket of an unbroken run, back from now, that hold at least so many, or {@link #BEFORE}. */
    long fastOnset(int target, int column, double perBucket) {
        current(target);
        int age = 1;
        while (age < FAST && fast[bucket(target, epoch - age) + column] >= perBucket) {
            age++;
        }
        return age < FAST ? epoch - age + 1 : BEFORE;
    }

    /** The same of slow buckets, as far back as there are any. */
    long slowOnset(int target, int column, double perBucket) {
        current(target);
        int age = 1;
        while (age < SLOW && slow[slowBucket(target, slowEpoch() - age) + column] >= perBucket) {
            age++;
        }
        return slowEpoch() - age + 1;
    }

    int touchedCount() {
        return touchedCount;
    }

    int touched(int index) {
        return touched[index];
    }

    void clearTouched() {
        for (int i = 0; i < touchedCount; i++) {
            isTouched[touched[i]] = false;
        }
        touchedCount = 0;
    }

    void forget(int target) {
        Arrays.fill(fast, target * FAST * width, (target + 1) * FAST * width, 0);
        Arrays.fill(slow, target * SLOW * width, (target + 1) * SLOW * width, 0);
        Arrays.fill(fastClosed, target * width, (target + 1) * width, 0);
        Arrays.fill(recentClosed, target * width, (target + 1) * width, 0);
        Arrays.fill(aged, target * width, (target + 1) * width, 0);
        epochOf[target] = epoch;
    }

    void restart() {
        clearTouched();
        Arrays.fill(fast, 0);
        Arrays.fill(slow, 0);
        Arrays.fill(fastClosed, 0);
        Arrays.fill(recentClosed, 0);
        Arrays.fill(aged, 0);
        Arrays.fill(epochOf, Long.MIN_VALUE / 2);
    }

    long sizeBytes() {
        return (fast.length + slow.length + fastClosed.length * 3L + epochOf.length) * 8;
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
        long slowSteps = Math.min(slowEpoch() - oldSlow, SLOW);
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
