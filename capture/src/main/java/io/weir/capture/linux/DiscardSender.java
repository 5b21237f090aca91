package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Takes frames as a {@link SocketSender} does, and sends none. */
final class DiscardSender extends FrameSender {
    private static final int SLOTS = 256;
    private static final int SLOT_BYTES = 1536;

    private final MemorySegment frames = Arena.ofAuto().allocate((long) SLOTS * SLOT_BYTES, 64);
    private int count;

    @Override
    public MemorySegment memory() {
        return frames;
    }

    @Override
    public long offset() {
        return (long) count * SLOT_BYTES;
    }

    @Override
    public void add(int bytes) {
        count++;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public boolean isFull() {
        return count == SLOTS;
    }

    @Override
    public int send() {
        int taken = count;
        count = 0;
        return taken;
    }

    @Override
    public void close() {}
}
