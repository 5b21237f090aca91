package io.weir.detector.scrub;

/**
 * Which SYNs have to be authenticated: those of the ranks that bring more than half of what is admitted, where signatures
 * and all else that tells a flood apart leave so much; and whether those of sources that were there before are among them:
 * who opens connections blind before he floods was there, too. Looks at what came of late; control thread only.
 */
final class AuthenticationSwitch {
    /** A look at least so long after the last: until the first, a signature has time to be found and tried. */
    private static final long PERIOD_NANOS = 256_000_000;

    /** Until ranks tell a flood's packets from others, all of them look rare: so long nothing is counted. */
    private static final long WARM_UP_NANOS = 128_000_000;

    /** What comes beneath this share of what is admitted needs no authentication. */
    private static final double FREE_SHARE = 0.5;

    /** Of what is admitted: sources that were there before bring so much, and little is left for others. */
    private static final double CROWDED_SHARE = 0.75;
    /** So few pass at once in any case. */
    private static final long FEWEST_KNOWN = 32;

    /** How long fewer must have needed it before it is asked of fewer. */
    private static final long HOLD_NANOS = 2_000_000_000L;

    private final Lanes lanes;
    private final long[] offeredBefore = new long[FairShare.RANKS];
    private final long startNanos;
    private long lookNanos;
    private long lastNeededNanos;
    private long knownBefore;
    private long lastCrowdedNanos;
    private int fromRank = FairShare.RANKS;

    AuthenticationSwitch(Lanes lanes, long nowNanos) {
        this.lanes = lanes;
        this.startNanos = nowNanos;
        this.lookNanos = nowNanos;
        this.lastNeededNanos = nowNanos;
    }

    /** @return whether it has changed */
    boolean look(long nowNanos) {
        if (nowNanos - startNanos < WARM_UP_NANOS) {
            lookNanos = nowNanos;
            neededFrom(0);
            knownBefore = lanes.offeredKnown();
            return false;
        }
        long elapsedNanos = nowNanos - lookNanos;
        if (elapsedNanos < PERIOD_NANOS) {
            return false;
        }
        lookNanos = nowNanos;
        double admitted = lanes.packetsPerSecond() * elapsedNanos / 1e9;
        doubtKnown(admitted, nowNanos);
        int needed = neededFrom(admitted * FREE_SHARE);
        if (needed <= fromRank) {
            lastNeededNanos = nowNanos;
        }
        int before = fromRank;
        if (needed < fromRank || nowNanos - lastNeededNanos >= HOLD_NANOS) {
            fromRank = needed;
        }
        return fromRank != before;
    }

    /** Sources that were there before lose nothing by a doubt where they alone bring about as much as is admitted. */
    private void doubtKnown(double admitted, long nowNanos) {
        long known = lanes.offeredKnown() - knownBefore;
        knownBefore = lanes.offeredKnown();
        if (known > Math.max(CROWDED_SHARE * admitted, FEWEST_KNOWN)) {
            lastCrowdedNanos = nowNanos;
            lanes.doubtKnown(true);
        } else if (nowNanos - lastCrowdedNanos >= HOLD_NANOS) {
            lanes.doubtKnown(false);
        }
    }

    /** The first rank that, with those before it, brings more than is free. */
    private int neededFrom(double freePackets) {
        int needed = FairShare.RANKS;
        double offered = 0;
        for (int rank = 0; rank < FairShare.RANKS; rank++) {
            offered += lanes.offered(rank) - offeredBefore[rank];
            offeredBefore[rank] = lanes.offered(rank);
            needed = offered > freePackets ? Math.min(needed, rank) : needed;
        }
        return needed;
    }

    /** SYNs of this rank and those after it have to be authenticated, {@link FairShare#RANKS} for none. */
    int fromRank() {
        return fromRank;
    }
}
