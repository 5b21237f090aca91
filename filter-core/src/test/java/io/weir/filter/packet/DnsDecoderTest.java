package io.weir.filter.packet;

import static io.weir.filter.packet.Packets.DNS_QUERY;
import static io.weir.filter.packet.Packets.ethernet4;
import static io.weir.filter.packet.Packets.ipv4;
import static io.weir.filter.packet.Packets.tcp;
import static io.weir.filter.packet.Packets.u16;
import static io.weir.filter.packet.Packets.udp;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DnsDecoderTest {
    private static final String NAME = "03777777076578616d706c6503636f6d00";
    private static final String QUESTION = NAME + "00010001";
    private static final String RECORD = "c00c" + "00010001" + "00000e10" + "0004" + "c0000201";

    private static PacketBatch inUdp(int source, int destination, String message) {
        return DecoderBench.decode(ethernet4(ipv4(17, udp(source, destination, message))));
    }

    private static PacketBatch inTcp(String payload) {
        return DecoderBench.decode(ethernet4(ipv4(6, tcp(4000, 53, 0x18, "", payload))));
    }

    private static String name(PacketBatch b) {
        return DnsName.read(b.frames, b.frameOffset[0] + b.dnsNameOffset[0], b.dnsNameLength[0]);
    }

    @Test
    void readsTheQuestionOfAQuery() {
        PacketBatch b = inUdp(4000, 53, "1234" + "0110" + "0001000000000001" + NAME + "00ff0001" + "00".repeat(11));
        assertEquals(Application.DNS_QUERY, DecoderBench.application(b));
        assertEquals("www.example.com", name(b));
        assertEquals(42 + 12, b.dnsNameOffset[0]);
        assertEquals(17, b.dnsNameLength[0]);
        assertEquals(255, b.dnsType[0]);
        assertEquals(0x0110, b.dnsFlags[0]);
    }

    @Test
    void readsTheQuestionOfAResponse() {
        PacketBatch b = inUdp(53, 4000, "1234" + "8183" + "0001000100000000" + QUESTION + RECORD);
        assertEquals(Application.DNS_RESPONSE, DecoderBench.application(b));
        assertEquals("www.example.com", name(b));
        assertEquals(0x8183, b.dnsFlags[0]);
    }

    @Test
    void readsTheRootName() {
        PacketBatch b = inUdp(4000, 53, "123401000001000000000000" + "00" + "00020001");
        assertEquals(".", name(b));
        assertEquals(1, b.dnsNameLength[0]);
        assertEquals(2, b.dnsType[0]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "000000000000", // no question
                "000200000000" + QUESTION + QUESTION, // two questions
                "000100000000" + "c00c" + "00010001", // compressed
                "000100000000" + "0377777740" + "61" + "00" + "00010001", // reserved label type
                "000100000000" + NAME + "000100", // class cut off
                "000100000000" + "0377", // label beyond the message
            })
    void unreadableQuestionOnPort53(String rest) {
        PacketBatch query = inUdp(4000, 53, "1234" + "0100" + rest.substring(0, 4) + "0000" + rest.substring(4));
        assertEquals(Application.NONE, DecoderBench.application(query));
        PacketBatch response = inUdp(53, 4000, "1234" + "8180" + rest.substring(0, 4) + "0000" + rest.substring(4));
        assertEquals(Application.DNS_RESPONSE, DecoderBench.application(response));
        assertEquals(0x8180, response.dnsFlags[0]);
        assertEquals(0, response.dnsNameLength[0]);
        assertEquals("", name(response));
    }

    @Test
    void nameHasAtMost255Bytes() {
        String label = "3f" + "61".repeat(63);
        String longest = label.repeat(3) + "3d" + "61".repeat(61) + "00";
        assertEquals(255, Packets.length(longest));
        PacketBatch b = inUdp(4000, 53, "123401000001000000000000" + longest + "00010001");
        assertEquals(255, b.dnsNameLength[0]);
        PacketBatch longer = inUdp(
                4000, 53, "123401000001000000000000" + label.repeat(3) + "3e" + "61".repeat(62) + "00" + "00010001");
        assertEquals(Application.NONE, DecoderBench.application(longer));
    }

    @Test
    void messageShorterThanItsHeaderIsNone() {
        assertEquals(Application.NONE, DecoderBench.application(inUdp(53, 4000, "1234818000010000000000")));
    }

    @ParameterizedTest
    @CsvSource({"5300, DNS_QUERY", "443, DNS_QUERY", "5353, NONE", "5355, NONE", "137, NONE"})
    void recognisesQueriesOnOtherPortsByTheirContent(int port, Application application) {
        assertEquals(application, DecoderBench.application(inUdp(4000, port, DNS_QUERY)));
        assertEquals(application, DecoderBench.application(inUdp(port, 4000, DNS_QUERY)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1234" + "0900" + "0001000000000000" + QUESTION, // opcode 1
                "1234" + "0140" + "0001000000000000" + QUESTION, // zero bit
                "1234" + "0180" + "0001000000000000" + QUESTION, // RA in a query
                "1234" + "0103" + "0001000000000000" + QUESTION, // RCODE in a query
                "1234" + "0100" + "0001000100000000" + QUESTION + RECORD, // answer in a query
                "1234" + "0100" + "0001000000000003" + QUESTION + RECORD + RECORD + RECORD, // too many additional
                "1234" + "0100" + "0001000000000001" + QUESTION, // record missing
                "1234" + "0100" + "0001000000000000" + QUESTION + "00", // bytes left over
                "1234" + "0100" + "0002000000000000" + QUESTION + QUESTION, // two questions
                "1234" + "0100" + "0001000000000000" + NAME + "00000001", // type 0
                "1234" + "0100" + "0001000000000000" + NAME + "00010002", // class 2
                "1234" + "0100" + "0001000000000000" + NAME + "00018001", // class of multicast DNS
                "1234" + "0100" + "0001000000000000" + "03770777" + "00" + "00010001", // label not printable
                "1234" + "8180" + "0001ffff00000000" + QUESTION + RECORD, // answers that don't fit
            })
    void contentThatIsNotExactlyDnsIsNone(String message) {
        assertEquals(Application.NONE, DecoderBench.application(inUdp(4000, 4001, message)));
    }

    @Test
    void truncatedResponseOnAnotherPortStillCounts() {
        PacketBatch b = inUdp(5300, 4000, "1234" + "8380" + "0001000900000000" + QUESTION);
        assertEquals(Application.DNS_RESPONSE, DecoderBench.application(b));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "230006ec00000000000000000000000000000000000000000000000000000000" + "e1d2c3b4a5968778", // NTP client
                "c300000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11", // QUIC Initial (RFC 9001 A.2)
                "000100002112a442b7e7a701bc34d686fa87dfae", // STUN binding request (RFC 5389)
                "ffffffff54536f7572636520456e67696e6520517565727900", // game server query
                "4401a8d3b168656c6c6f", // CoAP
            })
    void otherProtocolsAreNotReadAsDns(String payload) {
        assertEquals(Application.NONE, DecoderBench.application(inUdp(4000, 4001, payload)));
    }

    @Test
    void randomPayloadIsNeverReadAsDns() {
        Random random = new Random(53);
        DecoderBench bench = new DecoderBench();
        byte[] frame = Packets.bytes(ethernet4(ipv4(17, udp(4000, 4001, "00".repeat(64)))));
        for (int n = 0; n < 200_000; n++) {
            for (int at = 42; at < frame.length; at++) {
                frame[at] = (byte) random.nextInt(256);
            }
            // Half of them look like one question already.
            if (n % 2 == 0) {
                frame[46] = 0;
                frame[47] = 1;
            }
            PacketBatch b = bench.decode(LinkType.ETHERNET, frame, frame.length, frame.length);
            assertEquals(Application.NONE, DecoderBench.application(b));
        }
    }

    @Test
    void readsMessagesOverTcp() {
        PacketBatch b = inTcp(u16(Packets.length(DNS_QUERY)) + DNS_QUERY);
        assertEquals(Application.DNS_QUERY, DecoderBench.application(b));
        assertEquals("www.example.com", name(b));
        assertEquals(54 + 2 + 12, b.dnsNameOffset[0]);
        PacketBatch two = inTcp((u16(Packets.length(DNS_QUERY)) + DNS_QUERY).repeat(2));
        assertEquals(Application.DNS_QUERY, DecoderBench.application(two));
    }

    @Test
    void readsAMessageThatGoesOnInTheNextSegment() {
        PacketBatch b = inTcp("0800" + "1234" + "8180" + "0001006000000000" + QUESTION + RECORD);
        assertEquals(Application.DNS_RESPONSE, DecoderBench.application(b));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000", "0020", "0022", "ffff"})
    void lengthPrefixThatContradictsTheMessageIsNone(String length) {
        assertEquals(Application.NONE, DecoderBench.application(inTcp(length + DNS_QUERY)));
    }

    @Test
    void middleOfALongAnswerOverTcpIsNone() {
        assertEquals(Application.NONE, DecoderBench.application(inTcp(RECORD.repeat(20))));
    }
}
