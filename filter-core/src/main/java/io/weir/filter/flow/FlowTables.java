package io.weir.filter.flow;

/** The tables of one worker, sized together. */
final class FlowTables {
    /**
     * Entries for refused packets: half a MiB, which the second-level cache takes, because a flood writes there with every
     * packet. At 100,000 a second they are remembered for a third of a second: an answer and its ACK come within that.
     */
    private static final int REFUSED = 32_768;

    private static final int FEWEST_CANDIDATES = 64;
    /** A million handshakes a second at a round trip of a quarter second: more connections need no more of them. */
    private static final int MOST_CANDIDATES = 1 << 18;

    final ConnectionTable connections;
    /** SYNs that passed and wait for their handshake. */
    final CandidateTable openings;
    /** The last TCP segment of each connection that nothing else is known of. */
    final CandidateTable strangers;
    /** First packets of every other protocol that wait for an answer. */
    final CandidateTable exchanges;
    /** Opening packets that were dropped. */
    final RefusedTable refused;
    /** How the first fragment of a datagram stood. */
    final CandidateTable fragments;

    FlowTables(int connectionCapacity, FlowTimeouts timeouts, boolean isNamed) {
        int candidates = Math.clamp(connectionCapacity / 8, FEWEST_CANDIDATES, MOST_CANDIDATES);
        connections = new ConnectionTable(connectionCapacity, timeouts, isNamed);
        openings = new CandidateTable(candidates, timeouts.tcpSynNanos());
        strangers = new CandidateTable(candidates, timeouts.tcpSynNanos());
        exchanges = new CandidateTable(candidates, Math.max(timeouts.udpUnrepliedNanos(), timeouts.icmpNanos()));
        refused = new RefusedTable(REFUSED, timeouts.tcpSynNanos());
        fragments = new CandidateTable(Math.max(FEWEST_CANDIDATES, candidates / 2), timeouts.fragmentNanos());
    }

    long sizeBytes() {
        return connections.sizeBytes()
                + openings.sizeBytes()
                + strangers.sizeBytes()
                + exchanges.sizeBytes()
                + refused.sizeBytes()
                + fragments.sizeBytes();
    }
}
