package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * PPP, and what carries it.
 *
 * <pre>
 *  PPPoE session   | version 4 bits, type 4 bits | code 1 | session 2 | length 2 |   RFC 2516 section 4
 *  HDLC framing    | FF 03 |                                                         RFC 1662 section 3.1
 *  Cisco HDLC      | 0F or 8F | control 1 | Ethernet type 2 |                        RFC 1547 section 4.3.1
 *  PPP             | protocol 2, or 1 where it is odd |                              RFC 1661 sections 2 and 6.5
 * </pre>
 */
final class PppDecoder {
    private static final int SESSION_CODE = 1;
    private static final int SESSION_LENGTH = 6;

    private static final int HDLC_FRAMING = 0xff03;
    private static final int HDLC_LENGTH = 2;
    private static final int CISCO_UNICAST = 0x0f;
    private static final int CISCO_MULTICAST = 0x8f;
    private static final int CISCO_TYPE = 2;
    private static final int CISCO_LENGTH = 4;

    /** Two bytes are there even where the protocol takes one: the packet behind it isn't empty. */
    private static final int PROTOCOL_LENGTH = 2;

    private static final int PROTOCOL_IPV4 = 0x0021;
    private static final int PROTOCOL_IPV6 = 0x0057;
    private static final int PROTOCOL_MPLS_UNICAST = 0x0281;
    private static final int PROTOCOL_MPLS_MULTICAST = 0x0283;

    private PppDecoder() {}

    /** A frame of LINKTYPE_PPP or LINKTYPE_PPP_HDLC: the first byte tells the framing. */
    static int decode(MemorySegment frames, long frame, int captured, int wire) {
        int first = captured == 0 ? 0 : Bytes.u8(frames, frame);
        if (first == CISCO_UNICAST || first == CISCO_MULTICAST) {
            if (CISCO_LENGTH > captured) {
                return Step.missing(CISCO_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
            }
            int type = Bytes.u16(frames, frame + CISCO_TYPE);
            return type < EtherType.SMALLEST
                    ? Step.stop(DecodeOutcome.NOT_IP)
                    : EtherType.decode(frames, frame, CISCO_LENGTH, type, captured, wire);
        }
        return protocol(frames, frame, 0, captured, wire);
    }

    /** PPPoE from {@code at}, a session by its Ethernet type. */
    static int session(MemorySegment frames, long frame, int at, int captured, int wire) {
        if (at + SESSION_LENGTH > captured) {
            return Step.missing(at + SESSION_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
        }
        if (Bytes.u8(frames, frame + at + SESSION_CODE) != 0) {
            return Step.stop(DecodeOutcome.NOT_IP);
        }
        return protocol(frames, frame, at + SESSION_LENGTH, captured, wire);
    }

    /** PPP from {@code at}, with or without HDLC framing. */
    static int protocol(MemorySegment frames, long frame, int at, int captured, int wire) {
        if (at + PROTOCOL_LENGTH > captured) {
            return Step.missing(at + PROTOCOL_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
        }
        if (Bytes.u16(frames, frame + at) == HDLC_FRAMING) {
            at += HDLC_LENGTH;
            if (at + PROTOCOL_LENGTH > captured) {
                return Step.missing(at + PROTOCOL_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
            }
        }
        int protocol = Bytes.u8(frames, frame + at);
        at++;
        if ((protocol & 1) == 0) {
            protocol = protocol << 8 | Bytes.u8(frames, frame + at);
            at++;
        }
        return switch (protocol) {
            case PROTOCOL_IPV4 -> Step.ipv4(at);
            case PROTOCOL_IPV6 -> Step.ipv6(at);
            case PROTOCOL_MPLS_UNICAST, PROTOCOL_MPLS_MULTICAST -> EtherType.mpls(frames, frame, at, 0, captured, wire);
            default -> Step.stop(DecodeOutcome.NOT_IP);
        };
    }
}
