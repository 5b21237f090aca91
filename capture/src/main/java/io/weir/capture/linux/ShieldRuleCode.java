package io.weir.capture.linux;

import static io.weir.capture.linux.BpfAssembler.Register.R0;
import static io.weir.capture.linux.BpfAssembler.Register.R2;
import static io.weir.capture.linux.BpfAssembler.Register.R3;
import static io.weir.capture.linux.BpfAssembler.Register.R4;
import static io.weir.capture.linux.BpfAssembler.Register.R7;
import static io.weir.capture.linux.BpfAssembler.Register.R8;
import static io.weir.capture.linux.BpfAssembler.Register.STACK;

import io.weir.capture.linux.BpfAssembler.Condition;
import io.weir.capture.linux.BpfAssembler.Helper;
import io.weir.capture.linux.BpfAssembler.Size;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.signature.Field;
import io.weir.filter.signature.NumberSet;
import io.weir.filter.signature.PayloadHead;
import io.weir.filter.signature.Term;
import java.util.List;

/**
 * Writes rules as instructions: one after the other, each a conjunction that goes on to the next where a condition fails. A
 * SYN or DNS question that has all goes to {@code condemned}, anything else to {@code unasked}, its counter in R7.
 */
final class ShieldRuleCode {
    private static final int PAYLOAD = -256;
    private static final int OPENING = TcpFlags.SYN | TcpFlags.ACK | TcpFlags.RST | TcpFlags.FIN;
    private static final int DNS = 53;
    private static final int DHCP_CLIENT = 68;
    private static final int DHCPV6_CLIENT = 546;
    static final int UNREACHABLE = 3;
    static final int FIRST_REQUEST_V6 = 128;
    static final int LAST_ECHO_V6 = 129;
    static final int LAST_DISCOVERY_V6 = 143;

    private final BpfAssembler code;
    private final String next;
    private int labels;

    private ShieldRuleCode(BpfAssembler code, String next) {
        this.code = code;
        this.next = next;
    }

    /** Reads what more than the parser's part some of these ask for; before them. */
    static void writeReaders(BpfAssembler code, List<ShieldRule> rules) {
        List<ShieldRule> readers =
                rules.stream().filter(ShieldRule::readsOptions).toList();
        if (!readers.isEmpty()) {
            ShieldOptionCode.write(code, readers.stream().allMatch(rule -> rule.kind() == ShieldRule.Kind.SYN));
        }
        if (rules.stream()
                .map(ShieldRule::kind)
                .anyMatch(kind -> kind == ShieldRule.Kind.QUESTION || kind == ShieldRule.Kind.ANSWER)) {
            ShieldNameCode.writeMessage(code);
        }
    }

    static void write(BpfAssembler code, List<ShieldRule> rules) {
        for (int i = 0; i < rules.size(); i++) {
            String next = "rule" + (i + 1);
            new ShieldRuleCode(code, next).write(rules.get(i));
            code.label(next);
        }
    }

    private void write(ShieldRule rule) {
        is(ShieldParser.PROTOCOL, rule.protocol());
        if (rule.version() != 0) {
            is(ShieldParser.VERSION, rule.version());
        }
        inside(code, ShieldParser.DESTINATION, rule.destination(), next);
        writeKind(rule.kind(), rule.protocol() == IpProtocol.ICMP);
        for (Term term : rule.signature().terms()) {
            switch (term) {
                case Term.Numeric number -> writeNumber(number.of(), number.values(), rule.version());
                case Term.Source source -> writeSource(source.prefixes());
                case Term.SequenceIsDestination _ -> writeRelated();
                case Term.Payload payload -> writePayload(payload.head());
                case Term.Qname name -> new ShieldNameCode(code, next).writeName(name.suffix());
            }
        }
        code.move(R7, rule.slot()).jump(isByItself(rule.kind()) ? "condemned" : "unasked");
    }

    /** SYNs open something, and who was answered once may still ask too much. */
    static boolean isByItself(ShieldRule.Kind kind) {
        return kind == ShieldRule.Kind.SYN || kind == ShieldRule.Kind.QUESTION;
    }

    /**
     * Goes to {@code limit} with the kind and the IP version in R8, as {@link ShieldLimit#kindKey} has them; goes on where it is
     * none of what a limit holds for. By the header of a DNS message alone: rules may not have read it.
     */
    static void writeKinds(BpfAssembler code) {
        for (ShieldRule.Kind kind : ShieldLimit.KINDS) {
            for (int version : kind == ShieldRule.Kind.MESSAGE ? new int[] {4, 6} : new int[] {0}) {
                String next = "kind" + kind + version;
                ShieldRuleCode one = new ShieldRuleCode(code, next);
                one.is(ShieldParser.PROTOCOL, protocol(kind, version == 4));
                if (kind == ShieldRule.Kind.QUESTION) {
                    one.is(ShieldParser.DESTINATION_PORT, DNS);
                    ShieldNameCode.writeIsQuestion(code, next);
                } else {
                    one.writeKind(kind, version == 4);
                }
                code.load(Size.WORD, R8, STACK, ShieldParser.VERSION)
                        .shiftLeft(R8, ShieldLimit.VERSION_SHIFT)
                        .add(R8, kind.ordinal())
                        .jump("limit")
                        .label(next);
            }
        }
    }

    static int protocol(ShieldRule.Kind kind, boolean isIpv4) {
        return switch (kind) {
            case SYN, SEGMENT -> IpProtocol.TCP;
            case DATAGRAM, QUESTION, ANSWER -> IpProtocol.UDP;
            case MESSAGE -> isIpv4 ? IpProtocol.ICMP : IpProtocol.ICMPV6;
        };
    }

    private void writeKind(ShieldRule.Kind kind, boolean isIcmp4) {
        switch (kind) {
            case SYN -> {
                code.load(Size.WORD, R4, STACK, ShieldParser.FLAGS)
                        .and(R4, OPENING)
                        .jump(R4, Condition.NOT_EQUAL, TcpFlags.SYN, next);
            }
            case SEGMENT -> {
                code.load(Size.WORD, R4, STACK, ShieldParser.FLAGS)
                        .and(R4, OPENING)
                        .jump(R4, Condition.EQUAL, TcpFlags.SYN, next);
            }
            case DATAGRAM -> {
                isNot(ShieldParser.SOURCE_PORT, DNS);
                isNot(ShieldParser.DESTINATION_PORT, DNS);
                isNot(ShieldParser.DESTINATION_PORT, DHCP_CLIENT);
                isNot(ShieldParser.DESTINATION_PORT, DHCPV6_CLIENT);
            }
            case QUESTION -> {
                is(ShieldParser.DESTINATION_PORT, DNS);
                is(ShieldNameCode.MESSAGE, ShieldNameCode.QUESTION);
            }
            case ANSWER -> {
                is(ShieldParser.SOURCE_PORT, DNS);
                is(ShieldNameCode.MESSAGE, ShieldNameCode.ANSWER);
            }
            case MESSAGE -> writeMessage(isIcmp4);
        }
    }

    /** Errors and neighbour discovery are the network's own. */
    private void writeMessage(boolean isIpv4) {
        if (isIpv4) {
            isNot(ShieldParser.ICMP_TYPE, UNREACHABLE);
        } else {
            word(ShieldParser.ICMP_TYPE);
            code.jump(R4, Condition.BELOW, FIRST_REQUEST_V6, next)
                    .jump(R4, Condition.GREATER, LAST_DISCOVERY_V6, "kind" + next)
                    .jump(R4, Condition.GREATER, LAST_ECHO_V6, next)
                    .label("kind" + next);
        }
    }

    private void writeNumber(Field field, NumberSet values, int version) {
        switch (field) {
            case LENGTH -> in(ShieldParser.LENGTH, values);
            case TIME_TO_LIVE -> in(ShieldParser.TIME_TO_LIVE, values);
            case IP_ID -> {
                is(ShieldParser.VERSION, 4);
                in(ShieldParser.IP_ID, values);
            }
            case SOURCE_PORT -> in(ShieldParser.SOURCE_PORT, values);
            case DESTINATION_PORT -> in(ShieldParser.DESTINATION_PORT, values);
            case FLAGS -> in(ShieldParser.FLAGS, values);
            case WINDOW -> in(ShieldParser.WINDOW, values);
            case SEQUENCE -> in(ShieldParser.SEQUENCE, values);
            case ACKNOWLEDGMENT -> in(ShieldParser.ACKNOWLEDGMENT, values);
            case ICMP_TYPE -> in(ShieldParser.ICMP_TYPE, values);
            case ICMP_CODE -> in(ShieldParser.ICMP_CODE, values);
            case ECHO_ID -> {
                in(ShieldParser.ICMP_TYPE, version == 4 ? NumberSet.ofAll(List.of(0L, 8L)) : NumberSet.range(128, 129));
                in(ShieldParser.SOURCE_PORT, values);
            }
            case OPTIONS -> {
                if (values.equals(NumberSet.of(0))) {
                    is(ShieldParser.TCP_HEADER, 20);
                } else {
                    in(ShieldOptionCode.OPTIONS, values);
                }
            }
            case FRAGMENT, MESSAGE -> {
                // What the parser reads is none; the kind says which it is.
            }
            case QTYPE -> in(ShieldNameCode.QTYPE, values);
            case MAXIMUM_SEGMENT_SIZE -> in(ShieldOptionCode.MAXIMUM_SEGMENT_SIZE, values);
            case WINDOW_SCALE -> in(ShieldOptionCode.WINDOW_SCALE, values);
        }
    }

    private void writeSource(List<IpPrefix> prefixes) {
        String found = label();
        for (IpPrefix prefix : prefixes) {
            String other = label();
            inside(code, ShieldParser.SOURCE, prefix, other);
            code.jump(found).label(other);
        }
        code.jump(next).label(found);
    }

    private void writeRelated() {
        is(ShieldParser.VERSION, 4);
        code.load(Size.WORD, R4, STACK, ShieldParser.DESTINATION + 12)
                .fromNetwork(R4, 32)
                .load(Size.WORD, R3, STACK, ShieldParser.SEQUENCE)
                .jump(R3, Condition.NOT_EQUAL, R4, next);
    }

    private void writePayload(PayloadHead head) {
        word(ShieldParser.PAYLOAD_LENGTH);
        code.jump(R4, Condition.BELOW, head.length(), next).load(Size.WORD, R2, STACK, ShieldParser.PAYLOAD_AT);
        ShieldParser.fetch(code, Helper.XDP_LOAD_BYTES, PAYLOAD, head.length());
        code.jump(R0, Condition.NOT_EQUAL, 0, next);
        for (int i = 0; i < head.length(); i++) {
            if (head.isFixed(i)) {
                code.load(Size.BYTE, R4, STACK, PAYLOAD + i).jump(R4, Condition.NOT_EQUAL, head.value(i), next);
            }
        }
    }

    /**
     * Into R4. The verifier would learn of the word on the stack by what R4 is compared with, and go through all that follows
     * once more for each thing that a rule may have learned; an operation parts them.
     */
    private void word(int word) {
        code.load(Size.WORD, R4, STACK, word).and(R4, -1);
    }

    private void is(int word, int value) {
        word(word);
        code.jumpWord(R4, Condition.NOT_EQUAL, value, next);
    }

    private void isNot(int word, int value) {
        word(word);
        code.jumpWord(R4, Condition.EQUAL, value, next);
    }

    private void in(int word, NumberSet values) {
        word(word);
        String found = label();
        for (NumberSet.Range range : values.ranges()) {
            String other = label();
            code.jumpWord(R4, Condition.BELOW, (int) range.first(), other)
                    .jumpWord(R4, Condition.GREATER, (int) range.last(), other)
                    .jump(found)
                    .label(other);
        }
        code.jump(next).label(found);
    }

    private String label() {
        return next + "." + labels++;
    }

    /** Goes elsewhere unless an address on the stack is inside a prefix. */
    static void inside(BpfAssembler code, int address, IpPrefix prefix, String otherwise) {
        // An IPv4 address, mapped, lies in ::/0, too, which doesn't mean it.
        code.load(Size.WORD, R4, STACK, ShieldParser.VERSION)
                .jumpWord(R4, Condition.NOT_EQUAL, prefix.version(), otherwise);
        int length = prefix.length() + (prefix.version() == 4 ? 96 : 0);
        for (int word = 0; word < 4 && length > 32 * word; word++) {
            long half = word < 2 ? prefix.high() : prefix.low();
            int value = (int) (half >>> (word & 1) * -32 + 32);
            int bits = Math.min(32, length - 32 * word);
            code.load(Size.WORD, R4, STACK, address + 4 * word).fromNetwork(R4, 32);
            if (bits < 32) {
                code.and(R4, -1 << 32 - bits);
            }
            code.jumpWord(R4, Condition.NOT_EQUAL, value, otherwise);
        }
    }
}
