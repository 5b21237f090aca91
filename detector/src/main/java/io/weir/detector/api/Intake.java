package io.weir.detector.api;

/**
 * What packets wait in until they are judged: a queue of the kernel, or a ring.
 *
 * @param name for people, such as {@code queue 0} or {@code ring eth0}
 * @param waiting of {@code capacity}, in {@code unit}: {@code packets} or {@code blocks}
 * @param lostPackets that found no room, so far
 */
public record Intake(String name, long waiting, long capacity, String unit, long lostPackets) {
    /** 0 to 1. */
    public double fill() {
        return (double) waiting / capacity;
    }
}
