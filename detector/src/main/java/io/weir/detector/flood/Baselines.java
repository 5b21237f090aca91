package io.weir.detector.flood;

import io.weir.detector.window.TargetWindows;

/**
 * What is usual for each target and class: mean and mean deviation of the packets in a slow window, exponentially
 * weighted, learned once a window (1.024 s). A target that nothing goes to learns zeros when it is next asked about.
 *
 * <p>Fixed size: 8 bytes a column and target. Control thread only.
 */
final class Baselines {
    /** Windows that a stream must have lasted before anything is unusual: three to four seconds. */
    static final int LEARNING_WINDOWS = 4;

    /** Behind the classes: SYNs that came, whatever became of them. */
    static final int SYN_ARRIVALS = TrafficClass.count();
    /** Handshakes that were completed. */
    static final int HANDSHAKES = SYN_ARRIVALS + 1;

    private static final int COLUMNS = HANDSHAKES + 1;
    /** The newest window's weight in the long run: a memory of about half a minute. */
    private static final double LEAST_WEIGHT = 1.0 / 32;
    /** Beyond so many windows of silence nothing is left. */
    private static final int MOST_IDLE = 256;

    /** Twice the mean, and as many mean deviations above that: five standard deviations of a normal distribution. */
    private static final double MEANS = 2;

    private static final double DEVIATIONS = 6;

    private final TargetWindows windows;
    private final float[] means;
    private final float[] deviations;
    private final int[] generations;
    /** By target: the window that was learned last, counted from 1970. */
    private final long[] learned;

    private long startWindow = Long.MIN_VALUE;
    private long nowWindow = Long.MIN_VALUE;

    Baselines(TargetWindows windows, int targets) {
        this.windows = windows;
        this.means = new float[targets * COLUMNS];
        this.deviations = new float[targets * COLUMNS];
        this.generations = new int[targets];
        this.learned = new long[targets];
    }

    /** Moves to a time in a stream that began at another. */
    void advance(long startNanos, long nowNanos) {
        startWindow = Math.floorDiv(startNanos, TargetWindows.SLOW_WINDOW_NANOS);
        nowWindow = Math.floorDiv(nowNanos, TargetWindows.SLOW_WINDOW_NANOS);
    }

    /** Whether the stream has lasted long enough to know what is usual. */
    boolean isLearned() {
        return nowWindow - startWindow >= LEARNING_WINDOWS;
    }

    /** Whether a window has passed since the target was last learned: then all its columns are due. */
    boolean isDue(int target) {
        return learned[target] != nowWindow || generations[target] != windows.generation(target);
    }

    /** Brings a target up to the window before the present one, as if nothing had come; {@link #learn} follows. */
    void catchUp(int target) {
        int generation = windows.generation(target);
        if (generations[target] != generation || learned[target] < startWindow) {
            generations[target] = generation;
            learned[target] = startWindow;
            for (int column = 0; column < COLUMNS; column++) {
                means[target * COLUMNS + column] = 0;
                deviations[target * COLUMNS + column] = 0;
            }
        }
        long idle = Math.min(nowWindow - learned[target] - 1, MOST_IDLE);
        for (long n = 0; n < idle; n++) {
            double weight = weight(nowWindow - idle + n);
            for (int column = 0; column < COLUMNS; column++) {
                blend(target * COLUMNS + column, 0, weight);
            }
        }
        learned[target] = nowWindow;
    }

    /** Learns what the window that just ended held. */
    void learn(int target, int column, double packets) {
        blend(target * COLUMNS + column, packets, weight(nowWindow));
    }

    private void blend(int at, double packets, double weight) {
        double difference = packets - means[at];
        deviations[at] += (float) (weight * (Math.abs(difference) - deviations[at]));
        means[at] += (float) (weight * difference);
    }

    /** Early windows weigh as much as they are few. */
    private double weight(long window) {
        return Math.max(LEAST_WEIGHT, 1.0 / Math.max(1, window - startWindow));
    }

    /** The mean of a column, in packets a window. */
    double mean(int target, int column) {
        return isCurrent(target) ? means[target * COLUMNS + column] : 0;
    }

    /** The most packets in a window that are usual. */
    double bound(int target, int column) {
        return isCurrent(target)
                ? MEANS * means[target * COLUMNS + column] + DEVIATIONS * deviations[target * COLUMNS + column]
                : 0;
    }

    private boolean isCurrent(int target) {
        return generations[target] == windows.generation(target);
    }

    long sizeBytes() {
        return (means.length + deviations.length + generations.length) * 4L + learned.length * 8L;
    }
}
