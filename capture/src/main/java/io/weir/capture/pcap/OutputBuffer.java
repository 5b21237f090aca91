package io.weir.capture.pcap;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** Collects little-endian fields and frames in native memory and writes them out a buffer at a time. */
final class OutputBuffer implements AutoCloseable {
    private static final int CAPACITY = 1 << 20;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final WritableByteChannel channel;
    private final NativeBuffer buffer = new NativeBuffer(CAPACITY);
    private final MemorySegment memory = buffer.memory();
    private int position;

    OutputBuffer(WritableByteChannel channel) {
        this.channel = channel;
    }

    OutputBuffer putLong(long value) throws IOException {
        makeRoom(Long.BYTES);
        memory.set(LONG, position, value);
        position += Long.BYTES;
        return this;
    }

    OutputBuffer putInt(int value) throws IOException {
        makeRoom(Integer.BYTES);
        memory.set(INT, position, value);
        position += Integer.BYTES;
        return this;
    }

    OutputBuffer putShort(int value) throws IOException {
        makeRoom(Short.BYTES);
        memory.set(SHORT, position, (short) value);
        position += Short.BYTES;
        return this;
    }

    OutputBuffer putByte(int value) throws IOException {
        makeRoom(1);
        memory.set(ValueLayout.JAVA_BYTE, position, (byte) value);
        position++;
        return this;
    }

    /** Any length: what is larger than the buffer goes out in pieces. */
    OutputBuffer putBytes(MemorySegment source, long offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            makeRoom(1);
            int piece = Math.min(length - done, CAPACITY - position);
            MemorySegment.copy(source, offset + done, memory, position, piece);
            position += piece;
            done += piece;
        }
        return this;
    }

    void flush() throws IOException {
        ByteBuffer bytes = buffer.bytes();
        bytes.limit(position).position(0);
        // Emptied first: after a failed write the rest is lost, not written again by close.
        position = 0;
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private void makeRoom(int bytes) throws IOException {
        if (CAPACITY - position < bytes) {
            flush();
        }
    }

    /** Writes what is left and closes the channel. */
    @Override
    public void close() throws IOException {
        try (channel) {
            flush();
        } finally {
            buffer.close();
        }
    }
}
