package io.weir.filter.flow;

import io.weir.filter.packet.PacketBatch;

/**
 * Between whom each connection of a {@link ConnectionTable} is: 48 bytes for each place, beside the table and not in it,
 * because only a connection's first entry writes here and only who lists them reads.
 *
 * <pre>
 *   | initiator 16 | responder 16 | initiator's port 2, responder's port 2, protocol 1 … | opened 8 |
 * </pre>
 */
final class ConnectionNames {
    private static final int STRIDE = 6;
    private static final int INITIATOR = 0;
    private static final int RESPONDER = 2;
    private static final int PORTS = 4;
    private static final int OPENED = 5;

    private static final int INITIATOR_PORT_SHIFT = 48;
    private static final int RESPONDER_PORT_SHIFT = 32;
    private static final int PORT_MASK = 0xffff;
    private static final int PROTOCOL_MASK = 0xff;

    private final long[] words;

    ConnectionNames(int places) {
        words = new long[Math.multiplyExact(places, STRIDE)];
    }

    /** Names the connection at a place after one of its packets. */
    void set(int place, PacketBatch batch, int i, boolean isOfInitiator, long nowNanos) {
        int at = place * STRIDE;
        int source = at + (isOfInitiator ? INITIATOR : RESPONDER);
        int destination = at + (isOfInitiator ? RESPONDER : INITIATOR);
        words[source] = batch.sourceHigh[i];
        words[source + 1] = batch.sourceLow[i];
        words[destination] = batch.destinationHigh[i];
        words[destination + 1] = batch.destinationLow[i];
        long initiatorPort = isOfInitiator ? batch.sourcePort[i] : batch.destinationPort[i];
        long responderPort = isOfInitiator ? batch.destinationPort[i] : batch.sourcePort[i];
        words[at + PORTS] =
                initiatorPort << INITIATOR_PORT_SHIFT | responderPort << RESPONDER_PORT_SHIFT | batch.protocol[i];
        words[at + OPENED] = nowNanos;
    }

    TrackedConnection connection(int place, int state, long lastSeenNanos) {
        int at = place * STRIDE;
        long ports = words[at + PORTS];
        return new TrackedConnection(
                words[at + INITIATOR],
                words[at + INITIATOR + 1],
                (int) (ports >>> INITIATOR_PORT_SHIFT),
                words[at + RESPONDER],
                words[at + RESPONDER + 1],
                (int) (ports >>> RESPONDER_PORT_SHIFT) & PORT_MASK,
                (int) ports & PROTOCOL_MASK,
                TrackedConnection.State.of(state),
                words[at + OPENED],
                lastSeenNanos);
    }

    long sizeBytes() {
        return words.length * (long) Long.BYTES;
    }
}
