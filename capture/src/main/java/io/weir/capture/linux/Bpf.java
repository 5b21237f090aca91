package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The bpf(2) call: one command with its attributes each. */
final class Bpf {
    static final int MAP_CREATE = 0;
    static final int MAP_LOOKUP = 1;
    static final int MAP_UPDATE = 2;
    static final int MAP_DELETE = 3;

    private static final int PROGRAM_LOAD = 5;
    private static final int TEST_RUN = 10;
    private static final int GET_INFO = 15;
    /** Type 4, id 4, program 4, padding 4, then what its type says: an interface. */
    private static final int LINK_INFO_BYTES = 64;

    private static final int LINK_INFO_INTERFACE = 16;
    private static final int LINK_CREATE = 28;
    private static final int LINK_UPDATE = 29;

    private static final int ATTACH_XDP = 37;
    private static final int ATTACH_TCX_EGRESS = 47;

    /** What a program is run by. */
    enum Type {
        TC(3, 0, ATTACH_TCX_EGRESS),
        XDP(6, ATTACH_XDP, ATTACH_XDP);

        private final int number;
        private final int attach;
        private final int link;

        Type(int number, int attach, int link) {
            this.number = number;
            this.attach = attach;
            this.link = link;
        }
    }

    static final int ATTRIBUTE_BYTES = 128;
    /** The program reads frames of several pieces, by calls alone: without it drivers refuse MTUs beyond a page. */
    private static final int XDP_HAS_FRAGS = 1 << 5;

    private static final int LOG_BYTES = 1 << 16;
    /** Of the verifier's log, which ends with what is wrong. */
    private static final int LOG_LINES = 12;

    private Bpf() {}

    static long call(int command, MemorySegment attributes) {
        return Kernel.call(SystemCall.BPF, command, attributes.address(), attributes.byteSize());
    }

    /**
     * Loads an XDP program.
     *
     * @throws KernelException with the end of the verifier's log if the kernel refuses it
     */
    static Descriptor loadXdp(List<Long> program) throws KernelException {
        return load(Type.XDP, program);
    }

    /** As {@link #loadXdp}, of either type. */
    static Descriptor load(Type type, List<Long> program) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment instructions = arena.allocate((long) program.size() * Long.BYTES, Long.BYTES);
            for (int i = 0; i < program.size(); i++) {
                instructions.set(Native.LONG, (long) i * Long.BYTES, program.get(i));
            }
            MemorySegment log = arena.allocate(LOG_BYTES);
            MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
            attributes.set(Native.INT, 0, type.number);
            attributes.set(Native.INT, 4, program.size());
            attributes.set(Native.LONG, 8, instructions.address());
            attributes.set(Native.LONG, 16, arena.allocateFrom("GPL").address());
            attributes.set(Native.INT, 44, type == Type.XDP ? XDP_HAS_FRAGS : 0);
            Native.putText(attributes, 48, "weir", 16);
            attributes.set(Native.INT, 68, type.attach);
            long result = call(PROGRAM_LOAD, attributes);
            if (result == -Errno.EPERM) {
                throw KernelException.of(
                        "can't load an XDP program",
                        Errno.EPERM,
                        "it needs CAP_BPF and CAP_NET_ADMIN: run as root, or grant them");
            }
            if (result < 0) {
                // Once more for the log alone, which costs time to write.
                attributes.set(Native.INT, 24, 1);
                attributes.set(Native.INT, 28, LOG_BYTES);
                attributes.set(Native.LONG, 32, log.address());
                result = call(PROGRAM_LOAD, attributes);
            }
            if (result < 0) {
                throw KernelException.of(
                        "the kernel refuses an XDP program", (int) -result, "its verifier says:\n" + end(log));
            }
            return Descriptor.of(result, "can't load an XDP program");
        }
    }

    private static String end(MemorySegment log) {
        List<String> lines = log.getString(0, StandardCharsets.US_ASCII).lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    }

    /**
     * Attaches a program to an interface, to what comes in (XDP) or leaves (TC), until the descriptor is closed or the process
     * ends.
     *
     * @return the link's descriptor, or an error negated
     */
    static long link(Type type, Descriptor program, int interfaceIndex, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
            attributes.set(Native.INT, 0, program.number());
            attributes.set(Native.INT, 4, interfaceIndex);
            attributes.set(Native.INT, 8, type.link);
            attributes.set(Native.INT, 12, flags);
            return call(LINK_CREATE, attributes);
        }
    }

    /** Puts another program in the place of one that is attached: each packet meets one of them, whole. */
    static long exchange(Descriptor link, Descriptor program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
            attributes.set(Native.INT, 0, link.number());
            attributes.set(Native.INT, 4, program.number());
            return call(LINK_UPDATE, attributes);
        }
    }

    /** Number of the interface that a link holds a program to; 0 once it holds it to none. */
    static int linkedTo(Descriptor link) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(LINK_INFO_BYTES, Long.BYTES);
            MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
            attributes.set(Native.INT, 0, link.number());
            attributes.set(Native.INT, 4, LINK_INFO_BYTES);
            attributes.set(Native.LONG, 8, info.address());
            KernelException.check(call(GET_INFO, attributes), "can't ask for a link of a program");
            return info.get(Native.INT, LINK_INFO_INTERFACE);
        }
    }

    /** What a program answers of a frame, or an error negated. */
    static long testRun(Descriptor program, MemorySegment frame) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
            attributes.set(Native.INT, 0, program.number());
            attributes.set(Native.INT, 8, (int) frame.byteSize());
            attributes.set(Native.LONG, 16, frame.address());
            long result = call(TEST_RUN, attributes);
            return result < 0 ? result : attributes.get(Native.INT, 4);
        }
    }
}
