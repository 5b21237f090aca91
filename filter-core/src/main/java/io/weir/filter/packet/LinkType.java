package io.weir.filter.packet;

import java.util.HashMap;
import java.util.Map;

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

    /** Types that aren't decoded: number and name. */
    private static final String OTHERS = """
            3 AX25, 6 IEEE802, 7 ARCNET, 8 SLIP, 10 FDDI, 100 ATM_RFC1483, 104 C_HDLC, 105 IEEE802_11, 106 ATM_CLIP,
            107 FRELAY, 109 ENC, 114 LTALK, 117 PFLOG, 119 PRISM_HEADER, 122 IP_OVER_FC, 123 SUNATM,
            127 IEEE802_11_RADIO, 129 ARCNET_LINUX, 130 JUNIPER_MLPPP, 131 JUNIPER_MLFR, 132 JUNIPER_ES,
            133 JUNIPER_GGSN, 134 JUNIPER_MFR, 135 JUNIPER_ATM2, 136 JUNIPER_SERVICES, 137 JUNIPER_ATM1,
            138 APPLE_IP_OVER_IEEE1394, 139 MTP2_WITH_PHDR, 140 MTP2, 141 MTP3, 142 SCCP, 143 DOCSIS, 144 LINUX_IRDA,
            163 IEEE802_11_RADIO_AVS, 164 JUNIPER_MONITOR, 165 BACNET_MS_TP, 166 PPP_PPPD, 167 JUNIPER_PPPOE,
            168 JUNIPER_PPPOE_ATM, 169 GPRS_LLC, 174 JUNIPER_PIC_PEER, 175 ERF_ETH, 176 ERF_POS, 177 LINUX_LAPD,
            178 JUNIPER_ETHER, 179 JUNIPER_PPP, 180 JUNIPER_FRELAY, 181 JUNIPER_CHDLC, 182 MFR, 183 JUNIPER_VP,
            186 USB_FREEBSD, 187 BLUETOOTH_HCI_H4, 188 IEEE802_16_MAC_CPS, 189 USB_LINUX, 190 CAN20B,
            191 IEEE802_15_4_LINUX, 192 PPI, 193 IEEE802_16_MAC_CPS_RADIO, 194 JUNIPER_ISM, 195 IEEE802_15_4_WITHFCS,
            196 SITA, 197 ERF, 199 IPMB_KONTRON, 201 BLUETOOTH_HCI_H4_WITH_PHDR, 202 AX25_KISS,
            215 IEEE802_15_4_NONASK_PHY, 216 LINUX_EVDEV, 219 MPLS, 220 USB_LINUX_MMAPPED, 221 DECT, 223 WIHART,
            224 FC_2, 226 IPNET, 227 CAN_SOCKETCAN, 230 IEEE802_15_4_NOFCS, 231 DBUS, 235 DVB_CI,
            237 STANAG_5066_D_PDU, 239 NFLOG, 240 NETANALYZER, 241 NETANALYZER_TRANSPARENT, 242 IPOIB, 243 MPEG_2_TS,
            244 NG40, 245 NFC_LLCP, 246 PFSYNC, 247 INFINIBAND, 248 SCTP, 249 USBPCAP, 250 RTAC_SERIAL,
            251 BLUETOOTH_LE_LL, 253 NETLINK, 254 BLUETOOTH_LINUX_MONITOR, 255 BLUETOOTH_BREDR_BB,
            256 BLUETOOTH_LE_LL_WITH_PHDR, 257 PROFIBUS_DL, 258 PKTAP, 259 EPON, 265 RDS, 266 USB_DARWIN,
            267 OPENFLOW, 268 SDLC, 271 VSOCK, 272 NORDIC_BLE, 273 DOCSIS31_XRA31, 274 ETHERNET_MPACKET,
            275 DISPLAYPORT_AUX, 280 VPP_DISPATCH, 281 DSA_TAG_BRCM, 283 IEEE802_15_4_TAP, 284 DSA_TAG_DSA,
            285 DSA_TAG_EDSA, 289 ATSC_ALP""";

    private static final Map<Integer, String> NAMES = names();

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
        return NAMES.getOrDefault(linkType, "LINKTYPE_" + linkType);
    }

    private static Map<Integer, String> names() {
        Map<Integer, String> names = new HashMap<>();
        for (String entry : OTHERS.split(",")) {
            String[] numberAndName = entry.strip().split(" ");
            names.put(Integer.parseInt(numberAndName[0]), numberAndName[1]);
        }
        names.put(NULL, "NULL");
        names.put(ETHERNET, "EN10MB");
        names.put(PPP, "PPP");
        names.put(RAW_DLT_BSD, "RAW");
        names.put(RAW_DLT_OPENBSD, "RAW");
        names.put(RAW, "RAW");
        names.put(PPP_HDLC, "PPP_SERIAL");
        names.put(PPP_ETHERNET, "PPP_ETHER");
        names.put(LOOP, "LOOP");
        names.put(LINUX_SLL, "LINUX_SLL");
        names.put(IPV4, "IPV4");
        names.put(IPV6, "IPV6");
        names.put(LINUX_SLL2, "LINUX_SLL2");
        return Map.copyOf(names);
    }
}
