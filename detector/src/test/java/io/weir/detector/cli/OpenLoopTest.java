package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** The users of a load test: their schedule, and what counts. */
class OpenLoopTest {
    private static final int PER_SECOND = 1_000;
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static void stall(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    @Test
    void aStallDelaysAllThatWasDueMeanwhile() throws IOException {
        try (OpenLoop users = new OpenLoop(millis(200), 0)) {
            AtomicInteger asked = new AtomicInteger();
            OpenLoop.Tally tally = users.add(PER_SECOND, TIMEOUT_NANOS, request -> {
                if (asked.getAndIncrement() == 0) {
                    stall(millis(100));
                }
                request.served();
            });
            users.run();
            assertEquals(200, tally.asked());
            assertEquals(200, tally.latency().getTotalCount());
            // The one due at 0 waited 100 ms, that at 1 ms 99, and so on: 51 of them at least 50 ms.
            long late = tally.latency().getCountBetweenValues(millis(50), Long.MAX_VALUE);
            assertTrue(late >= 50, () -> late + " waited for 50 ms");
        }
    }

    @Test
    void countsWhatIsAskedFromThen() throws IOException {
        try (OpenLoop users = new OpenLoop(millis(100), millis(60))) {
            OpenLoop.Tally tally = users.add(PER_SECOND, TIMEOUT_NANOS, OpenLoop.Request::served);
            OpenLoop.Tally none = users.add(0, TIMEOUT_NANOS, OpenLoop.Request::served);
            users.run();
            assertEquals(40, tally.asked());
            assertEquals(40, tally.latency().getTotalCount());
            assertEquals(0, none.asked());
        }
    }

    @Test
    void whatIsNeverAnsweredIsAbandonedAndNotServed() throws IOException {
        try (OpenLoop users = new OpenLoop(millis(20), 0)) {
            AtomicInteger abandoned = new AtomicInteger();
            OpenLoop.Tally tally =
                    users.add(PER_SECOND, millis(5), request -> request.onTimeout(abandoned::incrementAndGet));
            users.run();
            assertEquals(20, tally.asked());
            assertEquals(20, abandoned.get());
            assertEquals(0, tally.latency().getTotalCount());
        }
    }
}
