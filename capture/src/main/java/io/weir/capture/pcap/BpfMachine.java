package io.weir.capture.pcap;

import io.weir.capture.linux.SocketFilter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Runs a classic BPF program (McCanne and Jacobson, "The BSD Packet Filter", 1993) over a frame in native memory, with
 * the results of libpcap's interpreter: a load beyond the captured bytes or a division by zero rejects the frame. A
 * program is checked when built, so that running it can't fail or loop. Allocates nothing.
 */
final class BpfMachine {
    private static final int SCRATCH_WORDS = 16;

    private static final int CLASS_MASK = 0x07;
    private static final int LD = 0;
    private static final int LDX = 1;
    private static final int ST = 2;
    private static final int STX = 3;
    private static final int ALU = 4;
    private static final int JMP = 5;
    private static final int RET = 6;

    private static final int SIZE_AND_MODE_MASK = 0xf8;
    private static final int OPERATION_MASK = 0xf0;
    /** The operand is X, not the instruction's constant. */
    private static final int OPERAND_X = 0x08;

    private static final int RET_SOURCE_MASK = 0x18;
    private static final int RET_A = 0x10;
    private static final int MISC_TXA = 0x80;

    private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    /** What a load or an operation answers that ends the program with a rejection: no 32-bit result is so low. */
    private static final long REJECT = Long.MIN_VALUE;

    private final int[] codes;
    private final int[] jumpTrue;
    private final int[] jumpFalse;
    private final int[] constants;
    private final int[] scratch = new int[SCRATCH_WORDS];

    /**
     * Takes instructions as libpcap holds them.
     *
     * @throws IllegalArgumentException if one is unknown, or a jump or a scratch word lies outside
     */
    BpfMachine(int[] codes, int[] jumpTrue, int[] jumpFalse, int[] constants) {
        this.codes = codes;
        this.jumpTrue = jumpTrue;
        this.jumpFalse = jumpFalse;
        this.constants = constants;
        if (codes.length == 0 || (codes[codes.length - 1] & CLASS_MASK) != RET) {
            throw new IllegalArgumentException("a filter program ends with a return");
        }
        for (int i = 0; i < codes.length; i++) {
            if (!isValid(i)) {
                throw new IllegalArgumentException("instruction " + i + " of the filter program is invalid: code 0x"
                        + Integer.toHexString(codes[i]) + ", constant " + constants[i]);
            }
        }
    }

    /** A program that accepts nothing. */
    static BpfMachine rejectsAll() {
        return new BpfMachine(new int[] {RET}, new int[1], new int[1], new int[1]);
    }

    /** The program as the kernel takes it, each {@code struct sock_filter} as a long. */
    List<Long> instructions() {
        return IntStream.range(0, codes.length)
                .mapToObj(i -> SocketFilter.instruction(codes[i], jumpTrue[i], jumpFalse[i], constants[i]))
                .toList();
    }

    private boolean isValid(int i) {
        int code = codes[i];
        return switch (code & CLASS_MASK) {
            case LD ->
                switch (code) {
                    case 0x00, 0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x80 -> true;
                    case 0x60 -> isScratch(i);
                    default -> false;
                };
            case LDX ->
                switch (code) {
                    case 0x01, 0x81, 0xb1 -> true;
                    case 0x61 -> isScratch(i);
                    default -> false;
                };
            case ST, STX -> (code & ~CLASS_MASK) == 0 && isScratch(i);
            case ALU -> (code & OPERATION_MASK) <= 0xa0 && code <= 0xff;
            case JMP -> code <= 0x4d && code != 0x0d && isJumpInside(i);
            case RET -> code == 0x06 || code == 0x16;
            default -> code == 0x07 || code == 0x87;
        };
    }

    private boolean isScratch(int i) {
        return constants[i] >= 0 && constants[i] < SCRATCH_WORDS;
    }

    private boolean isJumpInside(int i) {
        int left = codes.length - 1 - i;
        if ((codes[i] & OPERATION_MASK) == 0) {
            // Forward only: that is what makes every program end.
            return constants[i] >= 0 && constants[i] < left;
        }
        return jumpTrue[i] < left && jumpFalse[i] < left;
    }

    /**
     * Whether the program accepts a frame.
     *
     * @param captured bytes of the frame in memory
     * @param wire bytes of the frame on the wire
     */
    boolean accepts(MemorySegment frames, long offset, int captured, int wire) {
        int a = 0;
        int x = 0;
        for (int pc = 0; ; pc++) {
            int code = codes[pc];
            int k = constants[pc];
            switch (code & CLASS_MASK) {
                case LD, LDX -> {
                    long value = load(code, k, x, frames, offset, captured, wire);
                    if (value == REJECT) {
                        return false;
                    }
                    if ((code & CLASS_MASK) == LD) {
                        a = (int) value;
                    } else {
                        x = (int) value;
                    }
                }
                case ST -> scratch[k] = a;
                case STX -> scratch[k] = x;
                case ALU -> {
                    long value = compute(code, a, (code & OPERAND_X) != 0 ? x : k);
                    if (value == REJECT) {
                        return false;
                    }
                    a = (int) value;
                }
                case JMP -> pc += jump(pc, a, (code & OPERAND_X) != 0 ? x : k);
                case RET -> {
                    return ((code & RET_SOURCE_MASK) == RET_A ? a : k) != 0;
                }
                default -> {
                    if ((code & SIZE_AND_MODE_MASK) == MISC_TXA) {
                        a = x;
                    } else {
                        x = a;
                    }
                }
            }
        }
    }

    private long load(int code, int k, int x, MemorySegment frames, long offset, int captured, int wire) {
        return switch (code) {
            case 0x00, 0x01 -> k;
            case 0x20 -> word(frames, offset, captured, k & 0xffff_ffffL);
            case 0x28 -> half(frames, offset, captured, k & 0xffff_ffffL);
            case 0x30 -> octet(frames, offset, captured, k & 0xffff_ffffL);
            // An index is a sum of two unsigned numbers, not wrapped: beyond 32 bits it is outside every frame.
            case 0x40 -> word(frames, offset, captured, (k & 0xffff_ffffL) + (x & 0xffff_ffffL));
            case 0x48 -> half(frames, offset, captured, (k & 0xffff_ffffL) + (x & 0xffff_ffffL));
            case 0x50 -> octet(frames, offset, captured, (k & 0xffff_ffffL) + (x & 0xffff_ffffL));
            case 0x60, 0x61 -> scratch[k];
            case 0x80, 0x81 -> wire;
            default -> {
                // Four times the low nibble: the length of an IPv4 header.
                long first = octet(frames, offset, captured, k & 0xffff_ffffL);
                yield first == REJECT ? REJECT : (first & 0xf) << 2;
            }
        };
    }

    private static long word(MemorySegment frames, long offset, int captured, long at) {
        return at + 4 > captured ? REJECT : frames.get(WORD, offset + at);
    }

    private static long half(MemorySegment frames, long offset, int captured, long at) {
        return at + 2 > captured ? REJECT : frames.get(HALF, offset + at) & 0xffff;
    }

    private static long octet(MemorySegment frames, long offset, int captured, long at) {
        return at >= captured ? REJECT : frames.get(BYTE, offset + at) & 0xff;
    }

    private static long compute(int code, int a, int operand) {
        return switch (code & OPERATION_MASK) {
            case 0x00 -> a + operand;
            case 0x10 -> a - operand;
            case 0x20 -> (long) a * operand;
            case 0x30 -> operand == 0 ? REJECT : Integer.divideUnsigned(a, operand);
            case 0x40 -> a | operand;
            case 0x50 -> a & operand;
            case 0x60 -> Integer.compareUnsigned(operand, Integer.SIZE) < 0 ? a << operand : 0;
            case 0x70 -> Integer.compareUnsigned(operand, Integer.SIZE) < 0 ? a >>> operand : 0;
            case 0x80 -> -a;
            case 0x90 -> operand == 0 ? REJECT : Integer.remainderUnsigned(a, operand);
            default -> a ^ operand;
        };
    }

    private int jump(int pc, int a, int operand) {
        return switch (codes[pc] & OPERATION_MASK) {
            case 0x00 -> constants[pc];
            case 0x10 -> branch(pc, a == operand);
            case 0x20 -> branch(pc, Integer.compareUnsigned(a, operand) > 0);
            case 0x30 -> branch(pc, Integer.compareUnsigned(a, operand) >= 0);
            default -> branch(pc, (a & operand) != 0);
        };
    }

    private int branch(int pc, boolean taken) {
        return taken ? jumpTrue[pc] : jumpFalse[pc];
    }
}
