package io.weir.capture.linux;

import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The packets of one interface, in a ring that the kernel fills and that batches point into: nothing is copied. Used by
 * one thread, but for {@link #counters}.
 *
 * <p>A VLAN tag that the kernel or the network card took out stands in the frame again. Timestamps are the kernel's.
 */
abstract sealed class PacketRing implements AutoCloseable permits BlockRing, SlotRing {
    private static final int STATUS_KERNEL = 0;
    private static final int STATUS_USER = 1;
    private static final VarHandle STATUS_WORD = ValueLayout.JAVA_INT.varHandle();

    private final PacketSocket socket;
    private final int linkType;
    private final int interfaceIndex;
    private final RingCounters counters;
    /** Of a call of ours that took the socket's error away. */
    private int error;

    /** @param status where in a block it says whose the block, or its first packet, is */
    PacketRing(PacketSocket socket, int interfaceIndex, int status) {
        this.socket = socket;
        this.interfaceIndex = interfaceIndex;
        linkType = socket.device().isEthernet() ? LinkType.ETHERNET : LinkType.RAW;
        counters = new RingCounters(socket, status);
    }

    /**
     * Opens a ring.
     *
     * @param interfaceIndex of its packets in batches
     * @throws KernelException if the interface isn't there, or the process may not
     */
    static PacketRing open(RingSettings settings, int interfaceIndex) throws KernelException {
        PacketSocket socket = PacketSocket.open(settings);
        return settings.isPrompt() ? new SlotRing(socket, interfaceIndex) : new BlockRing(socket, interfaceIndex);
    }

    /**
     * Fills a batch from what is there.
     *
     * @return packets
     */
    abstract int take(PacketBatch batch);

    /** Whether the kernel has handed over what this word is the state of. */
    static boolean isOfUser(MemorySegment ring, long status) {
        return (status(ring, status) & STATUS_USER) != 0;
    }

    static int status(MemorySegment ring, long status) {
        return (int) STATUS_WORD.getAcquire(ring, status);
    }

    static void giveBack(MemorySegment ring, long status) {
        STATUS_WORD.setRelease(ring, status, STATUS_KERNEL);
    }

    /** Remembers what the socket complained of, for {@link #requireAlive}. */
    final void noteError(int number) {
        error = number;
    }

    /** Whether {@link #requireAlive} has something to look at that a poll doesn't tell. */
    boolean isSuspect() {
        return error != 0;
    }

    final boolean isEthernet() {
        return linkType == LinkType.ETHERNET;
    }

    /** Says of these packets of a batch what is the same for all. */
    final void mark(PacketBatch batch, int first, int end) {
        Arrays.fill(batch.linkType, first, end, linkType);
        Arrays.fill(batch.interfaceIndex, first, end, interfaceIndex);
    }

    /** A packet's row of a batch. */
    static void place(PacketBatch batch, int i, long frame, int captured, int length, long timestampNanos) {
        batch.frameOffset[i] = frame;
        batch.capturedLength[i] = captured;
        batch.wireLength[i] = length;
        batch.timestampNanos[i] = timestampNanos;
    }

    final void countSegments(MemorySegment memory, long frame, int length) {
        if (RingFrame.segmentBytes(memory, frame) > 0) {
            counters.countSegments(RingFrame.segments(memory, frame, length));
        }
    }

    /**
     * After an error on the socket: one that is down comes up again.
     *
     * @throws KernelException if the interface is gone for good, or another has its name now
     */
    void requireAlive() throws KernelException {
        String name = socket.device().name();
        int complaint = error != 0 ? error : socket.takeError();
        error = 0;
        if (complaint != 0 && complaint != Errno.ENETDOWN) {
            throw KernelException.of("capturing on " + name + " ended", complaint);
        }
        if (LinkDevice.of(name).index() != socket.device().index()) {
            throw KernelException.of(
                    "capturing on " + name + " ended", Errno.ENODEV, "it was removed, and another has its name now");
        }
    }

    final PacketSocket socket() {
        return socket;
    }

    /** What was counted; any thread. */
    final RingCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        counters.close();
        socket.close();
    }
}
