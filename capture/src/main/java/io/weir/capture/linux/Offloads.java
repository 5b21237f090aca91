package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What an interface's card does by itself and must not, for as long as needed (ethtool(8), include/uapi/linux/ethtool.h).
 *
 * <pre>
 *   struct ethtool_value  | command 4 | flags 4 |
 * </pre>
 */
final class Offloads {
    /** Joins segments on arrival without saying where they were joined: they could not be sent on. */
    static final int LRO = 1 << 15;

    private static final int SIOCETHTOOL = 0x8946;
    private static final int GET_FLAGS = 0x25;
    private static final int SET_FLAGS = 0x26;
    private static final int VALUE_BYTES = 8;

    private final String name;
    private final int turnedOff;

    private Offloads(String name, int turnedOff) {
        this.name = name;
        this.turnedOff = turnedOff;
    }

    static Offloads turnOffLro(String name) throws KernelException {
        return turnOff(name, LRO);
    }

    /** @param flags bits of {@code ETH_FLAG} */
    static Offloads turnOff(String name, int flags) throws KernelException {
        int before = flags(name);
        if ((before & flags) != 0) {
            setFlags(name, before & ~flags);
        }
        return new Offloads(name, before & flags);
    }

    /** Turns on again what was on. An interface that is gone needs nothing. */
    void restore() {
        try {
            if (turnedOff != 0) {
                setFlags(name, flags(name) | turnedOff);
            }
        } catch (KernelException gone) {
            // Or it doesn't let itself be set any more: its owner knows.
        }
    }

    static int flags(String name) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(VALUE_BYTES, Integer.BYTES);
            value.set(Native.INT, 0, GET_FLAGS);
            long result = ask(name, value, arena);
            // A driver that knows no such flags has none on.
            if (result == -Errno.EOPNOTSUPP) {
                return 0;
            }
            KernelException.check(result, "can't read the offloads of " + name);
            return Native.i32(value, Integer.BYTES);
        }
    }

    private static void setFlags(String name, int flags) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(VALUE_BYTES, Integer.BYTES);
            value.set(Native.INT, 0, SET_FLAGS);
            value.set(Native.INT, Integer.BYTES, flags);
            KernelException.check(ask(name, value, arena), "can't set the offloads of " + name);
        }
    }

    private static long ask(String name, MemorySegment value, Arena arena) throws KernelException {
        MemorySegment request = arena.allocate(LinkDevice.REQUEST_BYTES, Long.BYTES);
        Native.putText(request, 0, name, LinkDevice.NAME_BYTES);
        request.set(Native.LONG, LinkDevice.NAME_BYTES, value.address());
        try (Descriptor socket =
                Descriptor.socket(Sockets.AF_INET, Sockets.SOCK_DGRAM, 0, "can't make a socket to ask with")) {
            return Kernel.call(SystemCall.IOCTL, socket.number(), SIOCETHTOOL, request.address());
        }
    }
}
