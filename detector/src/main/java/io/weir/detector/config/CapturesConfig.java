package io.weir.detector.config;

/**
 * The {@code captures} block: what a daemon keeps of the packets around a flood.
 *
 * @param beforeNanos before the flood is told, as far as memory reaches
 * @param afterNanos after it is told
 * @param packetBytes of each packet at the most
 * @param memoryBytes for the newest packets
 * @param fileBytes of a file at the most
 * @param folderBytes of all files at the most; the oldest are deleted
 */
public record CapturesConfig(
        long beforeNanos, long afterNanos, int packetBytes, int memoryBytes, long fileBytes, long folderBytes) {
    /** Five seconds of 20,000 full packets a second; ten seconds of a flood are a file's worth at 20,000, too. */
    public static final CapturesConfig DEFAULT =
            new CapturesConfig(5_000_000_000L, 10_000_000_000L, 256, 32_000_000, 64_000_000, 1_000_000_000);
}
