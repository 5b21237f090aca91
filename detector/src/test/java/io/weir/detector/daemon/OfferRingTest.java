package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OfferRingTest {
    private static final int CAPACITY = 4;

    private final OfferRing ring = new OfferRing(2, CAPACITY);

    private boolean offer(long value) {
        int at = ring.claim();
        if (at < 0) {
            return false;
        }
        ring.put(at, value);
        ring.put(at + 1, -value);
        ring.publish();
        return true;
    }

    private void take(long expected) {
        int at = ring.oldest();
        assertEquals(expected, ring.get(at));
        assertEquals(-expected, ring.get(at + 1));
        ring.release();
    }

    @Test
    void refusesWhatFindsNoRoomAndGoesRoundInOrder() {
        long next = 0;
        long oldest = 0;
        // Each round begins one further on.
        for (int round = 0; round < 3 * CAPACITY; round++) {
            assertTrue(ring.isEmpty());
            for (int n = 0; n < CAPACITY; n++) {
                assertTrue(offer(next++));
            }
            assertFalse(offer(99));
            take(oldest++);
            assertTrue(offer(next++));
            assertFalse(offer(99));
            while (!ring.isEmpty()) {
                take(oldest++);
            }
            assertEquals(next, oldest);
        }
    }

    @Test
    void anEntryThatIsntPublishedIsntThere() {
        ring.put(ring.claim(), 5);
        assertTrue(ring.isEmpty());
    }

    @Test
    void anotherThreadTakesAllWholeAndInOrder() throws InterruptedException {
        AtomicLong taken = new AtomicLong();
        Thread taker = Thread.ofPlatform().daemon().start(() -> {
            for (long n = 0; n < 100_000; n++) {
                while (ring.isEmpty()) {
                    Thread.onSpinWait();
                }
                int at = ring.oldest();
                if (ring.get(at) == n && ring.get(at + 1) == -n) {
                    taken.incrementAndGet();
                }
                ring.release();
            }
        });
        for (long n = 0; n < 100_000; n++) {
            while (!offer(n)) {
                Thread.onSpinWait();
            }
        }
        taker.join();
        assertEquals(100_000, taken.get());
    }
}
