package io.weir.filter.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class StreamClockTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final long BEGIN = 1_000 * MINUTE;

    private final StreamClock clock = new StreamClock();

    @Test
    void learnsForAMinuteFromTheFirstPacket() {
        clock.advance(BEGIN);
        clock.advance(BEGIN + MINUTE - 1);
        assertTrue(clock.isLearning());
        clock.advance(BEGIN + MINUTE);
        assertFalse(clock.isLearning());
        assertEquals(BEGIN, clock.startNanos());
    }

    @Test
    void learnsAgainAfterAGapOfMoreThanAnHour() {
        clock.advance(BEGIN);
        clock.advance(BEGIN + 60 * MINUTE);
        assertFalse(clock.isLearning());
        clock.advance(BEGIN + 120 * MINUTE + 1);
        assertTrue(clock.isLearning());
    }

    @Test
    void learnsForAMinuteAfterTheClockWasSetBack() {
        clock.advance(BEGIN);
        clock.advance(BEGIN + 5 * MINUTE);
        clock.advance(BEGIN - 100 * MINUTE);
        assertTrue(clock.isLearning());
        clock.advance(BEGIN - 99 * MINUTE);
        assertFalse(clock.isLearning(), "not until the time of before is reached");
    }

    @Test
    void aRestartBeginsWithTheNextPacket() {
        clock.advance(BEGIN);
        clock.advance(BEGIN + 5 * MINUTE);
        clock.restart();
        clock.advance(BEGIN + 6 * MINUTE);
        assertTrue(clock.isLearning());
        assertEquals(BEGIN + 6 * MINUTE, clock.startNanos());
    }
}
