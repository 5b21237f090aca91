package io.weir.filter.packet;

import static io.weir.filter.packet.Packets.SYN;
import static io.weir.filter.packet.Packets.UDP;
import static io.weir.filter.packet.Packets.ethernet4;
import static io.weir.filter.packet.Packets.ipv4;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class Ipv4DecoderTest {
    private static final int IP = 14;

    @Test
    void writesTheHeaderFields() {
        PacketBatch b = DecoderBench.decode(ethernet4(ipv4(6, SYN)));
        assertEquals(4, b.ipVersion[0]);
        assertEquals(IP, b.ipOffset[0]);
        assertEquals(44, b.ipLength[0]);
        assertEquals(0, b.sourceHigh[0]);
        assertEquals(0xffff_0a00_0001L, b.sourceLow[0]);
        assertEquals(0, b.destinationHigh[0]);
        assertEquals(0xffff_0a00_0002L, b.destinationLow[0]);
        assertEquals(IpProtocol.TCP, b.protocol[0]);
        assertEquals(64, b.timeToLive[0]);
        assertEquals(0xbeef, b.ipIdentification[0]);
        assertEquals(0, b.fragment[0]);
        assertEquals(34, b.transportOffset[0]);
    }

    @Test
    void optionsMoveTheTransportHeader() {
        PacketBatch b = DecoderBench.decode(ethernet4(ipv4(6, 0, "01".repeat(40), SYN)));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(IP + 60, b.transportOffset[0]);
        assertEquals(80, b.destinationPort[0]);
    }

    @Test
    void lengthZeroOfSegmentationOffloadIsTheFrames() {
        String large = Packets.tcp(1, 2, 0x10, "", "ab".repeat(70_000));
        String stated = Packets.u16(20 + Packets.length(large));
        String packet = ipv4(6, 0, "", "") + large;
        PacketBatch b = DecoderBench.decode(ethernet4(packet.replaceFirst("^4500....", "45000000")));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b), stated);
        assertEquals(70_040, b.ipLength[0]);
        assertEquals(70_000, b.payloadLength[0]);
    }

    @ParameterizedTest
    @CsvSource({
        // first byte, total length
        "44, 002c, IPV4_HEADER_LENGTH",
        "40, 002c, IPV4_HEADER_LENGTH",
        "4f, 002c, IPV4_HEADER_LENGTH",
        "45, 0013, IP_LENGTH",
        "45, 0001, IP_LENGTH",
        "45, 0045, IP_LENGTH",
        "45, ffff, IP_LENGTH",
        "55, 002c, IP_VERSION",
        "05, 002c, IP_VERSION",
    })
    void refusesImpossibleLengths(String first, String length, DecodeOutcome outcome) {
        String packet = ipv4(6, SYN + "00".repeat(24));
        String changed = first + "00" + length + packet.substring(8);
        PacketBatch b = DecoderBench.decode(ethernet4(changed));
        assertEquals(outcome, DecoderBench.outcome(b));
        boolean addressed = outcome != DecodeOutcome.IP_VERSION;
        assertEquals(addressed ? 4 : 0, b.ipVersion[0]);
        assertEquals(addressed ? 0xffff_0a00_0002L : 0, b.destinationLow[0], "counted to its destination");
        assertEquals(0, b.destinationPort[0]);
    }

    static Stream<Arguments> fragments() {
        String body = "ab".repeat(16);
        int tail = Fragment.PRESENT;
        return Stream.of(
                Arguments.of(
                        "first", 0x2000, body, DecodeOutcome.OK, Fragment.PRESENT | Fragment.FIRST | Fragment.MORE, 0),
                Arguments.of("middle", 0x2002, body, DecodeOutcome.OK, tail | Fragment.MORE, 16),
                Arguments.of("last", 0x0003, "ab", DecodeOutcome.OK, tail, 24),
                Arguments.of(
                        "not a multiple of 8", 0x2002, "ab", DecodeOutcome.FRAGMENT_BOUNDS, tail | Fragment.MORE, 16),
                Arguments.of("ends at 65535", 0x1ffb, body.substring(0, 6), DecodeOutcome.OK, tail, 65_496),
                Arguments.of("ends at 65536", 0x1ffb, "ab".repeat(20), DecodeOutcome.FRAGMENT_BOUNDS, tail, 65_496));
    }

    @ParameterizedTest
    @MethodSource("fragments")
    void checksFragmentBounds(String name, int word, String payload, DecodeOutcome outcome, int bits, int offset) {
        PacketBatch b = DecoderBench.decode(ethernet4(ipv4(253, word, "", payload)));
        assertEquals(outcome, DecoderBench.outcome(b), name);
        assertEquals(bits, b.fragment[0]);
        assertEquals(offset, b.fragmentOffset[0]);
    }

    @Test
    void firstFragmentShowsItsPorts() {
        PacketBatch b = DecoderBench.decode(ethernet4(ipv4(17, 0x2000, "", "0801080104000000" + "ab".repeat(24))));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(0x0801, b.sourcePort[0]);
        assertEquals(24, b.payloadLength[0]);
    }

    @Test
    void laterFragmentIsPayloadAlone() {
        PacketBatch b = DecoderBench.decode(ethernet4(ipv4(6, 0x0002, "", SYN)));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(0, b.transportOffset[0]);
        assertEquals(0, b.destinationPort[0]);
        assertEquals(34, b.payloadOffset[0]);
        assertEquals(24, b.payloadLength[0]);
        assertEquals(Application.NONE, DecoderBench.application(b));
    }

    @Test
    void firstFragmentTooShortForItsTransportHeaderIsMalformed() {
        PacketBatch b = DecoderBench.decode(ethernet4(ipv4(6, 0x2000, "", SYN.substring(0, 32))));
        assertEquals(DecodeOutcome.TRANSPORT_TRUNCATED, DecoderBench.outcome(b));
    }

    @Test
    void walksAuthenticationHeaders() {
        String header = "0000000000000001" + "00000000";
        PacketBatch b = DecoderBench.decode(
                ethernet4(ipv4(51, "3302" + header + "00".repeat(2) + "1102" + header + "00".repeat(2) + UDP)));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(IpProtocol.UDP, b.protocol[0]);
        assertEquals(9999, b.destinationPort[0]);
    }

    @Test
    void leavesTheFifthAuthenticationHeaderAlone() {
        PacketBatch b = DecoderBench.decode(ethernet4(
                ipv4(51, ("3301" + "00".repeat(10)).repeat(4) + "1101" + "00".repeat(10) + UDP)));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(IpProtocol.AH, b.protocol[0]);
        assertEquals(0, b.destinationPort[0]);
    }
}
