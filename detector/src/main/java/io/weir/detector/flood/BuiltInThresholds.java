package io.weir.detector.flood;

import java.util.Map;

/**
 * The thresholds where the configuration gives none: one table, each number with its source. They must clear every
 * benign capture that the project is tested with, and what counts is unproven traffic only.
 */
public final class BuiltInThresholds {
    /** How much more a whole prefix may take than one of its addresses. */
    public static final int PREFIX_FACTOR = 4;

    /** For each address. No class is limited in bits: line speed says more about the link than about an attack. */
    public static final Thresholds ADDRESS = Thresholds.UNLIMITED
            .with(TrafficClass.SYN, Limit.ofPackets(1_000))
            .with(TrafficClass.ACK, Limit.ofPackets(1_000))
            .with(TrafficClass.UDP, Limit.ofPackets(5_000))
            .with(TrafficClass.ICMP, Limit.ofPackets(200))
            .with(TrafficClass.DNS, Limit.ofPackets(1_000))
            .with(TrafficClass.HTTP, Limit.ofPackets(1_500))
            .with(TrafficClass.TLS, Limit.ofPackets(1_000))
            .with(TrafficClass.OTHER, Limit.ofPackets(5_000));

    /** Where each of these comes from. */
    public static final Map<TrafficClass, String> ADDRESS_SOURCES = Map.of(
            TrafficClass.SYN,
            "twice the 500/s that Cloudflare's Advanced TCP Protection starts from; completed handshakes don't count",
            TrafficClass.ACK,
            "twice the 500/s that Cloudflare's out-of-state rule starts from",
            TrafficClass.UDP,
            "three times the 1,632/s of NFS fragments that a benign capture holds to one address",
            TrafficClass.ICMP,
            "benign captures hold 13/s",
            TrafficClass.DNS,
            "benign captures hold 63 questions/s",
            TrafficClass.HTTP,
            "a benign capture holds 1,000 keep-alive requests in 0.6 s on one connection",
            TrafficClass.TLS,
            "benign captures hold 4/s; given as much room as SYNs",
            TrafficClass.OTHER,
            "benign captures hold 634 GRE packets/s");

    /** For each protected prefix as a whole. */
    public static final Thresholds PREFIX = ADDRESS.times(PREFIX_FACTOR);

    private BuiltInThresholds() {}
}
