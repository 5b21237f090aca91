package io.weir.detector.daemon;

import io.weir.filter.packet.DecodeOutcome;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.Tunnel;

/** Packets by decode outcome, and by the tunnel they carry another packet in. One writer, which also reads. */
public final class DecodeCounters {
    private final long[] outcomes = new long[DecodeOutcome.count()];
    private final long[] tunnels = new long[Tunnel.values().length];

    void count(PacketBatch batch, int i) {
        outcomes[batch.outcome[i]]++;
        tunnels[batch.tunnel[i]]++;
    }

    public long packets(DecodeOutcome outcome) {
        return outcomes[outcome.ordinal()];
    }

    public long packets(Tunnel tunnel) {
        return tunnels[tunnel.ordinal()];
    }
}
