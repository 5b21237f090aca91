package io.weir.capture.load;

/**
 * SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): small, fast, and our own,
 * so that a seed gives the same traffic on every machine and every JDK.
 */
final class LoadRandom {
    private static final long GOLDEN_GAMMA = 0x9e37_79b9_7f4a_7c15L;

    private long state;

    /** The stream of a seed for one purpose: streams of different purposes don't disturb each other. */
    LoadRandom(long seed, int purpose) {
        state = mix(seed) ^ mix(GOLDEN_GAMMA * (purpose + 1L));
    }

    static long mix(long bits) {
        long z = (bits ^ bits >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }

    long nextLong() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /** 0 to {@code bound - 1}. */
    int nextInt(int bound) {
        return (int) ((nextLong() >>> 32) * bound >>> 32);
    }

    /** From {@code low}, below {@code high}. */
    int between(int low, int high) {
        return low + nextInt(high - low);
    }

    /** From 0, below 1. */
    double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    boolean chance(double probability) {
        return nextDouble() < probability;
    }

    /** Exponentially distributed. StrictMath, because Math.log may differ in its last bit between machines. */
    double exponential(double mean) {
        return -mean * StrictMath.log(1 - nextDouble());
    }

    /** Exponentially distributed nanoseconds, at most four times the mean, so that nothing waits for ever. */
    long waitNanos(long meanNanos) {
        return (long) Math.min(exponential((double) meanNanos), 4.0 * meanNanos);
    }
}
