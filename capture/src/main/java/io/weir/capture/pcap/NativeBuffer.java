package io.weir.capture.pcap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Native memory with both faces, the one that packets need and the one that channels take. Freed when closed. */
final class NativeBuffer implements AutoCloseable {
    private static final int CACHE_LINE_BYTES = 64;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final ByteBuffer bytes;

    NativeBuffer(long capacity) {
        memory = arena.allocate(capacity, CACHE_LINE_BYTES);
        bytes = memory.asByteBuffer();
    }

    MemorySegment memory() {
        return memory;
    }

    /** The same buffer each time; position and limit are the caller's. */
    ByteBuffer bytes() {
        return bytes;
    }

    long capacity() {
        return memory.byteSize();
    }

    @Override
    public void close() {
        arena.close();
    }
}
