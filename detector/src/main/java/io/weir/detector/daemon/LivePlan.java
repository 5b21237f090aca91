package io.weir.detector.daemon;

import io.weir.capture.linux.BridgeRules;
import io.weir.capture.linux.NfShield;
import io.weir.capture.linux.QueueSettings;
import io.weir.capture.linux.RingSettings;
import io.weir.capture.linux.XdpShield;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.RunConfig;
import io.weir.detector.config.RunConfig.Capture;
import io.weir.detector.config.RunConfig.Failure;
import io.weir.detector.config.RunConfig.Mode;
import io.weir.detector.config.RunConfig.Offload;
import io.weir.detector.config.RunConfig.Overload;
import java.util.stream.Collectors;

/** What a daemon would put into the kernel, and what it needs for that; for people. */
public final class LivePlan {
    private static final String WITHOUT_XDP = """
            Where they can't be attached Weir drops everything itself: nftables
                          would see frames of a bridge only after Weir
            """;

    private static final String INSTEAD_OF_XDP = """
            Where they can't be attached a table of nftables of its own, inet weir_offload,
                          drops them: gone with Weir, and without effect %d s after Weir was killed
            """.formatted(NfShield.ALIVE_SECONDS);

    private LivePlan() {}

    /** Ends with a line end. */
    public static String text(LiveSettings settings) {
        RunConfig run = settings.run();
        String body = switch (run.mode()) {
            case OBSERVE -> observed(run);
            case QUEUE -> queued(settings);
            case BRIDGE -> bridged(run);
            case XDP -> shielded(run);
        };
        String protect = settings.protect().stream()
                .map(ProtectedPrefix::prefix)
                .map(Object::toString)
                .collect(Collectors.joining(", "));
        return "Mode " + run.mode() + " on " + String.join(", ", run.interfaces()) + ", protecting " + protect + "\n\n"
                + body;
    }

    private static String observed(RunConfig run) {
        String filter = run.observation().filter().isEmpty()
                ? ""
                : "Filter        " + run.observation().filter() + ": nothing else is seen\n";
        if (run.observation().capture() == Capture.PCAP) {
            return "Drops nothing, puts no rule into the kernel.\n\n"
                    + "Capabilities  CAP_NET_RAW until all is open, then none\n"
                    + "Capture       by libpcap, promiscuous\n" + filter;
        }
        RingSettings ring = RingSettings.of(run.interfaces().getFirst());
        return "Drops nothing, puts no rule into the kernel.\n\n"
                + "Capabilities  CAP_NET_RAW until all is open, then none\n"
                + "Sockets       " + run.workers() * run.interfaces().size() + " of AF_PACKET, each with a ring of "
                + (ring.blockCount() >> 2) + " MiB" + (run.workers() > 1 ? "; one an interface for each worker" : "")
                + "\n" + filter;
    }

    private static String shielded(RunConfig run) {
        RingSettings ring = RingSettings.of(run.interfaces().getFirst());
        return "Capabilities  CAP_NET_RAW until all is open, CAP_NET_ADMIN and CAP_BPF for the kernel's program,\n"
                + "              CAP_SYS_NICE until its thread has begun\n"
                + "Programs      XDP and tc on " + String.join(", ", run.interfaces())
                + ": drop banned sources, signatures of floods, and what of a\n"
                + "              flood is beyond its threshold. End with Weir: packets then pass\n"
                + maps()
                + "Sockets       " + run.workers() * run.interfaces().size() + " of AF_PACKET, "
                + LiveTraffic.XDP_SNAP_BYTES
                + " bytes of each packet, each with a ring of " + (ring.blockCount() >> 2) + " MiB\n";
    }

    private static String queued(LiveSettings settings) {
        RunConfig run = settings.run();
        QueueSettings queue = QueueSettings.of(0, run.interfaces());
        String overload = run.overload() == Overload.OPEN ? "passes" : "is dropped";
        String failure = run.failure() == Failure.OPEN
                ? "packets then pass unjudged"
                : "packets then are dropped, but for management and neighbour discovery";
        return capabilities("CAP_NET_ADMIN", run)
                + "Queue         NFQUEUE 0"
                + (run.workers() > 1 ? " to " + (run.workers() - 1) + ", one for each worker" : "")
                + ": " + queue.copyBytes() + " bytes of each packet, up to "
                + queue.capacityPackets() + " packets wait; what finds it full " + overload + "\n"
                + "Rules         one table, taken out at the end. If Weir is killed it stays until the next start; "
                + failure + "\n" + offloaded(run) + "\n"
                + settings.queueRules().plan() + fallback(settings);
    }

    /** The table that is there instead of the programs. */
    private static String fallback(LiveSettings settings) {
        if (settings.run().offload() == Offload.NONE) {
            return "";
        }
        return (XdpShield.refusal().isPresent()
                        ? "\n# In place of the programs, which can't be loaded now:\n"
                        : "\n# Only where the programs can't be attached:\n")
                + NfShield.plan(
                        settings.run().interfaces(),
                        settings.protect().stream().map(ProtectedPrefix::prefix).toList(),
                        settings.management());
    }

    private static String bridged(RunConfig run) {
        return capabilities("CAP_NET_RAW until all is open, CAP_NET_ADMIN", run)
                + "Sockets       2 of AF_PACKET, promiscuous; large receive offload (LRO) is turned off and on again\n"
                + "Rules         one table, taken out at the end. Without Weir nothing passes\n"
                + offloaded(run) + "\n"
                + new BridgeRules(run.interfaces()).plan();
    }

    private static String maps() {
        return "Maps          " + XdpShield.maps() + "\n";
    }

    private static String capabilities(String ofMode, RunConfig run) {
        return "Capabilities  " + ofMode + (run.offload() == Offload.NONE ? "" : ", CAP_BPF for the offload")
                + ", and CAP_SYS_NICE until all have begun\n";
    }

    private static String offloaded(RunConfig run) {
        if (run.offload() == Offload.NONE) {
            return "";
        }
        boolean isBridge = run.mode() == Mode.BRIDGE;
        return "Offload       an XDP program" + (isBridge ? "" : " and a tc program") + " on "
                + String.join(", ", run.interfaces()) + ": banned sources, signatures and limits of\n"
                + "              fast floods. " + (isBridge ? WITHOUT_XDP : INSTEAD_OF_XDP)
                + XdpShield.refusal()
                        .map(refusal -> "              Now they can't: " + refusal + "\n")
                        .orElse("")
                + maps();
    }
}
