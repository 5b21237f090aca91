package io.weir.capture.linux;

import static io.weir.capture.linux.BpfAssembler.Register.R0;
import static io.weir.capture.linux.BpfAssembler.Register.R1;
import static io.weir.capture.linux.BpfAssembler.Register.R2;
import static io.weir.capture.linux.BpfAssembler.Register.R3;
import static io.weir.capture.linux.BpfAssembler.Register.R4;
import static io.weir.capture.linux.BpfAssembler.Register.R5;
import static io.weir.capture.linux.BpfAssembler.Register.R6;
import static io.weir.capture.linux.BpfAssembler.Register.R7;
import static io.weir.capture.linux.BpfAssembler.Register.R8;
import static io.weir.capture.linux.BpfAssembler.Register.R9;
import static io.weir.capture.linux.BpfAssembler.Register.STACK;

import io.weir.capture.linux.BpfAssembler.Condition;
import io.weir.capture.linux.BpfAssembler.Helper;
import io.weir.capture.linux.BpfAssembler.Size;
import io.weir.filter.packet.IpProtocol;
import java.nio.ByteOrder;

/**
 * Writes the part of a program that reads a frame: Ethernet, up to two VLAN tags, IPv4 or IPv6, and TCP, UDP, ICMP or ICMPv6
 * right behind it. What it read stands on the stack. Goes to {@code pass} where there are no addresses, else to {@code
 * parsed}: the protocol is 0 where the transport header isn't whole, sound and of the whole packet.
 *
 * <p>Addresses are 16 bytes, those of IPv4 mapped; each with 4 bytes before it that make it the key of a prefix map.
 */
final class ShieldParser {
    static final int SOURCE = -104;
    static final int SOURCE_KEY = SOURCE - 4;
    static final int DESTINATION = -128;
    static final int DESTINATION_KEY = DESTINATION - 4;

    /** From here down words in the machine's order. */
    static final int VERSION = -180;

    static final int LENGTH = -184;
    static final int TIME_TO_LIVE = -188;
    static final int IP_ID = -192;
    static final int PROTOCOL = -196;
    static final int SOURCE_PORT = -200;
    static final int DESTINATION_PORT = -204;
    static final int FLAGS = -208;
    static final int WINDOW = -212;
    static final int TCP_HEADER = -216;
    static final int SEQUENCE = -220;
    static final int ACKNOWLEDGMENT = -224;
    static final int ICMP_TYPE = -228;
    static final int ICMP_CODE = -232;
    /** Bytes of the payload, and where it begins in the frame. */
    static final int PAYLOAD_LENGTH = -236;

    static final int PAYLOAD_AT = -240;
    private static final int LAST_WORD = PAYLOAD_AT;

    private static final int ETHERNET = -16;
    private static final int TAG = -24;
    private static final int IP = -64;
    private static final int TRANSPORT = -88;

    private static final int ETHERNET_BYTES = 14;
    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int TCP_BYTES = 20;
    private static final int SHORT_BYTES = 8;

    private final BpfAssembler code;
    private final Helper loadBytes;

    private ShieldParser(BpfAssembler code, Helper loadBytes) {
        this.code = code;
        this.loadBytes = loadBytes;
    }

    /** R6 holds the context from here on, R9 the frame's length. */
    static void write(BpfAssembler code, Bpf.Type type) {
        new ShieldParser(code, helper(type)).write(type);
    }

    static Helper helper(Bpf.Type type) {
        return type == Bpf.Type.XDP ? Helper.XDP_LOAD_BYTES : Helper.SKB_LOAD_BYTES;
    }

    private void write(Bpf.Type type) {
        code.move(R6, R1);
        if (type == Bpf.Type.XDP) {
            code.call(Helper.XDP_GET_BUFF_LEN).move(R9, R0);
        } else {
            code.load(Size.WORD, R9, R6, 0);
        }
        for (int word = VERSION; word >= LAST_WORD; word -= 4) {
            code.store(Size.WORD, STACK, word, 0);
        }
        link();
        ipv4();
        ipv6();
        tcp();
        udp();
        icmp();
    }

    /** R7 is then where the IP header begins. */
    private void link() {
        code.move(R2, 0);
        fetch(ETHERNET, ETHERNET_BYTES, "pass");
        code.load(Size.HALF, R8, STACK, ETHERNET + ETHERNET_BYTES - 2).move(R7, ETHERNET_BYTES);
        for (int tag = 0; tag < 2; tag++) {
            code.jump(R8, Condition.EQUAL, net16(0x8100), "tag" + tag)
                    .jump(R8, Condition.EQUAL, net16(0x9100), "tag" + tag)
                    .jump(R8, Condition.NOT_EQUAL, net16(0x88a8), "network")
                    .label("tag" + tag)
                    .move(R2, R7);
            fetch(TAG, 4, "pass");
            code.load(Size.HALF, R8, STACK, TAG + 2).add(R7, 4);
        }
        code.label("network")
                .jump(R8, Condition.EQUAL, net16(0x0800), "ipv4")
                .jump(R8, Condition.EQUAL, net16(0x86dd), "ipv6")
                .jump("pass");
    }

    /** R8 is then where the transport header begins, R5 how long the packet is from there, R4 the protocol. */
    private void ipv4() {
        code.label("ipv4").move(R2, R7);
        fetch(IP, IPV4_BYTES, "pass");
        code.load(Size.BYTE, R4, STACK, IP)
                .move(R8, R4)
                .shiftRight(R4, 4)
                .jump(R4, Condition.NOT_EQUAL, 4, "pass")
                .store(Size.WORD, STACK, VERSION, 4)
                .and(R8, 0xf)
                .shiftLeft(R8, 2);
        mapped(SOURCE, IP + 12);
        mapped(DESTINATION, IP + 16);
        code.jump(R8, Condition.BELOW, IPV4_BYTES, "parsed");
        half(R5, IP + 2, LENGTH);
        half(R4, IP + 4, IP_ID);
        code.load(Size.BYTE, R4, STACK, IP + 8).store(Size.WORD, STACK, TIME_TO_LIVE, R4);
        code.load(Size.HALF, R4, STACK, IP + 6)
                .fromNetwork(R4, 16)
                .and(R4, 0x3fff)
                .jump(R4, Condition.NOT_EQUAL, 0, "parsed");
        code.load(Size.BYTE, R4, STACK, IP + 9).jump(R4, Condition.EQUAL, IpProtocol.ICMPV6, "parsed");
        whole();
    }

    private void ipv6() {
        code.label("ipv6").move(R2, R7);
        fetch(IP, IPV6_BYTES, "pass");
        code.load(Size.BYTE, R4, STACK, IP)
                .shiftRight(R4, 4)
                .jump(R4, Condition.NOT_EQUAL, 6, "pass")
                .store(Size.WORD, STACK, VERSION, 6);
        copy(SOURCE, IP + 8, 16);
        copy(DESTINATION, IP + 24, 16);
        code.store(Size.WORD, STACK, SOURCE_KEY, 128).store(Size.WORD, STACK, DESTINATION_KEY, 128);
        code.load(Size.HALF, R5, STACK, IP + 4).fromNetwork(R5, 16).jump(R5, Condition.EQUAL, 0, "parsed");
        code.add(R5, IPV6_BYTES).store(Size.WORD, STACK, LENGTH, R5);
        code.load(Size.BYTE, R4, STACK, IP + 7).store(Size.WORD, STACK, TIME_TO_LIVE, R4);
        code.move(R8, IPV6_BYTES);
        code.load(Size.BYTE, R4, STACK, IP + 6).jump(R4, Condition.EQUAL, IpProtocol.ICMP, "parsed");
        whole();
    }

    /** Goes to the protocol's own part if the packet ends inside the frame. */
    private void whole() {
        code.move(R3, R7)
                .add(R3, R5)
                .jump(R3, Condition.GREATER, R9, "parsed")
                .jump(R5, Condition.BELOW, R8, "parsed")
                .subtract(R5, R8)
                .add(R8, R7)
                // What calls would forget.
                .store(Size.WORD, STACK, PAYLOAD_LENGTH, R5)
                .jump(R4, Condition.EQUAL, IpProtocol.TCP, "tcp")
                .jump(R4, Condition.EQUAL, IpProtocol.UDP, "udp")
                .jump(R4, Condition.EQUAL, IpProtocol.ICMP, "icmp")
                .jump(R4, Condition.EQUAL, IpProtocol.ICMPV6, "icmp")
                .jump("parsed");
    }

    private void tcp() {
        code.label("tcp").jump(R5, Condition.BELOW, TCP_BYTES, "parsed").move(R2, R8);
        fetch(TRANSPORT, TCP_BYTES, "parsed");
        half(R4, TRANSPORT, SOURCE_PORT);
        half(R4, TRANSPORT + 2, DESTINATION_PORT);
        word(TRANSPORT + 4, SEQUENCE);
        word(TRANSPORT + 8, ACKNOWLEDGMENT);
        half(R4, TRANSPORT + 14, WINDOW);
        code.load(Size.HALF, R4, STACK, TRANSPORT + 12)
                .fromNetwork(R4, 16)
                .move(R3, R4)
                .and(R4, 0x1ff)
                .store(Size.WORD, STACK, FLAGS, R4)
                .shiftRight(R3, 12)
                .shiftLeft(R3, 2)
                .jump(R3, Condition.BELOW, TCP_BYTES, "parsed")
                .store(Size.WORD, STACK, TCP_HEADER, R3);
        payload(IpProtocol.TCP);
    }

    private void udp() {
        code.label("udp").jump(R5, Condition.BELOW, SHORT_BYTES, "parsed").move(R2, R8);
        fetch(TRANSPORT, SHORT_BYTES, "parsed");
        half(R4, TRANSPORT, SOURCE_PORT);
        half(R4, TRANSPORT + 2, DESTINATION_PORT);
        code.load(Size.WORD, R5, STACK, PAYLOAD_LENGTH)
                .load(Size.HALF, R4, STACK, TRANSPORT + 4)
                .fromNetwork(R4, 16)
                .jump(R4, Condition.BELOW, SHORT_BYTES, "parsed")
                .jump(R4, Condition.GREATER, R5, "parsed")
                .store(Size.WORD, STACK, PAYLOAD_LENGTH, R4)
                .move(R3, SHORT_BYTES);
        payload(IpProtocol.UDP);
    }

    private void icmp() {
        code.label("icmp")
                .jump(R5, Condition.BELOW, SHORT_BYTES, "parsed")
                .move(R7, R4)
                .move(R2, R8);
        fetch(TRANSPORT, SHORT_BYTES, "parsed");
        code.load(Size.BYTE, R4, STACK, TRANSPORT).store(Size.WORD, STACK, ICMP_TYPE, R4);
        code.load(Size.BYTE, R4, STACK, TRANSPORT + 1).store(Size.WORD, STACK, ICMP_CODE, R4);
        half(R4, TRANSPORT + 4, SOURCE_PORT);
        code.move(R3, SHORT_BYTES);
        payload(0);
        code.label("parsed");
    }

    /** R3: bytes of the transport header. A protocol of 0 stands in R7. */
    private void payload(int protocol) {
        code.load(Size.WORD, R5, STACK, PAYLOAD_LENGTH)
                .jump(R3, Condition.GREATER, R5, "parsed")
                .subtract(R5, R3)
                .store(Size.WORD, STACK, PAYLOAD_LENGTH, R5)
                .add(R8, R3)
                .store(Size.WORD, STACK, PAYLOAD_AT, R8);
        if (protocol == 0) {
            code.store(Size.WORD, STACK, PROTOCOL, R7);
        } else {
            code.store(Size.WORD, STACK, PROTOCOL, protocol).jump("parsed");
        }
    }

    /** Loads from the frame's offset in R2 to the stack; goes elsewhere where the frame is shorter. */
    private void fetch(int to, int bytes, String missing) {
        fetch(code, loadBytes, to, bytes);
        code.jump(R0, Condition.NOT_EQUAL, 0, missing);
        // Calls forget these.
        if (to == TRANSPORT) {
            code.load(Size.WORD, R5, STACK, PAYLOAD_LENGTH);
        }
    }

    static void fetch(BpfAssembler code, Helper loadBytes, int to, int bytes) {
        code.move(R1, R6).move(R3, STACK).add(R3, to).move(R4, bytes).call(loadBytes);
    }

    private void half(BpfAssembler.Register register, int from, int to) {
        code.load(Size.HALF, register, STACK, from).fromNetwork(register, 16).store(Size.WORD, STACK, to, register);
    }

    private void word(int from, int to) {
        code.load(Size.WORD, R4, STACK, from).fromNetwork(R4, 32).store(Size.WORD, STACK, to, R4);
    }

    private void mapped(int to, int from) {
        code.store(Size.WORD, STACK, to - 4, 128)
                .store(Size.WORD, STACK, to, 0)
                .store(Size.WORD, STACK, to + 4, 0)
                .store(Size.WORD, STACK, to + 8, net32(0xffff));
        copy(to + 12, from, 4);
    }

    private void copy(int to, int from, int bytes) {
        for (int at = 0; at < bytes; at += 4) {
            code.load(Size.WORD, R4, STACK, from + at).store(Size.WORD, STACK, to + at, R4);
        }
    }

    /** Two bytes of the network's as the machine loads them. */
    private static int net16(int value) {
        return isLittle() ? Short.reverseBytes((short) value) & 0xffff : value;
    }

    private static int net32(int value) {
        return isLittle() ? Integer.reverseBytes(value) : value;
    }

    private static boolean isLittle() {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    }
}
