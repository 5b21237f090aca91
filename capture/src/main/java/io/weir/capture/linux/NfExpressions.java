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

    static final byte FAMILY_IPV4 = 2;
    static final byte FAMILY_IPV6 = 10;
    static final byte TCP = 6;
    static final byte ICMPV6 = 58;

    private static final int ELEMENT = 1;
    private static final int NAME = 1;
    private static final int DATA = 2;
    private static final int VALUE = 1;
    private static final int VERDICT = 2;
    private static final int VERDICT_REGISTER = 0;
    private static final int REGISTER = 1;
    private static final int EQUAL = 0;
    private static final int NOT_EQUAL = 1;
    private static final int NF_ACCEPT = 1;

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
        return expression("meta", data -> data.attribute(1, REGISTER).attribute(2, key));
    }

    /** Loads bytes of a header. */
    NfExpressions payload(int header, int offset, int bytes) {
        return expression(
                "payload",
                data -> data.attribute(1, REGISTER)
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

    NfExpressions accept() {
        return expression(
                "immediate",
                data -> data.attribute(1, VERDICT_REGISTER)
                        .nest(2, () -> data.nest(VERDICT, () -> data.attribute(1, NF_ACCEPT))));
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
