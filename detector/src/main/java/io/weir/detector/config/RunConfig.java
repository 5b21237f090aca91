package io.weir.detector.config;

import java.util.List;
import java.util.Locale;

/**
 * The {@code run} block: what the daemon alone needs. Replay ignores it.
 *
 * @param interfaces names, at least one; of a bridge the outside and the inside one
 * @param offload whether the kernel drops what is condemned, where it can
 * @param workers 1 to {@value #WORKERS_MAXIMUM}
 * @param observation how mode observe gets its copies, and of which packets; of other modes the default
 */
public record RunConfig(
        Mode mode,
        List<String> interfaces,
        int workers,
        Failure failure,
        Overload overload,
        Offload offload,
        Observation observation) {
    public static final int WORKERS_MAXIMUM = 64;
    public static final int BRIDGE_INTERFACES = 2;

    /** How the daemon gets at packets. */
    public enum Mode {
        OBSERVE,
        QUEUE,
        BRIDGE,
        XDP;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What the kernel does with packets when Weir is gone. */
    public enum Failure {
        OPEN,
        CLOSED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What the kernel does with packets that the full queue doesn't take. */
    public enum Overload {
        DROP,
        OPEN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether the kernel drops what is condemned before Weir sees it. */
    public enum Offload {
        /** By an XDP program where the interfaces take one; Weir drops the rest itself. */
        AUTO,
        NONE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Who hands over copies of packets. */
    public enum Capture {
        /** The kernel's own ring: AF_PACKET. */
        RING,
        /** libpcap, wherever that runs. */
        PCAP;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Copies that are observed.
     *
     * @param filter a tcpdump expression; empty for all packets
     */
    public record Observation(Capture capture, String filter) {
        public static final Observation DEFAULT = new Observation(Capture.RING, "");
    }

    /** One that observes, if it does, as is usual. */
    public RunConfig(
            Mode mode, List<String> interfaces, int workers, Failure failure, Overload overload, Offload offload) {
        this(mode, interfaces, workers, failure, overload, offload, Observation.DEFAULT);
    }

    /** @throws IllegalArgumentException outside the bounds above */
    public RunConfig {
        interfaces = List.copyOf(interfaces);
        boolean countHolds = mode == Mode.BRIDGE ? interfaces.size() == BRIDGE_INTERFACES : !interfaces.isEmpty();
        boolean isOneOfPcap = observation.capture() == Capture.RING || interfaces.size() == 1 && workers == 1;
        boolean isObserved = mode == Mode.OBSERVE || observation.equals(Observation.DEFAULT);
        if (!countHolds || !isOneOfPcap || !isObserved || workers < 1 || workers > WORKERS_MAXIMUM) {
            throw new IllegalArgumentException(mode + " of " + interfaces + " with " + workers + " workers");
        }
    }
}
