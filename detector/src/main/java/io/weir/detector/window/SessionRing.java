package io.weir.detector.window;

import io.weir.filter.packet.PacketBatch;

/**
 * The connections opened since the control step last looked: who opened them to what. One writer; the control step reads and clears.
 * Of more than {@value #CAPACITY} in a tick the rest is left out, which no slow guesser of passwords reaches.
 */
public final class SessionRing {
    /** Sessions kept. */
    public static final int CAPACITY = 512;

    private final long[] sourcesHigh = new long[CAPACITY];
    private final long[] sourcesLow = new long[CAPACITY];
    private final long[] destinationsHigh = new long[CAPACITY];
    private final long[] destinationsLow = new long[CAPACITY];
    private final int[] ports = new int[CAPACITY];
    private int size;

    /** Keeps the connection that packet {@code i}, of its initiator, opens. */
    public void add(PacketBatch batch, int i) {
        if (size < CAPACITY) {
            sourcesHigh[size] = batch.sourceHigh[i];
            sourcesLow[size] = batch.sourceLow[i];
            destinationsHigh[size] = batch.destinationHigh[i];
            destinationsLow[size] = batch.destinationLow[i];
            ports[size] = batch.destinationPort[i];
            size++;
        }
    }

    /** Sessions kept now: indexes 0 to {@code size() - 1}, oldest first. */
    public int size() {
        return size;
    }

    public void clear() {
        size = 0;
    }

    public long sourceHigh(int session) {
        return sourcesHigh[session];
    }

    public long sourceLow(int session) {
        return sourcesLow[session];
    }

    public long destinationHigh(int session) {
        return destinationsHigh[session];
    }

    public long destinationLow(int session) {
        return destinationsLow[session];
    }

    /** Port of the destination. */
    public int port(int session) {
        return ports[session];
    }
}
