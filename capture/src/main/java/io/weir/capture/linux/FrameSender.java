package io.weir.capture.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Puts whole Ethernet frames on an interface, many by one call: the caller writes frame after frame, then sends them.
 * One thread; the interface is of the network that the thread is in.
 */
public abstract sealed class FrameSender implements AutoCloseable permits SocketSender, LiveFrameSender, DiscardSender {
    /** The longest frame. */
    public static final int LONGEST_FRAME_BYTES = 1514;

    /** By sendmmsg(2): works everywhere, and tells what the interface took. */
    public static FrameSender socket(String interfaceName) throws KernelException {
        return SocketSender.open(LinkDevice.of(interfaceName));
    }

    /**
     * By XDP frames, past everything that makes a packet expensive: about four times as many. The driver must take such
     * frames (of a veth: its peer must have an XDP program or GRO on); what it doesn't take vanishes without a word, so ask
     * the interface's counters.
     *
     * @param index of several on one interface, from 0: each sends from a CPU of its own as far as there are CPUs
     */
    public static FrameSender live(String interfaceName, int index) throws KernelException {
        return LiveFrameSender.open(LinkDevice.of(interfaceName), index);
    }

    /** Takes frames and sends none: for a rehearsal. */
    public static FrameSender discard() {
        return new DiscardSender();
    }

    /** The memory that the next frame is written to. */
    public abstract MemorySegment memory();

    /** Where the next frame begins in {@link #memory}: there is room for the longest unless {@link #isFull}. */
    public abstract long offset();

    /** Takes the frame that was written there, of 15 to {@link #LONGEST_FRAME_BYTES} bytes. */
    public abstract void add(int bytes);

    /** Frames taken since the last sending. */
    public abstract int count();

    /** Whether it must send before it takes another. */
    public abstract boolean isFull();

    /**
     * Sends the frames taken, in their order. What stood in memory stays until the next frame is taken, so that one not yet
     * taken can be moved to where the next begins.
     *
     * @return how many were handed over; fewer if the interface had no room for some
     */
    public abstract int send() throws IOException;

    /** Waits until all is out. */
    @Override
    public abstract void close() throws IOException;
}
