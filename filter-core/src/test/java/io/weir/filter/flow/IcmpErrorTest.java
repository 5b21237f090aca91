package io.weir.filter.flow;

import static io.weir.filter.flow.Relation.ANSWERS;
import static io.weir.filter.flow.Relation.BELONGS;
import static io.weir.filter.flow.Relation.PATH_MTU;
import static io.weir.filter.flow.Relation.UNPROVEN;
import static io.weir.filter.packet.TcpFlags.ACK;
import static io.weir.filter.packet.TcpFlags.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.filter.flow.Wire.Host;
import io.weir.filter.packet.FrameBuilder;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** ICMP errors stand as the flow they quote. */
@ParameterizedClass
@EnumSource(Wire.Version.class)
final class IcmpErrorTest {
    private final Wire.Version version;
    private final Wire wire;
    private final Host client;
    private final Host server;
    private final Host router;

    IcmpErrorTest(Wire.Version version) {
        this.version = version;
        wire = new Wire(version);
        client = wire.host(1);
        server = wire.host(2);
        router = wire.host(3);
    }

    @Test
    void anErrorThatQuotesAConnectionAnswers() {
        wire.tcp(client, 4_000, server, 80, SYN, 0, 0, 0);
        wire.tcp(server, 80, client, 4_000, SYN | ACK, 0, 1, 0);
        wire.tcp(client, 4_000, server, 80, ACK, 1, 1, 0);
        assertEquals(BELONGS, wire.tcp(server, 80, client, 4_000, ACK, 1, 1, 1400));
        byte[] quoted = wire.lastPacket();
        assertEquals(PATH_MTU, wire.tooBig(router, server, quoted));
        assertEquals(ANSWERS, wire.unreachable(router, server, quoted));
    }

    @Test
    void anErrorThatQuotesAnOpeningAnswers() {
        wire.tcp(client, 4_000, server, 80, SYN, 0, 0, 0);
        byte[] quoted = wire.lastPacket();
        assertEquals(ANSWERS, wire.unreachable(router, client, quoted));
        assertEquals(PATH_MTU, wire.tooBig(router, client, quoted));
    }

    @Test
    void anErrorThatQuotesAQuestionAnswers() {
        wire.udp(client, 4_000, server, 53);
        byte[] quoted = wire.lastPacket();
        assertEquals(ANSWERS, wire.unreachable(server, client, quoted));
        assertEquals(PATH_MTU, wire.tooBig(router, client, quoted));
    }

    @Test
    void anErrorThatQuotesAPingAnswers() {
        wire.ping(client, server, false, 77);
        assertEquals(ANSWERS, wire.unreachable(router, client, wire.lastPacket()));
    }

    @Test
    void anErrorThatQuotesJustAHeaderAndEightBytesAnswers() {
        wire.udp(client, 4_000, server, 53);
        byte[] packet = wire.lastPacket();
        assertEquals(ANSWERS, wire.unreachable(router, client, Arrays.copyOf(packet, packet.length - 20)));
    }

    @Test
    void anErrorThatQuotesARefusedFlowAnswersButEarnsNothing() {
        wire.dropping();
        wire.tcp(client, 4_000, server, 80, SYN, 0, 0, 0);
        byte[] quoted = wire.lastPacket();
        assertEquals(ANSWERS, wire.unreachable(router, client, quoted));
        assertEquals(ANSWERS, wire.tooBig(router, client, quoted));
    }

    @Test
    void anErrorThatQuotesAStrangerAnswersButEarnsNothing() {
        wire.tcp(client, 4_000, server, 80, ACK, 0, 0, 0);
        assertEquals(ANSWERS, wire.tooBig(router, client, wire.lastPacket()));
    }

    @Test
    void anErrorThatQuotesAnUnknownFlowIsUnproven() {
        Wire elsewhere = new Wire(Wire.Version.IPV4);
        elsewhere.udp(elsewhere.host(1), 4_000, elsewhere.host(2), 53);
        wire.udp(client, 4_000, server, 53);
        byte[] quoted = wire.lastPacket();
        quoted[quoted.length - 28]++;
        assertEquals(UNPROVEN, wire.unreachable(router, client, quoted));
        assertEquals(UNPROVEN, wire.tooBig(router, client, quoted));
    }

    @Test
    void anErrorAboutAPacketOfSomebodyElseIsUnproven() {
        wire.udp(client, 4_000, server, 53);
        byte[] quoted = wire.lastPacket();
        assertEquals(UNPROVEN, wire.unreachable(router, server, quoted));
        assertEquals(UNPROVEN, wire.tooBig(router, wire.host(9), quoted));
    }

    @Test
    void anErrorThatQuotesNothingReadableIsUnproven() {
        assertEquals(UNPROVEN, wire.unreachable(router, client, new byte[0]));
        assertEquals(UNPROVEN, wire.unreachable(router, client, new byte[60]));
    }

    @Test
    void ofAConnectionOnlySegmentsInFlightAreBelieved() {
        open();
        wire.tcp(server, 80, client, 4_000, ACK, 1, 1, 1_400);
        wire.tcp(server, 80, client, 4_000, ACK, 1_401, 1, 1_400);
        wire.tcp(client, 4_000, server, 80, ACK, 1, 1_401, 0);
        byte[] quoted = segmentOfServer();
        for (int sequence : new int[] {1_401, 2_000, 2_801}) {
            assertEquals(ANSWERS, wire.unreachable(router, server, quoting(quoted, sequence)));
            assertEquals(PATH_MTU, wire.tooBig(router, server, quoting(quoted, sequence)));
        }
        for (int sequence : new int[] {1, 1_400, 2_802, 100_000, -1, 0x8000_0000 + 1_401}) {
            assertEquals(UNPROVEN, wire.unreachable(router, server, quoting(quoted, sequence)));
            assertEquals(UNPROVEN, wire.tooBig(router, server, quoting(quoted, sequence)));
        }
        assertEquals(BELONGS, wire.tcp(client, 4_000, server, 80, ACK, 1, 2_801, 100), "nothing was learnt");
    }

    @Test
    void ofASideThatIsNotSeenItsWindowIsBelieved() {
        wire.inboundOnly();
        wire.tcp(client, 4_000, server, 80, SYN, 0, 0, 0);
        wire.after(1_000_000);
        wire.tcp(client, 4_000, server, 80, ACK, 1, 1, 0);
        wire.after(1_000_000);
        assertEquals(Relation.COMPLETES, wire.tcp(client, 4_000, server, 80, ACK, 1, 1, 100));
        byte[] quoted = segmentOfServer();
        assertEquals(PATH_MTU, wire.tooBig(router, server, quoting(quoted, 1)));
        assertEquals(PATH_MTU, wire.tooBig(router, server, quoting(quoted, 2_900)));
        assertEquals(UNPROVEN, wire.tooBig(router, server, quoting(quoted, 0)));
        assertEquals(UNPROVEN, wire.tooBig(router, server, quoting(quoted, 1 << 24)));
    }

    @Test
    void ofAnOpeningOnlyItsOwnNumberIsBelieved() {
        wire.tcp(client, 4_000, server, 80, SYN, 7_000, 0, 0);
        byte[] quoted = wire.lastPacket();
        assertEquals(ANSWERS, wire.unreachable(router, client, quoted));
        assertEquals(UNPROVEN, wire.unreachable(router, client, quoting(quoted, 6_999)));
        assertEquals(UNPROVEN, wire.unreachable(router, client, quoting(quoted, 7_002)));
        byte[] answer = segmentOfServer();
        assertEquals(UNPROVEN, wire.unreachable(router, server, quoting(answer, 9_000)), "it hasn't answered yet");
        wire.tcp(server, 80, client, 4_000, SYN | ACK, 9_000, 7_001, 0);
        assertEquals(ANSWERS, wire.unreachable(router, server, quoting(answer, 9_000)));
        assertEquals(UNPROVEN, wire.unreachable(router, server, quoting(answer, 7_000)));
    }

    @Test
    void ofARefusedFlowAndOfAStrangerOnlyWhatWasSentIsBelieved() {
        wire.dropping();
        wire.tcp(client, 4_000, server, 80, SYN, 7_000, 0, 0);
        byte[] syn = wire.lastPacket();
        assertEquals(ANSWERS, wire.unreachable(router, client, syn));
        assertEquals(UNPROVEN, wire.unreachable(router, client, quoting(syn, 7_002)));
        wire.tcp(client, 5_000, server, 80, ACK, 70_000, 90_000, 10);
        byte[] segment = wire.lastPacket();
        assertEquals(ANSWERS, wire.unreachable(router, client, segment));
        assertEquals(UNPROVEN, wire.unreachable(router, client, quoting(segment, 70_011)));
        assertEquals(UNPROVEN, wire.unreachable(router, client, quoting(segment, 1)));
    }

    @Test
    void aQuoteWithoutItsNumberIsBelievedOnlyWhereTheCaptureCutIt() {
        open();
        wire.tcp(server, 80, client, 4_000, ACK, 1, 1, 1_400);
        byte[] quoted = wire.lastPacket();
        byte[] ports = Arrays.copyOf(quoted, quoted.length - 1_400 - 16);
        assertEquals(UNPROVEN, wire.unreachable(router, server, ports));
        wire.capturing(FrameBuilder.ETHERNET_LENGTH + 2 * (ports.length - 4) + 8 + 4);
        assertEquals(ANSWERS, wire.unreachable(router, server, quoted));
    }

    private void open() {
        wire.tcp(client, 4_000, server, 80, SYN, 0, 0, 0);
        wire.tcp(server, 80, client, 4_000, SYN | ACK, 0, 1, 0);
        wire.tcp(client, 4_000, server, 80, ACK, 1, 1, 0);
    }

    /** A packet like the server's, which {@link #wire} didn't see. */
    private byte[] segmentOfServer() {
        Wire elsewhere = new Wire(version);
        elsewhere.tcp(elsewhere.host(2), 80, elsewhere.host(1), 4_000, ACK, 1, 1, 0);
        return elsewhere.lastPacket();
    }

    private byte[] quoting(byte[] packet, int sequence) {
        byte[] other = packet.clone();
        int header = version == Wire.Version.IPV4 ? 20 : 40;
        ByteBuffer.wrap(other).putInt(header + 4, sequence);
        return other;
    }

    @Test
    void errorsTeachNothing() {
        wire.udp(client, 4_000, server, 53);
        byte[] quoted = wire.lastPacket();
        for (int n = 0; n < 10; n++) {
            assertEquals(ANSWERS, wire.unreachable(server, client, quoted));
        }
        assertEquals(UNPROVEN, wire.udp(client, 4_000, server, 53));
    }
}
