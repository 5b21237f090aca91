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
            case 106 -> "ATM_CLIP";
            case 107 -> "FRELAY";
            case LOOP -> "LOOP";
            case 109 -> "ENC";
            case LINUX_SLL -> "LINUX_SLL";
            case 114 -> "LTALK";
            case 117 -> "PFLOG";
            case 119 -> "PRISM_HEADER";
            case 122 -> "IP_OVER_FC";
            case 123 -> "SUNATM";
            case 127 -> "IEEE802_11_RADIO";
            case 129 -> "ARCNET_LINUX";
            case 130 -> "JUNIPER_MLPPP";
            case 131 -> "JUNIPER_MLFR";
            case 132 -> "JUNIPER_ES";
            case 133 -> "JUNIPER_GGSN";
            case 134 -> "JUNIPER_MFR";
            case 135 -> "JUNIPER_ATM2";
            case 136 -> "JUNIPER_SERVICES";
            case 137 -> "JUNIPER_ATM1";
            case 138 -> "APPLE_IP_OVER_IEEE1394";
            case 139 -> "MTP2_WITH_PHDR";
            case 140 -> "MTP2";
            case 141 -> "MTP3";
            case 142 -> "SCCP";
            case 143 -> "DOCSIS";
            case 144 -> "LINUX_IRDA";
            case 163 -> "IEEE802_11_RADIO_AVS";
            case 164 -> "JUNIPER_MONITOR";
            case 165 -> "BACNET_MS_TP";
            case 166 -> "PPP_PPPD";
            case 167 -> "JUNIPER_PPPOE";
            case 168 -> "JUNIPER_PPPOE_ATM";
            case 169 -> "GPRS_LLC";
            case 174 -> "JUNIPER_PIC_PEER";
            case 175 -> "ERF_ETH";
            case 176 -> "ERF_POS";
            case 177 -> "LINUX_LAPD";
            case 178 -> "JUNIPER_ETHER";
            case 179 -> "JUNIPER_PPP";
            case 180 -> "JUNIPER_FRELAY";
            case 181 -> "JUNIPER_CHDLC";
            case 182 -> "MFR";
            case 183 -> "JUNIPER_VP";
            case 186 -> "USB_FREEBSD";
            case 187 -> "BLUETOOTH_HCI_H4";
            case 188 -> "IEEE802_16_MAC_CPS";
            case 189 -> "USB_LINUX";
            case 190 -> "CAN20B";
            case 191 -> "IEEE802_15_4_LINUX";
            case 192 -> "PPI";
            case 193 -> "IEEE802_16_MAC_CPS_RADIO";
            case 194 -> "JUNIPER_ISM";
            case 195 -> "IEEE802_15_4_WITHFCS";
            case 196 -> "SITA";
            case 197 -> "ERF";
            case 199 -> "IPMB_KONTRON";
            case 201 -> "BLUETOOTH_HCI_H4_WITH_PHDR";
            case 202 -> "AX25_KISS";
            case 215 -> "IEEE802_15_4_NONASK_PHY";
            case 216 -> "LINUX_EVDEV";
            case 219 -> "MPLS";
            case 220 -> "USB_LINUX_MMAPPED";
            case 221 -> "DECT";
            case 223 -> "WIHART";
            case 224 -> "FC_2";
            case 226 -> "IPNET";
            case 227 -> "CAN_SOCKETCAN";
            case IPV4 -> "IPV4";
            case IPV6 -> "IPV6";
            case 230 -> "IEEE802_15_4_NOFCS";
            case 231 -> "DBUS";
            case 235 -> "DVB_CI";
            case 237 -> "STANAG_5066_D_PDU";
            case 239 -> "NFLOG";
            case 240 -> "NETANALYZER";
            case 241 -> "NETANALYZER_TRANSPARENT";
            case 242 -> "IPOIB";
            case 243 -> "MPEG_2_TS";
            case 244 -> "NG40";
            case 245 -> "NFC_LLCP";
            case 246 -> "PFSYNC";
            case 247 -> "INFINIBAND";
            case 248 -> "SCTP";
            case 249 -> "USBPCAP";
            case 250 -> "RTAC_SERIAL";
            case 251 -> "BLUETOOTH_LE_LL";
            case 253 -> "NETLINK";
            case 254 -> "BLUETOOTH_LINUX_MONITOR";
            case 255 -> "BLUETOOTH_BREDR_BB";
            case 256 -> "BLUETOOTH_LE_LL_WITH_PHDR";
            case 257 -> "PROFIBUS_DL";
            case 258 -> "PKTAP";
            case 259 -> "EPON";
            case 265 -> "RDS";
            case 266 -> "USB_DARWIN";
            case 267 -> "OPENFLOW";
            case 268 -> "SDLC";
            case 271 -> "VSOCK";
            case 272 -> "NORDIC_BLE";
            case 273 -> "DOCSIS31_XRA31";
            case 274 -> "ETHERNET_MPACKET";
            case 275 -> "DISPLAYPORT_AUX";
            case LINUX_SLL2 -> "LINUX_SLL2";
            case 280 -> "VPP_DISPATCH";
            case 281 -> "DSA_TAG_BRCM";
            case 283 -> "IEEE802_15_4_TAP";
            case 284 -> "DSA_TAG_DSA";
            case 285 -> "DSA_TAG_EDSA";
            case 289 -> "ATSC_ALP";
            default -> String.format(Locale.ROOT, "LINKTYPE_%d", linkType);
        };
    }
}
