package io.weir.detector.flood;

/**
 * Why a flood was raised, and from which rate on.
 *
 * @param perSecond the rate of the class that is too much, in packets a second; {@link Double#POSITIVE_INFINITY} where
 *     only bits were
 * @param admittedPerSecond what a defence lets through, {@link Limit#UNLIMITED} for no limit
 */
record Alarm(Trigger trigger, double perSecond, long admittedPerSecond) {
    /** What raised it. */
    enum Trigger {
        /** A threshold of the configuration. */
        THRESHOLD,
        /** The rate that was learned, and the class's own test. */
        BASELINE,
        /** Packets that no legitimate sender makes. */
        PATTERN,
        /** Handshakes that stay incomplete, too slow for a rate to tell. */
        HANDSHAKES,
        /** Connections that idle in their headers. */
        IDLING,
        /** A flood that was there within the hour. */
        RETURN
    }

    /** As it stands in events. */
    String detector() {
        return trigger.name().toLowerCase(java.util.Locale.ROOT);
    }
}
