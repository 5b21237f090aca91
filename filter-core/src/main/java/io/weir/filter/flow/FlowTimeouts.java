package io.weir.filter.flow;

import java.util.concurrent.TimeUnit;

/**
 * How long a flow is remembered after its last packet, in nanoseconds of packet time.
 *
 * @param tcpSynNanos a SYN that waits for its handshake, one that was refused, a segment of an unknown connection; these
 *     after their first packet
 * @param tcpEstablishedNanos an open connection
 * @param tcpFinWaitNanos one that one side has ended
 * @param tcpClosedNanos one that both sides have ended, or a reset
 * @param tcpMidstreamNanos one met in its middle, as long as one side alone is heard
 * @param udpUnrepliedNanos a question that waits for its answer, and a question with one answer; UDP and all protocols
 *     but TCP and ICMP
 * @param udpStreamNanos a two-way exchange of these protocols
 * @param icmpNanos a ping that waits for its replies
 * @param fragmentNanos fragments of one datagram, after the first
 */
public record FlowTimeouts(
        long tcpSynNanos,
        long tcpEstablishedNanos,
        long tcpFinWaitNanos,
        long tcpClosedNanos,
        long tcpMidstreamNanos,
        long udpUnrepliedNanos,
        long udpStreamNanos,
        long icmpNanos,
        long fragmentNanos) {
    /** Each with the source of its number. */
    public static final FlowTimeouts DEFAULT = new FlowTimeouts(
            TimeUnit.SECONDS.toNanos(60), // RFC 6298: five retransmissions of a SYN fit
            TimeUnit.MINUTES.toNanos(124), // RFC 5382 REQ-5: not less than 2 hours 4 minutes
            TimeUnit.MINUTES.toNanos(4), // RFC 5382 REQ-5: transitory connections, not less than 4 minutes
            TimeUnit.MINUTES.toNanos(4), // RFC 9293 section 3.6.1: TIME-WAIT lasts two MSL of two minutes each
            TimeUnit.MINUTES.toNanos(5), // Linux nf_conntrack_tcp_timeout_unacknowledged: 300 s
            TimeUnit.SECONDS.toNanos(60), // OpenBSD pf.conf(5): udp.first 60 s
            TimeUnit.MINUTES.toNanos(5), // RFC 4787 REQ-5: 2 minutes at the least, 5 recommended
            TimeUnit.SECONDS.toNanos(60), // RFC 5508 REQ-1: not less than 60 seconds
            TimeUnit.SECONDS.toNanos(60)); // RFC 8200 section 4.5: reassembly is abandoned after 60 s

    /** By state of a proven flow. */
    long[] byState() {
        long[] nanos = new long[FlowState.COUNT];
        nanos[FlowState.TCP_OPEN] = tcpEstablishedNanos;
        nanos[FlowState.TCP_FIN_WAIT] = tcpFinWaitNanos;
        nanos[FlowState.TCP_CLOSED] = tcpClosedNanos;
        nanos[FlowState.TCP_ONE_SIDED] = tcpEstablishedNanos;
        nanos[FlowState.TCP_MIDSTREAM] = tcpMidstreamNanos;
        nanos[FlowState.EXCHANGE] = udpStreamNanos;
        nanos[FlowState.ONE_SIDED_EXCHANGE] = udpUnrepliedNanos;
        return nanos;
    }
}
