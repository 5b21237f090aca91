package io.weir.capture.source;

import io.weir.capture.linux.RingCounters;
import io.weir.capture.linux.RingGroup;
import io.weir.capture.linux.RingSettings;
import io.weir.capture.linux.Wakeup;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.util.List;

/**
 * The packets of interfaces as they come, both directions, out of rings that the kernel fills. An interface that is
 * down is waited for; one that is removed ends the source with an error. It ends when interrupted.
 */
public final class AfPacketSource implements PacketSource {
    private final Wakeup wakeup;
    private final RingGroup rings;
    private long bytesRead;

    private AfPacketSource(Wakeup wakeup, RingGroup rings) {
        this.wakeup = wakeup;
        this.rings = rings;
    }

    /**
     * Opens a ring for each of these; a batch's {@code interfaceIndex} counts in this list.
     *
     * @throws io.weir.capture.linux.KernelException if the interface isn't there, or the process may not capture on it
     */
    public static AfPacketSource open(List<RingSettings> settings) throws IOException {
        Wakeup wakeup = new Wakeup();
        try {
            return new AfPacketSource(wakeup, RingGroup.open(settings, wakeup));
        } catch (IOException e) {
            wakeup.close();
            throw e;
        }
    }

    /**
     * Shares the interface with other sources, one for each worker; see {@link RingGroup#share}.
     *
     * @param index of the interface among those opened
     * @param group what the first source answered, {@link RingGroup#NEW_GROUP} for the first
     */
    public int share(int index, int group) throws IOException {
        return rings.share(index, group);
    }

    @Override
    public int fill(PacketBatch batch) throws IOException {
        if (wakeup.isAwake()) {
            batch.size = 0;
            return END;
        }
        int count = rings.fill(batch);
        for (int i = 0; i < count; i++) {
            bytesRead += batch.capturedLength[i];
        }
        return count;
    }

    /** Ends the source, also while it waits. Any thread. */
    public void interrupt() {
        wakeup.wake();
    }

    /** What the kernel took of an interface, and what it had no room for. Any thread. */
    public RingCounters counters(int index) {
        return rings.counters(index);
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
        rings.close();
        wakeup.close();
    }
}
