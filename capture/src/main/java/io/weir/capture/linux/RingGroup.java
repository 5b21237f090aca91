package io.weir.capture.linux;

import io.weir.filter.packet.PacketBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * Rings of one or several interfaces, which take turns at filling batches; a batch is of one interface. Used by one
 * thread, but for {@link #counters}.
 */
public final class RingGroup implements AutoCloseable {
    /** Of {@link #share}: 0 is the number of the first group after the kernel's start. */
    public static final int NEW_GROUP = -1;

    /** How often the pipeline hears that there is nothing: at the pace of its ticks. */
    private static final long IDLE_NANOS = 8_000_000L;

    private final List<PacketRing> rings;
    private final Poller poller;
    private final Wakeup wakeup;
    /** Of the next batch, and of the last. */
    private int next;

    private int current;

    private RingGroup(List<PacketRing> rings, Wakeup wakeup) {
        this.rings = rings;
        this.wakeup = wakeup;
        List<Descriptor> waited = new ArrayList<>(
                rings.stream().map(ring -> ring.socket().descriptor()).toList());
        waited.add(wakeup.event());
        poller = new Poller(waited.toArray(Descriptor[]::new));
    }

    /**
     * Opens a ring for each of these; a batch's {@code interfaceIndex} counts in this list.
     *
     * @param wakeup ends {@link #fill}; the caller's
     * @throws KernelException if an interface isn't there, or the process may not
     */
    public static RingGroup open(List<RingSettings> settings, Wakeup wakeup) throws KernelException {
        List<PacketRing> rings = new ArrayList<>();
        try {
            for (RingSettings one : settings) {
                rings.add(PacketRing.open(one, rings.size()));
            }
            return new RingGroup(rings, wakeup);
        } catch (KernelException e) {
            rings.forEach(PacketRing::close);
            throw e;
        }
    }

    /**
     * Shares an interface with other rings, each of which then gets part of its flows, both directions of each.
     *
     * @param index of the interface
     * @param group what the first ring of the group answered, {@link #NEW_GROUP} for the first
     * @return the group's number
     */
    public int share(int index, int group) throws KernelException {
        return rings.get(index).socket().join(group);
    }

    /**
     * Fills a batch from what is there, and waits for a moment if there is nothing.
     *
     * @return packets, 0 if none came
     * @throws KernelException if an interface is gone for good; one that is down is waited for
     */
    public int fill(PacketBatch batch) throws KernelException {
        int count = take(batch);
        if (count == 0 && !wakeup.isAwake()) {
            poller.await(IDLE_NANOS);
            for (int i = 0; i < rings.size(); i++) {
                if (poller.hasError(i)) {
                    rings.get(i).requireAlive();
                }
            }
            count = take(batch);
        }
        return count;
    }

    private int take(PacketBatch batch) throws KernelException {
        int count = 0;
        for (int i = 0; i < rings.size() && count == 0; i++) {
            current = next;
            next = next + 1 == rings.size() ? 0 : next + 1;
            PacketRing ring = rings.get(current);
            count = ring.take(batch);
            // Also where the others always have something, so that nobody ever waits.
            if (count == 0 && ring.isSuspect()) {
                ring.requireAlive();
            }
        }
        return count;
    }

    /** Which interface the batch filled last is of. */
    int current() {
        return current;
    }

    PacketRing ring(int index) {
        return rings.get(index);
    }

    /** What an interface's ring counted; any thread. */
    public RingCounters counters(int index) {
        return rings.get(index).counters();
    }

    /** Packets that any of the rings had no room for; any thread. */
    public long lostPackets() throws KernelException {
        long sum = 0;
        for (PacketRing ring : rings) {
            sum += ring.counters().lostPackets();
        }
        return sum;
    }

    @Override
    public void close() {
        rings.forEach(PacketRing::close);
    }
}
