package io.weir.filter.packet;

import static io.weir.filter.packet.Packets.SYN;
import static io.weir.filter.packet.Packets.ethernet6;
import static io.weir.filter.packet.Packets.ipv6;
import static io.weir.filter.packet.Packets.u8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class Ipv6DecoderTest {
    private static final int TRANSPORT = 54;

    @Test
    void writesTheHeaderFields() {
        PacketBatch b = DecoderBench.decode(ethernet6(ipv6(6, SYN)));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(6, b.ipVersion[0]);
        assertEquals(64, b.ipLength[0]);
        assertEquals(0x2001_0db8_0000_0000L, b.sourceHigh[0]);
        assertEquals(1, b.sourceLow[0]);
        assertEquals(0x2001_0db8_0000_0000L, b.destinationHigh[0]);
        assertEquals(2, b.destinationLow[0]);
        assertEquals(IpProtocol.TCP, b.protocol[0]);
        assertEquals(64, b.timeToLive[0]);
        assertEquals(TRANSPORT, b.transportOffset[0]);
        assertEquals(80, b.destinationPort[0]);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 43, 60, 135, 139, 140})
    void walksExtensionHeaders(int kind) {
        PacketBatch b = DecoderBench.decode(ethernet6(ipv6(kind, "0601" + "00".repeat(14) + SYN)));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(IpProtocol.TCP, b.protocol[0]);
        assertEquals(TRANSPORT + 16, b.transportOffset[0]);
    }

    @Test
    void countsTheLengthOfAuthenticationHeadersInWordsOfFour() {
        PacketBatch b = DecoderBench.decode(ethernet6(ipv6(51, "0604" + "00".repeat(22) + SYN)));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(TRANSPORT + 24, b.transportOffset[0]);
        assertEquals(80, b.destinationPort[0]);
    }

    @Test
    void stopsAtEspAndAtNoNextHeader() {
        PacketBatch esp = DecoderBench.decode(ethernet6(ipv6(60, "3200" + "00".repeat(6) + SYN)));
        assertEquals(IpProtocol.ESP, esp.protocol[0]);
        assertEquals(24, esp.payloadLength[0]);
        PacketBatch none = DecoderBench.decode(ethernet6(ipv6(59, "")));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(none));
        assertEquals(0, none.payloadLength[0]);
    }

    @Test
    void followsSixteenExtensionHeadersAndNoMore() {
        String header = u8(60) + "00" + "00".repeat(6);
        String last = "0600" + "00".repeat(6) + SYN;
        PacketBatch most = DecoderBench.decode(ethernet6(ipv6(60, header.repeat(15) + last)));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(most));
        assertEquals(80, most.destinationPort[0]);
        PacketBatch more = DecoderBench.decode(ethernet6(ipv6(60, header.repeat(16) + last)));
        assertEquals(DecodeOutcome.IPV6_EXTENSION_CHAIN, DecoderBench.outcome(more));
        assertEquals(2, more.destinationLow[0], "counted to its destination");
    }

    @Test
    void extensionHeaderBeyondThePacketIsMalformed() {
        PacketBatch b = DecoderBench.decode(ethernet6(ipv6(60, "06ff" + "00".repeat(6) + SYN)));
        assertEquals(DecodeOutcome.IPV6_EXTENSION, DecoderBench.outcome(b));
        PacketBatch tiny = DecoderBench.decode(ethernet6(ipv6(60, "0600")));
        assertEquals(DecodeOutcome.IPV6_EXTENSION, DecoderBench.outcome(tiny));
    }

    @Test
    void atomicFragmentIsAWholePacket() {
        PacketBatch b = DecoderBench.decode(ethernet6(ipv6(44, "0600000012345678" + SYN)));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(0, b.fragment[0]);
        assertEquals(0x1234_5678, b.ipIdentification[0]);
        assertEquals(80, b.destinationPort[0]);
    }

    @Test
    void firstFragmentShowsItsPorts() {
        PacketBatch b = DecoderBench.decode(ethernet6(ipv6(44, "0600000112345678" + SYN)));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(Fragment.PRESENT | Fragment.FIRST | Fragment.MORE, b.fragment[0]);
        assertEquals(80, b.destinationPort[0]);
    }

    @Test
    void laterFragmentIsPayloadAlone() {
        PacketBatch b = DecoderBench.decode(ethernet6(ipv6(44, "0600001912345678" + SYN)));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(Fragment.PRESENT | Fragment.MORE, b.fragment[0]);
        assertEquals(24, b.fragmentOffset[0]);
        assertEquals(0, b.transportOffset[0]);
        assertEquals(IpProtocol.TCP, b.protocol[0]);
        assertEquals(24, b.payloadLength[0]);
    }

    @Test
    void checksFragmentBounds() {
        String beyond = ethernet6(ipv6(44, "0600fff800000001" + SYN));
        assertEquals(DecodeOutcome.FRAGMENT_BOUNDS, DecoderBench.outcome(DecoderBench.decode(beyond)));
        String uneven = ethernet6(ipv6(44, "0600000100000001" + SYN + "00"));
        assertEquals(DecodeOutcome.FRAGMENT_BOUNDS, DecoderBench.outcome(DecoderBench.decode(uneven)));
    }

    @Test
    void jumbogramHasTheLengthOfItsFrame() {
        String jumbo = "1100" + "c204" + "00011188";
        String datagram = "0001000200000000" + "ab".repeat(70_000);
        PacketBatch b = DecoderBench.decode(ethernet6(ipv6(0, "") + jumbo + datagram));
        assertEquals(DecodeOutcome.OK, DecoderBench.outcome(b));
        assertEquals(40 + 8 + 8 + 70_000, b.ipLength[0]);
        assertEquals(70_000, b.payloadLength[0], "UDP length 0 is allowed in it");
    }

    @Test
    void lengthBeyondTheFrameIsMalformed() {
        String packet = ipv6(6, SYN);
        PacketBatch b = DecoderBench.decode(ethernet6(packet.substring(0, 8) + "0019" + packet.substring(12)));
        assertEquals(DecodeOutcome.IP_LENGTH, DecoderBench.outcome(b));
        assertEquals(6, b.ipVersion[0]);
    }
}
