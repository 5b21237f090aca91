package io.weir.capture.load;

import io.weir.filter.fault.Fault;
import java.util.List;

/**
 * How much of a flood the target answers. Legitimate clients are always answered: their traffic stays the same, packet
 * for packet, whatever flood lies over it, so that what a filter does to them can be measured.
 *
 * @param synBacklog half-open connections that a SYN flood can hold; each is held three seconds
 * @param resetsPerSecond RST to segments of no connection
 * @param echoRepliesPerSecond replies to pings of a flood
 * @param dnsAnswersPerSecond answers to questions of a flood
 */
public record ServerLimits(
        int synBacklog, double resetsPerSecond, double echoRepliesPerSecond, double dnsAnswersPerSecond) {
    static final int MAXIMUM_BACKLOG = 1 << 20;

    void addFaults(String profile, List<Fault> faults) {
        double most = Flood.MAXIMUM_PACKETS_PER_SECOND;
        LoadProfile.checkRange(profile, "server.syn_backlog", synBacklog, 0, MAXIMUM_BACKLOG, faults);
        LoadProfile.checkRange(profile, "server.resets", resetsPerSecond, 0, most, faults);
        LoadProfile.checkRange(profile, "server.echo_replies", echoRepliesPerSecond, 0, most, faults);
        LoadProfile.checkRange(profile, "server.dns_answers", dnsAnswersPerSecond, 0, most, faults);
    }
}
