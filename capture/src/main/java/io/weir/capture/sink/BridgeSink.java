package io.weir.capture.sink;

import io.weir.capture.linux.AfPacketBridge;
import io.weir.filter.packet.PacketBatch;

/** Sends what passed of a bridge's batch out on the other side, as it came in. The bridge is its source's to close. */
public final class BridgeSink implements PacketSink {
    private final AfPacketBridge bridge;

    public BridgeSink(AfPacketBridge bridge) {
        this.bridge = bridge;
    }

    @Override
    public void accept(PacketBatch batch) {
        bridge.accept(batch);
    }

    @Override
    public void close() {}
}
