package io.weir.detector.scrub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.flow.FlowHash;
import org.junit.jupiter.api.Test;

/** Which ports are known to be used, and who goes on. */
final class UsedPortsTest {
    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1_000 * MILLISECOND;
    private static final long START = 1_767_225_600L * SECOND;

    /** When half a minute of peace was seen. */
    private static final long KNOWN = START + 30 * SECOND;

    private final FlowHash hash = new FlowHash(3);
    private final UsedPorts ports = new UsedPorts();
    private final RepeatedDatagrams repeated = new RepeatedDatagrams();

    private long key(int number) {
        return hash.address(0, number);
    }

    private void useService(int number) {
        for (int second = 0; second < 3; second++) {
            ports.note(key(number), START + second * SECOND);
        }
    }

    @Test
    void servicesAreUsedAndScannedPortsAreNot() {
        useService(1);
        for (int n = 0; n < 100; n++) {
            ports.note(key(2), START + n * MILLISECOND);
        }
        assertTrue(ports.isUsed(key(1), KNOWN, START + 3 * SECOND));
        assertFalse(ports.isUsed(key(2), KNOWN, START + 3 * SECOND));
        assertFalse(ports.isUsed(key(3), KNOWN, START + 3 * SECOND));
    }

    @Test
    void aScanOfEveryPortDisplacesNoService() {
        for (int number = 0; number < 100; number++) {
            useService(number);
        }
        for (int number = 1_000; number < 500_000; number++) {
            ports.note(key(number), START + 4 * SECOND);
        }
        int left = 0;
        for (int number = 0; number < 100; number++) {
            left += ports.isUsed(key(number), KNOWN, START + 5 * SECOND) ? 1 : 0;
        }
        assertEquals(100, left);
    }

    @Test
    void inHalfAMinuteOfPeaceWhatSomebodyCameToOnceIsUsed() {
        ports.note(key(1), START);
        assertTrue(ports.isUsed(key(1), KNOWN - 1, KNOWN));
        assertFalse(ports.isUsed(key(1), KNOWN, KNOWN));
        assertFalse(ports.isUsed(key(2), KNOWN - 1, KNOWN));
    }

    @Test
    void aUsedPortStaysUsedHoweverLongTheFlood() {
        ports.note(key(1), START);
        ports.note(key(1), START + 9 * SECOND);
        long peace = START + 13 * SECOND;
        for (int second = 14; second < 600; second++) {
            assertTrue(ports.isUsed(key(1), peace, START + second * SECOND), "after " + second + " s");
        }
    }

    @Test
    void whatAFloodBringsBeforeItIsSeenIsNoUse() {
        ports.note(key(1), START);
        long peace = START + 13 * SECOND;
        ports.note(key(2), peace + SECOND);
        assertTrue(ports.isUsed(key(1), peace, peace + 2 * SECOND));
        assertFalse(ports.isUsed(key(2), peace, peace + 2 * SECOND));
    }

    @Test
    void aServiceNobodyCameToForADayIsForgotten() {
        useService(1);
        assertTrue(ports.isUsed(key(1), KNOWN, START + 86_000 * SECOND));
        assertFalse(ports.isUsed(key(1), KNOWN, START + 90_000 * SECOND));
        ports.note(key(1), START + 90_000 * SECOND);
        assertFalse(ports.isUsed(key(1), KNOWN, START + 90_000 * SECOND));
    }

    @Test
    void nothingIsKnownToBeUnusedUntilEnoughOfPeaceWasSeen() {
        assertFalse(ports.isLearned(START));
        ports.note(key(1), START);
        assertFalse(ports.isLearned(START + 7 * SECOND));
        assertTrue(ports.isLearned(START + 8 * SECOND));
        ports.restart();
        assertFalse(ports.isLearned(START + 60 * SECOND));
    }

    @Test
    void aCallGoesOnAndWhatIsDrawnAnewDoesNot() {
        assertFalse(repeated.goesOn(key(1), START));
        for (int n = 1; n < 500; n++) {
            assertTrue(repeated.goesOn(key(1), START + n * 20L * MILLISECOND));
        }
        int passed = 0;
        for (int n = 0; n < 100_000; n++) {
            passed += repeated.goesOn(key(1_000 + n), START + 10 * SECOND + (long) n * MILLISECOND / 50) ? 1 : 0;
        }
        assertTrue(passed < 5, () -> "passed of drawn ones");
    }

    @Test
    void whatIsRepeatedAtOnceGoesOnlyOnLater() {
        assertFalse(repeated.goesOn(key(1), START));
        assertFalse(repeated.goesOn(key(1), START + MILLISECOND));
        assertTrue(repeated.goesOn(key(1), START + 1_000 * MILLISECOND));
        assertFalse(repeated.goesOn(key(1), START + 12_000 * MILLISECOND));
    }
}
