package io.weir.detector.api;

/**
 * A file with the packets around a flood.
 *
 * @param writtenNanos when it was complete, in nanoseconds since the epoch
 */
public record Capture(String name, long bytes, long writtenNanos) {}
