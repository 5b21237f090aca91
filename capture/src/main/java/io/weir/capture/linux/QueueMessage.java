package io.weir.capture.linux;

import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.lang.foreign.MemorySegment;

/**
 * A packet as NFQUEUE hands it over (include/uapi/linux/netfilter/nfnetlink_queue.h): attributes after a netlink and a
 * netfilter header, values in network order.
 *
 * <pre>
 *   PACKET_HDR   | id 4 | protocol 2 | hook 1 |
 *   TIMESTAMP    | seconds 8 | microseconds 8 |    only where somebody on the host asks for receive times
 *   CAP_LEN      | length 4 |                      only where the payload is cut
 * </pre>
 */
final class QueueMessage {
    static final int TYPE = 3 << 8;

    private static final int PACKET_HEADER = 1;
    private static final int TIMESTAMP = 4;
    private static final int INDEX_IN = 5;
    private static final int INDEX_OUT = 6;
    private static final int PAYLOAD = 10;
    private static final int WHOLE_LENGTH = 13;
    private static final int TYPE_MASK = 0x3fff;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long NANOS_PER_MICRO = 1_000;

    private QueueMessage() {}

    /**
     * Writes the frame columns of one packet.
     *
     * @param from where the message begins, {@code length} its bytes
     * @param nowNanos the time of a packet that the kernel didn't stamp
     * @param interfaces indices of the interfaces that are known; a packet of none has the interface -1
     * @return the packet's id
     */
    static int read(
            MemorySegment memory, long from, int length, long nowNanos, int[] interfaces, PacketBatch batch, int i) {
        int id = 0;
        int wire = 0;
        int known = 0;
        batch.timestampNanos[i] = nowNanos;
        batch.capturedLength[i] = 0;
        batch.frameOffset[i] = from;
        batch.linkType[i] = LinkType.RAW;
        long end = from + length;
        long at = from + NetlinkWriter.HEADER_BYTES + NetlinkWriter.GENERAL_BYTES;
        while (at + NetlinkWriter.ATTRIBUTE_BYTES <= end) {
            int bytes = Native.u16(memory, at);
            long value = at + NetlinkWriter.ATTRIBUTE_BYTES;
            switch (Native.u16(memory, at + 2) & TYPE_MASK) {
                case PACKET_HEADER -> id = Native.netI32(memory, value);
                case TIMESTAMP ->
                    batch.timestampNanos[i] = Native.netI64(memory, value) * NANOS_PER_SECOND
                            + Native.netI64(memory, value + Long.BYTES) * NANOS_PER_MICRO;
                // Of a packet on its way through, the interface that it came by.
                case INDEX_IN -> known = find(interfaces, Native.netI32(memory, value), known);
                case INDEX_OUT -> known = known > 0 ? known : find(interfaces, Native.netI32(memory, value), 0);
                case PAYLOAD -> {
                    batch.frameOffset[i] = value;
                    batch.capturedLength[i] = bytes - NetlinkWriter.ATTRIBUTE_BYTES;
                }
                case WHOLE_LENGTH -> wire = Native.netI32(memory, value);
                default -> {
                    // Mark, hardware address, user: nobody asks.
                }
            }
            at += Math.max(NetlinkWriter.ATTRIBUTE_BYTES, NetlinkWriter.align(bytes));
        }
        batch.wireLength[i] = Math.max(wire, batch.capturedLength[i]);
        batch.interfaceIndex[i] = known - 1;
        return id;
    }

    /** Position in the list counted from 1, or what was known before. */
    private static int find(int[] interfaces, int index, int otherwise) {
        for (int i = 0; i < interfaces.length; i++) {
            if (interfaces[i] == index) {
                return i + 1;
            }
        }
        return otherwise;
    }
}
