package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Waits for descriptors to have something to read (ppoll(2)). One thread.
 *
 * <pre>
 *   struct pollfd  | fd 4 | events 2 | returned events 2 |
 * </pre>
 */
final class Poller {
    private static final int ENTRY_BYTES = 8;
    private static final int EVENTS = 4;
    private static final int RETURNED = 6;
    private static final short POLLIN = 1;
    private static final int POLLERR = 8;

    private static final int TIMESPEC_BYTES = 16;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final MemorySegment entries;
    private final MemorySegment timeout = Arena.ofAuto().allocate(TIMESPEC_BYTES, Long.BYTES);
    private final int count;

    Poller(Descriptor... descriptors) {
        count = descriptors.length;
        entries = Arena.ofAuto().allocate((long) count * ENTRY_BYTES, Long.BYTES);
        for (int i = 0; i < count; i++) {
            entries.set(Native.INT, (long) i * ENTRY_BYTES, descriptors[i].number());
            entries.set(Native.SHORT, (long) i * ENTRY_BYTES + EVENTS, POLLIN);
        }
    }

    /** Waits at most so long. A signal ends it early, as if the time were over. */
    void await(long timeoutNanos) throws KernelException {
        timeout.set(Native.LONG, 0, timeoutNanos / NANOS_PER_SECOND);
        timeout.set(Native.LONG, Long.BYTES, timeoutNanos % NANOS_PER_SECOND);
        long result = Kernel.call(SystemCall.PPOLL, entries.address(), count, timeout.address(), 0, 0);
        if (result < 0 && result != -Errno.EINTR) {
            throw KernelException.of("can't wait for packets", (int) -result);
        }
    }

    /** Whether a descriptor had an error to tell of. */
    boolean hasError(int index) {
        return (Native.u16(entries, (long) index * ENTRY_BYTES + RETURNED) & POLLERR) != 0;
    }
}
