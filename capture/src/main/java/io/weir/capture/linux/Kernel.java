package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * System calls by syscall(2), the one function of the C library that is used. Each answers as the kernel itself does: a
 * result, or an error number negated. Any thread; allocates nothing after a thread's first call.
 */
final class Kernel {
    private static final VarHandle ERROR_NUMBER =
            Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SYSCALL = syscall();
    private static final ThreadLocal<MemorySegment> CALL_STATE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

    private Kernel() {}

    @SuppressWarnings("restricted")
    private static MethodHandle syscall() {
        Linker linker = Linker.nativeLinker();
        ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(word, word, word, word, word, word, word, word),
                Linker.Option.firstVariadicArg(1),
                Linker.Option.captureCallState("errno"));
    }

    static long call(SystemCall call, long a, long b, long c, long d, long e, long f) {
        return call(call.number(), a, b, c, d, e, f);
    }

    static long call(long number, long a, long b, long c, long d, long e, long f) {
        MemorySegment state = CALL_STATE.get();
        long result;
        try {
            result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e, f);
        } catch (Throwable impossible) {
            throw new IllegalStateException("a system call doesn't throw", impossible);
        }
        return result == -1 ? -(int) ERROR_NUMBER.get(state, 0L) : result;
    }

    static long call(SystemCall call, long a, long b, long c, long d, long e) {
        return call(call, a, b, c, d, e, 0);
    }

    static long call(SystemCall call, long a, long b, long c) {
        return call(call, a, b, c, 0, 0, 0);
    }

    /** Memory that the kernel mapped, for as long as nobody unmaps it. */
    @SuppressWarnings("restricted")
    static MemorySegment mapped(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }
}
