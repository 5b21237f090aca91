package io.weir.filter.flow;

import static io.weir.filter.flow.Relation.ANSWERS;
import static io.weir.filter.flow.Relation.BELONGS;
import static io.weir.filter.flow.Relation.COMPLETES;
import static io.weir.filter.flow.Relation.FOLLOWS_REFUSED;
import static io.weir.filter.flow.Relation.OPENS;
import static io.weir.filter.flow.Relation.STRANGER;
import static io.weir.filter.packet.TcpFlags.ACK;
import static io.weir.filter.packet.TcpFlags.FIN;
import static io.weir.filter.packet.TcpFlags.PSH;
import static io.weir.filter.packet.TcpFlags.RST;
import static io.weir.filter.packet.TcpFlags.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.flow.Wire.Host;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Handshakes, in both views; what a flood may and may not do to connections. */
@ParameterizedClass
@EnumSource(Wire.Version.class)
final class TcpFlowTest {
    /** Near the end of the number space, so that every scenario wraps. */
    private static final int CLIENT_FIRST = -3;

    private static final int SERVER_FIRST = -2;
    private static final int PORT = 40_000;

    private final Wire wire;
    private final Host client;
    private final Host server;

    TcpFlowTest(Wire.Version version) {
        wire = new Wire(version);
        client = wire.host(1);
        server = wire.host(2);
    }

    @Test
    void aSynThatComesAgainAsLateAsStacksSendItIsARetransmission() {
        assertEquals(OPENS, syn());
        wire.afterMillis(100);
        assertFalse(isSentAgain(), "too soon");
        wire.afterMillis(900);
        assertTrue(isSentAgain());
        wire.afterMillis(100);
        assertFalse(isSentAgain(), "the third within a second");
        wire.afterMillis(2_000);
        assertTrue(isSentAgain());
    }

    @Test
    void aHandshakeOpensAConnection() {
        assertEquals(OPENS, syn());
        long synNanos = wire.nowNanos();
        int synLength = wire.lastLengthBytes();
        wire.afterMillis(1);
        assertEquals(ANSWERS, synAck());
        wire.afterMillis(30);
        assertEquals(COMPLETES, fromClient(ACK, 1, 1, 0));
        assertEquals(synNanos, wire.flows().provenNanos());
        assertEquals(synLength, wire.flows().provenLengthBytes());
        assertFalse(wire.flows().provenWasRefused());
        assertEquals(BELONGS, fromClient(PSH | ACK, 1, 1, 100));
        assertEquals(BELONGS, fromServer(PSH | ACK, 1, 101, 1000));
    }

    @Test
    void dataMayCompleteTheHandshakeAtOnce() {
        syn();
        synAck();
        assertEquals(COMPLETES, fromClient(PSH | ACK, 1, 1, 100));
        assertEquals(BELONGS, fromServer(ACK, 1, 101, 0));
    }

    @Test
    void whereAnswersAreSeenAnAckAloneProvesNothing() {
        syn();
        wire.afterMillis(30);
        assertEquals(STRANGER, fromClient(ACK, 1, 1, 0));
    }

    @Test
    void anAckThatDoesNotFitTheAnswerOpensNothing() {
        syn();
        synAck();
        assertEquals(STRANGER, fromClient(ACK, 1, 1 + (1 << 17), 0));
        assertEquals(STRANGER, fromClient(ACK, 1, 0, 0));
        assertEquals(STRANGER, fromClient(ACK, 1 + (1 << 17), 1, 0));
        assertEquals(STRANGER, fromClient(ACK, 0, 1, 0));
        assertEquals(COMPLETES, fromClient(ACK, 1, 1, 0));
    }

    @Test
    void aSynAckThatAnswersNothingIsAStranger() {
        assertEquals(STRANGER, synAck());
    }

    @Test
    void aSynAckToAnotherSynOfTheSameTupleAnswersButOpensNothing() {
        syn();
        assertEquals(ANSWERS, fromServer(SYN | ACK, 0, 1 + (1 << 17), 0));
        assertEquals(STRANGER, fromClient(ACK, 1, 1, 0));
    }

    @Test
    void inAnInboundViewProgressOfTheClientOpensAConnection() {
        wire.inboundOnly();
        assertEquals(OPENS, syn());
        long synNanos = wire.nowNanos();
        wire.afterMillis(30);
        assertEquals(COMPLETES, fromClient(ACK, 1, 1, 0));
        assertEquals(synNanos, wire.flows().provenNanos());
        assertEquals(BELONGS, fromClient(ACK, 1, 1, 0));
        assertEquals(COMPLETES, fromClient(PSH | ACK, 1, 1, 100));
        assertEquals(Long.MIN_VALUE, wire.flows().provenNanos(), "the SYN was proven by the bare ACK already");
        assertEquals(BELONGS, fromClient(PSH | ACK, 101, 500, 100));
    }

    @Test
    void inAnInboundViewAnAckSoonerThanAnyRoundTripProvesNothing() {
        wire.inboundOnly();
        syn();
        wire.after(19_999);
        assertEquals(STRANGER, fromClient(ACK, 1, 1, 0));
        wire.after(1);
        assertEquals(COMPLETES, fromClient(ACK, 1, 1, 0));
    }

    @Test
    void inAnInboundViewAnAckOutOfSequenceProvesNothing() {
        wire.inboundOnly();
        syn();
        wire.afterMillis(30);
        assertEquals(STRANGER, fromClient(ACK, 77_777, 1, 0));
    }

    @Test
    void aRefusedConnectionOpensByTheAckOfAnAnswerThatWasSeen() {
        wire.dropping();
        assertEquals(OPENS, syn());
        long synNanos = wire.nowNanos();
        assertEquals(ANSWERS, synAck());
        wire.afterMillis(30);
        assertEquals(FOLLOWS_REFUSED, fromClient(ACK, 1, 1 + (1 << 17), 0));
        assertEquals(FOLLOWS_REFUSED, fromClient(RST | ACK, 1, 1, 0));
        assertEquals(COMPLETES, fromClient(ACK, 1, 1, 0));
        assertTrue(wire.flows().provenWasRefused());
        assertEquals(synNanos, wire.flows().provenNanos());
        assertEquals(BELONGS, fromClient(PSH | ACK, 1, 1, 100));
        assertEquals(BELONGS, fromServer(ACK, 1, 101, 0));
    }

    @Test
    void whatFollowsOfARefusedConnectionSharesItsVerdict() {
        wire.dropping();
        syn();
        for (int n = 0; n < 3; n++) {
            wire.afterMillis(30);
            assertEquals(FOLLOWS_REFUSED, fromClient(ACK, 1, 1, 10 * n));
            assertEquals(Wire.DROP, wire.flows().refusedVerdict());
        }
    }

    @Test
    void inAnInboundViewDataAfterADroppedSynShowsThatItWasAnswered() {
        wire.inboundOnly().dropping();
        syn();
        wire.afterMillis(30);
        assertEquals(FOLLOWS_REFUSED, fromClient(ACK, 1, 1, 0), "a bare ACK is sent blind");
        assertEquals(FOLLOWS_REFUSED, fromClient(PSH | ACK, 77_000, 1, 100), "not where the SYN began");
        assertEquals(COMPLETES, fromClient(PSH | ACK, 1, 1, 100));
        assertTrue(wire.flows().provenWasRefused());
        assertEquals(BELONGS, fromClient(PSH | ACK, 101, 1, 100));
    }

    @Test
    void whereAnswersAreSeenDataAfterADroppedSynShowsNothing() {
        wire.dropping();
        syn();
        wire.afterMillis(30);
        assertEquals(FOLLOWS_REFUSED, fromClient(PSH | ACK, 1, 1, 100));
    }

    @Test
    void aRetransmissionThatIsDroppedTakesNothingBack() {
        syn();
        wire.dropping();
        syn();
        synAck();
        assertEquals(COMPLETES, fromClient(ACK, 1, 1, 0));
        assertFalse(wire.flows().provenWasRefused());
    }

    @Test
    void onlyAPacketThatPassedAdvancesState() {
        syn();
        synAck();
        wire.dropping();
        assertEquals(COMPLETES, fromClient(ACK, 1, 1, 0));
        assertEquals(COMPLETES, fromClient(ACK, 1, 1, 0));
        wire.dropping();
        assertEquals(BELONGS, fromClient(FIN | ACK, 1, 1, 0));
        wire.afterMinutes(60);
        assertEquals(BELONGS, fromClient(ACK, 1, 1, 0), "the FIN that was dropped closed nothing");
    }

    @Test
    void anAnswerThatIsDroppedAnswersNothing() {
        syn();
        wire.dropping();
        assertEquals(ANSWERS, synAck());
        assertEquals(STRANGER, fromClient(ACK, 1, 1, 0));
    }

    @Test
    void anOpenConnectionIsForgottenAfterTwoHoursAndFourMinutes() {
        open();
        wire.afterMinutes(124);
        assertEquals(BELONGS, fromClient(ACK, 1, 1, 0));
        wire.afterMinutes(124).after(1);
        assertEquals(STRANGER, fromClient(ACK, 1, 1, 0));
    }

    @Test
    void aClosingConnectionIsForgottenAfterFourMinutes() {
        open();
        assertEquals(BELONGS, fromServer(FIN | ACK, 1, 1, 0));
        wire.afterMinutes(4);
        assertEquals(BELONGS, fromClient(FIN | ACK, 1, 2, 0));
        wire.afterMinutes(4).after(1);
        assertEquals(STRANGER, fromServer(ACK, 2, 2, 0));
    }

    @Test
    void aResetClosesAConnection() {
        open();
        assertEquals(BELONGS, fromClient(RST, 1, 0, 0));
        wire.afterMinutes(5);
        assertEquals(STRANGER, fromClient(ACK, 1, 1, 0));
    }

    @Test
    void anUnansweredSynIsForgottenAfterAMinute() {
        syn();
        wire.afterMinutes(1).after(1);
        assertEquals(STRANGER, synAck());
    }

    @Test
    void theSamePortsOpenAgainAfterAClose() {
        open();
        fromClient(FIN | ACK, 1, 1, 0);
        fromServer(FIN | ACK, 1, 2, 0);
        wire.afterMillis(1);
        int sequence = 1_000_000_000;
        assertEquals(OPENS, wire.tcp(client, PORT, server, 80, SYN, sequence, 0, 0));
        assertEquals(ANSWERS, wire.tcp(server, 80, client, PORT, SYN | ACK, 5, sequence + 1, 0));
        assertEquals(COMPLETES, wire.tcp(client, PORT, server, 80, ACK, sequence + 1, 6, 0));
        assertEquals(BELONGS, wire.tcp(client, PORT, server, 80, ACK, sequence + 1, 6, 10));
        wire.afterMinutes(5);
        assertEquals(BELONGS, wire.tcp(server, 80, client, PORT, ACK, 6, sequence + 11, 10));
    }

    @Test
    void noFloodEvictsAnEstablishedConnection() {
        open();
        SplittableRandom random = new SplittableRandom(1);
        for (int n = 0; n < 20_000; n++) {
            Host attacker = wire.after(1_000).host(1_000 + n);
            int port = random.nextInt(1, 65_536);
            assertEquals(OPENS, wire.tcp(attacker, port, server, 80, SYN, n, 0, 0));
            assertEquals(STRANGER, wire.tcp(attacker, port, server, 443, ACK, n, n, 1));
            wire.udp(attacker, port, server, 53);
            wire.udp(server, 53, attacker, port);
            wire.ping(attacker, server, false, port);
            wire.ping(server, attacker, true, port);
            wire.dropping();
            wire.tcp(attacker, port, server, 81, SYN, n, 0, 0);
        }
        assertEquals(0, wire.flows().connectionEvictions());
        assertEquals(BELONGS, fromClient(PSH | ACK, 1, 1, 100));
    }

    private int syn() {
        return fromClient(SYN, 0, -SERVER_FIRST, 0);
    }

    private boolean isSentAgain() {
        assertEquals(OPENS, syn());
        return wire.wasRetransmission();
    }

    private int synAck() {
        return fromServer(SYN | ACK, 0, 1, 0);
    }

    private void open() {
        syn();
        synAck();
        assertEquals(COMPLETES, fromClient(ACK, 1, 1, 0));
    }

    /** Numbers relative to the first ones, as Wireshark shows them. */
    private int fromClient(int flags, int sequence, int acknowledgment, int dataBytes) {
        return wire.tcp(
                client, PORT, server, 80, flags, CLIENT_FIRST + sequence, SERVER_FIRST + acknowledgment, dataBytes);
    }

    private int fromServer(int flags, int sequence, int acknowledgment, int dataBytes) {
        return wire.tcp(
                server, 80, client, PORT, flags, SERVER_FIRST + sequence, CLIENT_FIRST + acknowledgment, dataBytes);
    }
}
