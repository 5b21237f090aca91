package io.weir.capture.linux;

import io.weir.filter.packet.PacketBatch;
import java.lang.foreign.MemorySegment;

/**
 * A ring of blocks (TPACKET_V3): packed closely and handed over many at a time, for those who only watch. Blocks go back
 * to the kernel when the next batch is taken.
 *
 * <p>An interface that isn't Ethernet gives IP packets without a link header; what else it carries is left out.
 *
 * <pre>
 *   block  | version 4 | private 4 | status 4 | packets 4 | first packet 4 | … |   the kernel's until its status says so
 * </pre>
 */
final class BlockRing extends PacketRing {
    /** Of a block's state in the block. */
    private static final int STATUS = 8;

    private static final int PACKETS = 12;
    private static final int FIRST = 16;

    private final MemorySegment ring;
    private final int blockCount;

    /** The first block that batches may still point into, and how many follow it; the newest may be half read. */
    private int firstHeld;

    private int held;
    private long position;
    private int left;

    BlockRing(PacketSocket socket, int interfaceIndex) {
        super(socket, interfaceIndex, STATUS);
        ring = socket.memory();
        blockCount = (int) (ring.byteSize() / PacketSocket.BLOCK_BYTES);
    }

    @Override
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

    /** Begins the next block. Half of the ring stays with the kernel, however short blocks are. */
    private boolean begin() {
        int block = next();
        if (held >= blockCount / 2 || !isOfUser(ring, (long) block * PacketSocket.BLOCK_BYTES + STATUS)) {
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
            giveBack(ring, base + STATUS);
            firstHeld = (firstHeld + 1) % blockCount;
        }
        held -= read;
    }

    private int take(PacketBatch batch, int first) {
        int end = isEthernet() ? takeFrames(batch, first) : takePackets(batch, first);
        mark(batch, first, end);
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
                frame = RingFrame.restoreTag(
                        memory, frame, RingFrame.tagType(memory, header), RingFrame.tag(memory, header));
                captured += RingFrame.tagBytes();
                length += RingFrame.tagBytes();
            }
            countSegments(memory, frame, length);
            place(batch, i, frame, captured, length, RingFrame.timestampNanos(memory, header));
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
                counters().countOther();
                continue;
            }
            place(
                    batch,
                    i++,
                    RingFrame.frame(ring, header),
                    RingFrame.captured(ring, header),
                    RingFrame.length(ring, header),
                    RingFrame.timestampNanos(ring, header));
        }
        return i;
    }
}
