package io.weir.detector.daemon;

import io.weir.capture.linux.KernelException;
import io.weir.capture.linux.Refusals;
import io.weir.capture.linux.ShieldConnection;
import io.weir.filter.packet.PacketBatch;

/**
 * Connections that the kernel drops, so that a bot gets no further while users at its address do. The thread that judges
 * offers them and takes them back; what finds no room is offered again with the next packet that tells. All else is the other
 * thread's. They end by themselves in the kernel.
 */
final class RefusedConnections {
    private static final int MOST_OFFERED = 1024;
    private static final int LONGS = 5;
    private static final int PORT_BITS = 16;
    private static final long REFUSED = 1L << 2 * PORT_BITS;

    private final OfferRing offered = new OfferRing(LONGS, MOST_OFFERED);
    private boolean isAny;

    /** @return whether there was room */
    boolean offer(PacketBatch batch, int i, boolean isRefused) {
        int at = offered.claim();
        if (at < 0) {
            return false;
        }
        offered.put(at, batch.sourceHigh[i]);
        offered.put(at + 1, batch.sourceLow[i]);
        offered.put(at + 2, batch.destinationHigh[i]);
        offered.put(at + 3, batch.destinationLow[i]);
        offered.put(
                at + 4,
                (isRefused ? REFUSED : 0)
                        | (long) batch.sourcePort[i] << PORT_BITS
                        | batch.destinationPort[i] & (1L << PORT_BITS) - 1);
        offered.publish();
        return true;
    }

    /** Whether nothing waits: what was refused the kernel alone knows. */
    boolean isEmpty() {
        return offered.isEmpty();
    }

    /** Does what was offered; answers whether any connection was ever refused. */
    boolean turn(Refusals kernel, boolean isObserving, long nowNanos) throws KernelException {
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
            if ((ports & REFUSED) == 0) {
                kernel.hear(connection);
            } else if (!isObserving) {
                kernel.refuse(connection, nowNanos);
                isAny = true;
            }
        }
        return isAny;
    }

    private static int port(long bits) {
        return (int) bits & (1 << PORT_BITS) - 1;
    }
}
