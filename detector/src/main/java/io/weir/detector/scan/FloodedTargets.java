package io.weir.detector.scan;

/** Which addresses are under an alarm for requests: then what logs in there is a flood's, or can't be told from it. */
@FunctionalInterface
public interface FloodedTargets {
    /** Whether an address, IPv4 mapped, or a prefix around it is under such an alarm now. */
    boolean areRequestsFlooding(long addressHigh, long addressLow);
}
