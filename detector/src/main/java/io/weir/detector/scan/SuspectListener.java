package io.weir.detector.scan;

/** Hears of scans and brute force, on the control thread. */
@FunctionalInterface
public interface SuspectListener {
    /** One was found, or is over. */
    void noticed(SuspectReport report);
}
