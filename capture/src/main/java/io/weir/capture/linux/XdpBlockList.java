package io.weir.capture.linux;

import static io.weir.capture.linux.BpfAssembler.Register.R0;
import static io.weir.capture.linux.BpfAssembler.Register.R1;
import static io.weir.capture.linux.BpfAssembler.Register.R2;
import static io.weir.capture.linux.BpfAssembler.Register.R3;
import static io.weir.capture.linux.BpfAssembler.Register.R4;
import static io.weir.capture.linux.BpfAssembler.Register.R6;
import static io.weir.capture.linux.BpfAssembler.Register.R7;
import static io.weir.capture.linux.BpfAssembler.Register.R8;
import static io.weir.capture.linux.BpfAssembler.Register.R9;
import static io.weir.capture.linux.BpfAssembler.Register.STACK;

import io.weir.capture.linux.BpfAssembler.Condition;
import io.weir.capture.linux.BpfAssembler.Helper;
import io.weir.capture.linux.BpfAssembler.Register;
import io.weir.capture.linux.BpfAssembler.Size;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The program that drops what comes from blocked sources before the kernel makes a packet of it: Ethernet, up to two VLAN
 * tags, IPv4 or IPv6. What it can't read passes.
 *
 * <pre>
 *   stack, down from its end:  IPv4 host 4 | IPv4 prefix 4+4 | … | IPv6 host 16 | IPv6 prefix 4+16 | counter 4
 * </pre>
 */
final class XdpBlockList {
    /** Indices of the counters. */
    static final int PASSED = 0;

    static final int HOST = 1;
    static final int PREFIX = 2;
    static final int COUNTERS = 3;

    private static final int XDP_DROP = 1;
    private static final int XDP_PASS = 2;

    private static final int ETHERNET_BYTES = 14;
    private static final int TAG_BYTES = 4;
    private static final int TAGS = 2;
    private static final int IPV4_BYTES = 20;
    private static final int IPV4_SOURCE = 12;
    private static final int IPV6_BYTES = 40;
    private static final int IPV6_SOURCE = 8;

    private static final int HOST4 = -4;
    private static final int PREFIX4 = -16;
    private static final int HOST6 = -32;
    private static final int PREFIX6 = -56;
    private static final int COUNTER = -60;

    private final BpfAssembler code = new BpfAssembler();

    /**
     * What the program looks up.
     *
     * @param counters packets and bytes, each 8 bytes, of every processor
     */
    record Maps(BpfMap hosts4, BpfMap prefixes4, BpfMap hosts6, BpfMap prefixes6, BpfMap counters) {}

    private XdpBlockList() {}

    static List<Long> program(Maps maps) {
        XdpBlockList list = new XdpBlockList();
        list.writeLink();
        list.writeIpv4(maps);
        list.writeIpv6(maps);
        list.writeEnd(maps);
        return list.code.assemble();
    }

    /** R6 context, R7 where the IP header begins, R8 end of the data, R9 length of the packet. */
    private void writeLink() {
        code.move(R6, R1)
                .call(Helper.XDP_GET_BUFF_LEN)
                .move(R9, R0)
                .load(Size.WORD, R7, R6, 0)
                .load(Size.WORD, R8, R6, 4);
        require(ETHERNET_BYTES);
        code.load(Size.HALF, R4, R7, ETHERNET_BYTES - 2).add(R7, ETHERNET_BYTES);
        for (int tag = 0; tag < TAGS; tag++) {
            code.jump(R4, Condition.EQUAL, net16(0x8100), "tag" + tag)
                    .jump(R4, Condition.NOT_EQUAL, net16(0x88a8), "network")
                    .label("tag" + tag);
            require(TAG_BYTES);
            code.load(Size.HALF, R4, R7, TAG_BYTES - 2).add(R7, TAG_BYTES);
        }
        code.label("network")
                .jump(R4, Condition.EQUAL, net16(0x0800), "ipv4")
                .jump(R4, Condition.EQUAL, net16(0x86dd), "ipv6")
                .jump("pass");
    }

    private void writeIpv4(Maps maps) {
        code.label("ipv4");
        require(IPV4_BYTES);
        code.load(Size.WORD, R4, R7, IPV4_SOURCE)
                .store(Size.WORD, STACK, HOST4, R4)
                .store(Size.WORD, STACK, PREFIX4 + 4, R4)
                .store(Size.WORD, STACK, PREFIX4, Integer.SIZE);
        look(maps.hosts4(), HOST4, "host");
        look(maps.prefixes4(), PREFIX4, "prefix");
        code.jump("pass");
    }

    private void writeIpv6(Maps maps) {
        code.label("ipv6");
        require(IPV6_BYTES);
        for (int word = 0; word < 16; word += 4) {
            code.load(Size.WORD, R4, R7, IPV6_SOURCE + word)
                    .store(Size.WORD, STACK, HOST6 + word, R4)
                    .store(Size.WORD, STACK, PREFIX6 + 4 + word, R4);
        }
        code.store(Size.WORD, STACK, PREFIX6, 2 * Long.SIZE);
        look(maps.hosts6(), HOST6, "host");
        look(maps.prefixes6(), PREFIX6, "prefix");
        code.jump("pass");
    }

    private void writeEnd(Maps maps) {
        code.label("pass").move(R6, PASSED).jump("count");
        code.label("host").move(R6, HOST).jump("count");
        code.label("prefix").move(R6, PREFIX);
        code.label("count").store(Size.WORD, STACK, COUNTER, R6);
        code.load(R1, maps.counters())
                .move(R2, STACK)
                .add(R2, COUNTER)
                .call(Helper.MAP_LOOKUP)
                .jump(R0, Condition.EQUAL, 0, "end");
        addTo(0, R9, true);
        addTo(Long.BYTES, R9, false);
        code.label("end")
                .move(R0, XDP_PASS)
                .jump(R6, Condition.EQUAL, PASSED, "leave")
                .move(R0, XDP_DROP)
                .label("leave")
                .exit();
    }

    private void addTo(int offset, Register bytes, boolean isOne) {
        code.load(Size.DOUBLE, R1, R0, offset);
        if (isOne) {
            code.add(R1, 1);
        } else {
            code.add(R1, bytes);
        }
        code.store(Size.DOUBLE, R0, offset, R1);
    }

    /** Passes what ends before so many bytes from R7: without this the verifier lets nothing be read. */
    private void require(int bytes) {
        code.move(R3, R7).add(R3, bytes).jump(R3, Condition.GREATER, R8, "pass");
    }

    private void look(BpfMap map, int key, String found) {
        code.load(R1, map).move(R2, STACK).add(R2, key).call(Helper.MAP_LOOKUP).jump(R0, Condition.NOT_EQUAL, 0, found);
    }

    /** Two bytes of the network's as the machine loads them. */
    private static int net16(int value) {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Short.reverseBytes((short) value) & 0xffff : value;
    }
}
