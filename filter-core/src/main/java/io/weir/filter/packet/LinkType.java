package io.weir.filter.packet;

import java.util.Locale;

/**
 * Link types by their LINKTYPE number, the one that stands in capture files (https://www.tcpdump.org/linktypes.html).
 * {@link #isSupported} tells which of them {@link FrameDecoder} reads; the others are here for their names alone.
 */
public final class LinkType {
    /** BSD loopback: address family in the byte order of the machine that captured. */
    public static final int NULL = 0;

    public static final int ETHERNET = 1;
    public static final int PPP = 9;
    /** Raw IP, the number in files; 12 and 14 are the DLT values some programs wrote by mistake. */
    public static final int RAW = 101;

    public static final int RAW_DLT_BSD = 12;
    public static final int RAW_DLT_OPENBSD = 14;
    public static final int PPP_HDLC = 50;
    public static final int PPP_ETHERNET = 51;
    /** OpenBSD loopback: address family in network byte order. */
    public static final int LOOP = 108;

    public static final int LINUX_SLL = 113;
    public static final int IPV4 = 228;
    public static final int IPV6 = 229;
    public static final int LINUX_SLL2 = 276;

    private LinkType() {}

    /** Whether frames of this type are decoded. */
    public static boolean isSupported(int linkType) {
        return switch (linkType) {
            case NULL,
                    ETHERNET,
                    PPP,
                    RAW_DLT_BSD,
                    RAW_DLT_OPENBSD,
                    PPP_HDLC,
                    PPP_ETHERNET,
                    RAW,
                    LOOP,
                    LINUX_SLL,
                    IPV4,
                    IPV6,
                    LINUX_SLL2 -> true;
            default -> false;
        };
    }

    /** The name tcpdump uses, or {@code LINKTYPE_n} for a number without one here. */
    public static String name(int linkType) {
        return switch (linkType) {
            case NULL -> "NULL";
            case ETHERNET -> "EN10MB";
            case 3 -> "AX25";
            case 6 -> "IEEE802";
            case 7 -> "ARCNET";
            case 8 -> "SLIP";
            case PPP -> "PPP";
            case 10 -> "FDDI";
            case RAW_DLT_BSD, RAW_DLT_OPENBSD, RAW -> "RAW";
            case PPP_HDLC -> "PPP_SERIAL";
            case PPP_ETHERNET -> "PPP_ETHER";
            case 100 -> "ATM_RFC1483";
            case 104 -> "C_HDLC";
            case 105 -> "IEEE802_11";
            case 107 -> "FRELAY";
            case LOOP -> "LOOP";
            case LINUX_SLL -> "LINUX_SLL";
            case 114 -> "LTALK";
            case 117 -> "PFLOG";
            case 119 -> "PRISM_HEADER";
            case 127 -> "IEEE802_11_RADIO";
            case 138 -> "APPLE_IP_OVER_IEEE1394";
            case 143 -> "DOCSIS";
            case 187 -> "BLUETOOTH_HCI_H4";
            case 189 -> "USB_LINUX";
            case 195 -> "IEEE802_15_4_WITHFCS";
            case 201 -> "BLUETOOTH_HCI_H4_WITH_PHDR";
            case 220 -> "USB_LINUX_MMAPPED";
            case 227 -> "CAN_SOCKETCAN";
            case IPV4 -> "IPV4";
            case IPV6 -> "IPV6";
            case 230 -> "IEEE802_15_4_NOFCS";
            case 239 -> "NFLOG";
            case 247 -> "INFINIBAND";
            case 249 -> "USBPCAP";
            case 253 -> "NETLINK";
            case 258 -> "PKTAP";
            case LINUX_SLL2 -> "LINUX_SLL2";
            default -> String.format(Locale.ROOT, "LINKTYPE_%d", linkType);
        };
    }
}
