package io.weir.filter.flow;

import java.util.concurrent.TimeUnit;

/**
 * How long a flow is remembered after its last packet, in nanoseconds of packet time.
 *
 * @param tcpOpenNanos idle time of an open TCP connection
 * @param tcpClosingNanos after a FIN or an RST
 * @param exchangeNanos two-way exchanges of any other protocol
 * @param candidateNanos what has proven nothing yet
 * @param fragmentNanos fragments of one datagram
 */
public record FlowTimeouts(
        long tcpOpenNanos, long tcpClosingNanos, long exchangeNanos, long candidateNanos, long fragmentNanos) {
    /** Each as the RFC named beside it asks. */
    public static final FlowTimeouts DEFAULT = new FlowTimeouts(
            TimeUnit.MINUTES.toNanos(124), // RFC 5382 REQ-5: not less than 2 hours 4 minutes
            TimeUnit.MINUTES.toNanos(4), // RFC 5382 REQ-5: transitory connections, 4 minutes
            TimeUnit.MINUTES.toNanos(5), // RFC 4787 REQ-5: 2 minutes at the least, 5 recommended
            TimeUnit.SECONDS.toNanos(60), // RFC 6298: five retransmissions of a SYN fit
            TimeUnit.SECONDS.toNanos(60)); // RFC 8200 section 4.5: reassembly is abandoned after 60 s

    long of(int state) {
        return switch (state) {
            case FlowState.TCP_OPEN, FlowState.TCP_MIDSTREAM -> tcpOpenNanos;
            case FlowState.TCP_CLOSING -> tcpClosingNanos;
            default -> exchangeNanos;
        };
    }
}
