package io.weir.filter.flow;

/** States of a proven flow, as they stand in {@link ConnectionTable}. */
final class FlowState {
    /** A handshake was completed, or two consistent segments admitted the connection in midstream. */
    static final int TCP_OPEN = 0;
    /** A FIN or an RST was seen: what still comes belongs, for a while. */
    static final int TCP_CLOSING = 1;
    /** Packets went both ways, and the one who began came back. */
    static final int EXCHANGE = 2;

    static final int COUNT = 3;

    private FlowState() {}
}
