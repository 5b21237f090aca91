package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory for many datagrams, received by one call (recvmmsg(2)). One thread.
 *
 * <pre>
 *   struct mmsghdr  | name 8 | name bytes 4, padding 4 | vectors 8 | vector count 8 | control 8 | control bytes 8 |
 *                   | flags 4, padding 4 | received bytes 4, padding 4 |
 *   struct iovec    | base 8 | bytes 8 |
 * </pre>
 */
final class ReceiveSlots {
    static final int HEADER_BYTES = 64;
    static final int VECTOR_BYTES = 16;
    static final int VECTORS = 16;
    static final int VECTOR_COUNT = 24;

    private static final int RECEIVED = 56;
    /** All attributes beside the payload take less than half of this. */
    private static final int ATTRIBUTE_BYTES = 512;

    private final int count;
    private final int slotBytes;
    private final MemorySegment memory;
    private final MemorySegment headers;

    ReceiveSlots(int count, int payloadBytes) {
        this.count = count;
        slotBytes = payloadBytes + ATTRIBUTE_BYTES + 63 & ~63;
        // One for all: the vectors live as long as the headers that point to them.
        Arena arena = Arena.ofAuto();
        memory = arena.allocate((long) count * slotBytes, 64);
        headers = arena.allocate((long) count * HEADER_BYTES, Long.BYTES);
        MemorySegment vectors = arena.allocate((long) count * VECTOR_BYTES, Long.BYTES);
        for (int i = 0; i < count; i++) {
            long vector = (long) i * VECTOR_BYTES;
            vectors.set(Native.LONG, vector, memory.address() + (long) i * slotBytes);
            vectors.set(Native.LONG, vector + Long.BYTES, slotBytes);
            headers.set(Native.LONG, (long) i * HEADER_BYTES + VECTORS, vectors.address() + vector);
            headers.set(Native.LONG, (long) i * HEADER_BYTES + VECTOR_COUNT, 1);
        }
    }

    /**
     * Datagrams received, or an error negated.
     *
     * @param isWaiting for the first, as long as the socket's time-out says
     */
    int receive(Descriptor socket, boolean isWaiting) {
        int flags = isWaiting ? Sockets.MSG_WAITFORONE : Sockets.MSG_DONTWAIT;
        return (int) Kernel.call(SystemCall.RECVMMSG, socket.number(), headers.address(), count, flags, 0);
    }

    MemorySegment memory() {
        return memory;
    }

    long offset(int slot) {
        return (long) slot * slotBytes;
    }

    int length(int slot) {
        return Native.i32(headers, (long) slot * HEADER_BYTES + RECEIVED);
    }
}
