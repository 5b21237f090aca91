package io.weir.detector.daemon;

import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.Tunnel;

/** Packets by decode outcome, and by the tunnel they carry another packet in. One writer, which also reads. */
public final class DecodeCounters {
    private final long[] outcomes = new long[DecodeOutcome.count()];
    private final long[] tunnels = new long[Tunnel.values().length];

    /** Counts every packet of a decoded batch. */
    void count(PacketBatch batch) {
        int usual = 0;
        for (int i = 0; i < batch.size; i++) {
            if ((batch.outcome[i] | batch.tunnel[i]) == 0) {
                usual++;
            } else {
                outcomes[batch.outcome[i]]++;
                tunnels[batch.tunnel[i]]++;
            }
        }
        outcomes[0] += usual;
        tunnels[0] += usual;
    }

    public long packets(DecodeOutcome outcome) {
        return outcomes[outcome.ordinal()];
    }

    public long packets(Tunnel tunnel) {
        return tunnels[tunnel.ordinal()];
    }
}
