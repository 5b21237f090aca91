package io.weir.capture.linux;

import io.weir.filter.packet.PacketBatch;
import java.lang.foreign.MemorySegment;

/**
 * A ring of slots of one size (TPACKET_V2): each packet is handed over at once, so that one that passes waits for no
 * other. A slot holds a frame as long as the interface's MTU; of one that the kernel or the card joined from several it
 * holds the head, and the whole is read from the socket behind the ring. Ethernet alone.
 *
 * <pre>
 *   struct tpacket2_hdr  | status 4 | length 4 | captured 4 | frame 2 | network 2 | seconds 4 | nanoseconds 4 |
 *                        | VLAN tag 2 | VLAN type 2 | padding 4 |
 *   then as in {@link RingFrame}
 * </pre>
 */
final class SlotRing extends PacketRing {
    private static final int LENGTH = 4;
    private static final int CAPTURED = 8;
    private static final int FRAME = 12;
    private static final int SECONDS = 16;
    private static final int VLAN_TAG = 24;
    private static final int VLAN_TYPE = 26;

    /** The whole frame is to be read from the socket. */
    private static final int STATUS_COPY = 2;

    /** At the pace of idle looks: every quarter of a second or more often. */
    private static final int EMPTY_TAKES = 32;

    private final MemorySegment memory;
    private final int slotBytes;
    private final int slotsPerBlock;
    private final int slotCount;
    /** Where whole frames go that no slot holds: behind the ring, one after the other. */
    private final long wholeFrom;

    private long wholeAt;

    /** The first slot that the last batch still points into, and how many there are. */
    private int firstHeld;

    private int held;

    /** Takes in a row without a packet, and what was lost at the last of so many. */
    private int emptyTakes;

    private long lostWhenEmpty = -1;
    private boolean isStuck;

    SlotRing(PacketSocket socket, int interfaceIndex) {
        super(socket, interfaceIndex, 0);
        memory = socket.memory();
        slotBytes = socket.slotBytes();
        slotsPerBlock = PacketSocket.BLOCK_BYTES / slotBytes;
        slotCount = slotsPerBlock * (int) (socket.ringBytes() / PacketSocket.BLOCK_BYTES);
        wholeFrom = socket.ringBytes();
    }

    @Override
    int take(PacketBatch batch) {
        release();
        batch.frames = memory;
        wholeAt = wholeFrom;
        int count = 0;
        while (count < PacketBatch.CAPACITY) {
            long slot = slot(firstHeld + held);
            int status = status(memory, slot);
            if (status == 0 || (status & STATUS_COPY) != 0 && memory.byteSize() - wholeAt < PacketSocket.WHOLE_ROOM) {
                break;
            }
            held++;
            take(batch, count++, slot, status);
        }
        mark(batch, 0, count);
        batch.size = count;
        if (count > 0) {
            emptyTakes = 0;
            lostWhenEmpty = -1;
        } else if (++emptyTakes >= EMPTY_TAKES) {
            lookWhetherStuck();
        }
        return count;
    }

    /** Twice in a row without a packet between. */
    private void lookWhetherStuck() {
        emptyTakes = 0;
        try {
            long lost = counters().lostPackets();
            isStuck = lostWhenEmpty >= 0 && lost > lostWhenEmpty && status(memory, slot(firstHeld)) == 0;
            lostWhenEmpty = lost;
        } catch (KernelException gone) {
            noteError(gone.errorNumber());
        }
    }

    private long slot(int number) {
        int slot = number >= slotCount ? number - slotCount : number;
        return (long) (slot / slotsPerBlock) * PacketSocket.BLOCK_BYTES + (long) (slot % slotsPerBlock) * slotBytes;
    }

    private void release() {
        for (int i = 0; i < held; i++) {
            giveBack(memory, slot(firstHeld + i));
        }
        firstHeld = (firstHeld + held) % slotCount;
        held = 0;
    }

    private void take(PacketBatch batch, int i, long slot, int status) {
        long frame = slot + Native.u16(memory, slot + FRAME);
        int captured = Native.i32(memory, slot + CAPTURED);
        int length = Native.i32(memory, slot + LENGTH);
        if ((status & STATUS_COPY) != 0) {
            int read = readWhole();
            if (read > 0) {
                frame = wholeAt + PacketSocket.TAG_ROOM + RingFrame.VNET_BYTES;
                captured = read - RingFrame.VNET_BYTES;
                wholeAt += PacketSocket.TAG_ROOM + read + 63 & ~63;
            }
        }
        if ((status & RingFrame.STATUS_VLAN_VALID) != 0) {
            int type = RingFrame.tagType(status, Native.u16(memory, slot + VLAN_TYPE));
            frame = RingFrame.restoreTag(memory, frame, type, Native.u16(memory, slot + VLAN_TAG));
            captured += RingFrame.tagBytes();
            length += RingFrame.tagBytes();
        }
        countSegments(memory, frame, length);
        place(batch, i, frame, captured, length, RingFrame.timeNanos(memory, slot + SECONDS));
    }

    /** Reads the next frame that no slot held: they wait in the order of their slots. Bytes, or an error negated. */
    private int readWhole() {
        int read = receive();
        if (read < 0 && read != -Errno.EAGAIN) {
            // The socket's own complaint, such as of an interface that went down: the frame still waits.
            noteError(-read);
            read = receive();
        }
        return read;
    }

    private int receive() {
        return (int) Kernel.call(
                SystemCall.RECVFROM,
                socket().descriptor().number(),
                memory.address() + wholeAt + PacketSocket.TAG_ROOM,
                PacketSocket.WHOLE_ROOM - PacketSocket.TAG_ROOM,
                Sockets.MSG_DONTWAIT,
                0);
    }

    /**
     * The kernel gives up a slot for ever whose frame it can't describe (of a kind of segmentation that its header doesn't
     * know), and with it the ring: then packets are lost while there is room for them.
     */
    @Override
    boolean isSuspect() {
        return super.isSuspect() || isStuck;
    }

    @Override
    void requireAlive() throws KernelException {
        super.requireAlive();
        if (isStuck) {
            throw KernelException.of(
                    "capturing on " + socket().device().name() + " ended",
                    Errno.EIO,
                    "the kernel puts nothing into its ring any more, after a frame that it can't describe; start weir again");
        }
    }
}
