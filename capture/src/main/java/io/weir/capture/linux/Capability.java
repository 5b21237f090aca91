package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a thread may do that others may not (capabilities(7)); only those that Weir can use.
 *
 * <pre>
 *   struct __user_cap_header_struct  | version 4 | thread 4 |
 *   struct __user_cap_data_struct    | effective 4 | permitted 4 | inheritable 4 |   twice: bits 0 to 31, 32 to 63
 * </pre>
 */
public enum Capability {
    /** Rules, queues, promiscuous interfaces, large socket buffers. */
    CAP_NET_ADMIN(12),
    /** Capturing. */
    CAP_NET_RAW(13),
    /** Programs of the kernel's packet path. */
    CAP_BPF(39);

    private static final int VERSION_3 = 0x20080522;
    private static final int HEADER_BYTES = 8;
    private static final int DATA_BYTES = 24;
    private static final int UPPER = 12;
    private static final int PERMITTED = 4;
    private static final int INHERITABLE = 8;

    private final int bit;

    Capability(int bit) {
        this.bit = bit;
    }

    /** Those that the calling thread can use now. */
    public static Set<Capability> effective() throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = call(SystemCall.CAPGET, arena, arena.allocate(DATA_BYTES, Integer.BYTES));
            long bits = Native.i32(data, 0) & 0xffff_ffffL | (long) Native.i32(data, UPPER) << Integer.SIZE;
            Set<Capability> found = EnumSet.noneOf(Capability.class);
            for (Capability capability : values()) {
                if ((bits >>> capability.bit & 1) != 0) {
                    found.add(capability);
                }
            }
            return found;
        }
    }

    /**
     * Takes every other privilege from the calling thread, and so from the threads that it starts from now on, for good.
     * Threads that run already keep theirs.
     */
    public static void keepOnly(Set<Capability> kept) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = call(SystemCall.CAPGET, arena, arena.allocate(DATA_BYTES, Integer.BYTES));
            long wanted = 0;
            for (Capability capability : kept) {
                wanted |= 1L << capability.bit;
            }
            for (int half = 0; half < 2; half++) {
                int bits = (int) (wanted >>> half * Integer.SIZE);
                long at = (long) half * UPPER;
                data.set(Native.INT, at, Native.i32(data, at) & bits);
                data.set(Native.INT, at + PERMITTED, Native.i32(data, at + PERMITTED) & bits);
                data.set(Native.INT, at + INHERITABLE, 0);
            }
            call(SystemCall.CAPSET, arena, data);
        }
    }

    private static MemorySegment call(SystemCall call, Arena arena, MemorySegment data) throws KernelException {
        MemorySegment header = arena.allocate(HEADER_BYTES, Integer.BYTES);
        header.set(Native.INT, 0, VERSION_3);
        KernelException.check(
                Kernel.call(call, header.address(), data.address(), 0),
                call == SystemCall.CAPGET ? "can't read the capabilities" : "can't give up capabilities");
        return data;
    }
}
