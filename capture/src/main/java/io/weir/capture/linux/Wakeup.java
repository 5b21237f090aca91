package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Ends a wait for packets, once and for good (eventfd(2)). {@link #wake} is for any thread. */
public final class Wakeup implements AutoCloseable {
    private static final int EFD_CLOEXEC = 0x80000;
    private static final int EFD_NONBLOCK = 0x800;

    private final Descriptor event;
    private final MemorySegment one = Arena.ofAuto().allocateFrom(Native.LONG, 1);
    private volatile boolean isAwake;

    /** @throws KernelException if there is no descriptor left */
    public Wakeup() throws KernelException {
        event = Descriptor.of(
                Kernel.call(SystemCall.EVENTFD2, 0, EFD_CLOEXEC | EFD_NONBLOCK, 0), "can't make an event descriptor");
    }

    /** Ends the wait that is on, and every later one. */
    public synchronized void wake() {
        isAwake = true;
        Kernel.call(SystemCall.WRITE, event.number(), one.address(), one.byteSize());
    }

    public boolean isAwake() {
        return isAwake;
    }

    Descriptor event() {
        return event;
    }

    /** Synchronised, so that nobody writes to a number that is somebody else's by then. */
    @Override
    public synchronized void close() {
        event.close();
    }
}
