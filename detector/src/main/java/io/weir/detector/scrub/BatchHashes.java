package io.weir.detector.scrub;

import io.weir.filter.flow.FlowHash;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;

/** Keyed hashes of a batch's sources and SYNs, made of all at once while any flood is on. One worker's. */
final class BatchHashes {
    private final FlowHash hash;
    private final SourceTable sourceTable;
    private final SynAuthentication authentication;

    private final long[] sources = new long[PacketBatch.CAPACITY];
    private final boolean[] areStrangers = new boolean[PacketBatch.CAPACITY];
    private final long[] synTuples = new long[PacketBatch.CAPACITY];
    private long enteredBefore;
    private boolean isHashed;
    private boolean isTupled;

    BatchHashes(FlowHash hash, SourceTable sourceTable, SynAuthentication authentication) {
        this.hash = hash;
        this.sourceTable = sourceTable;
        this.authentication = authentication;
    }

    /**
     * Begins with a batch.
     *
     * @param isAlarmed whether any flood is on: if not, nothing is hashed ahead
     * @param isAuthenticating whether any SYN has to be authenticated
     * @return a number without meaning; it keeps the fetches from being optimised away
     */
    long prepare(PacketBatch batch, boolean isAlarmed, boolean isAuthenticating) {
        isHashed = isAlarmed;
        isTupled = isAuthenticating;
        if (isHashed) {
            for (int i = 0; i < batch.size; i++) {
                sources[i] = hash.address(batch.sourceHigh[i], batch.sourceLow[i]);
            }
            sourceTable.lookUp(sources, batch.size, areStrangers);
            enteredBefore = sourceTable.entered();
        }
        if (!isTupled) {
            return 0;
        }
        for (int i = 0; i < batch.size; i++) {
            if (batch.tcpFlags[i] == TcpFlags.SYN) {
                synTuples[i] = authentication.tuple(batch, i);
            }
        }
        return authentication.touch(synTuples, batch.size);
    }

    /** Whether nobody knows the source of a packet, surely. */
    boolean isStranger(int i) {
        return isHashed && areStrangers[i] && sourceTable.entered() == enteredBefore;
    }

    /** Hash of a packet's source. */
    long source(PacketBatch batch, int i) {
        return isHashed ? sources[i] : hash.address(batch.sourceHigh[i], batch.sourceLow[i]);
    }

    /** Those of all packets, after an alarm: where {@link #isStranger} says yes of any. */
    long[] sources() {
        return sources;
    }

    /** What a SYN is known by to {@link SynAuthentication}. */
    long synTuple(PacketBatch batch, int i) {
        boolean isReady = isTupled && batch.tcpFlags[i] == TcpFlags.SYN;
        return isReady ? synTuples[i] : authentication.tuple(batch, i);
    }
}
