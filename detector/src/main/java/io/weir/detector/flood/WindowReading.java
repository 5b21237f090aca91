package io.weir.detector.flood;

import io.weir.detector.window.TargetWindows;

/**
 * One target's windows, as a detector reads them. Mutable, so that a tick needs one for all its targets.
 *
 * <p>Of a prefix, what goes to addresses with an alarm of their own is left out: {@link #exclude}.
 */
public final class WindowReading {
    static final double FAST_SECONDS = TargetWindows.FAST_WINDOW_NANOS / 1e9;
    static final double SLOW_SECONDS = TargetWindows.SLOW_WINDOW_NANOS / 1e9;

    private final TargetWindows windows;
    private int target;
    private int trafficClass;
    private boolean isLearning;
    private long excludedFastPackets;
    private long excludedFastBytes;
    private long excludedSlowPackets;
    private long excludedSlowBytes;
    private long excludedAgedPackets;

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
        excludedFastPackets = 0;
        excludedFastBytes = 0;
        excludedSlowPackets = 0;
        excludedSlowBytes = 0;
        excludedAgedPackets = 0;
        return this;
    }

    /** Leaves out what went to another target. */
    void exclude(int other) {
        excludedFastPackets += windows.fastPackets(other, trafficClass);
        excludedFastBytes += windows.fastBytes(other, trafficClass);
        excludedSlowPackets += windows.slowPackets(other, trafficClass);
        excludedSlowBytes += windows.slowBytes(other, trafficClass);
        excludedAgedPackets += windows.agedPackets(other, trafficClass);
    }

    long fastPackets() {
        return windows.fastPackets(target, trafficClass) - excludedFastPackets;
    }

    double fastBits() {
        return 8.0 * (windows.fastBytes(target, trafficClass) - excludedFastBytes);
    }

    long slowPackets() {
        return windows.slowPackets(target, trafficClass) - excludedSlowPackets;
    }

    double slowBits() {
        return 8.0 * (windows.slowBytes(target, trafficClass) - excludedSlowBytes);
    }

    long agedPackets() {
        return windows.agedPackets(target, trafficClass) - excludedAgedPackets;
    }

    long slowHandshakes() {
        return windows.slowHandshakes(target);
    }

    long fastProvenSegments() {
        return windows.fastProvenSegments(target);
    }

    long slowProvenSegments() {
        return windows.slowProvenSegments(target);
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
