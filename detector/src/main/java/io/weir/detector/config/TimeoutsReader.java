package io.weir.detector.config;

import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import io.weir.filter.flow.FlowTimeouts;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** Reads the {@code timeouts} block. */
final class TimeoutsReader {
    private static final List<String> KEYS = List.of(
            "tcp_syn",
            "tcp_established",
            "tcp_fin_wait",
            "tcp_closed",
            "tcp_midstream",
            "udp_unreplied",
            "udp_stream",
            "icmp",
            "fragment");

    /** Less than any round trip and its first retransmission (RFC 6298 section 2.1) would forget who is answered. */
    private static final long MINIMUM_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Six times the longest in use, the five days of Linux. */
    private static final long MAXIMUM_NANOS = TimeUnit.DAYS.toNanos(30);

    private static final String ALLOWED = "a duration from " + DurationText.format(MINIMUM_NANOS) + " to "
            + DurationText.format(MAXIMUM_NANOS) + " such as 90s, 5m or 2h";

    private TimeoutsReader() {}

    /** Empty where it is no block; what a faulty or missing key leaves open is as the default says. */
    static Optional<FlowTimeouts> read(Value value) {
        FlowTimeouts defaults = FlowTimeouts.DEFAULT;
        return value.section(KEYS)
                .map(section -> new FlowTimeouts(
                        nanos(section, "tcp_syn", defaults.tcpSynNanos()),
                        nanos(section, "tcp_established", defaults.tcpEstablishedNanos()),
                        nanos(section, "tcp_fin_wait", defaults.tcpFinWaitNanos()),
                        nanos(section, "tcp_closed", defaults.tcpClosedNanos()),
                        nanos(section, "tcp_midstream", defaults.tcpMidstreamNanos()),
                        nanos(section, "udp_unreplied", defaults.udpUnrepliedNanos()),
                        nanos(section, "udp_stream", defaults.udpStreamNanos()),
                        nanos(section, "icmp", defaults.icmpNanos()),
                        nanos(section, "fragment", defaults.fragmentNanos())));
    }

    private static long nanos(Section section, String key, long defaultNanos) {
        return section.get(key).flatMap(TimeoutsReader::duration).orElse(defaultNanos);
    }

    private static Optional<Long> duration(Value value) {
        Optional<String> text = value.text(ALLOWED);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong nanos = DurationText.parse(text.get());
        if (nanos.isEmpty()) {
            return value.fault("is no duration; write " + ALLOWED);
        }
        boolean isInBounds = nanos.getAsLong() >= MINIMUM_NANOS && nanos.getAsLong() <= MAXIMUM_NANOS;
        return isInBounds ? Optional.of(nanos.getAsLong()) : value.fault("is out of range; write " + ALLOWED);
    }
}
