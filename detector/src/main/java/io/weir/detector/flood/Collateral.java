package io.weir.detector.flood;

/**
 * What a flood cost those who had no part in it, in packets.
 *
 * <p>Nobody can tell a packet of a flood that mimics users from theirs: among newcomers are such.
 *
 * @param establishedPassed of connections and two-way exchanges
 * @param crediblePassed of sources that had proven themselves or were known before
 * @param newcomersPassed of sources never seen that nothing spoke against
 * @param askedAgain SYNs dropped only to see whether they come again, a flood's and users' alike
 * @param delayedConnections opened although their first SYN had been dropped: delayed, not lost
 */
public record Collateral(
        long establishedPassed,
        long establishedDropped,
        long crediblePassed,
        long credibleDropped,
        long newcomersPassed,
        long newcomersDropped,
        long askedAgain,
        long delayedConnections) {
    public static final Collateral NONE = new Collateral(0, 0, 0, 0, 0, 0, 0, 0);

    public Collateral plus(Collateral other) {
        return new Collateral(
                establishedPassed + other.establishedPassed,
                establishedDropped + other.establishedDropped,
                crediblePassed + other.crediblePassed,
                credibleDropped + other.credibleDropped,
                newcomersPassed + other.newcomersPassed,
                newcomersDropped + other.newcomersDropped,
                askedAgain + other.askedAgain,
                delayedConnections + other.delayedConnections);
    }
}
