package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An interface without link headers, whose cable this program holds (tuntap(4)); on the calling thread's network. */
final class TunDevice implements AutoCloseable {
    private static final long OPENAT = "aarch64".equals(System.getProperty("os.arch")) ? 56 : 257;
    private static final int AT_FDCWD = -100;
    private static final int O_RDWR = 2;
    private static final long TUNSETIFF = 0x400454caL;
    private static final short IFF_TUN_NO_INFO = 0x1001;

    private final Descriptor device;

    TunDevice(String name) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom("/dev/net/tun");
            device = Descriptor.of(
                    Kernel.call(OPENAT, AT_FDCWD, path.address(), O_RDWR, 0, 0, 0), "can't open /dev/net/tun");
            MemorySegment request = arena.allocate(LinkDevice.REQUEST_BYTES, Long.BYTES);
            Native.putText(request, 0, name, LinkDevice.NAME_BYTES);
            request.set(Native.SHORT, LinkDevice.NAME_BYTES, IFF_TUN_NO_INFO);
            KernelException.check(
                    Kernel.call(SystemCall.IOCTL, device.number(), TUNSETIFF, request.address()), "can't make " + name);
        }
    }

    /** What comes in on the interface. */
    void send(byte[] packet) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(Native.BYTE, packet);
            KernelException.check(
                    Kernel.call(SystemCall.WRITE, device.number(), bytes.address(), packet.length), "test packet");
        }
    }

    @Override
    public void close() {
        device.close();
    }
}
