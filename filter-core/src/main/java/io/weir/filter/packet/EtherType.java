package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * What follows an Ethernet type: tags and labels down to the IP header.
 *
 * <pre>
 *  VLAN tag     | priority 3 bits, DEI 1, id 12 | type 2 |                       IEEE 802.1Q, 802.1ad
 *  MPLS label   | label 20 bits, class 3, bottom of stack 1, TTL 8 |             RFC 3032 section 2.1
 *  LLC, SNAP    | AA AA 03 | OUI 3 | type 2 |                                    RFC 1042
 * </pre>
 */
final class EtherType {
    static final int IPV4 = 0x0800;
    static final int IPV6 = 0x86dd;
    /** Smaller values of the field are a length, or mean nothing (IEEE 802.3 section 3.2.6). */
    static final int SMALLEST = 1536;

    private static final int VLAN = 0x8100;
    private static final int VLAN_SERVICE = 0x88a8;
    private static final int VLAN_OLD_9100 = 0x9100;
    private static final int VLAN_OLD_9200 = 0x9200;
    private static final int MPLS_UNICAST = 0x8847;
    private static final int MPLS_MULTICAST = 0x8848;
    private static final int PPPOE_SESSION = 0x8864;
    private static final int PPP = 0x880b;
    private static final int LARGEST_LENGTH = 1500;

    private static final int TAG_LENGTH = 4;
    private static final int LABEL_LENGTH = 4;
    private static final int LABEL_BOTTOM = 0x100;
    private static final int LLC_LENGTH = 3;
    private static final int SNAP_LENGTH = 8;
    private static final int SNAP_TYPE = 6;
    private static final int LLC_SNAP = 0xaaaa03;

    /**
     * Tags and labels that are followed together. Two tags are usual, a segment routing stack of labels stays below a
     * dozen.
     */
    private static final int DEEPEST = 16;

    private EtherType() {}

    /** Decodes from {@code at}, where what {@code type} names begins. */
    static int decode(MemorySegment frames, long frame, int at, int type, int captured, int wire) {
        for (int depth = 0; depth <= DEEPEST; depth++) {
            switch (type) {
                case IPV4 -> {
                    return Step.ipv4(at);
                }
                case IPV6 -> {
                    return Step.ipv6(at);
                }
                case VLAN, VLAN_SERVICE, VLAN_OLD_9100, VLAN_OLD_9200 -> {
                    if (at + TAG_LENGTH > captured) {
                        return Step.missing(at + TAG_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
                    }
                    type = Bytes.u16(frames, frame + at + 2);
                    at += TAG_LENGTH;
                }
                case MPLS_UNICAST, MPLS_MULTICAST -> {
                    return mpls(frames, frame, at, depth, captured, wire);
                }
                case PPPOE_SESSION -> {
                    return PppDecoder.session(frames, frame, at, captured, wire);
                }
                case PPP -> {
                    return PppDecoder.protocol(frames, frame, at, captured, wire);
                }
                default -> {
                    if (type > LARGEST_LENGTH) {
                        return Step.stop(DecodeOutcome.NOT_IP);
                    }
                    return llc(frames, frame, at, captured, wire);
                }
            }
        }
        return Step.stop(DecodeOutcome.LINK_TOO_DEEP);
    }

    /**
     * A label stack names no protocol: the first four bits behind it tell IPv4 and IPv6. Anything else is a pseudowire,
     * whose control word starts with 0 or 1 for that reason (RFC 4385 section 3, RFC 4928).
     */
    static int mpls(MemorySegment frames, long frame, int at, int depth, int captured, int wire) {
        int label = 0;
        for (; (label & LABEL_BOTTOM) == 0; depth++) {
            if (depth >= DEEPEST) {
                return Step.stop(DecodeOutcome.LINK_TOO_DEEP);
            }
            if (at + LABEL_LENGTH > captured) {
                return Step.missing(at + LABEL_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
            }
            label = Bytes.i32(frames, frame + at);
            at += LABEL_LENGTH;
        }
        if (at >= captured) {
            return Step.missing(at + 1, wire, DecodeOutcome.LINK_TRUNCATED);
        }
        return switch (Bytes.u8(frames, frame + at) >>> 4) {
            case 4 -> Step.ipv4(at);
            case 6 -> Step.ipv6(at);
            default -> Step.stop(DecodeOutcome.NOT_IP);
        };
    }

    private static int llc(MemorySegment frames, long frame, int at, int captured, int wire) {
        if (at + LLC_LENGTH > captured) {
            return Step.missing(at + LLC_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
        }
        int header = Bytes.u16(frames, frame + at) << 8 | Bytes.u8(frames, frame + at + 2);
        if (header != LLC_SNAP) {
            return Step.stop(DecodeOutcome.NOT_IP);
        }
        if (at + SNAP_LENGTH > captured) {
            return Step.missing(at + SNAP_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
        }
        int organisation = Bytes.u16(frames, frame + at + 3) << 8 | Bytes.u8(frames, frame + at + 5);
        int type = Bytes.u16(frames, frame + at + SNAP_TYPE);
        if (organisation != 0) {
            return Step.stop(DecodeOutcome.NOT_IP);
        }
        return switch (type) {
            case IPV4 -> Step.ipv4(at + SNAP_LENGTH);
            case IPV6 -> Step.ipv6(at + SNAP_LENGTH);
            default -> Step.stop(DecodeOutcome.NOT_IP);
        };
    }
}
