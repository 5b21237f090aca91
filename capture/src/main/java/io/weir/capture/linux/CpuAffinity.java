package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.concurrent.ThreadFactory;

/** The CPUs that a thread may run on (sched_setaffinity(2); of Linux, each thread's own). */
final class CpuAffinity {
    /** Room for 8,192 CPUs, the most that Linux is built for. */
    private static final int MASK_BYTES = 1_024;

    private CpuAffinity() {}

    /** Of the calling thread; none if the kernel doesn't say. */
    private static BitSet allowed() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
            long bytes = Kernel.call(SystemCall.SCHED_GETAFFINITY, 0, MASK_BYTES, mask.address());
            return bytes <= 0
                    ? new BitSet()
                    : BitSet.valueOf(mask.asSlice(0, bytes).asByteBuffer());
        }
    }

    /** Keeps the calling thread on one CPU; where that is refused all stays as it was. */
    private static void keepTo(int cpu) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
            mask.set(ValueLayout.JAVA_BYTE, cpu / Byte.SIZE, (byte) (1 << cpu % Byte.SIZE));
            Kernel.call(SystemCall.SCHED_SETAFFINITY, 0, MASK_BYTES, mask.address());
        }
    }

    /** Makes threads that share the {@code index}-th of the CPUs that the calling thread may run on, counted round. */
    static ThreadFactory threadsOnOne(int index) {
        int[] cpus = allowed().stream().toArray();
        return action -> new Thread(() -> {
            if (cpus.length > 1) {
                keepTo(cpus[index % cpus.length]);
            }
            action.run();
        });
    }
}
