package io.weir.filter.flow;

/** States of a proven flow, as they stand in {@link ConnectionTable}. */
final class FlowState {
    /** A handshake was completed. */
    static final int TCP_OPEN = 0;
    /** A FIN or an RST was seen: what still comes belongs, for a while. */
    static final int TCP_CLOSING = 1;
    /** Packets went both ways, and the one who began came back. */
    static final int EXCHANGE = 2;

    /** Two consistent segments admitted the connection in midstream: anybody can send such, so it gives way first. */
    static final int TCP_MIDSTREAM = 3;

    private FlowState() {}
}
