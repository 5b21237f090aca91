package io.weir.filter.flow;

import static io.weir.filter.flow.Relation.ANSWERS;
import static io.weir.filter.flow.Relation.BELONGS;
import static io.weir.filter.flow.Relation.PATH_MTU;
import static io.weir.filter.flow.Relation.UNPROVEN;
import static io.weir.filter.packet.TcpFlags.ACK;
import static io.weir.filter.packet.TcpFlags.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.filter.flow.Wire.Host;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** ICMP errors stand as the flow they quote. */
@ParameterizedClass
@EnumSource(Wire.Version.class)
final class IcmpErrorTest {
    private final Wire wire;
    private final Host client;
    private final Host server;
    private final Host router;

    IcmpErrorTest(Wire.Version version) {
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
    void errorsTeachNothing() {
        wire.udp(client, 4_000, server, 53);
        byte[] quoted = wire.lastPacket();
        for (int n = 0; n < 10; n++) {
            assertEquals(ANSWERS, wire.unreachable(server, client, quoted));
        }
        assertEquals(UNPROVEN, wire.udp(client, 4_000, server, 53));
    }
}
