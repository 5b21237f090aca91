package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a ring took and what it couldn't take. Any thread may ask.
 *
 * <pre>
 *   struct tpacket_stats_v3  | packets 4 | drops 4 | freezes 4 |   since it was read last
 * </pre>
 */
public final class RingCounters {
    private static final int STATISTICS_BYTES = 12;

    private final PacketSocket socket;
    private final int blocks;
    private final int status;
    private final MemorySegment statistics = Arena.ofAuto().allocate(STATISTICS_BYTES, Integer.BYTES);
    private final AtomicLong otherPackets = new AtomicLong();
    private final AtomicLong moreSegments = new AtomicLong();
    private long offeredPackets;
    private long lostPackets;
    private boolean isClosed;

    /** @param status where in a block it says whose it is */
    RingCounters(PacketSocket socket, int status) {
        this.socket = socket;
        this.status = status;
        this.blocks = (int) (socket.ringBytes() / PacketSocket.BLOCK_BYTES);
    }

    /** What isn't IP, on an interface without a link header. */
    void countOther() {
        otherPackets.lazySet(otherPackets.getPlain() + 1);
    }

    void countSegments(int segments) {
        moreSegments.lazySet(moreSegments.getPlain() + segments - 1);
    }

    private void update() throws KernelException {
        if (!isClosed) {
            socket.readStatistics(statistics);
            offeredPackets += Native.i32(statistics, 0) & 0xffff_ffffL;
            lostPackets += Native.i32(statistics, 4) & 0xffff_ffffL;
        }
    }

    /** Packets that passed the filter, those lost among them. */
    public synchronized long offeredPackets() throws KernelException {
        update();
        return offeredPackets;
    }

    /** Packets that the ring had no room for. */
    public synchronized long lostPackets() throws KernelException {
        update();
        return lostPackets;
    }

    /** Blocks of the ring that hold packets not yet judged, or being judged. */
    public synchronized int waitingBlocks() {
        int waiting = 0;
        for (int block = 0; block < blocks && !isClosed; block++) {
            waiting += PacketRing.isOfUser(socket.memory(), (long) block * PacketSocket.BLOCK_BYTES + status) ? 1 : 0;
        }
        return waiting;
    }

    /** Blocks of the ring. */
    public int blocks() {
        return blocks;
    }

    /** Packets left out because they aren't IP, on an interface without a link header. */
    public long otherPackets() {
        return otherPackets.get();
    }

    /** So many more packets are on the wire than were given, because the host cuts or glues segments in its card. */
    public long moreSegments() {
        return moreSegments.get();
    }

    synchronized void close() {
        isClosed = true;
    }
}
