package io.weir.filter.packet;

import static io.weir.filter.packet.Packets.SYN;
import static io.weir.filter.packet.Packets.echo;
import static io.weir.filter.packet.Packets.ethernet4;
import static io.weir.filter.packet.Packets.ethernet6;
import static io.weir.filter.packet.Packets.ipv4;
import static io.weir.filter.packet.Packets.ipv6;
import static io.weir.filter.packet.Packets.tcp;
import static io.weir.filter.packet.Packets.udp;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TransportDecoderTest {
    private static PacketBatch decode(int protocol, String payload) {
        return DecoderBench.decode(ethernet4(ipv4(protocol, payload)));
    }

    @Test
    void writesTheTcpHeader() {
        PacketBatch b = decode(6, tcp(40000, 443, 0x1d5, "", "abcdef"));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(40000, b.sourcePort[0]);
        assertEquals(443, b.destinationPort[0]);
        assertEquals(0x1122_3344, b.tcpSequence[0]);
        assertEquals(0x5566_7788, b.tcpAcknowledgment[0]);
        assertEquals(0x1d5, b.tcpFlags[0]);
        assertEquals(0x7210, b.tcpWindow[0]);
        assertEquals(54, b.payloadOffset[0]);
        assertEquals(3, b.payloadLength[0]);
        assertEquals(3, b.payloadCaptured[0]);
    }

    @ParameterizedTest
    @CsvSource({
        // options, bits, maximum segment size, window scale
        "020405b4, 1, 1460, -1",
        "01010101, 0, 0, -1",
        "00020405, 0, 0, -1",
        "0101080a0000000100000002, 16, 0, -1",
        "020405b40402080a000000010000000001030307, 23, 1460, 7",
        "0303ff00, 2, 0, 14",
        "01030300, 2, 0, 0",
        "0203aa00, 1, 0, -1",
        "0101050a0000000100000002, 8, 0, -1",
        "2202fd04aabb0101, 96, 0, -1",
        "0402020401000101, 5, 256, -1",
    })
    void readsTcpOptions(String options, int bits, int segmentSize, int windowScale) {
        PacketBatch b = decode(6, tcp(1, 2, 2, options, ""));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(bits, b.tcpOptions[0]);
        assertEquals(segmentSize, b.tcpMaximumSegmentSize[0]);
        assertEquals(windowScale, b.tcpWindowScale[0]);
    }

    @ParameterizedTest
    @CsvSource({"02000000", "02010000", "02050000", "01010104", "010103ff", "020405b408ff0000", "020405b4010101fd"})
    void refusesTcpOptionsWithImpossibleLengths(String options) {
        PacketBatch b = decode(6, tcp(1, 2, 2, options, "abcd"));
        assertEquals(DecodeOutcome.TCP_OPTION, DecoderBench.outcome(b));
        assertEquals(2, b.destinationPort[0]);
    }

    @ParameterizedTest
    @CsvSource({"4002, TCP_HEADER_LENGTH", "0002, TCP_HEADER_LENGTH", "f002, TCP_HEADER_LENGTH"})
    void refusesImpossibleTcpHeaderLengths(String word, DecodeOutcome outcome) {
        PacketBatch b = decode(6, SYN.substring(0, 24) + word + SYN.substring(28));
        assertEquals(outcome, DecoderBench.outcome(b));
        assertEquals(80, b.destinationPort[0]);
    }

    @Test
    void udpPayloadEndsWithTheUdpLength() {
        PacketBatch b = decode(17, udp(1, 2, "abcd") + "eeee");
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(2, b.payloadLength[0]);
        assertEquals(2, b.payloadCaptured[0]);
    }

    @ParameterizedTest
    @CsvSource({"0000", "0007", "000b", "ffff"})
    void refusesImpossibleUdpLengths(String length) {
        PacketBatch b = decode(17, "00010002" + length + "0000" + "abcd");
        assertEquals(DecodeOutcome.UDP_LENGTH, DecoderBench.outcome(b));
        assertEquals(2, b.destinationPort[0]);
        assertEquals(0, b.payloadLength[0]);
    }

    @ParameterizedTest
    @CsvSource({"0, true", "8, true", "3, false", "13, false"})
    void echoIdentifierStandsInBothPorts(int type, boolean echo) {
        PacketBatch b = decode(1, echo(type));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(type << 8, b.icmpTypeCode[0]);
        assertEquals(echo ? 0x4242 : 0, b.sourcePort[0]);
        assertEquals(echo ? 0x4242 : 0, b.destinationPort[0]);
        assertEquals(42, b.payloadOffset[0]);
    }

    @ParameterizedTest
    @CsvSource({"128, true", "129, true", "1, false", "135, false"})
    void echoIdentifierOfIcmpv6StandsInBothPorts(int type, boolean echo) {
        PacketBatch b = DecoderBench.decode(ethernet6(ipv6(58, echo(type))));
        assertEquals(type << 8, b.icmpTypeCode[0]);
        assertEquals(echo ? 0x4242 : 0, b.destinationPort[0]);
    }

    @Test
    void readsSctpPorts() {
        PacketBatch b = decode(132, "0bb80bb9" + "1122334400000000" + "abcd");
        assertEquals(3000, b.sourcePort[0]);
        assertEquals(3001, b.destinationPort[0]);
        assertEquals(2, b.payloadLength[0]);
    }

    @ParameterizedTest
    @CsvSource({"6, 19", "17, 7", "1, 7", "58, 7", "132, 11", "51, 11"})
    void packetTooShortForItsTransportHeaderIsMalformed(int protocol, int bytes) {
        PacketBatch b = decode(protocol, "00".repeat(bytes));
        assertEquals(DecodeOutcome.TRANSPORT_TRUNCATED, DecoderBench.outcome(b));
        assertEquals(protocol, b.protocol[0]);
    }

    @ParameterizedTest
    @CsvSource({"47, GRE", "4, IPIP", "41, IPV6_IN_IP", "50, NONE", "2, NONE", "136, NONE", "255, NONE", "0, NONE"})
    void otherProtocolsArePayload(int protocol, Tunnel tunnel) {
        PacketBatch b = decode(protocol, "0000080045");
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(protocol, b.protocol[0]);
        assertEquals(tunnel, Tunnel.of(b.tunnel[0]));
        assertEquals(34, b.transportOffset[0]);
        assertEquals(34, b.payloadOffset[0]);
        assertEquals(5, b.payloadLength[0]);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 4789, 0800000000000100, VXLAN",
        "1, 4789, 0000000000000100, NONE",
        "1, 4789, 08000000000001, NONE",
        "4789, 1, 0800000000000100, NONE",
        "1, 2152, 30ff000400000001, GTP_U",
        "1, 2152, 32ff000400000001, GTP_U",
        "1, 2152, 3201000400000001, NONE",
        "1, 2152, 20ff000400000001, NONE",
        "1, 2152, 48ff000400000001, NONE",
    })
    void recognisesTunnelsInUdp(int source, int destination, String payload, Tunnel tunnel) {
        assertEquals(tunnel, Tunnel.of(decode(17, udp(source, destination, payload)).tunnel[0]));
    }
}
