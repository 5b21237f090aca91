package io.weir.filter.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WorkPoolTest {
    private static final int RULES = 10;
    private static final long TOTAL = 1_000;

    @Test
    void theFirstMayTakeHalfAndItsPart() {
        assertEquals(550, new WorkPool(0, TOTAL, RULES, TOTAL).limit(0, 0));
    }

    @Test
    void leavesEachItsPartWhateverTheEarlierOnesTook() {
        WorkPool pool = new WorkPool(0, TOTAL, RULES, TOTAL);
        long done = 0;
        for (int turn = 0; turn < RULES; turn++) {
            long limit = pool.limit(turn, done);
            assertTrue(limit - done >= TOTAL / 2 / RULES, "rule " + turn + " gets " + (limit - done));
            done = limit;
        }
        assertEquals(TOTAL, done);
    }

    @Test
    void whatOneRuleMayTakeIsBounded() {
        WorkPool pool = new WorkPool(0, TOTAL, RULES, 20);
        assertEquals(20, pool.limit(0, 0));
        assertEquals(420, pool.limit(9, 400));
    }

    @Test
    void whatWasDoneBeforeItBeganDoesntCount() {
        assertEquals(7_000 + 550, new WorkPool(7_000, TOTAL, RULES, TOTAL).limit(0, 7_000));
    }

    @Test
    void aSpentPoolGivesNoStepMore() {
        assertTrue(new WorkPool(0, TOTAL, RULES, TOTAL).limit(RULES - 1, TOTAL + 1) <= TOTAL);
    }
}
