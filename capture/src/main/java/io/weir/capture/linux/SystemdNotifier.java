package io.weir.capture.linux;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Tells systemd how a service fares (sd_notify(3)): datagrams to the socket that {@code NOTIFY_SOCKET} names. Without one
 * everything here does nothing. Any thread.
 */
public final class SystemdNotifier {
    private final @Nullable String socket;

    private SystemdNotifier(@Nullable String socket) {
        this.socket = socket;
    }

    /** @param socket what {@code NOTIFY_SOCKET} says: a path, or an abstract name after {@code @}; null for none */
    public static SystemdNotifier of(@Nullable String socket) {
        boolean isUsable = socket != null
                && socket.length() > 1
                && socket.length() <= UnixDatagram.PATH_MAXIMUM
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
        UnixDatagram.send(socket, state.getBytes(StandardCharsets.UTF_8), "systemd");
    }
}
