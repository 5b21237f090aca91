package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The time that the kernel stamps packets with (clock_gettime(2)), for packets that it didn't stamp. One thread. */
public final class WallClock {
    private static final int CLOCK_REALTIME = 0;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final MemorySegment now = Arena.ofAuto().allocate(16, Long.BYTES);

    /** Nanoseconds since the epoch. */
    public long nanos() {
        Kernel.call(SystemCall.CLOCK_GETTIME, CLOCK_REALTIME, now.address(), 0);
        return now.get(Native.LONG, 0) * NANOS_PER_SECOND + now.get(Native.LONG, Long.BYTES);
    }
}
