package io.weir.detector.flood;

/**
 * The thresholds where the configuration gives none: one table, each number with its source. They must clear every
 * benign capture that the project is tested with, and what counts is unproven traffic only.
 */
public final class BuiltInThresholds {
    /** How much more a whole prefix may take than one of its addresses. */
    public static final int PREFIX_FACTOR = 4;

    /** For each address. No class is limited in bits: line speed says more about the link than about an attack. */
    public static final Thresholds ADDRESS = Thresholds.UNLIMITED
            // Twice the 500/s that Cloudflare's Advanced TCP Protection starts from (its burst: 2,500); the design's
            // own example. Completed handshakes don't count, so 3,900 SYN/s of a benign capture's burst stay clear.
            .with(TrafficClass.SYN, Limit.ofPackets(1_000))
            // Half of the design's example (2,000); Cloudflare's out-of-state rule starts from 500/s, too.
            .with(TrafficClass.ACK, Limit.ofPackets(1_000))
            // The design's example; benign captures hold 1,632 fragments/s of NFS and 616/s of QUIC to one address.
            .with(TrafficClass.UDP, Limit.ofPackets(5_000))
            // The design's example; benign captures hold 13/s.
            .with(TrafficClass.ICMP, Limit.ofPackets(200))
            // The design's example; benign captures hold 63 questions/s.
            .with(TrafficClass.DNS, Limit.ofPackets(1_000))
            // Three times the design's example (500): one benign capture holds 1,000 keep-alive requests in 0.6 s on
            // one connection.
            .with(TrafficClass.HTTP, Limit.ofPackets(1_500))
            // Twice the design's example (500), as requests are given room above theirs; benign captures hold 4/s.
            .with(TrafficClass.TLS, Limit.ofPackets(1_000))
            // The design's example; benign captures hold 634 GRE packets/s.
            .with(TrafficClass.OTHER, Limit.ofPackets(5_000));

    /** For each protected prefix as a whole. */
    public static final Thresholds PREFIX = ADDRESS.times(PREFIX_FACTOR);

    private BuiltInThresholds() {}
}
