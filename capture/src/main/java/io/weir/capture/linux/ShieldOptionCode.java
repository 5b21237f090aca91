package io.weir.capture.linux;

import static io.weir.capture.linux.BpfAssembler.Register.R0;
import static io.weir.capture.linux.BpfAssembler.Register.R1;
import static io.weir.capture.linux.BpfAssembler.Register.R2;
import static io.weir.capture.linux.BpfAssembler.Register.R3;
import static io.weir.capture.linux.BpfAssembler.Register.R4;
import static io.weir.capture.linux.BpfAssembler.Register.R5;
import static io.weir.capture.linux.BpfAssembler.Register.R8;
import static io.weir.capture.linux.BpfAssembler.Register.STACK;

import io.weir.capture.linux.BpfAssembler.Condition;
import io.weir.capture.linux.BpfAssembler.Helper;
import io.weir.capture.linux.BpfAssembler.Size;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.packet.TcpOptions;

/**
 * Writes the part of a program that reads TCP options (RFC 9293 section 3.2), once a packet, before the rules that ask for
 * them. Options that it can't read, as more than {@value #MOST_OPTIONS} of them, meet no rule.
 *
 * <p>Kinds are gathered as bits of one number, of which nothing is known at any time: a branch for each kind would be as many
 * ways again for the verifier to go.
 */
final class ShieldOptionCode {
    static final int MOST_OPTIONS = 16;

    /**
     * Words on the stack; what isn't there is above all values. At odd multiples of four, where the verifier forgets what is
     * stored: it would go through all that follows once for an option that is there and once for one that isn't.
     */
    static final int OPTIONS = -476;

    static final int MAXIMUM_SEGMENT_SIZE = -484;
    static final int WINDOW_SCALE = -492;
    private static final int HEAD = -480;
    private static final int VALUE = -488;
    private static final int KINDS = -504;

    private static final int ABSENT = -1;
    private static final int HEADER_WITHOUT_OPTIONS = 20;
    private static final int LARGEST_SHIFT = 14;
    private static final int LAST_BIT = 63;

    private static final int NO_OPERATION = 1;
    private static final int KIND_MAXIMUM_SEGMENT_SIZE = 2;
    private static final int KIND_WINDOW_SCALE = 3;
    private static final int KIND_FAST_OPEN = 34;
    /** Each kind below 32 with its bit of {@link TcpOptions}. */
    private static final int[][] LOW_KINDS = {
        {KIND_MAXIMUM_SEGMENT_SIZE, TcpOptions.MAXIMUM_SEGMENT_SIZE},
        {KIND_WINDOW_SCALE, TcpOptions.WINDOW_SCALE},
        {4, TcpOptions.SACK_PERMITTED},
        {5, TcpOptions.SACK},
        {8, TcpOptions.TIMESTAMPS}
    };

    private static final String DONE = "options.done";
    private static final String READ = "options.read";

    private final BpfAssembler code;

    private ShieldOptionCode(BpfAssembler code) {
        this.code = code;
    }

    /** @param isOfSyns whether no rule asks for those of other segments */
    static void write(BpfAssembler code, boolean isOfSyns) {
        new ShieldOptionCode(code).write(isOfSyns);
    }

    private void write(boolean isOfSyns) {
        code.store(Size.WORD, STACK, OPTIONS, ABSENT)
                .store(Size.WORD, STACK, MAXIMUM_SEGMENT_SIZE, ABSENT)
                .store(Size.WORD, STACK, WINDOW_SCALE, ABSENT)
                .load(Size.WORD, R4, STACK, ShieldParser.PROTOCOL)
                .jump(R4, Condition.NOT_EQUAL, IpProtocol.TCP, DONE);
        if (isOfSyns) {
            code.load(Size.WORD, R4, STACK, ShieldParser.FLAGS)
                    .and(R4, TcpFlags.SYN)
                    .jump(R4, Condition.EQUAL, 0, DONE);
        }
        code.move(R4, 0)
                .load(Size.WORD, R3, STACK, ShieldParser.TCP_HEADER)
                .jump(R3, Condition.EQUAL, HEADER_WITHOUT_OPTIONS, "options.store")
                .load(Size.WORD, R8, STACK, ShieldParser.PAYLOAD_AT)
                .subtract(R8, R3)
                .add(R8, HEADER_WITHOUT_OPTIONS)
                // The bit of padding says nothing: it may be anything.
                .load(Size.WORD, R4, STACK, ShieldParser.SEQUENCE)
                .and(R4, 1 << NO_OPERATION)
                .store(Size.DOUBLE, STACK, KINDS, R4);
        for (int i = 0; i < MOST_OPTIONS; i++) {
            writeOption("options." + i);
        }
        code.load(Size.WORD, R3, STACK, ShieldParser.PAYLOAD_AT)
                .jump(R8, Condition.NOT_EQUAL, R3, DONE)
                .label(READ);
        writeKinds();
        code.label("options.store").store(Size.WORD, STACK, OPTIONS, R4).label(DONE);
    }

    /** R8 is where it begins, and then where it ends. */
    private void writeOption(String here) {
        String next = here + ".next";
        code.load(Size.WORD, R3, STACK, ShieldParser.PAYLOAD_AT)
                .jump(R8, Condition.EQUAL, R3, READ)
                .move(R2, R8);
        fetch(HEAD, 1);
        code.load(Size.BYTE, R4, STACK, HEAD)
                .jump(R4, Condition.EQUAL, 0, READ)
                .add(R8, 1)
                .jump(R4, Condition.EQUAL, NO_OPERATION, next)
                .move(R2, R8);
        fetch(HEAD + 1, 1);
        code.load(Size.BYTE, R5, STACK, HEAD + 1)
                .jump(R5, Condition.BELOW, 2, DONE)
                .add(R8, R5)
                .add(R8, -1)
                .load(Size.WORD, R3, STACK, ShieldParser.PAYLOAD_AT)
                .jump(R8, Condition.GREATER, R3, DONE)
                .load(Size.BYTE, R4, STACK, HEAD)
                .jump(R4, Condition.GREATER, KIND_WINDOW_SCALE, here + ".kind")
                .jump(R4, Condition.EQUAL, KIND_WINDOW_SCALE, here + ".scale")
                .jump(R5, Condition.NOT_EQUAL, 4, DONE)
                .move(R2, R8)
                .add(R2, -2);
        fetch(VALUE, 2);
        code.load(Size.HALF, R4, STACK, VALUE)
                .fromNetwork(R4, 16)
                .store(Size.WORD, STACK, MAXIMUM_SEGMENT_SIZE, R4)
                .jump(here + ".kind")
                .label(here + ".scale")
                .jump(R5, Condition.NOT_EQUAL, 3, DONE)
                .move(R2, R8)
                .add(R2, -1);
        fetch(VALUE, 1);
        code.load(Size.BYTE, R4, STACK, VALUE)
                .jump(R4, Condition.BELOW, LARGEST_SHIFT, here + ".shift")
                .move(R4, LARGEST_SHIFT)
                .label(here + ".shift")
                .store(Size.WORD, STACK, WINDOW_SCALE, R4)
                .label(here + ".kind")
                // The bit of its kind, the last for all those behind that; without a branch.
                .load(Size.BYTE, R4, STACK, HEAD)
                .move(R3, R4)
                .shiftRight(R3, 7)
                .move(R5, R4)
                .shiftRight(R5, 6)
                .or(R3, R5)
                .and(R3, 1)
                .move(R5, 0)
                .subtract(R5, R3)
                .or(R4, R5)
                .and(R4, LAST_BIT)
                .move(R1, 1)
                .shiftLeft(R1, R4)
                .load(Size.DOUBLE, R2, STACK, KINDS)
                .or(R2, R1)
                .store(Size.DOUBLE, STACK, KINDS, R2)
                .label(next);
    }

    /** R4 becomes the set of kinds; padding alone is no absence of options. */
    private void writeKinds() {
        code.load(Size.DOUBLE, R2, STACK, KINDS).move(R4, 0).move(R5, R2);
        int low = 0;
        for (int[] kind : LOW_KINDS) {
            take(kind[0], kind[1]);
            low |= 1 << kind[0];
        }
        take(KIND_FAST_OPEN, TcpOptions.FAST_OPEN);
        code.and(R5, ~(low | 1 << NO_OPERATION))
                .move(R3, R2)
                .shiftRight(R3, KIND_FAST_OPEN)
                .and(R3, 1)
                .shiftLeft(R3, KIND_FAST_OPEN)
                .subtract(R5, R3)
                .jump(R5, Condition.EQUAL, 0, "options.known")
                .add(R4, TcpOptions.OTHER)
                .label("options.known")
                .jump(R4, Condition.NOT_EQUAL, 0, "options.store")
                .move(R4, TcpOptions.OTHER);
    }

    private void take(int kind, int bit) {
        code.move(R3, R2)
                .shiftRight(R3, kind)
                .and(R3, 1)
                .shiftLeft(R3, Integer.numberOfTrailingZeros(bit))
                .or(R4, R3);
    }

    private void fetch(int to, int bytes) {
        ShieldParser.fetch(code, Helper.XDP_LOAD_BYTES, to, bytes);
        code.jump(R0, Condition.NOT_EQUAL, 0, DONE);
    }
}
