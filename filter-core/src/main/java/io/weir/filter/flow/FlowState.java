package io.weir.filter.flow;

/**
 * States of a proven flow, as they stand in {@link ConnectionTable}.
 *
 * <pre>
 *                      handshake ──▶ TCP_OPEN ──FIN──▶ TCP_FIN_WAIT ──other FIN──▶ TCP_CLOSED
 *                                     ▲    └─────────────RST that fits────────────────▲
 *              the other side is heard│                                               │
 *   SYN, ACK, data ──▶ TCP_ONE_SIDED ─┤                                               │
 *   two segments ────▶ TCP_MIDSTREAM ─┴──────────────FIN, RST that fits───────────────┘
 * </pre>
 */
final class FlowState {
    /** Both sides were heard. */
    static final int TCP_OPEN = 0;
    /** One side has said all it will; the other may go on for long (RFC 9293 section 3.6). */
    static final int TCP_FIN_WAIT = 1;
    /** Ended: what still comes belongs, for a while. */
    static final int TCP_CLOSED = 2;
    /** Opened by what the client sent alone: the server was never heard. */
    static final int TCP_ONE_SIDED = 3;
    /** Two segments of one side in sequence: anybody can send such. */
    static final int TCP_MIDSTREAM = 4;
    /** Packets of another protocol went both ways, and the one who began came back. */
    static final int EXCHANGE = 5;

    /** Packets of another protocol that went on from one side for long; the other was never heard. */
    static final int ONE_SIDED_EXCHANGE = 6;

    static final int COUNT = 7;

    /** How well a flow of a state is proven: it never gives way to one that is proven less. */
    private static final int[] STRENGTHS = {3, 3, 0, 2, 1, 2, 1};

    private FlowState() {}

    static int strength(int state) {
        return STRENGTHS[state];
    }

    /** Whether the same ports may open anew at any time. */
    static boolean isEnding(int state) {
        return state == TCP_FIN_WAIT || state == TCP_CLOSED;
    }
}
