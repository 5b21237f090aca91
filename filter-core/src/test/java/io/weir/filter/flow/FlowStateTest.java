package io.weir.filter.flow;

import static io.weir.filter.flow.Relation.ADMITS;
import static io.weir.filter.flow.Relation.ANSWERS;
import static io.weir.filter.flow.Relation.BELONGS;
import static io.weir.filter.flow.Relation.COMPLETES;
import static io.weir.filter.flow.Relation.STRANGER;
import static io.weir.filter.flow.Relation.UNPROVEN;
import static io.weir.filter.packet.TcpFlags.ACK;
import static io.weir.filter.packet.TcpFlags.FIN;
import static io.weir.filter.packet.TcpFlags.PSH;
import static io.weir.filter.packet.TcpFlags.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.flow.Wire.Host;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How long each kind of flow is remembered, which gives way to which, and the rules that accepted them. */
@ParameterizedClass
@EnumSource(Wire.Version.class)
final class FlowStateTest {
    private static final FlowTimeouts SECONDS = new FlowTimeouts(
            seconds(1), seconds(100), seconds(30), seconds(20), seconds(50), seconds(5), seconds(40), seconds(3), 1);
    private static final int FORGED = 1 << 30;
    private static final int PORT = 40_000;
    /** Places of the smallest table. */
    private static final int PLACES = 16;

    private final Wire wire;
    private final Host client;
    private final Host server;

    FlowStateTest(Wire.Version version) {
        wire = new Wire(version, 1, SECONDS);
        client = wire.host(1);
        server = wire.host(2);
    }

    @Test
    void anOpenConnectionHasATimeoutOfItsOwn() {
        open(PORT);
        assertRemembered(100, () -> data(PORT, 1, 1, 0));
    }

    @Test
    void aConnectionThatOneSideEndedHasATimeoutOfItsOwn() {
        open(PORT);
        wire.tcp(client, PORT, server, 80, FIN | ACK, 1, 1, 0);
        assertRemembered(30, () -> wire.tcp(server, 80, client, PORT, ACK, 1, 2, 0));
    }

    @Test
    void aConnectionThatBothSidesEndedHasATimeoutOfItsOwn() {
        open(PORT);
        wire.tcp(client, PORT, server, 80, FIN | ACK, 1, 1, 0);
        wire.tcp(server, 80, client, PORT, FIN | ACK, 1, 2, 0);
        assertRemembered(20, () -> wire.tcp(server, 80, client, PORT, ACK, 2, 2, 0));
    }

    @Test
    void aConnectionMetInItsMiddleHasATimeoutOfItsOwnUntilTheOtherSideIsHeard() {
        data(PORT, 1, 1, 10);
        assertEquals(ADMITS, data(PORT, 11, 1, 10));
        assertRemembered(50, () -> data(PORT, 21, 1, 0));
        data(PORT, 1, 1, 10);
        assertEquals(ADMITS, wire.tcp(server, 80, client, PORT, ACK, 1, 11, 0));
        assertRemembered(100, () -> data(PORT, 11, 1, 0));
    }

    @Test
    void aConnectionOpenedByItsClientAloneLivesAsLongAsAnOpenOne() {
        wire.inboundOnly();
        openOneSided(PORT);
        assertRemembered(100, () -> data(PORT, 11, 1, 0));
    }

    @Test
    void aSynAQuestionAndAPingHaveTimeoutsOfTheirOwn() {
        wire.tcp(client, PORT, server, 80, SYN, 0, 0, 0);
        wire.after(seconds(1));
        assertEquals(ANSWERS, wire.tcp(server, 80, client, PORT, SYN | ACK, 0, 1, 0));
        wire.after(1);
        assertEquals(STRANGER, wire.tcp(server, 80, client, PORT, SYN | ACK, 0, 1, 0));
        wire.udp(client, PORT, server, 53);
        wire.after(seconds(5));
        assertEquals(ANSWERS, wire.udp(server, 53, client, PORT));
        wire.after(seconds(5) + 1);
        assertEquals(UNPROVEN, wire.udp(server, 53, client, PORT));
        wire.ping(client, server, false, 7);
        wire.after(seconds(3));
        assertEquals(ANSWERS, wire.ping(server, client, true, 7));
        wire.after(seconds(3) + 1);
        assertEquals(UNPROVEN, wire.ping(server, client, true, 7));
    }

    @Test
    void anExchangeHasATimeoutOfItsOwn() {
        wire.udp(client, PORT, server, 53);
        wire.udp(server, 53, client, PORT);
        assertEquals(BELONGS, wire.udp(client, PORT, server, 53));
        wire.after(seconds(40));
        assertEquals(BELONGS, wire.udp(server, 53, client, PORT));
        wire.after(seconds(40) + 1);
        assertEquals(UNPROVEN, wire.udp(server, 53, client, PORT));
    }

    @Test
    void forgedSegmentsThatFitEachOtherTakeNoLiveConnectionOver() {
        open(PORT);
        for (int n = 0; n < 100; n++) {
            assertEquals(STRANGER, data(PORT, FORGED + 10 * n, FORGED, 10));
            assertEquals(BELONGS, data(PORT, 1 + 10 * n, 1, 10));
        }
        assertEquals(STRANGER, data(PORT, FORGED + 1000, FORGED, 10));
    }

    @Test
    void aForgedHandshakeTakesNoLiveConnectionOver() {
        wire.inboundOnly();
        openOneSided(PORT);
        for (int n = 0; n < 100; n++) {
            wire.tcp(client, PORT, server, 80, SYN, FORGED, 0, 0);
            wire.afterMillis(100);
            assertEquals(STRANGER, data(PORT, FORGED + 1, FORGED, 10));
            assertEquals(BELONGS, data(PORT, 11 + 10 * n, 1, 10));
        }
    }

    @Test
    void aConnectionThatMovedOnUnseenIsMetInItsMiddleAfterASilence() {
        open(PORT);
        wire.after(seconds(1));
        assertEquals(STRANGER, data(PORT, FORGED, FORGED, 10));
        assertEquals(ADMITS, data(PORT, FORGED + 10, FORGED, 10));
        assertEquals(BELONGS, data(PORT, FORGED + 20, FORGED, 10));
    }

    @Test
    void aFullTableRefusesWhoIsProvenLess() {
        for (int n = 0; n < 1_000 && wire.flows().connectionEvictions() == 0; n++) {
            open(PORT + n);
        }
        assertEquals(1, wire.flows().connectionEvictions());
        double fill = wire.flows().connectionFill(wire.nowNanos());
        assertTrue(fill > 8 && fill <= PLACES, () -> "fill " + fill);
        wire.inboundOnly();
        for (int port = 1000; port < 2000; port++) {
            data(port, 1, 1, 10);
            assertEquals(ADMITS, data(port, 11, 1, 10));
            openOneSided(port + 10_000);
            assertEquals(BELONGS, data(port + 10_000, 11, 1, 0));
            assertEquals(COMPLETES, data(port + 10_000, 11, 1, 10), "its opening goes on to stand for it");
            assertEquals(Long.MIN_VALUE, wire.flows().provenNanos());
            wire.udp(client, port, server, 53);
            wire.udp(server, 53, client, port);
            assertEquals(BELONGS, wire.udp(client, port, server, 53));
            assertEquals(BELONGS, wire.udp(client, port, server, 53));
        }
        assertEquals(1, wire.flows().connectionEvictions(), "no open connection gave way");
        assertTrue(wire.flows().connectionRefusals() > 1_000);
        assertEquals(fill, wire.flows().connectionFill(wire.nowNanos()));
    }

    @Test
    void aConnectionKeepsTheRuleSetThatAcceptedItLast() {
        open(PORT);
        data(PORT, 1, 1, 0);
        assertEquals(0, wire.flows().ruleEpoch());
        wire.accepting(3);
        wire.dropping();
        data(PORT, 1, 1, 0);
        data(PORT, 1, 1, 0);
        assertEquals(3, wire.flows().ruleEpoch(), "as noted and kept by the packet itself");
        assertTrue(wire.flows().isFromInitiator());
        wire.accepting(0);
        assertEquals(BELONGS, wire.tcp(server, 80, client, PORT, ACK, 1, 1, 0));
        assertEquals(3, wire.flows().ruleEpoch());
        assertFalse(wire.flows().isFromInitiator());
        wire.accepting(8_388_607);
        data(PORT, 1, 1, 10);
        wire.accepting(0);
        data(PORT, 11, 1, 10);
        assertEquals(8_388_607, wire.flows().ruleEpoch());
        assertEquals(BELONGS, data(PORT, 11, 1, 10), "no other word was touched");
    }

    @Test
    void thePacketThatMakesAnEntryKeepsItsRuleSet() {
        wire.accepting(7);
        open(PORT);
        wire.udp(client, PORT, server, 53);
        wire.udp(server, 53, client, PORT);
        wire.udp(client, PORT, server, 53);
        wire.accepting(0);
        data(PORT, 1, 1, 0);
        assertEquals(7, wire.flows().ruleEpoch());
        wire.udp(server, 53, client, PORT);
        assertEquals(7, wire.flows().ruleEpoch());
        assertFalse(wire.flows().isFromInitiator());
    }

    @Test
    void aDroppedPacketKeepsNoRuleSet() {
        open(PORT);
        wire.accepting(7).dropping();
        data(PORT, 1, 1, 0);
        wire.accepting(0);
        data(PORT, 1, 1, 0);
        assertEquals(0, wire.flows().ruleEpoch());
    }

    private void assertRemembered(long seconds, IntSupplier segment) {
        wire.after(seconds(seconds));
        assertEquals(BELONGS, segment.getAsInt());
        wire.after(seconds(seconds) + 1);
        assertEquals(STRANGER, segment.getAsInt());
    }

    private void open(int port) {
        wire.tcp(client, port, server, 80, SYN, 0, 0, 0);
        wire.tcp(server, 80, client, port, SYN | ACK, 0, 1, 0);
        assertEquals(COMPLETES, data(port, 1, 1, 0));
    }

    private void openOneSided(int port) {
        wire.tcp(client, port, server, 80, SYN, 0, 0, 0);
        wire.afterMillis(1);
        assertEquals(COMPLETES, wire.tcp(client, port, server, 80, PSH | ACK, 1, 1, 10));
    }

    private int data(int port, int sequence, int acknowledgment, int dataBytes) {
        return wire.tcp(client, port, server, 80, ACK, sequence, acknowledgment, dataBytes);
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
