package io.weir.filter.packet;

import static io.weir.filter.packet.Packets.SYN;
import static io.weir.filter.packet.Packets.ethernet;
import static io.weir.filter.packet.Packets.ipv4;
import static io.weir.filter.packet.Packets.ipv6;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class LinkDecoderTest {
    private static final String V4 = ipv4(6, SYN);
    private static final String V6 = ipv6(6, SYN);
    private static final String SLL_START = "0000" + "0001" + "0006" + "0200000000010000";

    static Stream<Arguments> headersBeforeIp() {
        return Stream.of(
                Arguments.of("ethernet", 1, "020000000001020000000002" + "0800", V4),
                Arguments.of("ethernet, ipv6", 1, "020000000001020000000002" + "86dd", V6),
                Arguments.of("802.1Q", 1, "020000000001020000000002" + "8100" + "00640800", V4),
                Arguments.of("802.1ad", 1, "020000000001020000000002" + "88a8" + "0064" + "8100" + "00c886dd", V6),
                Arguments.of("0x9100", 1, "020000000001020000000002" + "9100" + "0064" + "9200" + "00c80800", V4),
                Arguments.of("mpls", 1, "020000000001020000000002" + "8847" + "00064040" + "00007140", V6),
                Arguments.of("mpls multicast", 1, "020000000001020000000002" + "8848" + "00007140", V4),
                Arguments.of("vlan and mpls", 1, "020000000001020000000002" + "8100" + "00648847" + "00007140", V4),
                Arguments.of("pppoe", 1, "020000000001020000000002" + "8864" + "110012340000" + "0057", V6),
                Arguments.of(
                        "pppoe, one-byte protocol", 1, "020000000001020000000002" + "8864" + "110012340000" + "21", V4),
                Arguments.of("snap", 1, "020000000001020000000002" + "0040" + "aaaa03000000" + "0800", V4),
                Arguments.of("snap, ipv6", 1, "020000000001020000000002" + "0040" + "aaaa03000000" + "86dd", V6),
                Arguments.of("ppp", 9, "0021", V4),
                Arguments.of("ppp, one-byte protocol", 9, "57", V6),
                Arguments.of("ppp in hdlc framing", 9, "ff030021", V4),
                Arguments.of("ppp and mpls", 9, "0281" + "00007140", V4),
                Arguments.of("ppp hdlc", 50, "ff0321", V4),
                Arguments.of("cisco hdlc", 50, "0f000800", V4),
                Arguments.of("cisco hdlc, multicast", 50, "8f0086dd", V6),
                Arguments.of("pppoe without ethernet", 51, "110012340000" + "0021", V4),
                Arguments.of("raw", 101, "", V4),
                Arguments.of("raw, ipv6", 12, "", V6),
                Arguments.of("raw, openbsd", 14, "", V4),
                Arguments.of("raw ipv4", 228, "", V4),
                Arguments.of("raw ipv6", 229, "", V6),
                Arguments.of("null, little-endian", 0, "02000000", V4),
                Arguments.of("null, big-endian", 0, "00000002", V4),
                Arguments.of("null, linux", 0, "0a000000", V6),
                Arguments.of("null, netbsd", 0, "00000018", V6),
                Arguments.of("null, freebsd", 0, "1c000000", V6),
                Arguments.of("null, macos", 0, "1e000000", V6),
                Arguments.of("null, isdn4bsd", 0, "0f000800", V4),
                Arguments.of("loop", 108, "00000002", V4),
                Arguments.of("loop, openbsd", 108, "00000018", V6),
                Arguments.of("sll", 113, SLL_START + "0800", V4),
                Arguments.of("sll and vlan", 113, SLL_START + "8100" + "006486dd", V6),
                Arguments.of("sll and 802.2", 113, SLL_START + "0004" + "aaaa03000000" + "0800", V4),
                Arguments.of("sll2", 276, "0800" + "0000" + "00000002" + "0001" + "0006" + "0200000000010000", V4));
    }

    @ParameterizedTest
    @MethodSource("headersBeforeIp")
    void findsTheIpHeader(String name, int linkType, String header, String ip) {
        PacketBatch b = DecoderBench.decode(linkType, header + ip);
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b), name);
        assertEquals(Packets.length(header), b.ipOffset[0]);
        assertEquals(ip.equals(V4) ? 4 : 6, b.ipVersion[0]);
        assertEquals(80, b.destinationPort[0]);
    }

    static Stream<Arguments> framesWithoutIp() {
        String body = "00".repeat(46);
        return Stream.of(
                Arguments.of("arp", 1, ethernet(0x0806, body)),
                Arguments.of("lldp", 1, ethernet(0x88cc, body)),
                Arguments.of("pppoe discovery", 1, ethernet(0x8863, "1109" + body)),
                Arguments.of("pppoe with a code", 1, ethernet(0x8864, "110912340000" + "0021" + V4)),
                Arguments.of("spanning tree", 1, ethernet(0x0026, "424203" + body)),
                Arguments.of("snap of another organisation", 1, ethernet(0x0040, "aaaa0300000c" + "0800" + V4)),
                Arguments.of("snap with arp", 1, ethernet(0x0040, "aaaa03000000" + "0806" + body)),
                Arguments.of("neither type nor length", 1, ethernet(0x05ff, V4)),
                Arguments.of(
                        "pseudowire with control word",
                        1,
                        ethernet(0x8847, "00007140" + "00000000" + ethernet(0x0800, V4))),
                Arguments.of("ppp link control", 9, "ff03c021" + "0101"),
                Arguments.of("cisco keepalive", 50, "8f008035" + body),
                Arguments.of("null, another family", 0, "07000000" + V4),
                Arguments.of("loop doesn't swap", 108, "02000000" + V4),
                Arguments.of("netlink in sll", 113, "0004" + "0338" + "0006" + "0200000000010000" + "0800" + V4),
                Arguments.of("raw 802.3 in sll", 113, SLL_START + "0001" + V4));
    }

    @ParameterizedTest
    @MethodSource("framesWithoutIp")
    void framesWithoutIpAreNotMalformed(String name, int linkType, String frame) {
        assertEquals(DecodeOutcome.NOT_IP, DecoderBench.outcome(DecoderBench.decode(linkType, frame)), name);
    }

    @ParameterizedTest
    @CsvSource({"105", "147", "253", "-1", "65535"})
    void refusesLinkTypesItDoesNotRead(int linkType) {
        assertEquals(DecodeOutcome.UNSUPPORTED_LINK, DecoderBench.outcome(DecoderBench.decode(linkType, V4)));
    }

    @Test
    void decodesExactlyTheSupportedLinkTypes() {
        for (int linkType = 0; linkType < 400; linkType++) {
            PacketBatch b = DecoderBench.decode(linkType, V4);
            boolean refused = DecoderBench.outcome(b) == DecodeOutcome.UNSUPPORTED_LINK;
            assertEquals(LinkType.isSupported(linkType), !refused, LinkType.name(linkType));
        }
    }

    @Test
    void versionHasToAgreeWithTheLinkHeader() {
        assertEquals(DecodeOutcome.IP_VERSION, DecoderBench.outcome(DecoderBench.decode(ethernet(0x0800, V6))));
        assertEquals(DecodeOutcome.IP_VERSION, DecoderBench.outcome(DecoderBench.decode(ethernet(0x86dd, V4))));
        assertEquals(DecodeOutcome.IP_VERSION, DecoderBench.outcome(DecoderBench.decode(LinkType.IPV4, V6)));
        assertEquals(DecodeOutcome.IP_VERSION, DecoderBench.outcome(DecoderBench.decode(LinkType.RAW, "50" + V4)));
    }

    @Test
    void followsSixteenTagsOrLabelsAndNoMore() {
        String tags = "00018100".repeat(15);
        assertEquals(
                DecodeOutcome.OK, DecoderBench.outcome(DecoderBench.decode(ethernet(0x8100, tags + "00010800" + V4))));
        assertEquals(
                DecodeOutcome.LINK_TOO_DEEP,
                DecoderBench.outcome(DecoderBench.decode(ethernet(0x8100, "00018100" + tags + "00010800" + V4))));
        String labels = "00010040".repeat(15);
        assertEquals(
                DecodeOutcome.OK,
                DecoderBench.outcome(DecoderBench.decode(ethernet(0x8847, labels + "00010140" + V4))));
        assertEquals(
                DecodeOutcome.LINK_TOO_DEEP,
                DecoderBench.outcome(DecoderBench.decode(ethernet(0x8847, "00010040" + labels + "00010140" + V4))));
    }
}
