package io.weir.filter.flow;

import static io.weir.filter.flow.Relation.ADMITS;
import static io.weir.filter.flow.Relation.ANSWERS;
import static io.weir.filter.flow.Relation.BELONGS;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections that are met in their middle. */
@ParameterizedClass
@EnumSource(Wire.Version.class)
final class MidstreamTest {
    private static final int CLIENT_NEXT = -50;
    private static final int SERVER_NEXT = -10;

    private final Wire wire;
    private final Host client;
    private final Host server;

    MidstreamTest(Wire.Version version) {
        wire = new Wire(version);
        client = wire.host(1);
        server = wire.host(2);
    }

    @Test
    void twoSegmentsInSequenceAdmitAConnection() {
        assertEquals(STRANGER, fromClient(PSH | ACK, 0, 0, 100));
        long firstNanos = wire.nowNanos();
        int firstLength = wire.lastLengthBytes();
        wire.afterMillis(5);
        assertEquals(ADMITS, fromClient(PSH | ACK, 100, 0, 100));
        assertEquals(firstNanos, wire.flows().provenNanos());
        assertEquals(firstLength, wire.flows().provenLengthBytes());
        assertFalse(wire.flows().isProvenOtherSide());
        assertEquals(BELONGS, fromClient(ACK, 200, 0, 0));
        assertEquals(BELONGS, fromServer(ACK, 0, 200, 1000));
    }

    @Test
    void afterAMinuteOneSideAloneAdmitsNobodyWhereBothAreSeen() {
        fromClient(ACK, 0, 0, 0);
        wire.afterMillis(61_000);
        assertEquals(STRANGER, fromClient(PSH | ACK, 0, 0, 100));
        assertEquals(STRANGER, fromClient(PSH | ACK, 100, 0, 100));
        assertEquals(ADMITS, fromServer(ACK, 77, 200, 0), "the answer of the other side does");
    }

    @Test
    void whereOneDirectionIsAllThereIsItsSegmentsAdmitAtAnyTime() {
        wire.inboundOnly();
        fromClient(ACK, 0, 0, 0);
        wire.afterMillis(61_000);
        assertEquals(STRANGER, fromClient(PSH | ACK, 0, 0, 100));
        assertEquals(ADMITS, fromClient(PSH | ACK, 100, 0, 100));
    }

    @Test
    void aSegmentThatAcknowledgesTheOtherSidesDataAdmitsAConnection() {
        assertEquals(STRANGER, fromClient(PSH | ACK, 0, 0, 100));
        long firstNanos = wire.nowNanos();
        wire.afterMillis(5);
        assertEquals(ADMITS, fromServer(ACK, 77, 100, 0));
        assertEquals(firstNanos, wire.flows().provenNanos());
        assertTrue(wire.flows().isProvenOtherSide());
        assertEquals(BELONGS, fromClient(PSH | ACK, 100, 0, 10));
    }

    @Test
    void aSegmentThatIsJustWhatTheOtherSideExpectsAdmitsAConnection() {
        fromClient(ACK, 0, 0, 0);
        assertEquals(ADMITS, fromServer(PSH | ACK, 0, 77, 1000));
        assertTrue(wire.flows().isProvenOtherSide());
    }

    @Test
    void anAcknowledgmentThatMovesAdmitsAConnection() {
        fromClient(ACK, 0, 0, 0);
        assertEquals(ADMITS, fromClient(ACK, 0, 1460, 0), "a download seen from the client's side only");
    }

    @Test
    void theSameFrameAgainAndAgainNeverAdmits() {
        for (int n = 0; n < 1_000; n++) {
            wire.afterMillis(1);
            assertEquals(STRANGER, fromClient(ACK, 0, 0, 0));
            assertEquals(STRANGER, wire.tcp(client, 9, server, 80, PSH | ACK, 5, 5, 100));
            assertEquals(STRANGER, wire.tcp(client, 8, server, 80, FIN | ACK, 5, 5, 0));
            assertEquals(STRANGER, wire.tcp(client, 7, server, 80, 0, 5, 0, 10));
        }
    }

    @Test
    void segmentsOfRandomNumbersNeverAdmit() {
        for (int n = 0; n < 1_000; n++) {
            assertEquals(STRANGER, fromClient(ACK, n * 104_729, n * 7_919, 10));
        }
    }

    @Test
    void segmentsWithoutAnAcknowledgmentNeverAdmit() {
        assertEquals(STRANGER, fromClient(PSH, 0, 0, 100));
        assertEquals(STRANGER, fromClient(PSH, 100, 0, 100));
    }

    @Test
    void aResetThatAnswersAStrangerIsItsAnswer() {
        fromClient(ACK, 0, 0, 0);
        assertEquals(ANSWERS, fromServer(RST, 0, 0, 0));
        assertEquals(ANSWERS, fromServer(RST | ACK, 123, 456, 0));
    }

    @Test
    void aResetThatAnswersNothingIsAStranger() {
        assertEquals(STRANGER, fromServer(RST, 0, 0, 0));
        assertEquals(STRANGER, fromServer(RST, 0, 0, 0));
        fromClient(ACK, 0, 0, 0);
        assertEquals(STRANGER, fromClient(RST | ACK, 0, 0, 0));
    }

    @Test
    void onlySegmentsThatPassedCountAsConsistent() {
        wire.dropping();
        assertEquals(STRANGER, fromClient(PSH | ACK, 0, 0, 100));
        assertEquals(STRANGER, fromClient(PSH | ACK, 100, 0, 100));
        wire.dropping();
        assertEquals(ADMITS, fromClient(PSH | ACK, 200, 0, 100));
        assertEquals(ADMITS, fromClient(PSH | ACK, 200, 0, 100), "the one before was dropped and admitted nothing");
    }

    /** Who is real goes on, or sends again. */
    @Test
    void whileTheStreamIsYoungOneThatAFloodLeftNoRoomAdmitsTheNext() {
        wire.crowdedOut();
        assertEquals(STRANGER, fromClient(PSH | ACK, 0, 0, 100));
        assertEquals(ADMITS, fromClient(PSH | ACK, 100, 0, 100));
        assertTrue(wire.flows().provenWasRefused());
    }

    @Test
    void soDoesTheSameThatComesAgainAfterATimeOut() {
        wire.crowdedOut();
        fromClient(PSH | ACK, 0, 0, 100);
        wire.afterMillis(100).crowdedOut();
        assertEquals(STRANGER, fromClient(PSH | ACK, 0, 0, 100));
        wire.afterMillis(250);
        assertEquals(ADMITS, fromClient(PSH | ACK, 0, 0, 100));
    }

    /** After which a flood leaves no room for what comes. */
    private void growOldOneSided() {
        wire.inboundOnly();
        fromServer(RST, 0, 0, 0);
        wire.afterMillis(61_000).crowdedOut();
    }

    @Test
    void laterOnlyASynAckDoesWhoseConnectionBeganOutOfSight() {
        growOldOneSided();
        assertEquals(STRANGER, fromServer(SYN | ACK, 5_000, 1, 0));
        assertEquals(ADMITS, fromServer(PSH | ACK, 5_001, 101, 100));
        assertTrue(wire.flows().provenWasRefused());
    }

    @Test
    void laterNothingElseDoes() {
        growOldOneSided();
        assertEquals(STRANGER, fromClient(PSH | ACK, 0, 0, 100));
        assertEquals(STRANGER, fromClient(PSH | ACK, 100, 0, 100));
    }

    @Test
    void aStrangerIsForgottenAfterAMinute() {
        fromClient(PSH | ACK, 0, 0, 100);
        wire.afterMinutes(1).after(1);
        assertEquals(STRANGER, fromClient(PSH | ACK, 100, 0, 100));
    }

    @Test
    void aConnectionAdmittedByItsFinIsClosing() {
        fromServer(PSH | ACK, 0, 0, 100);
        assertEquals(ADMITS, fromServer(FIN | ACK, 100, 0, 10));
        wire.afterMinutes(4);
        assertEquals(BELONGS, fromClient(ACK, 0, 111, 0));
        wire.afterMinutes(4).after(1);
        assertEquals(STRANGER, fromClient(ACK, 0, 111, 0));
    }

    private int fromClient(int flags, int sequence, int acknowledgment, int dataBytes) {
        return wire.tcp(
                client, 40_000, server, 80, flags, CLIENT_NEXT + sequence, SERVER_NEXT + acknowledgment, dataBytes);
    }

    private int fromServer(int flags, int sequence, int acknowledgment, int dataBytes) {
        return wire.tcp(
                server, 80, client, 40_000, flags, SERVER_NEXT + sequence, CLIENT_NEXT + acknowledgment, dataBytes);
    }
}
