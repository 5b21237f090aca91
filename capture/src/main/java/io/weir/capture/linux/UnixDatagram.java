package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Datagrams to a Unix socket, which the JDK knows streams of only. Any thread. */
public final class UnixDatagram {
    /** Bytes of a path, without the zero that ends it (unix(7)). */
    static final int PATH_MAXIMUM = 107;

    private static final int PATH_AT = 2;

    private UnixDatagram() {}

    /**
     * Sends one.
     *
     * @param socket a path, or an abstract name after {@code @}; up to {@value #PATH_MAXIMUM} bytes
     * @param whom it is for, for people
     * @throws KernelException if nobody takes it
     */
    public static void send(String socket, byte[] text, String whom) throws KernelException {
        byte[] path = socket.getBytes(StandardCharsets.UTF_8);
        if (path.length == 0 || path.length > PATH_MAXIMUM) {
            throw KernelException.of("can't reach " + whom + " at " + socket, Errno.EINVAL);
        }
        try (Descriptor descriptor = Descriptor.socket(
                        Sockets.AF_UNIX, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0, "can't reach " + whom);
                Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(arena, path);
            MemorySegment message = arena.allocate(Math.max(1, text.length));
            MemorySegment.copy(text, 0, message, Native.BYTE, 0, text.length);
            long sent = Kernel.call(
                    SystemCall.SENDTO,
                    descriptor.number(),
                    message.address(),
                    text.length,
                    0,
                    address.address(),
                    address.byteSize());
            if (sent < 0) {
                throw KernelException.of("can't reach " + whom + " at " + socket, (int) -sent);
            }
        }
    }

    /** struct sockaddr_un (unix(7)): an abstract name ends with the length, a path with a zero byte. */
    static MemorySegment address(Arena arena, byte[] path) {
        boolean isAbstract = path[0] == '@';
        MemorySegment address = arena.allocate(PATH_AT + path.length + (isAbstract ? 0L : 1L), Long.BYTES);
        address.set(Native.SHORT, 0, (short) Sockets.AF_UNIX);
        MemorySegment.copy(path, 0, address, Native.BYTE, PATH_AT, path.length);
        if (isAbstract) {
            address.set(Native.BYTE, PATH_AT, (byte) 0);
        }
        return address;
    }
}
