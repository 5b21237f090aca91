package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A classic BPF program that the kernel runs before it hands a packet over.
 *
 * <pre>
 *   struct sock_filter  | code 2 | jump if true 1 | jump if false 1 | constant 4 |   as a long in the machine's order
 *   struct sock_fprog   | instructions 2 | padding 6 | address 8 |
 * </pre>
 *
 * @param instructions none: every packet, whole
 */
public record SocketFilter(List<Long> instructions) {
    /** Takes everything. */
    public static final SocketFilter NONE = new SocketFilter(List.of());

    private static final int CODE_RETURN_CONSTANT = 0x06;
    private static final int PROGRAM_BYTES = 16;

    public SocketFilter {
        instructions = List.copyOf(instructions);
    }

    /** One instruction. */
    public static long instruction(int code, int jumpTrue, int jumpFalse, int constant) {
        return (code & 0xffffL) | (jumpTrue & 0xffL) << 16 | (jumpFalse & 0xffL) << 24 | (long) constant << 32;
    }

    /** Every packet, but so many bytes of it at most. */
    public static SocketFilter snap(int bytes) {
        return new SocketFilter(List.of(instruction(CODE_RETURN_CONSTANT, 0, 0, bytes)));
    }

    /** The same packets, but so many bytes of each at most. */
    public SocketFilter withSnap(int bytes) {
        if (instructions.isEmpty()) {
            return snap(bytes);
        }
        return new SocketFilter(instructions.stream()
                .map(word -> isAcceptance(word) ? instruction(CODE_RETURN_CONSTANT, 0, 0, bytes) : word)
                .toList());
    }

    private static boolean isAcceptance(long instruction) {
        return (instruction & 0xffff) == CODE_RETURN_CONSTANT && instruction >>> 32 != 0;
    }

    void attach(Descriptor socket) throws KernelException {
        if (instructions.isEmpty()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment words = arena.allocate((long) instructions.size() * Long.BYTES, Long.BYTES);
            for (int i = 0; i < instructions.size(); i++) {
                words.set(Native.LONG, (long) i * Long.BYTES, instructions.get(i));
            }
            MemorySegment program = arena.allocate(PROGRAM_BYTES, Long.BYTES);
            program.set(Native.SHORT, 0, (short) instructions.size());
            program.set(Native.LONG, Long.BYTES, words.address());
            socket.set(Sockets.SOL_SOCKET, Sockets.SO_ATTACH_FILTER, program, "can't attach the filter to the socket");
        }
    }
}
