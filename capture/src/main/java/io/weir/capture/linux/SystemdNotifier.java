package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Tells systemd how a service fares (sd_notify(3)): datagrams to the socket that {@code NOTIFY_SOCKET} names. Without one
 * everything here does nothing. Any thread.
 */
public final class SystemdNotifier {
    private static final int PATH_MAXIMUM = 107;
    private static final int PATH_AT = 2;

    private final @Nullable String socket;

    private SystemdNotifier(@Nullable String socket) {
        this.socket = socket;
    }

    /** @param socket what {@code NOTIFY_SOCKET} says: a path, or an abstract name after {@code @}; null for none */
    public static SystemdNotifier of(@Nullable String socket) {
        boolean isUsable = socket != null
                && socket.length() > 1
                && socket.length() <= PATH_MAXIMUM
                && (socket.startsWith("/") || socket.startsWith("@"));
        return new SystemdNotifier(isUsable ? socket : null);
    }

    /** Whether anybody listens. */
    public boolean isHeard() {
        return socket != null;
    }

    /**
     * Sends a state such as {@code READY=1}.
     *
     * @throws KernelException if it can't be sent
     */
    public void notify(String state) throws KernelException {
        if (socket == null) {
            return;
        }
        try (Descriptor descriptor = Descriptor.socket(
                        Sockets.AF_UNIX, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0, "can't reach systemd");
                Arena arena = Arena.ofConfined()) {
            byte[] path = socket.getBytes(StandardCharsets.UTF_8);
            if (path[0] == '@') {
                path[0] = 0;
            }
            // struct sockaddr_un (unix(7)): an abstract name ends with the length, a path with a zero byte.
            MemorySegment address = arena.allocate(PATH_AT + PATH_MAXIMUM + 1L);
            address.set(Native.SHORT, 0, (short) Sockets.AF_UNIX);
            MemorySegment.copy(path, 0, address, Native.BYTE, PATH_AT, path.length);
            byte[] text = state.getBytes(StandardCharsets.UTF_8);
            MemorySegment message = arena.allocate(text.length);
            MemorySegment.copy(text, 0, message, Native.BYTE, 0, text.length);
            int length = PATH_AT + path.length + (path[0] == 0 ? 0 : 1);
            long sent = Kernel.call(
                    SystemCall.SENDTO,
                    descriptor.number(),
                    message.address(),
                    text.length,
                    0,
                    address.address(),
                    length);
            if (sent < 0) {
                throw KernelException.of("can't reach systemd at " + socket, (int) -sent);
            }
        }
    }
}
