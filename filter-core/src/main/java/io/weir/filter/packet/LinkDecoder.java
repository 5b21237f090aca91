package io.weir.filter.packet;

import java.lang.foreign.MemorySegment;

/**
 * Link headers down to the IP header.
 *
 * <pre>
 *  Ethernet II   | destination 6 | source 6 | type 2 |
 *  IEEE 802.3    | destination 6 | source 6 | length 2 | DSAP 1 | SSAP 1 | control 1 | (SNAP: OUI 3, type 2)
 *  Linux SLL     | kind 2 | ARPHRD 2 | address length 2 | address 8 | type 2 |
 *  Linux SLL2    | type 2 | reserved 2 | interface 4 | ARPHRD 2 | kind 1 | address length 1 | address 8 |
 *  NULL, LOOP    | address family 4 |
 * </pre>
 */
final class LinkDecoder {
    private static final int ETHERNET_TYPE = 12;
    private static final int ETHERNET_LENGTH = 14;

    private static final int SLL_HARDWARE = 2;
    private static final int SLL_TYPE = 14;
    private static final int SLL_LENGTH = 16;

    private static final int SLL2_HARDWARE = 8;
    private static final int SLL2_LENGTH = 20;
    /** ARPHRD values from if_arp.h: the type field of a netlink or 802.11 message isn't an Ethernet type. */
    private static final int HARDWARE_NETLINK = 824;

    private static final int HARDWARE_IEEE80211 = 801;
    private static final int HARDWARE_IEEE80211_RADIOTAP = 803;

    private static final int FAMILY_LENGTH = 4;
    private static final int FAMILY_INET = 2;

    private LinkDecoder() {}

    static DecodeOutcome decode(MemorySegment frames, long frame, int captured, int wire, PacketBatch b, int i) {
        int linkType = b.linkType[i];
        if (linkType == LinkType.ETHERNET) {
            if (ETHERNET_LENGTH > captured) {
                return FrameDecoder.missing(ETHERNET_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
            }
            int type = Bytes.u16(frames, frame + ETHERNET_TYPE);
            if (type == EtherType.IPV4) {
                return Ipv4Decoder.decode(frames, frame, ETHERNET_LENGTH, captured, wire, b, i);
            }
            return EtherType.decode(frames, frame, ETHERNET_LENGTH, type, captured, wire, b, i);
        }
        return other(linkType, frames, frame, captured, wire, b, i);
    }

    private static DecodeOutcome other(
            int linkType, MemorySegment frames, long frame, int captured, int wire, PacketBatch b, int i) {
        return switch (linkType) {
            case LinkType.RAW, LinkType.RAW_DLT_BSD, LinkType.RAW_DLT_OPENBSD ->
                raw(frames, frame, captured, wire, b, i);
            case LinkType.IPV4 -> Ipv4Decoder.decode(frames, frame, 0, captured, wire, b, i);
            case LinkType.IPV6 -> Ipv6Decoder.decode(frames, frame, 0, captured, wire, b, i);
            case LinkType.NULL, LinkType.LOOP -> loopback(linkType, frames, frame, captured, wire, b, i);
            case LinkType.LINUX_SLL -> sll(frames, frame, captured, wire, b, i);
            case LinkType.LINUX_SLL2 -> sll2(frames, frame, captured, wire, b, i);
            case LinkType.PPP, LinkType.PPP_HDLC -> PppDecoder.decode(frames, frame, captured, wire, b, i);
            case LinkType.PPP_ETHERNET -> PppDecoder.session(frames, frame, 0, captured, wire, b, i);
            default -> DecodeOutcome.UNSUPPORTED_LINK;
        };
    }

    private static DecodeOutcome raw(MemorySegment frames, long frame, int captured, int wire, PacketBatch b, int i) {
        if (captured == 0) {
            return FrameDecoder.missing(1, wire, DecodeOutcome.IP_TRUNCATED);
        }
        return switch (Bytes.u8(frames, frame) >>> 4) {
            case 4 -> Ipv4Decoder.decode(frames, frame, 0, captured, wire, b, i);
            case 6 -> Ipv6Decoder.decode(frames, frame, 0, captured, wire, b, i);
            default -> DecodeOutcome.IP_VERSION;
        };
    }

    private static DecodeOutcome loopback(
            int linkType, MemorySegment frames, long frame, int captured, int wire, PacketBatch b, int i) {
        if (FAMILY_LENGTH > captured) {
            return FrameDecoder.missing(FAMILY_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
        }
        int family = Bytes.i32(frames, frame);
        // NULL is written in the byte order of the machine that captured, which the file doesn't always share.
        if (linkType == LinkType.NULL && (family & 0xffff) == 0) {
            family = Integer.reverseBytes(family);
        }
        return switch (family) {
            case FAMILY_INET -> Ipv4Decoder.decode(frames, frame, FAMILY_LENGTH, captured, wire, b, i);
            // AF_INET6 of Linux, of NetBSD, OpenBSD and Npcap, of FreeBSD, of macOS
            case 10, 24, 28, 30 -> Ipv6Decoder.decode(frames, frame, FAMILY_LENGTH, captured, wire, b, i);
            default -> DecodeOutcome.NOT_IP;
        };
    }

    private static DecodeOutcome sll(MemorySegment frames, long frame, int captured, int wire, PacketBatch b, int i) {
        if (SLL_LENGTH > captured) {
            return FrameDecoder.missing(SLL_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
        }
        int hardware = Bytes.u16(frames, frame + SLL_HARDWARE);
        int type = Bytes.u16(frames, frame + SLL_TYPE);
        return cooked(hardware, type, frames, frame, SLL_LENGTH, captured, wire, b, i);
    }

    private static DecodeOutcome sll2(MemorySegment frames, long frame, int captured, int wire, PacketBatch b, int i) {
        if (SLL2_LENGTH > captured) {
            return FrameDecoder.missing(SLL2_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
        }
        int hardware = Bytes.u16(frames, frame + SLL2_HARDWARE);
        int type = Bytes.u16(frames, frame);
        return cooked(hardware, type, frames, frame, SLL2_LENGTH, captured, wire, b, i);
    }

    private static DecodeOutcome cooked(
            int hardware,
            int type,
            MemorySegment frames,
            long frame,
            int at,
            int captured,
            int wire,
            PacketBatch b,
            int i) {
        return switch (hardware) {
            case HARDWARE_NETLINK, HARDWARE_IEEE80211, HARDWARE_IEEE80211_RADIOTAP -> DecodeOutcome.NOT_IP;
            default -> {
                // Below 1536 the field is a code of its own: 4 says that an 802.2 header follows.
                boolean code = type < EtherType.SMALLEST;
                boolean llc = type == 4;
                yield code && !llc
                        ? DecodeOutcome.NOT_IP
                        : EtherType.decode(frames, frame, at, type, captured, wire, b, i);
            }
        };
    }
}
