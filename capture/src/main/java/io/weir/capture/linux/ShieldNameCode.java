package io.weir.capture.linux;

import static io.weir.capture.linux.BpfAssembler.Register.R0;
import static io.weir.capture.linux.BpfAssembler.Register.R2;
import static io.weir.capture.linux.BpfAssembler.Register.R3;
import static io.weir.capture.linux.BpfAssembler.Register.R4;
import static io.weir.capture.linux.BpfAssembler.Register.R8;
import static io.weir.capture.linux.BpfAssembler.Register.STACK;

import io.weir.capture.linux.BpfAssembler.Condition;
import io.weir.capture.linux.BpfAssembler.Helper;
import io.weir.capture.linux.BpfAssembler.Size;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.signature.DomainSuffix;

/**
 * Writes the part of a rule that reads a DNS message over UDP: header, the only question's name and its type (RFC 1035
 * section 4.1). What it can't read, as a name of more than {@value #MOST_LABELS} labels, doesn't meet the rule.
 */
final class ShieldNameCode {
    static final int MOST_LABELS = 16;
    /** Bytes of a suffix, the root's 0 among them, that there is room for. */
    static final int LONGEST_SUFFIX = 128;

    /** Where on the stack: the header, then each label's place in the frame, the place behind the name, its type. */
    private static final int HEADER = -256;

    private static final int LABEL = -268;
    private static final int PLACES = LABEL - 4 * (MOST_LABELS + 1);
    private static final int END = PLACES - 4;
    static final int QTYPE = END - 4;
    private static final int SUFFIX = QTYPE - LONGEST_SUFFIX;

    private static final int HEADER_BYTES = 12;
    private static final int QUESTION_TAIL = 4;
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_LABEL = 63;
    private static final int RESPONSE = 0x80;

    /** What was read, on the stack: {@link #NONE} where it was no whole message with one question. */
    static final int MESSAGE = -496;

    static final int NONE = 0;
    static final int QUESTION = 1;
    static final int ANSWER = 2;

    private static final int PORT = 53;
    private static final String DONE = "message.done";

    private final BpfAssembler code;
    private final String next;

    ShieldNameCode(BpfAssembler code, String next) {
        this.code = code;
        this.next = next;
    }

    /** Reads what may be a message, once a packet, before the rules that ask for it. */
    static void writeMessage(BpfAssembler code) {
        new ShieldNameCode(code, DONE).writeMessage();
    }

    /** R8 is used. */
    private void writeMessage() {
        code.move(R4, NONE)
                .store(Size.WORD, STACK, MESSAGE, R4)
                .load(Size.WORD, R4, STACK, ShieldParser.PROTOCOL)
                .jump(R4, Condition.NOT_EQUAL, IpProtocol.UDP, DONE);
        word(ShieldParser.DESTINATION_PORT);
        code.jump(R4, Condition.EQUAL, PORT, "message");
        word(ShieldParser.SOURCE_PORT);
        code.jump(R4, Condition.NOT_EQUAL, PORT, DONE).label("message");
        writeHeader();
        code.load(Size.WORD, R8, STACK, ShieldParser.PAYLOAD_AT).add(R8, HEADER_BYTES);
        String end = next + ".name";
        for (int label = 0; label <= MOST_LABELS; label++) {
            code.store(Size.WORD, STACK, PLACES + 4 * label, 0);
        }
        for (int label = 0; label <= MOST_LABELS; label++) {
            code.store(Size.WORD, STACK, PLACES + 4 * label, R8).move(R2, R8);
            fetch(LABEL, 1);
            code.add(R8, 1)
                    .load(Size.BYTE, R4, STACK, LABEL)
                    .jump(R4, Condition.EQUAL, 0, end)
                    .jump(R4, Condition.GREATER, LONGEST_LABEL, next)
                    .add(R8, R4);
        }
        code.jump(next)
                .label(end)
                .store(Size.WORD, STACK, END, R8)
                .load(Size.WORD, R3, STACK, ShieldParser.PAYLOAD_AT)
                .move(R4, R8)
                .subtract(R4, R3)
                .jump(R4, Condition.GREATER, HEADER_BYTES + LONGEST_NAME, next)
                .add(R4, QUESTION_TAIL)
                .load(Size.WORD, R3, STACK, ShieldParser.PAYLOAD_LENGTH)
                .jump(R4, Condition.GREATER, R3, next)
                .move(R2, R8);
        fetch(LABEL, 2);
        code.load(Size.HALF, R4, STACK, LABEL)
                .fromNetwork(R4, 16)
                .store(Size.WORD, STACK, QTYPE, R4)
                .load(Size.BYTE, R3, STACK, HEADER + 2)
                .move(R4, QUESTION)
                .jump(R3, Condition.BELOW, RESPONSE, "message.read")
                .move(R4, ANSWER)
                .label("message.read")
                .store(Size.WORD, STACK, MESSAGE, R4)
                .label(DONE);
    }

    /** Into R4, without what the verifier would learn of the word by what R4 is compared with: see {@link ShieldRuleCode}. */
    private void word(int at) {
        code.load(Size.WORD, R4, STACK, at).and(R4, -1);
    }

    /** Goes elsewhere unless the header is that of a message with one question. */
    static void writeIsQuestion(BpfAssembler code, String otherwise) {
        ShieldNameCode header = new ShieldNameCode(code, otherwise);
        header.writeHeader();
        code.load(Size.BYTE, R4, STACK, HEADER + 2).and(R4, RESPONSE).jump(R4, Condition.NOT_EQUAL, 0, otherwise);
    }

    private void writeHeader() {
        word(ShieldParser.PAYLOAD_LENGTH);
        code.jump(R4, Condition.BELOW, HEADER_BYTES + 1 + QUESTION_TAIL, next)
                .load(Size.WORD, R2, STACK, ShieldParser.PAYLOAD_AT);
        fetch(HEADER, HEADER_BYTES);
        code.load(Size.HALF, R4, STACK, HEADER + 4).fromNetwork(R4, 16).jump(R4, Condition.NOT_EQUAL, 1, next);
    }

    /** Goes on where the question's name is meant. */
    void writeName(DomainSuffix suffix) {
        byte[] wire = suffix.wire();
        String found = next + ".suffix";
        code.load(Size.WORD, R8, STACK, END).add(R8, -wire.length);
        // The first label is itself; beneath are those behind it.
        for (int label = suffix.isBeneath() ? 1 : 0; label <= (suffix.isBeneath() ? MOST_LABELS : 0); label++) {
            code.load(Size.WORD, R4, STACK, PLACES + 4 * label).jump(R4, Condition.EQUAL, R8, found);
        }
        code.jump(next).label(found).move(R2, R8);
        fetch(SUFFIX, wire.length);
        for (int i = 0; i < wire.length; i++) {
            boolean isLetter = wire[i] >= 'a' && wire[i] <= 'z';
            code.load(Size.BYTE, R4, STACK, SUFFIX + i);
            if (isLetter) {
                code.and(R4, 0xdf);
            }
            code.jump(R4, Condition.NOT_EQUAL, wire[i] & (isLetter ? 0xdf : 0xff), next);
        }
    }

    private void fetch(int to, int bytes) {
        ShieldParser.fetch(code, Helper.XDP_LOAD_BYTES, to, bytes);
        code.jump(R0, Condition.NOT_EQUAL, 0, next);
    }
}
