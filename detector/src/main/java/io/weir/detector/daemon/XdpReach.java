package io.weir.detector.daemon;

import io.weir.detector.flood.FloodReport;
import java.util.Optional;

/** What of a flood the kernel can't drop where it alone drops, in mode xdp; for people. */
public final class XdpReach {
    private static final String REQUESTS =
            "mode xdp sees a request when the server has it: the kernel drops what sources"
                    + " send that send nothing else, and what follows on a connection after the first request of the flood; mode"
                    + " queue or bridge drops the first ones, too";
    private static final String UNREAD =
            "in mode xdp the kernel can't tell these packets from others: none is dropped but"
                    + " of banned sources; mode queue or bridge drops them";

    private XdpReach() {}

    /** Empty where it drops what its limit and signatures say. */
    public static Optional<String> missing(FloodReport flood) {
        if ("fragment".equals(flood.vector())) {
            return Optional.of(UNREAD);
        }
        return switch (flood.trafficClass()) {
            case HTTP, TLS -> Optional.of(REQUESTS);
            case OTHER -> Optional.of(UNREAD);
            case SYN, ACK, UDP, ICMP, DNS -> Optional.empty();
        };
    }
}
