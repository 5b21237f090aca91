package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An open file descriptor, closed once. */
final class Descriptor implements AutoCloseable {
    private final int number;
    private boolean isClosed;

    private Descriptor(int number) {
        this.number = number;
    }

    /**
     * What a call answered, as a descriptor.
     *
     * @throws KernelException if it answered an error
     */
    static Descriptor of(long result, String attempt) throws KernelException {
        return new Descriptor((int) KernelException.check(result, attempt));
    }

    static Descriptor socket(int family, int type, int protocol, String attempt) throws KernelException {
        return of(Kernel.call(SystemCall.SOCKET, family, type | Sockets.SOCK_CLOEXEC, protocol), attempt);
    }

    int number() {
        return number;
    }

    void set(int level, int option, int value, String attempt) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            set(level, option, arena.allocateFrom(Native.INT, value), attempt);
        }
    }

    void set(int level, int option, MemorySegment value, String attempt) throws KernelException {
        KernelException.check(trySet(level, option, value), attempt);
    }

    /** The kernel's own answer, for an option that not every kernel has. */
    long trySet(int level, int option, MemorySegment value) {
        return Kernel.call(SystemCall.SETSOCKOPT, number, level, option, value.address(), value.byteSize());
    }

    /** Reads an option of as many bytes as there is memory. */
    void get(int level, int option, MemorySegment value, String attempt) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(Native.INT, (int) value.byteSize());
            KernelException.check(
                    Kernel.call(SystemCall.GETSOCKOPT, number, level, option, value.address(), length.address()),
                    attempt);
        }
    }

    int get(int level, int option, String attempt) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(Native.INT);
            get(level, option, value, attempt);
            return Native.i32(value, 0);
        }
    }

    void bind(MemorySegment address, String attempt) throws KernelException {
        KernelException.check(Kernel.call(SystemCall.BIND, number, address.address(), address.byteSize()), attempt);
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            Kernel.call(SystemCall.CLOSE, number, 0, 0);
        }
    }
}
