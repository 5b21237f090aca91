package io.weir.detector.api;

/**
 * What came from a prefix in the packets that are remembered: what a ban would have dropped.
 *
 * @param spanNanos from the oldest of all packets remembered to the newest
 * @param packets of that prefix
 * @param passedPackets of them, those that weren't dropped anyway
 * @param connectionPackets of them, those of connections and their answers
 */
public record BanPreview(long spanNanos, long packets, long bytes, long passedPackets, long connectionPackets) {}
