package io.weir.detector.scrub;

import io.weir.detector.flood.TrafficClass;
import io.weir.filter.packet.PacketBatch;

/** What a source's past is worth during one flood. */
final class Standing {
    /** Never seen, or not from here, or too late. */
    static final int NONE = 0;
    /** Seen before the flood began. */
    static final int KNOWN = 1;
    /** {@link Credibility#CREDIBLE}. */
    static final int CREDIBLE = 2;

    private final SourceTable sources;

    Standing(SourceTable sources) {
        this.sources = sources;
    }

    /** The entry of a packet's source if the packet comes from where the source is, or {@link SourceTable#NONE}. */
    int find(PacketBatch batch, int i, long addressHash) {
        int entry = sources.find(batch.sourceHigh[i], batch.sourceLow[i], addressHash);
        return entry != SourceTable.NONE && sources.isSameDistance(entry, batch.timeToLive[i])
                ? entry
                : SourceTable.NONE;
    }

    int of(int entry, Defence defence, long nowNanos) {
        boolean isBefore = sources.isKnownSince(entry, defence.knownSinceNanos(), nowNanos);
        TrafficClass trafficClass = defence.flood().trafficClass();
        // Whoever sends requests has completed a handshake: against these it proves nothing but its age.
        boolean isRequest = trafficClass == TrafficClass.HTTP || trafficClass == TrafficClass.TLS;
        if ((isBefore || !isRequest) && sources.score(entry, nowNanos) >= Credibility.CREDIBLE) {
            return CREDIBLE;
        }
        return isBefore ? KNOWN : NONE;
    }
}
