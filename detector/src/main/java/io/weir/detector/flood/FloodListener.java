package io.weir.detector.flood;

/** Hears of floods, on the control thread. */
public interface FloodListener {
    /** A flood started; from the next packet on it is to be scrubbed. */
    void started(Flood flood, FloodReport report);

    /** A flood grew twofold or changed its vector; at most once a second. */
    void updated(FloodReport report);

    /** A flood ended, or the input did. */
    void ended(Flood flood, FloodReport report);
}
