package io.weir.capture.source;

import io.weir.capture.linux.PacketRing;
import io.weir.capture.linux.RingCounters;
import io.weir.capture.linux.RingSettings;
import io.weir.capture.linux.Wakeup;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;

/**
 * The packets of one interface as they come, both directions, out of a ring that the kernel fills. An interface that is
 * down is waited for; one that is removed ends the source with an error. It ends when interrupted.
 */
public final class AfPacketSource implements PacketSource {
    private final Wakeup wakeup;
    private final PacketRing ring;
    private long bytesRead;

    private AfPacketSource(Wakeup wakeup, PacketRing ring) {
        this.wakeup = wakeup;
        this.ring = ring;
    }

    /** @throws io.weir.capture.linux.KernelException if the interface isn't there, or the process may not capture on it */
    public static AfPacketSource open(RingSettings settings) throws IOException {
        Wakeup wakeup = new Wakeup();
        try {
            return new AfPacketSource(wakeup, PacketRing.open(settings, wakeup));
        } catch (IOException e) {
            wakeup.close();
            throw e;
        }
    }

    /**
     * Shares the interface with other sources, one for each worker; see {@link PacketRing#share}.
     *
     * @param group what the first answered, {@link PacketRing#NEW_GROUP} for the first
     */
    public int share(int group) throws IOException {
        return ring.share(group);
    }

    @Override
    public int fill(PacketBatch batch) throws IOException {
        if (wakeup.isAwake()) {
            batch.size = 0;
            return END;
        }
        int count = ring.fill(batch);
        for (int i = 0; i < count; i++) {
            bytesRead += batch.capturedLength[i];
        }
        return count;
    }

    /** Ends the source, also while it waits. Any thread. */
    public void interrupt() {
        wakeup.wake();
    }

    /** What the kernel took, and what it had no room for. Any thread. */
    public RingCounters counters() {
        return ring.counters();
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
        ring.close();
        wakeup.close();
    }
}
