package io.weir.capture.linux;

import io.weir.capture.linux.BpfAssembler.Condition;
import io.weir.capture.linux.BpfAssembler.Helper;
import io.weir.capture.linux.BpfAssembler.Register;
import io.weir.capture.linux.BpfAssembler.Size;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Frames that one test run of an XDP program sends (BPF_PROG_TEST_RUN with BPF_F_TEST_XDP_LIVE_FRAMES, since Linux 5.18). Each
 * pass of the program takes the next frame out of a map that is mapped here, copies it and redirects it out. One thread at
 * a time.
 *
 * <pre>
 *   frames map, one value     | bytes 4, unused 4, frame, padded to 8 | … | room for one more
 *   cursor map, one value     | where the next frame begins 4 | unused 4 |
 *   attributes of a test run  | program 4 | . 4 | data bytes 4 | . 4 | data 8 | . 8 | repeat 4 | . 28 | flags 4 | cpu 4 | batch 4 |
 * </pre>
 */
final class FrameBank implements AutoCloseable {
    private static final int FRAMES = 32_768;
    private static final int BYTES = 8 << 20;
    private static final int HEAD_BYTES = 8;
    private static final int LONGEST = FrameSender.LONGEST_FRAME_BYTES;
    /** The last place where a frame may begin. */
    private static final int LAST = BYTES - HEAD_BYTES - LONGEST - 7;

    private static final int PAGE_BYTES = 4096;
    private static final int TEST_RUN = 10;
    private static final int LIVE_FRAMES = 2;
    private static final int BATCH = 64;
    private static final int XDP_DROP = 1;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;

    private final BpfMap framesMap;
    private final BpfMap cursorMap;
    private final Descriptor program;
    private final MemorySegment frames;
    private final MemorySegment cursor;
    private final MemorySegment attributes;
    private final String name;
    private int count;
    private int end;

    private FrameBank(BpfMap framesMap, BpfMap cursorMap, Descriptor program, String name) throws KernelException {
        this.framesMap = framesMap;
        this.cursorMap = cursorMap;
        this.program = program;
        this.name = name;
        frames = map(framesMap, BYTES);
        cursor = map(cursorMap, PAGE_BYTES);
        // One piece of memory, so that the data live as long as the attributes that point to them.
        MemorySegment memory = Arena.ofAuto().allocate(Bpf.ATTRIBUTE_BYTES + LONGEST, Long.BYTES);
        attributes = memory.asSlice(0, Bpf.ATTRIBUTE_BYTES);
        attributes.set(Native.INT, 0, program.number());
        attributes.set(Native.INT, 8, LONGEST);
        attributes.set(Native.LONG, 16, memory.address() + Bpf.ATTRIBUTE_BYTES);
        attributes.set(Native.INT, 64, LIVE_FRAMES);
        attributes.set(Native.INT, 72, BATCH);
    }

    static FrameBank open(LinkDevice device) throws KernelException {
        BpfMap framesMap = BpfMap.create(BpfMap.Kind.MAPPED_ARRAY, "weir_frames", Integer.BYTES, BYTES, 1);
        BpfMap cursorMap = null;
        Descriptor program = null;
        try {
            cursorMap = BpfMap.create(BpfMap.Kind.MAPPED_ARRAY, "weir_cursor", Integer.BYTES, Long.BYTES, 1);
            program = Bpf.loadXdp(program(framesMap, cursorMap, device.index()));
            return new FrameBank(framesMap, cursorMap, program, device.name());
        } catch (KernelException e) {
            framesMap.close();
            if (cursorMap != null) {
                cursorMap.close();
            }
            if (program != null) {
                program.close();
            }
            throw e;
        }
    }

    private static List<Long> program(BpfMap frames, BpfMap cursor, int interfaceIndex) throws KernelException {
        BpfAssembler code = new BpfAssembler().move(Register.R6, Register.R1).store(Size.WORD, Register.STACK, -4, 0);
        find(code, cursor)
                .move(Register.R9, Register.R0)
                .load(Size.WORD, Register.R7, Register.R9, 0)
                .jump(Register.R7, Condition.GREATER, LAST, "drop");
        find(code, frames)
                .move(Register.R8, Register.R0)
                .add(Register.R8, Register.R7)
                .load(Size.WORD, Register.R1, Register.R8, 4)
                // Where the next one begins is written down with each.
                .store(Size.WORD, Register.R9, 0, Register.R1)
                .load(Size.WORD, Register.R7, Register.R8, 0)
                .jump(Register.R7, Condition.GREATER, LONGEST, "drop")
                .jump(Register.R7, Condition.EQUAL, 0, "drop")
                // Each pass begins with a frame as long as can be.
                .move(Register.R1, Register.R6)
                .move(Register.R2, Register.R7)
                .add(Register.R2, -LONGEST)
                .call(Helper.XDP_ADJUST_TAIL)
                .jump(Register.R0, Condition.NOT_EQUAL, 0, "drop")
                .move(Register.R1, Register.R6)
                .move(Register.R2, 0)
                .move(Register.R3, Register.R8)
                .add(Register.R3, HEAD_BYTES)
                .move(Register.R4, Register.R7)
                .call(Helper.XDP_STORE_BYTES)
                .jump(Register.R0, Condition.NOT_EQUAL, 0, "drop")
                .move(Register.R1, interfaceIndex)
                .move(Register.R2, 0)
                .call(Helper.REDIRECT)
                .exit()
                .label("drop")
                .move(Register.R0, XDP_DROP)
                .exit();
        return code.assemble();
    }

    private static BpfAssembler find(BpfAssembler code, BpfMap map) {
        return code.load(Register.R1, map)
                .move(Register.R2, Register.STACK)
                .add(Register.R2, -4)
                .call(Helper.MAP_LOOKUP)
                .jump(Register.R0, Condition.EQUAL, 0, "drop");
    }

    private static MemorySegment map(BpfMap map, long bytes) throws KernelException {
        long address = KernelException.check(
                Kernel.call(
                        SystemCall.MMAP,
                        0,
                        bytes,
                        PROT_READ_WRITE,
                        MAP_SHARED,
                        map.descriptor().number()),
                "can't map the memory of a map");
        return Kernel.mapped(address, bytes);
    }

    MemorySegment memory() {
        return frames;
    }

    long offset() {
        return end + (long) HEAD_BYTES;
    }

    void add(int bytes) {
        int next = end + HEAD_BYTES + (bytes + 7 & ~7);
        frames.set(Native.INT, end, bytes);
        frames.set(Native.INT, end + 4L, next);
        end = next;
        count++;
    }

    int count() {
        return count;
    }

    boolean isFull() {
        return count == FRAMES || end > LAST;
    }

    void send() throws KernelException {
        cursor.set(Native.INT, 0, 0);
        attributes.set(Native.INT, 32, count);
        long result = Bpf.call(TEST_RUN, attributes);
        count = 0;
        end = 0;
        if (result == -Errno.EINVAL) {
            throw KernelException.of("can't send XDP frames on " + name, Errno.EINVAL, "it needs Linux 5.18");
        }
        KernelException.check(result, "can't send XDP frames on " + name);
    }

    @Override
    public void close() {
        Kernel.call(SystemCall.MUNMAP, frames.address(), frames.byteSize(), 0);
        Kernel.call(SystemCall.MUNMAP, cursor.address(), cursor.byteSize(), 0);
        program.close();
        cursorMap.close();
        framesMap.close();
    }
}
