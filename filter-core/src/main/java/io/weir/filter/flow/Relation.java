package io.weir.filter.flow;

/** How a packet stands to the flows seen so far. Plain ints, for a column or a switch on the hot path. */
public final class Relation {
    /** Part of a proven connection or exchange. */
    public static final int BELONGS = 0;
    /** Answers an opening packet that was seen, or quotes one in an ICMP error. */
    public static final int ANSWERS = 1;
    /** Quotes a tracked flow and tells its sender the path's MTU: must never be lost (RFC 4890 section 4.3.1). */
    public static final int PATH_MTU = 2;
    /** Completes a handshake: its SYN has proven itself, see {@link FlowTracker#provenNanos}. */
    public static final int COMPLETES = 3;
    /** The second consistent segment of a connection seen from its middle: the first has proven itself. */
    public static final int ADMITS = 4;
    /** A SYN. */
    public static final int OPENS = 5;
    /** A TCP segment that belongs to no connection. */
    public static final int STRANGER = 6;
    /** Another protocol's packet without a two-way exchange. */
    public static final int UNPROVEN = 7;
    /** What follows of a connection that was refused. */
    public static final int FOLLOWS_REFUSED = 8;
    /** A later fragment: stands as its first fragment stood, see {@link FlowTracker#firstFragment}. */
    public static final int FOLLOWS_FRAGMENT = 9;
    /** A later fragment whose first was not seen, or has had more than a datagram can have. */
    public static final int ORPHAN = 10;

    private Relation() {}

    /** Whether the packet counts toward no class threshold. */
    public static boolean isProven(int relation) {
        return relation <= ADMITS;
    }
}
