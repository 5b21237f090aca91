package io.weir.filter.packet;

import static io.weir.filter.packet.Packets.DNS_QUERY;
import static io.weir.filter.packet.Packets.SYN;
import static io.weir.filter.packet.Packets.UDP;
import static io.weir.filter.packet.Packets.echo;
import static io.weir.filter.packet.Packets.ethernet;
import static io.weir.filter.packet.Packets.ethernet4;
import static io.weir.filter.packet.Packets.ethernet6;
import static io.weir.filter.packet.Packets.ipv4;
import static io.weir.filter.packet.Packets.ipv6;
import static io.weir.filter.packet.Packets.tcp;
import static io.weir.filter.packet.Packets.text;
import static io.weir.filter.packet.Packets.u16;
import static io.weir.filter.packet.Packets.udp;

import java.util.List;

/** One sound IP frame of each shape, without padding: the seeds of the truncation and mutation tests. */
final class SampleFrames {
    /** A frame that decodes as OK. */
    record Sample(String name, int linkType, String hex) {
        byte[] bytes() {
            return Packets.bytes(hex);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final String CLIENT_HELLO = "1603010040" + "0100003c" + "0303" + "11".repeat(32) + "00"
            + "0004130113020100" + "000f" + "0000000b000900000661626364" + "6566";
    private static final String DNS_ANSWER = "123481800001000100000000" + "03777777076578616d706c6503636f6d00"
            + "00010001" + "c00c" + "00010001" + "00000e10" + "0004" + "c0000201";

    private SampleFrames() {}

    static List<Sample> all() {
        return List.of(
                new Sample("tcp syn", LinkType.ETHERNET, ethernet4(ipv4(6, SYN))),
                new Sample(
                        "tcp with every option",
                        LinkType.ETHERNET,
                        ethernet4(ipv4(6, tcp(1, 2, 0x12, "020405b40402080a0000000100000002030307" + "00", "abcd")))),
                new Sample(
                        "http request",
                        LinkType.ETHERNET,
                        ethernet4(ipv4(6, tcp(1, 8080, 0x18, "", text("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))))),
                new Sample("tls client hello", LinkType.RAW, ipv4(6, tcp(1, 443, 0x18, "", CLIENT_HELLO))),
                new Sample(
                        "dns over tcp",
                        LinkType.IPV4,
                        ipv4(6, tcp(1, 53, 0x18, "", u16(Packets.length(DNS_QUERY)) + DNS_QUERY))),
                new Sample("udp", LinkType.ETHERNET, ethernet4(ipv4(17, UDP))),
                new Sample("dns query", LinkType.ETHERNET, ethernet4(ipv4(17, udp(40000, 53, DNS_QUERY)))),
                new Sample("dns answer", LinkType.ETHERNET, ethernet6(ipv6(17, udp(53, 40000, DNS_ANSWER)))),
                new Sample("dns elsewhere", LinkType.IPV6, ipv6(17, udp(5300, 40000, DNS_ANSWER))),
                new Sample("vxlan", LinkType.ETHERNET, ethernet4(ipv4(17, udp(1, 4789, "0800000000000100" + "00")))),
                new Sample("gtp-u", LinkType.ETHERNET, ethernet4(ipv4(17, udp(2152, 2152, "30ff000400000001" + "45")))),
                new Sample("icmp echo", LinkType.ETHERNET, ethernet4(ipv4(1, echo(8)))),
                new Sample(
                        "icmp error",
                        LinkType.ETHERNET,
                        ethernet4(ipv4(1, "0301000000000000" + ipv4(17, udp(5, 6, "0102"))))),
                new Sample(
                        "icmpv6 error",
                        LinkType.ETHERNET,
                        ethernet6(ipv6(58, "0200000000000500" + ipv6(44, "0600000000000007" + SYN)))),
                new Sample(
                        "sctp", LinkType.ETHERNET, ethernet4(ipv4(132, "0bb80bb9" + "11223344" + "00000000" + "01"))),
                new Sample("gre", LinkType.ETHERNET, ethernet4(ipv4(47, "00000800" + ipv4(6, SYN)))),
                new Sample("ip options", LinkType.ETHERNET, ethernet4(ipv4(6, 0, "9404000001010101", SYN))),
                new Sample(
                        "first fragment",
                        LinkType.ETHERNET,
                        ethernet4(ipv4(17, 0x2000, "", "0801080104000000" + "ab".repeat(24)))),
                new Sample("last fragment", LinkType.ETHERNET, ethernet4(ipv4(17, 0x0100, "", "abcdef"))),
                new Sample(
                        "ah in ipv4",
                        LinkType.ETHERNET,
                        ethernet4(ipv4(51, "0604000000000001" + "00".repeat(16) + SYN))),
                new Sample(
                        "ipv6 with every extension header",
                        LinkType.ETHERNET,
                        ethernet6(ipv6(
                                0,
                                "3c00050200000000" + "2b00010400000000" + "2c00000000000000" + "3300000000000009"
                                        + "8702000000000001" + "0000000000000000" + "8b00000000000000"
                                        + "8c00000000000000" + "0600000000000000" + SYN))),
                new Sample("ipv6 first fragment", LinkType.ETHERNET, ethernet6(ipv6(44, "0600000100000007" + SYN))),
                new Sample("ipv6 last fragment", LinkType.ETHERNET, ethernet6(ipv6(44, "0600001000000007" + "abcdef"))),
                new Sample(
                        "two vlan tags", LinkType.ETHERNET, ethernet(0x88a8, "000a8100" + "000b86dd" + ipv6(6, SYN))),
                new Sample("mpls", LinkType.ETHERNET, ethernet(0x8847, "0001003f" + "0002013f" + ipv4(6, SYN))),
                new Sample("pppoe", LinkType.ETHERNET, ethernet(0x8864, "11000001002e" + "0021" + ipv4(6, SYN))),
                new Sample("snap", LinkType.ETHERNET, ethernet(0x0034, "aaaa03000000" + "0800" + ipv4(6, SYN))),
                new Sample("ppp", LinkType.PPP, "21" + ipv4(6, SYN)),
                new Sample("ppp in hdlc framing", LinkType.PPP_HDLC, "ff030057" + ipv6(6, SYN)),
                new Sample("cisco hdlc", LinkType.PPP_HDLC, "0f000800" + ipv4(6, SYN)),
                new Sample("pppoe without ethernet", LinkType.PPP_ETHERNET, "11000001002e" + "0021" + ipv4(6, SYN)),
                new Sample("null, little-endian", LinkType.NULL, "1e000000" + ipv6(6, SYN)),
                new Sample("loop", LinkType.LOOP, "00000002" + ipv4(6, SYN)),
                new Sample("linux sll", LinkType.LINUX_SLL, "0000000100060200000000010000" + "0800" + ipv4(6, SYN)),
                new Sample(
                        "linux sll2",
                        LinkType.LINUX_SLL2,
                        "86dd0000" + "00000001" + "0001" + "0006" + "0200000000010000" + ipv6(6, SYN)));
    }
}
