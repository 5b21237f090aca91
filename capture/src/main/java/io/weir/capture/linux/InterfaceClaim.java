package io.weir.capture.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Interfaces that a process drops packets of, or the table of a bridge, and no other process may while it lives: a name each
 * in the network namespace's abstract sockets (unix(7)), which the kernel takes back whatever ends the process.
 */
public final class InterfaceClaim implements AutoCloseable {
    /** Who is refused leaves a connection behind that nobody takes. */
    private static final int BACKLOG = 4096;

    private static final int ATTEMPTS = 10;
    private static final long PAUSE_NANOS = 5_000_000L;

    /** struct ucred (unix(7)): pid, uid, gid. */
    private static final int PEER_BYTES = 12;

    private static final int UID_AT = 4;

    private static final String INTERFACE = "@weir-interface-";
    private static final String BRIDGE = "@weir-bridge";

    /** Of this network namespace: a line each, its name last. */
    private static final Path SOCKETS = Path.of("/proc/thread-self/net/unix");

    /** Flags and type of one that takes connections by SOCK_SEQPACKET. */
    private static final String LISTENING = " 00010000 0005 ";

    /** IFNAMSIZ (netdevice(7)): of a name with its end. */
    private static final int NAME_BYTES = 16;

    /** Of those that any process has. */
    private static final int MOST = 256;

    private final List<Descriptor> names;

    private InterfaceClaim(List<Descriptor> names) {
        this.names = names;
    }

    /** @throws KernelException if another process has one of them */
    public static InterfaceClaim of(List<String> interfaces) throws KernelException {
        InterfaceClaim claim = new InterfaceClaim(new ArrayList<>());
        try {
            for (String name : interfaces) {
                claim.take(INTERFACE + name, "can't take the interface " + name, "drops packets of it already");
            }
            return claim;
        } catch (KernelException taken) {
            claim.close();
            throw taken;
        }
    }

    /**
     * All that any process has.
     *
     * @throws KernelException if one is Weir
     */
    public static InterfaceClaim ofAll() throws IOException {
        // Others' names are any bytes, and as many as they like: Weir's are an interface's, and listen.
        try (Stream<String> lines = Files.lines(SOCKETS, StandardCharsets.ISO_8859_1)) {
            return of(lines.filter(line -> line.contains(LISTENING) && line.contains(" " + INTERFACE))
                    .map(line -> line.substring(line.indexOf(INTERFACE) + INTERFACE.length()))
                    .filter(name -> name.length() < NAME_BYTES)
                    .map(name -> new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
                    .distinct()
                    .limit(MOST)
                    .toList());
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }

    /**
     * The table {@code netdev weir} that is a bridge's.
     *
     * @throws KernelException if another process has it
     */
    static InterfaceClaim ofBridge(List<String> interfaces) throws KernelException {
        InterfaceClaim claim = new InterfaceClaim(new ArrayList<>());
        try {
            claim.take(
                    BRIDGE,
                    "can't bridge " + String.join(" and ", interfaces),
                    "is a bridge on this host already, and table netdev weir can be one's alone: bridge these in a network"
                            + " namespace of their own");
            return claim;
        } catch (KernelException taken) {
            claim.close();
            throw taken;
        }
    }

    private void take(String name, String attempt, String doing) throws KernelException {
        Descriptor socket = socket(attempt);
        names.add(socket);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = UnixDatagram.address(arena, name.getBytes(StandardCharsets.UTF_8));
            long result = Kernel.call(SystemCall.BIND, socket.number(), address.address(), address.byteSize());
            if (result == -Errno.EADDRINUSE) {
                refuse(arena, address, attempt, doing);
                return;
            }
            KernelException.check(result, attempt);
            KernelException.check(Kernel.call(SystemCall.LISTEN, socket.number(), BACKLOG, 0), attempt);
        }
    }

    /** Not for a process of another user's, who only wants to be in the way: any may have any such name. */
    private static void refuse(Arena arena, MemorySegment address, String attempt, String doing)
            throws KernelException {
        for (int attempts = 0; attempts < ATTEMPTS; attempts++) {
            try (Descriptor other = socket(attempt)) {
                long result = Kernel.call(SystemCall.CONNECT, other.number(), address.address(), address.byteSize());
                if (result == -Errno.EAGAIN) {
                    throw KernelException.of(attempt, Errno.EBUSY, "another Weir " + doing);
                }
                if (result >= 0) {
                    MemorySegment who = arena.allocate(PEER_BYTES, Integer.BYTES);
                    other.get(Sockets.SOL_SOCKET, Sockets.SO_PEERCRED, who, attempt);
                    if (Native.i32(who, UID_AT) == 0) {
                        throw KernelException.of(attempt, Errno.EBUSY, "process " + Native.i32(who, 0) + " " + doing);
                    }
                    return;
                }
            }
            // It doesn't listen: Weir would within microseconds, whoever only took the name never does.
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static Descriptor socket(String attempt) throws KernelException {
        return Descriptor.socket(Sockets.AF_UNIX, Sockets.SOCK_SEQPACKET | Sockets.SOCK_NONBLOCK, 0, attempt);
    }

    /** Others may take them. */
    @Override
    public void close() {
        names.forEach(Descriptor::close);
    }
}
