package io.weir.detector.scrub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.address.IpAddress;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.packet.PacketBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which SYNs count as sent by a real stack. */
final class SynAuthenticationTest {
    private static final long MILLISECOND = 1_000_000;
    private static final long START = 1_767_225_600_000L * MILLISECOND;

    private final SynAuthentication authentication = new SynAuthentication(new FlowHash(3));
    private final PacketBatch batch = new PacketBatch();

    private int syn(int source, int port, int sequence, long afterMillis) {
        batch.sourceLow[0] = IpAddress.mapped(source);
        batch.destinationLow[0] = IpAddress.mapped(0xc633_640a);
        batch.sourcePort[0] = port;
        batch.destinationPort[0] = 443;
        batch.tcpSequence[0] = sequence;
        return authentication.judge(authentication.tuple(batch, 0), START + afterMillis * MILLISECOND);
    }

    @ParameterizedTest
    @ValueSource(ints = {850, 1_000, 1_050, 3_000, 3_900})
    void passesTheSynThatComesAgainAfterAnInitialTimeOut(int millis) {
        assertEquals(SynAuthentication.FIRST, syn(1, 50_000, 99, 0));
        assertEquals(SynAuthentication.PASSED, syn(1, 50_000, 99, millis));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 200, 700})
    void condemnsTheToolThatRepeatsItsFrame(int millis) {
        syn(1, 50_000, 99, 0);
        assertEquals(SynAuthentication.CONDEMNED, syn(1, 50_000, 99, millis));
        assertEquals(SynAuthentication.CONDEMNED, syn(1, 50_000, 99, millis + 1_000), "whatever follows");
        assertEquals(SynAuthentication.CONDEMNED, syn(1, 50_000, 99, millis + 30_000), "for as long as it comes");
    }

    @Test
    void asksTheSameAgainOfWhatComesTooLate() {
        syn(1, 50_000, 99, 0);
        assertEquals(SynAuthentication.FIRST, syn(1, 50_000, 99, 5_000));
    }

    @Test
    void anotherSequenceNumberPortOrSourceIsAnotherSyn() {
        syn(1, 50_000, 99, 0);
        assertEquals(SynAuthentication.FIRST, syn(1, 50_000, 100, 1_000));
        assertEquals(SynAuthentication.FIRST, syn(1, 50_001, 99, 1_000));
        assertEquals(SynAuthentication.FIRST, syn(2, 50_000, 99, 1_000));
    }

    @Test
    void underAHundredThousandForgedSynsASecondAlmostAllClientsPass() {
        int clients = 1_000;
        int forged = 100_000;
        int passed = 0;
        int forgedPassed = 0;
        for (int n = 0; n < clients; n++) {
            syn(n, 40_000, n * 7919, 0);
        }
        for (int n = 0; n < forged; n++) {
            forgedPassed += syn(0x0a00_0000 + n * 77, n & 0xffff, n * 31, n / 100) == SynAuthentication.PASSED ? 1 : 0;
        }
        for (int n = 0; n < clients; n++) {
            passed += syn(n, 40_000, n * 7919, 1_000) == SynAuthentication.PASSED ? 1 : 0;
        }
        assertTrue(passed >= 0.95 * clients, passed + " of " + clients);
        assertEquals(0, forgedPassed);
    }
}
