package io.weir.detector.scrub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RehearingTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long TICK = SECOND / 100;

    private final Rehearing rehearing = new Rehearing();

    /** Seconds at which all were heard, of bots whose floods last so long and come back so soon after they are heard. */
    private List<Long> heard(int seconds, long lastsNanos, long backAfterNanos) {
        List<Long> heard = new ArrayList<>();
        long floodEnd = lastsNanos;
        for (long now = 0; now < seconds * SECOND; now += TICK) {
            boolean isFlooded = now < floodEnd && now >= floodEnd - lastsNanos;
            if (rehearing.isDue(isFlooded, now)) {
                heard.add(now / SECOND);
                floodEnd = now + backAfterNanos + lastsNanos;
            }
        }
        return heard;
    }

    @Test
    void hearsAllWithTheEndOfAFlood() {
        assertEquals(List.of(10L), heard(100, 10 * SECOND, 1_000 * SECOND));
    }

    @Test
    void waitsLongerForBotsThatGoOnAtOnce() {
        assertEquals(List.of(10L, 35L, 76L, 146L, 277L, 527L), heard(600, 10 * SECOND, SECOND / 2));
    }

    @Test
    void forgetsThatWhereTheyStayAway() {
        assertEquals(List.of(10L, 25L, 40L), heard(50, 10 * SECOND, 5 * SECOND));
    }

    @Test
    void waitsNoLongerThanTenMinutes() {
        List<Long> heard = heard(20_000, 10 * SECOND, SECOND / 2);
        assertEquals(610L, heard.getLast() - heard.get(heard.size() - 2));
    }
}
