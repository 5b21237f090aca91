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
    private static final int CISCO_IPV4 = 0x0f00_0800;
    private static final int CISCO_IPV6 = 0x0f00_86dd;

    private LinkDecoder() {}

    static int decode(int linkType, MemorySegment frames, long frame, int captured, int wire) {
        if (linkType == LinkType.ETHERNET) {
            if (ETHERNET_LENGTH > captured) {
                return Step.missing(ETHERNET_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
            }
            int type = Bytes.u16(frames, frame + ETHERNET_TYPE);
            if (type == EtherType.IPV4) {
                return Step.ipv4(ETHERNET_LENGTH);
            }
            return EtherType.decode(frames, frame, ETHERNET_LENGTH, type, captured, wire);
        }
        return other(linkType, frames, frame, captured, wire);
    }

    private static int other(int linkType, MemorySegment frames, long frame, int captured, int wire) {
        return switch (linkType) {
            case LinkType.RAW, LinkType.RAW_DLT_BSD, LinkType.RAW_DLT_OPENBSD -> raw(frames, frame, captured, wire);
            case LinkType.IPV4 -> Step.ipv4(0);
            case LinkType.IPV6 -> Step.ipv6(0);
            case LinkType.NULL, LinkType.LOOP -> loopback(linkType, frames, frame, captured, wire);
            case LinkType.LINUX_SLL -> sll(frames, frame, captured, wire);
            case LinkType.LINUX_SLL2 -> sll2(frames, frame, captured, wire);
            case LinkType.PPP, LinkType.PPP_HDLC -> PppDecoder.decode(frames, frame, captured, wire);
            case LinkType.PPP_ETHERNET -> PppDecoder.session(frames, frame, 0, captured, wire);
            default -> Step.stop(DecodeOutcome.UNSUPPORTED_LINK);
        };
    }

    private static int raw(MemorySegment frames, long frame, int captured, int wire) {
        if (captured == 0) {
            return Step.missing(1, wire, DecodeOutcome.IP_TRUNCATED);
        }
        return switch (Bytes.u8(frames, frame) >>> 4) {
            case 4 -> Step.ipv4(0);
            case 6 -> Step.ipv6(0);
            default -> Step.stop(DecodeOutcome.IP_VERSION);
        };
    }

    private static int loopback(int linkType, MemorySegment frames, long frame, int captured, int wire) {
        if (FAMILY_LENGTH > captured) {
            return Step.missing(FAMILY_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
        }
        int family = Bytes.i32(frames, frame);
        // NULL is written in the byte order of the machine that captured, which the file doesn't always share.
        if (linkType == LinkType.NULL && (family & 0xffff) == 0) {
            family = Integer.reverseBytes(family);
        }
        return switch (family) {
            case FAMILY_INET -> Step.ipv4(FAMILY_LENGTH);
            // AF_INET6 of Linux, of NetBSD, OpenBSD and Npcap, of FreeBSD, of macOS
            case 10, 24, 28, 30 -> Step.ipv6(FAMILY_LENGTH);
            // isdn4bsd left a Cisco HDLC header in its place.
            case CISCO_IPV4 -> Step.ipv4(FAMILY_LENGTH);
            case CISCO_IPV6 -> Step.ipv6(FAMILY_LENGTH);
            default -> Step.stop(DecodeOutcome.NOT_IP);
        };
    }

    private static int sll(MemorySegment frames, long frame, int captured, int wire) {
        if (SLL_LENGTH > captured) {
            return Step.missing(SLL_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
        }
        int hardware = Bytes.u16(frames, frame + SLL_HARDWARE);
        int type = Bytes.u16(frames, frame + SLL_TYPE);
        return cooked(hardware, type, frames, frame, SLL_LENGTH, captured, wire);
    }

    private static int sll2(MemorySegment frames, long frame, int captured, int wire) {
        if (SLL2_LENGTH > captured) {
            return Step.missing(SLL2_LENGTH, wire, DecodeOutcome.LINK_TRUNCATED);
        }
        int hardware = Bytes.u16(frames, frame + SLL2_HARDWARE);
        int type = Bytes.u16(frames, frame);
        return cooked(hardware, type, frames, frame, SLL2_LENGTH, captured, wire);
    }

    private static int cooked(
            int hardware, int type, MemorySegment frames, long frame, int at, int captured, int wire) {
        return switch (hardware) {
            case HARDWARE_NETLINK, HARDWARE_IEEE80211, HARDWARE_IEEE80211_RADIOTAP -> Step.stop(DecodeOutcome.NOT_IP);
            default -> {
                // Below 1536 the field is a code of its own: 4 says that an 802.2 header follows.
                boolean code = type < EtherType.SMALLEST;
                boolean llc = type == 4;
                yield code && !llc
                        ? Step.stop(DecodeOutcome.NOT_IP)
                        : EtherType.decode(frames, frame, at, type, captured, wire);
            }
        };
    }
}
