package io.weir.capture.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * Writes the expressions of one rule (include/uapi/linux/netfilter/nf_tables.h): each loads a register, or compares it,
 * or decides.
 */
final class NfExpressions {
    static final int META_INPUT_NAME = 6;
    static final int META_OUTPUT_NAME = 7;
    static final int META_FAMILY = 15;
    static final int META_PROTOCOL = 16;

    static final int NETWORK_HEADER = 1;
    static final int TRANSPORT_HEADER = 2;
    static final int INNER_HEADER = 3;

    static final byte FAMILY_IPV4 = 2;
    static final byte FAMILY_IPV6 = 10;
    static final byte TCP = 6;
    static final byte ICMPV6 = 58;

    /** The first of 16 registers of 4 bytes; the 16 bytes that most expressions use are the first four of them. */
    static final int FIRST_WORD = 8;

    private static final int ELEMENT = 1;
    private static final int NAME = 1;
    private static final int DATA = 2;
    private static final int VALUE = 1;
    private static final int VERDICT = 2;
    private static final int VERDICT_REGISTER = 0;
    private static final int REGISTER = 1;
    private static final int EQUAL = 0;
    private static final int NOT_EQUAL = 1;
    private static final int INVERTED = 1;
    private static final int UPDATE = 1;
    private static final int RANDOM = 1;
    private static final int COUNTER = 1;
    private static final int TCP_OPTION = 1;
    private static final int PRESENT = 1;
    private static final int NF_DROP = 0;
    private static final int NF_ACCEPT = 1;
    private static final int NFT_JUMP = -3;
    private static final int NFT_GOTO = -4;

    private static final int QUEUE_BYPASS = 1;
    private static final int TARGET_REVISION = 3;
    private static final int TARGET_BYTES = 8;

    private final NetlinkWriter writer;
    private final boolean isCompatible;

    /**
     * @param isCompatible whether the queue is written as the target of iptables, for a kernel that has nft's own not
     *     built in
     */
    NfExpressions(NetlinkWriter writer, boolean isCompatible) {
        this.writer = writer;
        this.isCompatible = isCompatible;
    }

    NfExpressions expression(String name, Consumer<NetlinkWriter> data) {
        writer.nest(ELEMENT, () -> writer.attribute(NAME, name).nest(DATA, () -> data.accept(writer)));
        return this;
    }

    NfExpressions meta(int key) {
        return meta(key, REGISTER);
    }

    NfExpressions meta(int key, int register) {
        return expression("meta", data -> data.attribute(1, register).attribute(2, key));
    }

    /** Loads bytes of a header. */
    NfExpressions payload(int header, int offset, int bytes) {
        return payload(header, offset, bytes, REGISTER);
    }

    NfExpressions payload(int header, int offset, int bytes, int register) {
        return expression(
                "payload",
                data -> data.attribute(1, register)
                        .attribute(2, header)
                        .attribute(3, offset)
                        .attribute(4, bytes));
    }

    NfExpressions mask(byte[] mask) {
        return expression(
                "bitwise",
                data -> data.attribute(1, REGISTER)
                        .attribute(2, REGISTER)
                        .attribute(3, mask.length)
                        .nest(4, () -> data.attribute(VALUE, mask))
                        .nest(5, () -> data.attribute(VALUE, new byte[mask.length])));
    }

    NfExpressions compare(boolean isEqual, byte[] value) {
        return expression(
                "cmp",
                data -> data.attribute(1, REGISTER)
                        .attribute(2, isEqual ? EQUAL : NOT_EQUAL)
                        .nest(3, () -> data.attribute(VALUE, value)));
    }

    /** Values of as many bytes, both inside. */
    NfExpressions range(byte[] first, byte[] last) {
        return expression(
                "range",
                data -> data.attribute(1, REGISTER)
                        .attribute(2, EQUAL)
                        .nest(3, () -> data.attribute(VALUE, first))
                        .nest(4, () -> data.attribute(VALUE, last)));
    }

    /** Sets a register to a value. */
    NfExpressions constant(byte[] value, int register) {
        return expression("immediate", data -> data.attribute(1, register).nest(2, () -> data.attribute(VALUE, value)));
    }

    /** What is loaded, from the first register on, is in a set, or isn't. */
    NfExpressions lookup(String set, boolean isIn) {
        return expression(
                "lookup", data -> data.attribute(1, set).attribute(2, REGISTER).attribute(5, isIn ? 0 : INVERTED));
    }

    /** The same for a set without a name, made in the same batch. */
    NfExpressions lookup(String pattern, int id) {
        return expression(
                "lookup",
                data -> data.attribute(1, pattern).attribute(2, REGISTER).attribute(4, id));
    }

    /**
     * Enters what is loaded, from the first register on, into a set, for so long from now. Goes on only where that is full,
     * and counts that.
     */
    NfExpressions update(String set, long timeoutMillis, String fullCounter) {
        return expression(
                        "dynset",
                        data -> data.attribute(1, set)
                                .attribute(3, UPDATE)
                                .attribute(4, REGISTER)
                                .longAttribute(6, timeoutMillis)
                                .attribute(9, INVERTED))
                .count(fullCounter);
    }

    /** Loads bytes of a TCP option; goes no further where it is missing. */
    NfExpressions option(int kind, int offset, int bytes) {
        return expression(
                "exthdr",
                data -> data.attribute(1, REGISTER)
                        .attribute(2, new byte[] {(byte) kind})
                        .attribute(3, offset)
                        .attribute(4, bytes)
                        .attribute(6, TCP_OPTION));
    }

    NfExpressions hasOption(int kind, boolean isThere) {
        expression(
                "exthdr",
                data -> data.attribute(1, REGISTER)
                        .attribute(2, new byte[] {(byte) kind})
                        .attribute(3, 0)
                        .attribute(4, 1)
                        .attribute(5, PRESENT)
                        .attribute(6, TCP_OPTION));
        return compare(true, new byte[] {(byte) (isThere ? 1 : 0)});
    }

    /** One packet in so many. */
    NfExpressions oneOf(int modulus) {
        expression(
                "numgen",
                data -> data.attribute(1, REGISTER).attribute(2, modulus).attribute(3, RANDOM));
        return compare(true, new byte[Integer.BYTES]);
    }

    /** No more than so many. */
    NfExpressions within(long packetsPerSecond, int burstPackets) {
        return expression(
                "limit",
                data -> data.longAttribute(1, packetsPerSecond)
                        .longAttribute(2, 1)
                        .attribute(3, burstPackets));
    }

    /** Counts by a counter of the table's. */
    NfExpressions count(String counter) {
        return expression("objref", data -> data.attribute(1, COUNTER).attribute(2, counter));
    }

    NfExpressions accept() {
        return verdict(NF_ACCEPT, "");
    }

    NfExpressions drop() {
        return verdict(NF_DROP, "");
    }

    NfExpressions jump(String chain) {
        return verdict(NFT_JUMP, chain);
    }

    NfExpressions goTo(String chain) {
        return verdict(NFT_GOTO, chain);
    }

    private NfExpressions verdict(int code, String chain) {
        return expression(
                "immediate",
                data -> data.attribute(1, VERDICT_REGISTER)
                        .nest(
                                2,
                                () -> data.nest(VERDICT, () -> {
                                    data.attribute(1, code);
                                    if (!chain.isEmpty()) {
                                        data.attribute(2, chain);
                                    }
                                })));
    }

    NfExpressions queue(int first, int count, boolean isBypassed) {
        int flags = isBypassed ? QUEUE_BYPASS : 0;
        if (!isCompatible) {
            return expression(
                    "queue",
                    data -> data.shortAttribute(1, first)
                            .shortAttribute(2, count)
                            .shortAttribute(3, flags));
        }
        // struct xt_NFQ_info_v3, in the machine's order: number 2, count 2, flags 2, padded to 8
        byte[] info = new byte[TARGET_BYTES];
        ByteBuffer.wrap(info)
                .order(ByteOrder.nativeOrder())
                .putShort((short) first)
                .putShort((short) count)
                .putShort((short) flags);
        return expression(
                "target",
                data -> data.attribute(1, "NFQUEUE")
                        .attribute(2, TARGET_REVISION)
                        .attribute(3, info));
    }
}
