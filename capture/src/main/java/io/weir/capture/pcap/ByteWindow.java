package io.weir.capture.pcap;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * A window of native memory that slides over an input. Bytes from {@code position} to {@code limit} are there; they stay
 * where they are until {@link #need} or {@link #skip} has to read.
 *
 * <pre>
 *   0            position               limit        capacity
 *   | delivered  | read, not yet parsed |    room    |
 * </pre>
 *
 * <p>A plain read into one buffer beats mapping the file: same speed, and a file that shrinks meanwhile is an end of
 * input, not a signal that kills the process.
 */
final class ByteWindow implements AutoCloseable {
    /** Large enough for four records of the largest legal size, small enough to stay in the second-level cache. */
    static final int INITIAL_CAPACITY = 1 << 20;

    private NativeBuffer buffer = new NativeBuffer(INITIAL_CAPACITY);
    private ReadableByteChannel channel;
    private long position;
    private long limit;
    /** Offset in the input of the first byte of the memory. */
    private long memoryOffset;

    ByteWindow(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /** Starts over on another input; the one before isn't closed. */
    void attach(ReadableByteChannel channel) {
        this.channel = channel;
        position = 0;
        limit = 0;
        memoryOffset = 0;
    }

    MemorySegment memory() {
        return buffer.memory();
    }

    long position() {
        return position;
    }

    /** Moves within what is there: {@code position <= newPosition <= limit}. */
    void position(long newPosition) {
        position = newPosition;
    }

    long limit() {
        return limit;
    }

    long available() {
        return limit - position;
    }

    /** Offset in the input of the byte at {@link #position}. */
    long offset() {
        return memoryOffset + position;
    }

    /**
     * Reads until so many bytes are available. Frames delivered before are gone afterwards.
     *
     * @return false if the input ends before
     */
    boolean need(long bytes) throws IOException {
        while (available() < bytes) {
            if (!read()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Moves over bytes without keeping them.
     *
     * @return false if the input ends before
     */
    boolean skip(long bytes) throws IOException {
        long left = bytes;
        while (available() < left) {
            left -= available();
            position = limit;
            if (!read()) {
                return false;
            }
        }
        position += left;
        return true;
    }

    private boolean read() throws IOException {
        makeRoom();
        ByteBuffer room = buffer.bytes();
        room.limit(room.capacity()).position((int) limit);
        int count = channel.read(room);
        if (count < 0) {
            return false;
        }
        limit += count;
        return true;
    }

    /** The tail moves to the front only when half the room is gone: a pipe's short reads must not move it each time. */
    private void makeRoom() {
        if (position > 0 && (limit == position || limit > buffer.capacity() / 2)) {
            MemorySegment.copy(buffer.memory(), position, buffer.memory(), 0, limit - position);
            memoryOffset += position;
            limit -= position;
            position = 0;
        }
        if (limit == buffer.capacity()) {
            grow();
        }
    }

    /** Only a full window grows: what a record announces costs nothing until its bytes are there. */
    private void grow() {
        NativeBuffer larger = new NativeBuffer(buffer.capacity() * 2);
        MemorySegment.copy(buffer.memory(), 0, larger.memory(), 0, limit);
        buffer.close();
        buffer = larger;
    }

    @Override
    public void close() {
        buffer.close();
    }
}
