package io.weir.capture.linux;

import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The packets of one interface, in a ring that the kernel fills (TPACKET_V3) and that batches point into: nothing is
 * copied. Blocks go back to the kernel when the next batch is taken. Used by one thread, but for {@link
 * #counters}.
 *
 * <p>A VLAN tag that the kernel or the network card took out stands in the frame again. An interface that isn't Ethernet
 * gives IP packets without a link header; what else it carries is left out. Timestamps are the kernel's.
 *
 * <pre>
 *   block  | version 4 | private 4 | status 4 | packets 4 | first packet 4 | … |   the kernel's until its status says so
 * </pre>
 */
final class PacketRing implements AutoCloseable {
    private static final int STATUS = 8;
    private static final int PACKETS = 12;
    private static final int FIRST = 16;

    private static final int STATUS_KERNEL = 0;
    private static final int STATUS_USER = 1;
    private static final VarHandle STATUS_WORD = ValueLayout.JAVA_INT.varHandle();

    private final PacketSocket socket;
    private final MemorySegment ring;
    private final int blockCount;
    private final int linkType;
    private final int interfaceIndex;
    private final RingCounters counters;

    /** The first block that batches may still point into, and how many follow it; the newest may be half read. */
    private int firstHeld;

    private int held;
    private long position;
    private int left;

    private PacketRing(PacketSocket socket, int interfaceIndex) {
        this.socket = socket;
        this.interfaceIndex = interfaceIndex;
        ring = socket.ring();
        blockCount = (int) (ring.byteSize() / PacketSocket.BLOCK_BYTES);
        linkType = socket.device().isEthernet() ? LinkType.ETHERNET : LinkType.RAW;
        counters = new RingCounters(socket);
    }

    /**
     * Opens a ring.
     *
     * @param interfaceIndex of its packets in batches
     * @throws KernelException if the interface isn't there, or the process may not
     */
    static PacketRing open(RingSettings settings, int interfaceIndex) throws KernelException {
        return new PacketRing(PacketSocket.open(settings), interfaceIndex);
    }

    /**
     * Fills a batch from what is there.
     *
     * @return packets
     */
    int take(PacketBatch batch) {
        release();
        batch.frames = ring;
        int count = 0;
        while (count < PacketBatch.CAPACITY && (left > 0 || begin())) {
            count = take(batch, count);
        }
        batch.size = count;
        return count;
    }

    private int next() {
        return (firstHeld + held) % blockCount;
    }

    private boolean isReady(int block) {
        return isOfUser(ring, block);
    }

    private static boolean isOfUser(MemorySegment ring, int block) {
        return ((int) STATUS_WORD.getAcquire(ring, (long) block * PacketSocket.BLOCK_BYTES + STATUS) & STATUS_USER)
                != 0;
    }

    /** Blocks of a ring that the kernel has filled and not got back; any thread. */
    static int blocksOfUser(MemorySegment ring) {
        int count = 0;
        for (int block = 0; block < ring.byteSize() / PacketSocket.BLOCK_BYTES; block++) {
            count += isOfUser(ring, block) ? 1 : 0;
        }
        return count;
    }

    /** Begins the next block. Half of the ring stays with the kernel, however short blocks are. */
    private boolean begin() {
        int block = next();
        if (held >= blockCount / 2 || !isReady(block)) {
            return false;
        }
        long base = (long) block * PacketSocket.BLOCK_BYTES;
        held++;
        left = Native.i32(ring, base + PACKETS);
        position = base + Native.i32(ring, base + FIRST);
        return true;
    }

    private void release() {
        int read = left > 0 ? held - 1 : held;
        for (int i = 0; i < read; i++) {
            long base = (long) firstHeld * PacketSocket.BLOCK_BYTES;
            STATUS_WORD.setRelease(ring, base + STATUS, STATUS_KERNEL);
            firstHeld = (firstHeld + 1) % blockCount;
        }
        held -= read;
    }

    private int take(PacketBatch batch, int first) {
        int end = linkType == LinkType.ETHERNET ? takeFrames(batch, first) : takePackets(batch, first);
        Arrays.fill(batch.linkType, first, end, linkType);
        Arrays.fill(batch.interfaceIndex, first, end, interfaceIndex);
        return end;
    }

    private int takeFrames(PacketBatch batch, int first) {
        MemorySegment memory = ring;
        long header = position;
        int end = Math.min(PacketBatch.CAPACITY, first + left);
        for (int i = first; i < end; i++) {
            int captured = RingFrame.captured(memory, header);
            int length = RingFrame.length(memory, header);
            long frame = RingFrame.frame(memory, header);
            if (RingFrame.isTagged(memory, header)) {
                frame = RingFrame.restoreTag(memory, header);
                captured += RingFrame.tagBytes();
                length += RingFrame.tagBytes();
            }
            if (RingFrame.segmentBytes(memory, frame) > 0) {
                counters.countSegments(RingFrame.segments(memory, frame, length));
            }
            batch.frameOffset[i] = frame;
            batch.capturedLength[i] = captured;
            batch.wireLength[i] = length;
            batch.timestampNanos[i] = RingFrame.timestampNanos(memory, header);
            header += RingFrame.next(memory, header);
        }
        position = header;
        left -= end - first;
        return end;
    }

    private int takePackets(PacketBatch batch, int first) {
        int i = first;
        for (; left > 0 && i < PacketBatch.CAPACITY; left--) {
            long header = position;
            position = header + RingFrame.next(ring, header);
            if (!RingFrame.isIp(ring, header)) {
                counters.countOther();
                continue;
            }
            batch.frameOffset[i] = RingFrame.frame(ring, header);
            batch.capturedLength[i] = RingFrame.captured(ring, header);
            batch.wireLength[i] = RingFrame.length(ring, header);
            batch.timestampNanos[i] = RingFrame.timestampNanos(ring, header);
            i++;
        }
        return i;
    }

    /**
     * After an error on the socket: one that is down comes up again.
     *
     * @throws KernelException if the interface is gone for good, or another has its name now
     */
    void requireAlive() throws KernelException {
        String name = socket.device().name();
        int error = socket.takeError();
        if (error != 0 && error != Errno.ENETDOWN) {
            throw KernelException.of("capturing on " + name + " ended", error);
        }
        if (LinkDevice.of(name).index() != socket.device().index()) {
            throw KernelException.of(
                    "capturing on " + name + " ended", Errno.ENODEV, "it was removed, and another has its name now");
        }
    }

    PacketSocket socket() {
        return socket;
    }

    /** What was counted; any thread. */
    RingCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        counters.close();
        socket.close();
    }
}
