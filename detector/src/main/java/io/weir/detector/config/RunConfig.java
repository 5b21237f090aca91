package io.weir.detector.config;

import java.util.List;
import java.util.Locale;

/**
 * The {@code run} block: what the daemon alone needs. Replay ignores it.
 *
 * @param interfaces names, at least one; of a bridge the outside and the inside one
 * @param offload whether the kernel drops what is condemned, where it can
 * @param workers 1 to {@value #WORKERS_MAXIMUM}
 */
public record RunConfig(
        Mode mode, List<String> interfaces, int workers, Failure failure, Overload overload, Offload offload) {
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

    /** @throws IllegalArgumentException outside the bounds above */
    public RunConfig {
        interfaces = List.copyOf(interfaces);
        boolean countHolds = mode == Mode.BRIDGE ? interfaces.size() == BRIDGE_INTERFACES : !interfaces.isEmpty();
        if (!countHolds || workers < 1 || workers > WORKERS_MAXIMUM) {
            throw new IllegalArgumentException(mode + " of " + interfaces + " with " + workers + " workers");
        }
    }
}
