package io.weir.capture.load;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Collects bytes, then moves them to native memory. */
final class PayloadBank {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Slice add(byte[] more) {
        Slice slice = new Slice(bytes.size(), more.length);
        bytes.writeBytes(more);
        return slice;
    }

    MemorySegment toMemory() {
        MemorySegment memory = Arena.global().allocate(bytes.size());
        MemorySegment.copy(bytes.toByteArray(), 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.size());
        return memory.asReadOnly();
    }
}
