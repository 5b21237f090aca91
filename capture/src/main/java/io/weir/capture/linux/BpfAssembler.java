package io.weir.capture.linux;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes an eBPF program (RFC 9669), one call an instruction. Jumps name a label that stands anywhere in it.
 *
 * <pre>
 *   instruction  | code 1 | source register 4 bits, destination 4 bits | offset 2 | constant 4 |
 * </pre>
 */
final class BpfAssembler {
    /** Registers: 0 answers, 1 to 5 are arguments and gone after a call, 6 to 9 stay, 10 is the end of the stack. */
    enum Register {
        R0,
        R1,
        R2,
        R3,
        R4,
        R5,
        R6,
        R7,
        R8,
        R9,
        STACK
    }

    /** How much is loaded or stored: four bytes, two, one, eight. */
    enum Size {
        WORD(0x00),
        HALF(0x08),
        BYTE(0x10),
        DOUBLE(0x18);

        private final int code;

        Size(int code) {
            this.code = code;
        }
    }

    /** When a jump is taken; numbers compare without sign. */
    enum Condition {
        EQUAL(0x10),
        GREATER(0x20),
        BELOW(0xa0),
        NOT_EQUAL(0x50);

        private final int code;

        Condition(int code) {
            this.code = code;
        }
    }

    /** Functions of the kernel (include/uapi/linux/bpf.h). */
    enum Helper {
        MAP_LOOKUP(1),
        MAP_UPDATE(2),
        MAP_DELETE(3),
        KTIME_GET_NS(5),
        RANDOM(7),
        REDIRECT(23),
        SKB_LOAD_BYTES(26),
        XDP_ADJUST_TAIL(65),
        XDP_GET_BUFF_LEN(188),
        XDP_LOAD_BYTES(189),
        XDP_STORE_BYTES(190);

        private final int number;

        Helper(int number) {
            this.number = number;
        }
    }

    private static final int LOAD = 0x61;
    private static final int STORE_CONSTANT = 0x62;
    private static final int STORE = 0x63;
    private static final int ADD = 0x07;
    private static final int OR = 0x47;
    private static final int AND = 0x57;
    private static final int SHIFT_LEFT = 0x67;
    private static final int SHIFT_RIGHT = 0x77;
    private static final int TO_NETWORK_ORDER = 0xdc;
    /** Compares the lower four bytes alone. */
    private static final int JUMP_WORD = 0x06;

    private static final int SUBTRACT = 0x17;
    private static final int MOVE = 0xb7;
    private static final int JUMP = 0x05;
    private static final int CALL = 0x85;
    private static final int EXIT = 0x95;
    private static final int LOAD_DOUBLE_CONSTANT = 0x18;
    /** The constant of a double load is a map's descriptor. */
    private static final int PSEUDO_MAP = 1;
    /** It is, and what is loaded is the address of its first value. */
    private static final int PSEUDO_MAP_VALUE = 2;
    /** The operand is a register, not the constant. */
    private static final int FROM_REGISTER = 0x08;

    private final List<Long> instructions = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<Integer, String> jumps = new HashMap<>();

    private BpfAssembler emit(int code, Register destination, int source, int offset, int constant) {
        instructions.add((code & 0xffL)
                | (long) (destination.ordinal() | source << 4) << 8
                | (offset & 0xffffL) << 16
                | (long) constant << 32);
        return this;
    }

    BpfAssembler move(Register destination, int constant) {
        return emit(MOVE, destination, 0, 0, constant);
    }

    BpfAssembler move(Register destination, Register source) {
        return emit(MOVE | FROM_REGISTER, destination, source.ordinal(), 0, 0);
    }

    BpfAssembler add(Register destination, int constant) {
        return emit(ADD, destination, 0, 0, constant);
    }

    BpfAssembler add(Register destination, Register source) {
        return emit(ADD | FROM_REGISTER, destination, source.ordinal(), 0, 0);
    }

    BpfAssembler subtract(Register destination, Register source) {
        return emit(SUBTRACT | FROM_REGISTER, destination, source.ordinal(), 0, 0);
    }

    BpfAssembler and(Register destination, int constant) {
        return emit(AND, destination, 0, 0, constant);
    }

    BpfAssembler shiftLeft(Register destination, int bits) {
        return emit(SHIFT_LEFT, destination, 0, 0, bits);
    }

    /** By so many bits as the other register says, below 64. */
    BpfAssembler shiftLeft(Register destination, Register bits) {
        return emit(SHIFT_LEFT | FROM_REGISTER, destination, bits.ordinal(), 0, 0);
    }

    BpfAssembler or(Register destination, Register source) {
        return emit(OR | FROM_REGISTER, destination, source.ordinal(), 0, 0);
    }

    BpfAssembler shiftRight(Register destination, int bits) {
        return emit(SHIFT_RIGHT, destination, 0, 0, bits);
    }

    /** Turns so many bits from the network's order into the machine's; those above become 0. */
    BpfAssembler fromNetwork(Register destination, int bits) {
        return emit(TO_NETWORK_ORDER, destination, 0, 0, bits);
    }

    /** As {@link #jump(Register, Condition, int, String)}, by the lower four bytes, without sign. */
    BpfAssembler jumpWord(Register left, Condition condition, int right, String label) {
        jumps.put(instructions.size(), label);
        return emit(JUMP_WORD | condition.code, left, 0, 0, right);
    }

    BpfAssembler load(Size size, Register destination, Register from, int offset) {
        return emit(LOAD | size.code, destination, from.ordinal(), offset, 0);
    }

    BpfAssembler store(Size size, Register to, int offset, Register value) {
        return emit(STORE | size.code, to, value.ordinal(), offset, 0);
    }

    BpfAssembler store(Size size, Register to, int offset, int constant) {
        return emit(STORE_CONSTANT | size.code, to, 0, offset, constant);
    }

    BpfAssembler load(Register destination, BpfMap map) {
        emit(LOAD_DOUBLE_CONSTANT, destination, PSEUDO_MAP, 0, map.descriptor().number());
        instructions.add(0L);
        return this;
    }

    /** The address of the first value of an array. */
    BpfAssembler loadValue(Register destination, BpfMap array) {
        emit(
                LOAD_DOUBLE_CONSTANT,
                destination,
                PSEUDO_MAP_VALUE,
                0,
                array.descriptor().number());
        instructions.add(0L);
        return this;
    }

    BpfAssembler call(Helper helper) {
        return emit(CALL, Register.R0, 0, 0, helper.number);
    }

    BpfAssembler exit() {
        return emit(EXIT, Register.R0, 0, 0, 0);
    }

    BpfAssembler jump(String label) {
        jumps.put(instructions.size(), label);
        return emit(JUMP, Register.R0, 0, 0, 0);
    }

    BpfAssembler jump(Register left, Condition condition, int right, String label) {
        jumps.put(instructions.size(), label);
        return emit(JUMP | condition.code, left, 0, 0, right);
    }

    BpfAssembler jump(Register left, Condition condition, Register right, String label) {
        jumps.put(instructions.size(), label);
        return emit(JUMP | condition.code | FROM_REGISTER, left, right.ordinal(), 0, 0);
    }

    /** Names the next instruction. */
    BpfAssembler label(String name) {
        if (labels.put(name, instructions.size()) != null) {
            throw new IllegalArgumentException("label " + name + " stands twice");
        }
        return this;
    }

    /**
     * The program, each instruction a long in the machine's order.
     *
     * @throws KernelException if it is so long that a jump doesn't reach its label
     * @throws IllegalArgumentException if a jump's label is missing
     */
    List<Long> assemble() throws KernelException {
        List<Long> program = new ArrayList<>(instructions);
        for (Map.Entry<Integer, String> jump : jumps.entrySet()) {
            int at = jump.getKey();
            String label = jump.getValue();
            Integer target = labels.get(label);
            if (target == null) {
                throw new IllegalArgumentException("label " + label + " is missing");
            }
            int distance = target - at - 1;
            if (distance != (short) distance) {
                throw KernelException.of(
                        "can't write an XDP program",
                        Errno.E2BIG,
                        "a jump of " + distance + " instructions, " + Short.MAX_VALUE + " are the most");
            }
            program.set(at, program.get(at) | (distance & 0xffffL) << 16);
        }
        return program;
    }
}
