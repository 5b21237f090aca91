package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Frames by an AF_PACKET socket that receives nothing (packet(7)), past the queueing discipline. */
final class SocketSender extends FrameSender {
    private static final int SLOTS = 256;
    private static final int SLOT_BYTES = 1536;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_QDISC_BYPASS = 20;
    private static final int ADDRESS_BYTES = 20;
    private static final int SEND_BUFFER_BYTES = 16 << 20;

    private final Descriptor socket;
    private final String name;
    private final MemorySegment frames;
    private final MemorySegment headers;
    private final MemorySegment vectors;
    private int count;

    private SocketSender(Descriptor socket, String name) {
        this.socket = socket;
        this.name = name;
        Arena arena = Arena.ofAuto();
        frames = arena.allocate((long) SLOTS * SLOT_BYTES, 64);
        headers = arena.allocate((long) SLOTS * ReceiveSlots.HEADER_BYTES, Long.BYTES);
        vectors = arena.allocate((long) SLOTS * ReceiveSlots.VECTOR_BYTES, Long.BYTES);
        for (int i = 0; i < SLOTS; i++) {
            long header = (long) i * ReceiveSlots.HEADER_BYTES;
            long vector = (long) i * ReceiveSlots.VECTOR_BYTES;
            vectors.set(Native.LONG, vector, frames.address() + offset(i));
            headers.set(Native.LONG, header + ReceiveSlots.VECTORS, vectors.address() + vector);
            headers.set(Native.LONG, header + ReceiveSlots.VECTOR_COUNT, 1);
        }
    }

    static SocketSender open(LinkDevice device) throws KernelException {
        String attempt = "can't send on " + device.name();
        // Protocol 0: it receives nothing.
        long made = Kernel.call(SystemCall.SOCKET, Sockets.AF_PACKET, Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC, 0);
        if (made == -Errno.EPERM) {
            throw KernelException.of(attempt, Errno.EPERM, "it needs CAP_NET_RAW: run as root, or grant it");
        }
        Descriptor socket = Descriptor.of(made, attempt);
        try (Arena arena = Arena.ofConfined()) {
            socket.set(SOL_PACKET, PACKET_QDISC_BYPASS, 1, attempt);
            socket.set(Sockets.SOL_SOCKET, Sockets.SO_SNDBUFFORCE, SEND_BUFFER_BYTES, attempt);
            MemorySegment address = arena.allocate(ADDRESS_BYTES, Long.BYTES);
            address.set(Native.SHORT, 0, (short) Sockets.AF_PACKET);
            address.set(Native.INT, 4, device.index());
            socket.bind(address, attempt);
            return new SocketSender(socket, device.name());
        } catch (KernelException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public MemorySegment memory() {
        return frames;
    }

    @Override
    public long offset() {
        return offset(count);
    }

    private static long offset(int slot) {
        return (long) slot * SLOT_BYTES;
    }

    @Override
    public void add(int bytes) {
        vectors.set(Native.LONG, (long) count++ * ReceiveSlots.VECTOR_BYTES + Long.BYTES, bytes);
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public boolean isFull() {
        return count == SLOTS;
    }

    @Override
    public int send() throws KernelException {
        int taken = 0;
        int next = 0;
        while (next < count) {
            long result = Kernel.call(
                    SystemCall.SENDMMSG,
                    socket.number(),
                    headers.address() + (long) next * ReceiveSlots.HEADER_BYTES,
                    count - next,
                    0,
                    0);
            if (result == -Errno.EINTR) {
                continue;
            }
            if (result == -Errno.ENOBUFS || result == -Errno.EAGAIN) {
                next++; // The interface dropped this one.
                continue;
            }
            int sent = (int) KernelException.check(result, "can't send on " + name);
            taken += sent;
            next += sent;
        }
        count = 0;
        return taken;
    }

    @Override
    public void close() {
        socket.close();
    }
}
