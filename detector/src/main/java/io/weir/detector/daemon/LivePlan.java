package io.weir.detector.daemon;

import io.weir.capture.linux.BridgeRules;
import io.weir.capture.linux.QueueSettings;
import io.weir.capture.linux.RingSettings;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.RunConfig;
import io.weir.detector.config.RunConfig.Failure;
import io.weir.detector.config.RunConfig.Offload;
import io.weir.detector.config.RunConfig.Overload;
import java.util.stream.Collectors;

/** What a daemon would put into the kernel, and what it needs for that; for people. */
public final class LivePlan {
    private LivePlan() {}

    /** Ends with a line end. */
    public static String text(LiveSettings settings) {
        RunConfig run = settings.run();
        String body = switch (run.mode()) {
            case OBSERVE -> observed(run);
            case QUEUE -> queued(settings);
            case BRIDGE -> bridged(run);
            case XDP -> throw new IllegalArgumentException("mode xdp");
        };
        String protect = settings.protect().stream()
                .map(ProtectedPrefix::prefix)
                .map(Object::toString)
                .collect(Collectors.joining(", "));
        return "Mode " + run.mode() + " on " + String.join(", ", run.interfaces()) + ", protecting " + protect + "\n\n"
                + body;
    }

    private static String observed(RunConfig run) {
        RingSettings ring = RingSettings.of(run.interfaces().getFirst());
        return "Drops nothing, puts no rule into the kernel.\n\n"
                + "Capabilities  CAP_NET_RAW until all is open, then none\n"
                + "Sockets       " + run.interfaces().size() + " of AF_PACKET, each with a ring of "
                + (ring.blockCount() >> 2) + " MiB\n";
    }

    private static String queued(LiveSettings settings) {
        RunConfig run = settings.run();
        QueueSettings queue = QueueSettings.of(0, run.interfaces());
        String overload = run.overload() == Overload.OPEN ? "passes" : "is dropped";
        String failure = run.failure() == Failure.OPEN
                ? "packets then pass unjudged"
                : "packets then are dropped, but for management and neighbour discovery";
        return capabilities("CAP_NET_ADMIN", run)
                + "Queue         NFQUEUE 0: " + queue.copyBytes() + " bytes of each packet, up to "
                + queue.capacityPackets() + " packets wait; what finds it full " + overload + "\n"
                + "Rules         one table, taken out at the end. If Weir is killed it stays until the next start; "
                + failure + "\n" + offloaded(run) + "\n"
                + settings.queueRules().plan();
    }

    private static String bridged(RunConfig run) {
        return capabilities("CAP_NET_RAW until all is open, CAP_NET_ADMIN", run)
                + "Sockets       2 of AF_PACKET, promiscuous; large receive offload (LRO) is turned off and on again\n"
                + "Rules         one table, taken out at the end. Without Weir nothing passes\n"
                + offloaded(run) + "\n"
                + new BridgeRules(run.interfaces()).plan();
    }

    private static String capabilities(String ofMode, RunConfig run) {
        return "Capabilities  " + ofMode + (run.offload() == Offload.NONE ? "" : ", CAP_BPF for the offload") + "\n";
    }

    private static String offloaded(RunConfig run) {
        return run.offload() == Offload.NONE
                ? ""
                : "Offload       an XDP program and a tc program on " + String.join(", ", run.interfaces())
                        + ", with 5 maps: banned sources, and signatures of fast\n"
                        + "              floods. Where they can't be attached Weir drops everything itself\n";
    }
}
