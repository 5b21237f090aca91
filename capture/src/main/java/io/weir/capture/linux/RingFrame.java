package io.weir.capture.linux;

import java.lang.foreign.MemorySegment;

/**
 * A packet in a ring's block (include/uapi/linux/if_packet.h).
 *
 * <pre>
 *   struct tpacket3_hdr   | next 4 | seconds 4 | nanoseconds 4 | captured 4 | length 4 | status 4 | frame 2 | network 2 |
 *                         | hash 4 | VLAN tag 4 | VLAN type 2 | padding 10 |
 *   struct sockaddr_ll    | family 2 | protocol 2 | interface 4 | hardware 2 | kind 1 | length 1 | address 8 |
 *   …
 *   virtio_net_hdr        | flags 1 | segmentation 1 | header bytes 2 | segment bytes 2 | checksum from 2 | at 2 |
 *   frame
 * </pre>
 *
 * <p>Between the address and a frame on Ethernet lie at least 14 bytes, of which the segmentation header takes 10: there
 * is room for a VLAN tag of 4.
 */
final class RingFrame {
    static final int VNET_BYTES = 10;

    private static final int SECONDS = 4;
    private static final int CAPTURED = 12;
    private static final int LENGTH = 16;
    private static final int STATUS = 20;
    private static final int FRAME = 24;
    private static final int VLAN_TAG = 32;
    private static final int VLAN_TYPE = 36;
    private static final int ADDRESS_PROTOCOL = 48 + 2;

    static final int STATUS_VLAN_VALID = 0x10;
    private static final int STATUS_VLAN_TYPE_VALID = 0x40;

    private static final int ETHERTYPE_VLAN = 0x8100;
    private static final int ETHERTYPE_QINQ = 0x88a8;
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86dd;
    private static final int TAG_BYTES = 4;
    private static final int TWO_MACS = 12;

    private static final int VNET_FLAGS = -VNET_BYTES;
    private static final int VNET_SEGMENTATION = -9;
    private static final int VNET_HEADER_BYTES = -8;
    private static final int VNET_SEGMENT_BYTES = -6;
    private static final int VNET_CHECKSUM_FROM = -4;
    private static final int VNET_NEEDS_CHECKSUM = 1;

    private static final int SEGMENTATION_UDP = 5;

    private static final int IPV6_BYTES = 40;
    private static final int UDP_BYTES = 8;
    private static final int TCP_DATA_OFFSET = 12;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private RingFrame() {}

    static int next(MemorySegment ring, long header) {
        return Native.i32(ring, header);
    }

    static long timestampNanos(MemorySegment ring, long header) {
        return timeNanos(ring, header + SECONDS);
    }

    /** @param seconds where the seconds stand, and behind them the nanoseconds */
    static long timeNanos(MemorySegment ring, long seconds) {
        return (Native.i32(ring, seconds) & 0xffff_ffffL) * NANOS_PER_SECOND
                + Native.i32(ring, seconds + Integer.BYTES);
    }

    static int captured(MemorySegment ring, long header) {
        return Native.i32(ring, header + CAPTURED);
    }

    static int length(MemorySegment ring, long header) {
        return Native.i32(ring, header + LENGTH);
    }

    static long frame(MemorySegment ring, long header) {
        return header + Native.u16(ring, header + FRAME);
    }

    /** Whether a packet without a link header is IP: the decoder could not tell otherwise. */
    static boolean isIp(MemorySegment ring, long header) {
        int protocol = Native.netU16(ring, header + ADDRESS_PROTOCOL);
        return protocol == ETHERTYPE_IPV4 || protocol == ETHERTYPE_IPV6;
    }

    static boolean isTagged(MemorySegment ring, long header) {
        return (Native.i32(ring, header + STATUS) & STATUS_VLAN_VALID) != 0;
    }

    static int tag(MemorySegment ring, long header) {
        return Native.i32(ring, header + VLAN_TAG);
    }

    static int tagType(MemorySegment ring, long header) {
        return tagType(Native.i32(ring, header + STATUS), Native.u16(ring, header + VLAN_TYPE));
    }

    /** @param type what stands where it is told, which old kernels don't fill */
    static int tagType(int status, int type) {
        return (status & STATUS_VLAN_TYPE_VALID) != 0 ? type : ETHERTYPE_VLAN;
    }

    /**
     * Puts the tag that the kernel took out of a frame back in, in front of its type.
     *
     * @param whole where the frame begins, a segmentation header and room for a tag before it
     * @return where the frame begins now
     */
    static long restoreTag(MemorySegment ring, long whole, int type, int tag) {
        long from = whole - VNET_BYTES;
        MemorySegment.copy(ring, from, ring, from - TAG_BYTES, VNET_BYTES + TWO_MACS);
        long frame = from - TAG_BYTES + VNET_BYTES;
        Native.putNetU16(ring, frame + TWO_MACS, type);
        Native.putNetU16(ring, frame + TWO_MACS + 2, tag);
        if (segmentBytes(ring, frame) > 0) {
            add(ring, frame + VNET_HEADER_BYTES, TAG_BYTES);
        }
        if ((Native.u8(ring, frame + VNET_FLAGS) & VNET_NEEDS_CHECKSUM) != 0) {
            add(ring, frame + VNET_CHECKSUM_FROM, TAG_BYTES);
        }
        return frame;
    }

    private static void add(MemorySegment ring, long at, int value) {
        ring.set(Native.SHORT, at, (short) (Native.u16(ring, at) + value));
    }

    static int tagBytes() {
        return TAG_BYTES;
    }

    /** Bytes of payload in each of the segments that the frame stands for, 0 for one that is what it is. */
    static int segmentBytes(MemorySegment ring, long frame) {
        return Native.u8(ring, frame + VNET_SEGMENTATION) == 0 ? 0 : Native.u16(ring, frame + VNET_SEGMENT_BYTES);
    }

    /**
     * Segments that a frame with a segmentation header stands for. The kernel takes such frames from TCP and UDP alone.
     *
     * @param length of the frame in bytes
     */
    static int segments(MemorySegment ring, long frame, int length) {
        int at = TWO_MACS;
        while (isTag(Native.netU16(ring, frame + at))) {
            at += TAG_BYTES;
        }
        at += 2;
        boolean isIpv6 = Native.u8(ring, frame + at) >>> 4 == 6;
        at += isIpv6 ? IPV6_BYTES : (Native.u8(ring, frame + at) & 0xf) << 2;
        boolean isUdp = Native.u8(ring, frame + VNET_SEGMENTATION) == SEGMENTATION_UDP;
        at += isUdp ? UDP_BYTES : Native.u8(ring, frame + at + TCP_DATA_OFFSET) >>> 4 << 2;
        return Math.max(1, Math.ceilDiv(length - at, segmentBytes(ring, frame)));
    }

    private static boolean isTag(int etherType) {
        return etherType == ETHERTYPE_VLAN || etherType == ETHERTYPE_QINQ;
    }
}
