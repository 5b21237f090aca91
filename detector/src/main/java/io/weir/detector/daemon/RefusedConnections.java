package io.weir.detector.daemon;

import io.weir.capture.linux.KernelException;
import io.weir.capture.linux.Refusals;
import io.weir.capture.linux.ShieldConnection;
import io.weir.filter.packet.PacketBatch;

/**
 * Connections that the kernel drops, so that a bot gets no further while users at its address do. The thread that judges
 * offers them; what finds no room is offered again with the next packet that tells. All else is the other thread's. They end
 * by themselves in the kernel, or all at once.
 */
final class RefusedConnections {
    private static final int MOST_OFFERED = 1024;
    private static final int LONGS = 5;
    private static final int PORT_BITS = 16;

    private final OfferRing offered;
    private volatile boolean isOver;
    private boolean isAny;
    private boolean isEverAny;

    RefusedConnections() {
        this(MOST_OFFERED);
    }

    /** @param mostOffered a power of two */
    RefusedConnections(int mostOffered) {
        offered = new OfferRing(LONGS, mostOffered);
    }

    /** @return whether there was room */
    boolean offer(PacketBatch batch, int i) {
        int at = offered.claim();
        if (at < 0) {
            return false;
        }
        offered.put(at, batch.sourceHigh[i]);
        offered.put(at + 1, batch.sourceLow[i]);
        offered.put(at + 2, batch.destinationHigh[i]);
        offered.put(at + 3, batch.destinationLow[i]);
        offered.put(at + 4, (long) batch.sourcePort[i] << PORT_BITS | batch.destinationPort[i]);
        offered.publish();
        return true;
    }

    /** Ends all that is refused so far. The thread that judges. */
    void hear() {
        isOver = true;
    }

    /** Whether nothing waits: what was refused the kernel alone knows. */
    boolean isEmpty() {
        return offered.isEmpty() && !isOver;
    }

    /**
     * Does what was offered, and ends all while it only observes.
     *
     * @param isObserving whether none is to be refused
     * @return whether any was ever refused
     */
    boolean turn(Refusals kernel, boolean isObserving, long nowNanos) throws KernelException {
        if (isOver || isObserving) {
            // What was offered before goes with it.
            isOver = false;
            while (!offered.isEmpty()) {
                offered.release();
            }
            if (isAny) {
                kernel.hearConnections();
                isAny = false;
            }
        }
        for (; !offered.isEmpty(); offered.release()) {
            int at = offered.oldest();
            long ports = offered.get(at + 4);
            ShieldConnection connection = new ShieldConnection(
                    offered.get(at),
                    offered.get(at + 1),
                    port(ports >>> PORT_BITS),
                    offered.get(at + 2),
                    offered.get(at + 3),
                    port(ports));
            kernel.refuse(connection, nowNanos);
            isAny = true;
            isEverAny = true;
        }
        return isEverAny;
    }

    private static int port(long bits) {
        return (int) bits & (1 << PORT_BITS) - 1;
    }
}
