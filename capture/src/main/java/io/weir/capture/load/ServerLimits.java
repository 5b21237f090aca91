package io.weir.capture.load;

import io.weir.filter.fault.Fault;
import java.util.List;

/**
 * How much of a flood the target answers. Unless told otherwise, legitimate clients are always answered: their traffic stays the same, packet
 * for packet, whatever flood lies over it, so that what a filter does to them can be measured.
 *
 * @param synBacklog half-open connections that a SYN flood can hold; each is held three seconds
 * @param resetsPerSecond RST to segments of no connection
 * @param echoRepliesPerSecond replies to pings of a flood
 * @param dnsAnswersPerSecond answers to questions of a flood
 * @param unansweredShare of users' SYNs during a SYN flood, those that an overloaded target leaves without an answer, so that
 *     they are sent again: users' traffic then differs from that in peace
 */
public record ServerLimits(
        int synBacklog,
        double resetsPerSecond,
        double echoRepliesPerSecond,
        double dnsAnswersPerSecond,
        double unansweredShare) {
    static final int MAXIMUM_BACKLOG = 1 << 20;

    /** Users are always answered. */
    public ServerLimits(
            int synBacklog, double resetsPerSecond, double echoRepliesPerSecond, double dnsAnswersPerSecond) {
        this(synBacklog, resetsPerSecond, echoRepliesPerSecond, dnsAnswersPerSecond, 0);
    }

    /** The same, overloaded. */
    public ServerLimits overloaded(double share) {
        return new ServerLimits(synBacklog, resetsPerSecond, echoRepliesPerSecond, dnsAnswersPerSecond, share);
    }

    void addFaults(String profile, List<Fault> faults) {
        double most = Flood.MAXIMUM_PACKETS_PER_SECOND;
        LoadProfile.checkRange(profile, "server.syn_backlog", synBacklog, 0, MAXIMUM_BACKLOG, faults);
        LoadProfile.checkRange(profile, "server.resets", resetsPerSecond, 0, most, faults);
        LoadProfile.checkRange(profile, "server.echo_replies", echoRepliesPerSecond, 0, most, faults);
        LoadProfile.checkRange(profile, "server.dns_answers", dnsAnswersPerSecond, 0, most, faults);
        LoadProfile.checkRange(profile, "server.unanswered", unansweredShare, 0, 1, faults);
    }
}
