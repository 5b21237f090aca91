package io.weir.detector.scrub;

import io.weir.detector.flood.Flood;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;

/**
 * What holds during one flood. Immutable but for the lanes, which outlive it.
 *
 * @param dropVerdict of what finds no room
 * @param authenticationVerdict of a SYN that has to come again
 * @param knownSinceNanos whoever was seen by then was there before the flood
 * @param authenticatedFrom SYNs of sources without standing have to come twice from this rank of {@link FairShare} on
 */
record Defence(
        Flood flood,
        Lanes lanes,
        AuthenticationSwitch authentication,
        int dropVerdict,
        int authenticationVerdict,
        long knownSinceNanos,
        int authenticatedFrom) {
    /** A flood may have begun a little before it was strong enough to be seen. */
    private static final long MARGIN_NANOS = 1_000_000_000L;

    static Defence against(Flood flood, boolean isPrefix, long nowNanos) {
        Lanes lanes = new Lanes(flood, isPrefix);
        int id = Math.min(flood.number(), Verdict.MAXIMUM_ID);
        return new Defence(
                flood,
                lanes,
                new AuthenticationSwitch(lanes, nowNanos),
                Verdict.of(Reason.of(flood.kind()), id),
                Verdict.of(Reason.SYN_AUTHENTICATION, id),
                flood.startNanos() - MARGIN_NANOS,
                FairShare.RANKS);
    }

    /** The same, after a look at whether SYNs have to be authenticated. */
    Defence looked(long nowNanos) {
        lanes.shareAmong(flood.activeAddresses());
        lanes.look(nowNanos);
        if (flood.trafficClass() != TrafficClass.SYN || !authentication.look(nowNanos)) {
            return this;
        }
        return new Defence(
                flood,
                lanes,
                authentication,
                dropVerdict,
                authenticationVerdict,
                knownSinceNanos,
                authentication.fromRank());
    }
}
