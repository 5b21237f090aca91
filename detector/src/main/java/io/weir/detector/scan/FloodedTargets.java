package io.weir.detector.scan;

/** What is under alarm: what is a flood's, or can't be told from it, is neither a scan nor an attempt to log in. */
public interface FloodedTargets {
    /** Whether an address, IPv4 mapped, or a prefix around it is under such an alarm now. */
    boolean areRequestsFlooding(long addressHigh, long addressLow);

    /**
     * Whether a source may be one of those that send a flood of a protocol to an address or a prefix around it; both IPv4
     * mapped. A tool that counts its ports up tries them all, and so do bots that draw them.
     *
     * @param isOpening whether what the source sends are SYNs
     */
    boolean isFloodedBy(
            long sourceHigh, long sourceLow, int protocol, boolean isOpening, long addressHigh, long addressLow);
}
