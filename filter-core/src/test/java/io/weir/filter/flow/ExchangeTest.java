package io.weir.filter.flow;

import static io.weir.filter.flow.ExchangeRelation.UNANSWERED_LIMIT;
import static io.weir.filter.flow.Relation.ANSWERS;
import static io.weir.filter.flow.Relation.BELONGS;
import static io.weir.filter.flow.Relation.UNPROVEN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.filter.flow.Wire.Host;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** UDP and pings. */
@ParameterizedClass
@EnumSource(Wire.Version.class)
final class ExchangeTest {
    private final Wire wire;
    private final Host client;
    private final Host server;

    ExchangeTest(Wire.Version version) {
        wire = new Wire(version, 64);
        client = wire.host(1);
        server = wire.host(2);
    }

    @Test
    void theThirdPacketProvesAnExchange() {
        assertEquals(UNPROVEN, question());
        assertEquals(ANSWERS, answer());
        assertEquals(BELONGS, question());
        assertEquals(BELONGS, answer());
        assertEquals(BELONGS, question());
    }

    @Test
    void questionsWithoutAnAnswerProveNothing() {
        for (int n = 0; n < 10; n++) {
            assertEquals(UNPROVEN, question());
        }
    }

    @Test
    void anAnswerFromAnotherPortAnswersNothing() {
        question();
        assertEquals(UNPROVEN, wire.udp(server, 54, client, 5_000));
        assertEquals(UNPROVEN, wire.udp(wire.host(3), 53, client, 5_000));
        assertEquals(UNPROVEN, wire.udp(server, 53, client, 5_001));
    }

    @Test
    void onlyPacketsThatPassedProveAnExchange() {
        wire.dropping();
        assertEquals(UNPROVEN, question());
        assertEquals(UNPROVEN, question());
        wire.dropping();
        assertEquals(ANSWERS, answer());
        assertEquals(UNPROVEN, question());
        answer();
        wire.dropping();
        assertEquals(BELONGS, question());
        assertEquals(BELONGS, question());
    }

    @Test
    void anAnswerToARefusedQuestionIsNoReflection() {
        wire.dropping();
        question();
        assertEquals(ANSWERS, answer());
        assertEquals(UNPROVEN, question());
    }

    @Test
    void theInitiatorIsBelievedForSoManyUnansweredPackets() {
        prove();
        for (int n = 1; n < UNANSWERED_LIMIT; n++) {
            assertEquals(BELONGS, question(), "packet " + n);
        }
        assertEquals(UNPROVEN, question());
        assertEquals(UNPROVEN, question());
        assertEquals(BELONGS, answer());
        assertEquals(BELONGS, question());
    }

    @Test
    void theResponderIsBelievedForSoManyUnansweredPackets() {
        prove();
        for (int n = 0; n < UNANSWERED_LIMIT; n++) {
            assertEquals(BELONGS, answer(), "packet " + n);
        }
        assertEquals(UNPROVEN, answer());
        assertEquals(UNPROVEN, answer());
        assertEquals(BELONGS, question());
        assertEquals(BELONGS, answer());
    }

    @Test
    void oneQuestionBringsNoMoreThanSoManyAnswers() {
        question();
        for (int n = 0; n < UNANSWERED_LIMIT; n++) {
            assertEquals(ANSWERS, answer(), "packet " + n);
        }
        assertEquals(UNPROVEN, answer());
    }

    @Test
    void aProvenExchangeIsForgottenAfterFiveMinutes() {
        prove();
        wire.afterMinutes(5);
        assertEquals(BELONGS, answer());
        wire.afterMinutes(5).after(1);
        assertEquals(UNPROVEN, question());
    }

    @Test
    void anUnansweredQuestionIsForgottenAfterAMinute() {
        question();
        wire.afterMinutes(1).after(1);
        assertEquals(UNPROVEN, answer());
    }

    @Test
    void questionsWithOneAnswerEachTakeNoRoomFromProvenExchanges() {
        prove();
        for (int n = 0; n < 10_000; n++) {
            Host other = wire.host(100 + n);
            assertEquals(UNPROVEN, wire.udp(other, 5_000, server, 53));
            assertEquals(ANSWERS, wire.udp(server, 53, other, 5_000));
        }
        assertEquals(0, wire.flows().connectionEvictions());
        assertEquals(BELONGS, question());
    }

    @Test
    void pingsStayUnprovenThoughEachIsAnswered() {
        for (int n = 0; n < 3_000; n++) {
            assertEquals(UNPROVEN, wire.ping(client, server, false, 77), "ping " + n);
            assertEquals(ANSWERS, wire.ping(server, client, true, 77), "reply " + n);
        }
    }

    @Test
    void repliesThatNobodyAskedForAreUnproven() {
        assertEquals(UNPROVEN, wire.ping(server, client, true, 77));
        wire.ping(client, server, false, 78);
        assertEquals(UNPROVEN, wire.ping(server, client, true, 77));
        assertEquals(UNPROVEN, wire.ping(server, client, false, 78), "a request is no reply");
    }

    @Test
    void theReplyToARefusedPingIsNoReflection() {
        wire.dropping();
        wire.ping(client, server, false, 77);
        assertEquals(ANSWERS, wire.ping(server, client, true, 77));
        assertEquals(UNPROVEN, wire.ping(server, client, false, 77));
    }

    @Test
    void theRepliesToPingsThatAreDroppedAreNoReflection() {
        assertEquals(UNPROVEN, wire.ping(client, server, false, 77));
        for (int n = 0; n < 3_000; n++) {
            assertEquals(ANSWERS, wire.ping(server, client, true, 77), "reply " + n);
            wire.dropping();
            assertEquals(UNPROVEN, wire.ping(client, server, false, 77));
        }
    }

    @Test
    void whereAnswersWouldNotBeSeenAStreamIsProvenByGoingOn() {
        wire.oneSided();
        assertEquals(BELONGS, afterSeconds(2));
        for (int n = 0; n < 3_000; n++) {
            assertEquals(BELONGS, wire.afterMillis(20).udp(client, 5_000, server, 53), "packet " + n);
        }
        assertEquals(UNPROVEN, wire.udp(client, 5_001, server, 53));
        assertEquals(UNPROVEN, wire.udp(wire.host(3), 5_000, server, 53));
    }

    @Test
    void itIsNotProvenBeforeAThresholdHasSeenIt() {
        wire.oneSided();
        for (int n = 0; n < 100; n++) {
            assertEquals(UNPROVEN, wire.afterMillis(10).udp(client, 5_000, server, 53), n + "0 ms");
        }
    }

    @Test
    void whereAnswersWouldBeSeenGoingOnProvesNothing() {
        assertEquals(UNPROVEN, afterSeconds(10));
    }

    @Test
    void whatIsDroppedDoesNotGoOn() {
        wire.oneSided();
        question();
        for (int n = 0; n < 500; n++) {
            wire.dropping().afterMillis(10);
            assertEquals(UNPROVEN, question());
        }
    }

    @Test
    void aStreamThatSwellsBeyondATunnelsRateIsUnprovenInPart() {
        wire.oneSided();
        afterSeconds(2);
        wire.afterMillis(200);
        int proven = 0;
        for (int n = 0; n < 10_000; n++) {
            proven += question() == BELONGS ? 1 : 0;
        }
        assertEquals(OneSidedExchange.MOST_PER_SLOT, proven);
        assertEquals(BELONGS, wire.afterMillis(200).udp(client, 5_000, server, 53));
    }

    @Test
    void anAnswerMakesItAnExchangeLikeAnyOther() {
        wire.oneSided();
        afterSeconds(2);
        assertEquals(BELONGS, answer());
        for (int n = 0; n < UNANSWERED_LIMIT; n++) {
            assertEquals(BELONGS, question(), "packet " + n);
        }
        assertEquals(UNPROVEN, question());
    }

    /** Fifty questions a second for so long; how the last is related. */
    private int afterSeconds(int seconds) {
        int relation = question();
        for (int n = 0; n < 50 * seconds; n++) {
            wire.afterMillis(20);
            relation = question();
        }
        return relation;
    }

    private void prove() {
        question();
        answer();
        assertEquals(BELONGS, question());
    }

    private int question() {
        return wire.udp(client, 5_000, server, 53);
    }

    private int answer() {
        return wire.udp(server, 53, client, 5_000);
    }
}
