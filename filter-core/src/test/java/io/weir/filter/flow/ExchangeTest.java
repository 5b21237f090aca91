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
