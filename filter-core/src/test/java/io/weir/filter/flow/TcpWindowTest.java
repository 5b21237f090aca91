package io.weir.filter.flow;

import static io.weir.filter.flow.Relation.ANSWERS;
import static io.weir.filter.flow.Relation.BELONGS;
import static io.weir.filter.flow.Relation.COMPLETES;
import static io.weir.filter.flow.Relation.OPENS;
import static io.weir.filter.flow.Relation.STRANGER;
import static io.weir.filter.packet.TcpFlags.ACK;
import static io.weir.filter.packet.TcpFlags.FIN;
import static io.weir.filter.packet.TcpFlags.PSH;
import static io.weir.filter.packet.TcpFlags.RST;
import static io.weir.filter.packet.TcpFlags.SYN;
import static io.weir.filter.packet.TcpFlags.URG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.filter.flow.Wire.Host;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What fits an open connection and what doesn't. */
@ParameterizedClass
@EnumSource(Wire.Version.class)
final class TcpWindowTest {
    /** Near the end of the number space, so that every scenario wraps. */
    private static final int CLIENT_FIRST = -3;

    private static final int SERVER_FIRST = -2;
    private static final int PORT = 40_000;
    /** The largest window that a SYN can have given, and the first that is taken for granted. */
    private static final int FIRST_WINDOW = 0xffff;

    private static final int FAR = 1 << 30;

    private final Wire wire;
    private final Host client;
    private final Host server;

    TcpWindowTest(Wire.Version version) {
        wire = new Wire(version);
        client = wire.host(1);
        server = wire.host(2);
    }

    @Test
    void dataFitsUpToOneWindowBeyondTheOneThatWasGiven() {
        open();
        assertEquals(BELONGS, client(ACK, 1, 1, 0));
        int limit = 1 + FIRST_WINDOW;
        assertEquals(STRANGER, client(PSH | ACK, limit + FIRST_WINDOW + 1, 1, 100));
        assertEquals(STRANGER, client(PSH | ACK, FAR, 1, 100));
        assertEquals(STRANGER, client(PSH | ACK, -FAR, 1, 100));
        assertEquals(BELONGS, client(PSH | ACK, limit + FIRST_WINDOW, 1, 100));
        assertEquals(3, wire.flows().misfits());
    }

    @Test
    void windowsScaleWhereBothSidesOfferIt() {
        wire.scale(7).window(60_000);
        open();
        assertEquals(BELONGS, server(ACK, 1, 1, 0));
        int given = 1 + (60_000 << 7);
        assertEquals(STRANGER, client(ACK, given + (60_000 << 7) + 1, 1, 10));
        assertEquals(BELONGS, client(ACK, given, 1, 10));
    }

    /** Linux's usual 64,256 bytes are 502 in its segments: whoever makes those up may leave out the scale. */
    @ParameterizedTest
    @ValueSource(ints = {2_144, 5_840, 16_384, 64_240})
    void roomThatWasGivenIsNotTakenBackSoItMustBeScaled(int first) {
        wire.window(first);
        syn(0);
        synAck(0);
        wire.window(502);
        assertEquals(COMPLETES, client(ACK, 1, 1, 0));
        assertEquals(FlowTracker.UNKNOWN_WINDOW, wire.windowBytes());
        assertEquals(BELONGS, client(PSH | ACK, 1, 1, 100));
        assertEquals(FlowTracker.UNKNOWN_WINDOW, wire.windowBytes());
        wire.window(0);
        assertEquals(BELONGS, client(ACK, 101, 1, 0));
        assertEquals(0, wire.windowBytes());
    }

    @Test
    void roomThatIsUsedUpIsKnown() {
        wire.window(64_240);
        open();
        for (int sent = 0; sent < 64_000; sent += 1_000) {
            assertEquals(BELONGS, server(ACK, 1 + sent, 1, 1_000));
        }
        wire.window(240);
        assertEquals(BELONGS, client(ACK, 1, 64_001, 0));
        assertEquals(240, wire.windowBytes());
    }

    @Test
    void aSynOfLittleRoomIsBelieved() {
        wire.window(502);
        open();
        assertEquals(502, wire.windowBytes());
        assertEquals(BELONGS, client(PSH | ACK, 1, 1, 100));
        assertEquals(502, wire.windowBytes());
    }

    @Test
    void windowsDontScaleWhereOneSideOffersNothing() {
        wire.scale(14);
        syn(0);
        wire.scale(-1);
        synAck(0);
        client(ACK, 1, 1, 0);
        server(ACK, 1, 1, 0);
        assertEquals(STRANGER, client(ACK, 3 * FIRST_WINDOW, 1, 10));
    }

    @Test
    void whereTheCaptureCutTheOptionsOffNumbersNearTheLastOnesFit() {
        wire.scale(7).capturing(version() ? 60 : 76);
        open();
        assertEquals(BELONGS, client(ACK, 1 << 24, 1, 0));
        assertEquals(STRANGER, client(ACK, FAR, 1, 0));
        assertEquals(STRANGER, client(ACK, (1 << 24) + 1, FAR, 10));
    }

    private boolean version() {
        return client.high() == 0;
    }

    @Test
    void whatTheOtherSideHasMayComeAgainForOneWindow() {
        open();
        int sent = 0;
        for (int n = 0; n < 300; n++) {
            assertEquals(BELONGS, client(PSH | ACK, 1 + sent, 1, 1000));
            sent += 1000;
            assertEquals(BELONGS, server(ACK, 1, 1 + sent, 0));
        }
        assertEquals(BELONGS, client(PSH | ACK, 1 + sent - 1000, 1, 1000), "a retransmission");
        assertEquals(BELONGS, client(ACK, sent, 1, 0), "a keep-alive (RFC 9293 section 3.8.4)");
        assertEquals(BELONGS, client(ACK, sent, 1, 1), "a keep-alive with its byte");
        assertEquals(BELONGS, server(ACK, 1, 1 + sent, 0));
        assertEquals(BELONGS, client(PSH | ACK, 1 + sent - FIRST_WINDOW - 1000, 1, 1000));
        assertEquals(STRANGER, client(PSH | ACK, sent - FIRST_WINDOW - 1000, 1, 1000));
    }

    @Test
    void segmentsOutOfOrderFit() {
        open();
        assertEquals(BELONGS, client(PSH | ACK, 2001, 1, 1000));
        assertEquals(BELONGS, client(PSH | ACK, 1001, 1, 1000));
        assertEquals(BELONGS, server(ACK, 1, 1, 0));
        assertEquals(BELONGS, client(PSH | ACK, 1, 1, 1000));
        assertEquals(BELONGS, server(ACK, 1, 3001, 0));
        assertEquals(BELONGS, server(ACK, 1, 1001, 0), "an acknowledgment that was overtaken");
    }

    @Test
    void aClosedWindowIsProbed() {
        open();
        assertEquals(BELONGS, client(PSH | ACK, 1, 1, 1000));
        wire.window(0);
        assertEquals(BELONGS, server(ACK, 1, 1001, 0));
        wire.window(1000);
        for (int n = 0; n < 10; n++) {
            assertEquals(BELONGS, client(ACK, 1000, 1, 0));
            assertEquals(BELONGS, client(ACK, 1001, 1, 1));
            wire.window(0);
            assertEquals(BELONGS, server(ACK, 1, 1001, 0));
            wire.window(1000);
        }
        assertEquals(BELONGS, server(ACK, 1, 1001, 0));
        assertEquals(BELONGS, client(PSH | ACK, 1001, 1, 1000));
    }

    @Test
    void dataWhoseAcknowledgmentWasNeverSentIsInjected() {
        open();
        server(PSH | ACK, 1, 1, 500);
        assertEquals(STRANGER, client(PSH | ACK, 1, 502, 100), "nothing beyond 501 was sent");
        assertEquals(STRANGER, client(PSH | ACK, 1, FAR, 100));
        assertEquals(STRANGER, client(PSH | ACK, 1, -FIRST_WINDOW, 100));
        assertEquals(STRANGER, client(FIN | ACK, 1, 502, 0));
        assertEquals(BELONGS, client(PSH | ACK, 1, 501, 100));
        assertEquals(BELONGS, client(PSH | ACK, 101, 501 - FIRST_WINDOW, 100), "within the largest window");
    }

    @Test
    void anAcknowledgmentAloneMayRunAheadOfWhatWasSeen() {
        open();
        assertEquals(BELONGS, client(ACK, 1, 1 + 1000, 0), "the capture missed what it answers");
        assertEquals(BELONGS, client(PSH | ACK, 1, 1 + 1000, 10), "and so does what follows");
        assertEquals(STRANGER, client(ACK, 11, FAR, 0));
        assertEquals(BELONGS, server(PSH | ACK, 1, 11, 1000));
    }

    @Test
    void whoeverIsConnectedAcknowledges() {
        open();
        for (int flags : new int[] {0, PSH, FIN, URG, FIN | PSH | URG}) {
            assertEquals(STRANGER, client(flags, 1, 1, 10));
        }
    }

    @Test
    void aResetEndsAConnectionExactlyAtTheNextSequenceNumber() {
        open();
        client(PSH | ACK, 1, 1, 100);
        assertEquals(BELONGS, client(RST, 100, 0, 0), "challenged by the host");
        assertEquals(BELONGS, client(RST, 102, 0, 0));
        assertEquals(BELONGS, client(RST | ACK, 1000, 1, 0));
        assertEquals(STRANGER, client(RST, FAR, 0, 0));
        assertEquals(STRANGER, client(RST, -FAR, 0, 0));
        wire.afterMinutes(100);
        assertEquals(BELONGS, client(ACK, 101, 1, 0), "none of them ended it");
        assertEquals(BELONGS, client(RST, 101, 0, 0));
        wire.afterMinutes(4).after(1);
        assertEquals(STRANGER, client(ACK, 101, 1, 0));
    }

    @Test
    void aResetAtWhatTheOtherSideExpectsEndsAConnection() {
        open();
        client(PSH | ACK, 1, 1, 100);
        server(ACK, 1, 51, 0);
        assertEquals(BELONGS, client(RST, 51, 0, 0), "the rest of the data was lost on its way");
        wire.afterMinutes(4).after(1);
        assertEquals(STRANGER, server(ACK, 1, 51, 0));
    }

    @Test
    void aResetIsNotHeldToItsAcknowledgment() {
        open();
        assertEquals(BELONGS, server(RST | ACK, 1, 0, 0));
        wire.afterMinutes(4).after(1);
        assertEquals(STRANGER, server(ACK, 1, 1, 0));
    }

    @Test
    void aSynWithinAConnectionOpensNothingOverIt() {
        open();
        assertEquals(OPENS, wire.tcp(client, PORT, server, 80, SYN, FAR, 0, 0));
        assertEquals(BELONGS, server(ACK, 1, 1, 0), "the challenge (RFC 5961 section 4.2)");
        assertEquals(STRANGER, wire.tcp(client, PORT, server, 80, ACK, FAR + 1, SERVER_FIRST + 1, 0));
        assertEquals(BELONGS, client(PSH | ACK, 1, 1, 10));
        wire.afterMinutes(100);
        assertEquals(BELONGS, server(PSH | ACK, 1, 11, 10));
    }

    @Test
    void aServerThatForgotAConnectionOpensAnother() {
        open();
        int sequence = CLIENT_FIRST + 5000;
        assertEquals(OPENS, wire.tcp(client, PORT, server, 80, SYN, sequence, 0, 0));
        assertEquals(ANSWERS, wire.tcp(server, 80, client, PORT, SYN | ACK, 77, sequence + 1, 0));
        assertEquals(COMPLETES, wire.tcp(client, PORT, server, 80, ACK, sequence + 1, 78, 0));
        assertEquals(BELONGS, wire.tcp(server, 80, client, PORT, PSH | ACK, 78, sequence + 1, 100));
        wire.afterMinutes(100);
        assertEquals(BELONGS, wire.tcp(client, PORT, server, 80, ACK, sequence + 1, 178, 0));
    }

    @Test
    void synAcksThatComeAgainFit() {
        open();
        assertEquals(BELONGS, synAck(0));
        assertEquals(BELONGS, client(ACK, 1, 1, 0));
    }

    @Test
    void whoHasSaidAllStillListens() {
        open();
        assertEquals(BELONGS, client(FIN | ACK, 1, 1, 0));
        int sent = 0;
        for (int n = 0; n < 5_000; n++) {
            assertEquals(BELONGS, server(PSH | ACK, 1 + sent, 2, 900));
            sent += 900;
            assertEquals(BELONGS, client(ACK, 2, 1 + sent, 0));
            wire.afterMillis(100);
        }
        assertEquals(BELONGS, server(FIN | ACK, 1 + sent, 2, 0));
        assertEquals(BELONGS, client(ACK, 2, 2 + sent, 0));
        assertEquals(0, wire.flows().misfits());
    }

    @Test
    void bothSidesMayCloseAtOnce() {
        open();
        assertEquals(BELONGS, client(FIN | ACK, 1, 1, 0));
        assertEquals(BELONGS, server(FIN | ACK, 1, 1, 0));
        assertEquals(BELONGS, client(ACK, 2, 2, 0));
        assertEquals(BELONGS, server(ACK, 2, 2, 0));
    }

    @Test
    void bothSidesMayOpenAtOnce() {
        assertEquals(OPENS, syn(0));
        assertEquals(OPENS, wire.tcp(server, 80, client, PORT, SYN, SERVER_FIRST, 0, 0));
        assertEquals(ANSWERS, synAck(0));
        assertEquals(COMPLETES, client(SYN | ACK, 0, 1, 0));
        assertEquals(BELONGS, client(PSH | ACK, 1, 1, 10));
        assertEquals(BELONGS, server(PSH | ACK, 1, 11, 10));
    }

    @Test
    void bothSidesMayOpenAtOnceAndTheFirstAnswerFirst() {
        syn(0);
        wire.tcp(server, 80, client, PORT, SYN, SERVER_FIRST, 0, 0);
        assertEquals(COMPLETES, client(SYN | ACK, 0, 1, 0));
        assertEquals(BELONGS, synAck(0));
        assertEquals(BELONGS, client(PSH | ACK, 1, 1, 10));
        assertEquals(BELONGS, server(PSH | ACK, 1, 11, 10));
        assertEquals(0, wire.flows().misfits());
    }

    @Test
    void aWindowThatTheCaptureCutOffIsTakenForTheLargest() {
        wire.capturing(version() ? 48 : 68);
        open();
        for (int n = 0; n < 100; n++) {
            assertEquals(BELONGS, client(PSH | ACK, 1 + n * 1000, 1, 1000));
            assertEquals(BELONGS, server(ACK, 1, 1 + (n + 1) * 1000, 0));
        }
    }

    private void open() {
        syn(0);
        synAck(0);
        assertEquals(COMPLETES, client(ACK, 1, 1, 0));
    }

    private int syn(int dataBytes) {
        return client(SYN, 0, -SERVER_FIRST, dataBytes);
    }

    private int synAck(int dataBytes) {
        return server(SYN | ACK, 0, 1, dataBytes);
    }

    /** Numbers relative to the first ones, as Wireshark shows them. */
    private int client(int flags, int sequence, int acknowledgment, int dataBytes) {
        return wire.tcp(
                client, PORT, server, 80, flags, CLIENT_FIRST + sequence, SERVER_FIRST + acknowledgment, dataBytes);
    }

    private int server(int flags, int sequence, int acknowledgment, int dataBytes) {
        return wire.tcp(
                server, 80, client, PORT, flags, SERVER_FIRST + sequence, CLIENT_FIRST + acknowledgment, dataBytes);
    }
}
