package io.weir.capture.source;

import io.weir.capture.linux.AfPacketBridge;
import io.weir.capture.linux.RingCounters;
import io.weir.capture.linux.Wakeup;
import io.weir.capture.sink.BridgeSink;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;

/** What comes in on either side of a bridge; {@link #otherSide} sends on what passes. It ends when interrupted. */
public final class BridgeSource implements PacketSource {
    private final Wakeup wakeup;
    private final AfPacketBridge bridge;
    private long bytesRead;

    private BridgeSource(Wakeup wakeup, AfPacketBridge bridge) {
        this.wakeup = wakeup;
        this.bridge = bridge;
    }

    /** @throws io.weir.capture.linux.KernelException if an interface can't be bridged, or this process may not */
    public static BridgeSource open(String outside, String inside) throws IOException {
        Wakeup wakeup = new Wakeup();
        try {
            return new BridgeSource(wakeup, AfPacketBridge.open(outside, inside, wakeup));
        } catch (IOException e) {
            wakeup.close();
            throw e;
        }
    }

    /** Where the batches of this source go once they are judged. */
    public BridgeSink otherSide() {
        return new BridgeSink(bridge);
    }

    @Override
    public int fill(PacketBatch batch) throws IOException {
        if (wakeup.isAwake()) {
            batch.size = 0;
            return END;
        }
        int count = bridge.fill(batch);
        for (int i = 0; i < count; i++) {
            bytesRead += batch.capturedLength[i];
        }
        return count;
    }

    /** Ends the source, also while it waits. Any thread. */
    public void interrupt() {
        wakeup.wake();
    }

    /** What the kernel took on a side, 0 the outside, and what it had no room for. Any thread. */
    public RingCounters counters(int side) {
        return bridge.counters(side);
    }

    /** Packets that neither ring had room for. Any thread. */
    public long lostPackets() throws IOException {
        return bridge.counters(0).lostPackets() + bridge.counters(1).lostPackets();
    }

    /** Packets that passed and that the other side didn't take. Any thread. */
    public long unsentPackets() {
        return bridge.unsentPackets();
    }

    @Override
    public long bytesRead() {
        return bytesRead;
    }

    @Override
    public long bytesTotal() {
        return -1;
    }

    @Override
    public void close() {
        bridge.close();
        wakeup.close();
    }
}
