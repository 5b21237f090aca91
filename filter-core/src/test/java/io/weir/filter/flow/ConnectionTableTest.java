package io.weir.filter.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ConnectionTableTest {
    private static final int STATES = 4;
    private static final FlowTimeouts TIMEOUTS = new FlowTimeouts(10_000, 500, 2_000, 1, 1);
    private static final int WAYS = 8;
    private static final int NONE = ConnectionTable.NONE;

    private final ConnectionTable table = new ConnectionTable(32, TIMEOUTS);

    @Test
    void findsAConnectionAndKnowsItsSides() {
        int entry = table.put(5, 1, 2, 3, 4, ConnectionTable.identity(65_535, 80, 255, FlowState.EXCHANGE), 10);
        assertEquals(entry, table.find(5, 10));
        assertEquals(NONE, table.find(6, 10));
        assertTrue(table.isFromInitiator(entry, 1, 2, 65_535));
        assertFalse(table.isFromInitiator(entry, 3, 4, 80));
        assertFalse(table.isFromInitiator(entry, 1, 2, 80));
        assertEquals(FlowState.EXCHANGE, table.state(entry));
    }

    @Test
    void keepsTheTwoSidesSequenceNumbersApart() {
        int entry = put(5, 10);
        table.setNextSequence(entry, true, -1);
        table.setNextSequence(entry, false, 7);
        assertEquals(-1, table.nextSequence(entry, true));
        assertEquals(7, table.nextSequence(entry, false));
        table.setNextSequence(entry, true, 1);
        table.setNextSequence(entry, false, -2);
        assertEquals(1, table.nextSequence(entry, true));
        assertEquals(-2, table.nextSequence(entry, false));
    }

    @Test
    void aPacketOfOneSideAnswersAllOfTheOthers() {
        int entry = put(5, 10);
        table.countPacket(entry, true);
        table.countPacket(entry, true);
        assertEquals(2, table.unanswered(entry, true));
        assertEquals(0, table.unanswered(entry, false));
        table.countPacket(entry, false);
        assertEquals(0, table.unanswered(entry, true));
        assertEquals(1, table.unanswered(entry, false));
    }

    @Test
    void eachStateHasItsTimeOut() {
        for (int state = 0; state < STATES; state++) {
            long hash = 100L + state;
            table.setState(put(hash, 10), state);
            assertNotEquals(NONE, table.find(hash, 10 + TIMEOUTS.of(state)));
            assertEquals(NONE, table.find(hash, 11 + TIMEOUTS.of(state)));
        }
    }

    @Test
    void anExpiredEntryGivesWayFirstThenAClosingOneThenTheIdlest() {
        for (int n = 1; n <= WAYS; n++) {
            put(n, n);
        }
        table.setState(table.find(5, 9), FlowState.TCP_CLOSING);
        table.setState(table.find(7, 9), FlowState.TCP_CLOSING);
        put(11, 5 + TIMEOUTS.tcpClosingNanos() + 1);
        long now = 8 + TIMEOUTS.tcpClosingNanos();
        assertEquals(NONE, table.find(5, now));
        assertEquals(0, table.evictions());
        put(12, 7 + TIMEOUTS.tcpClosingNanos());
        assertEquals(NONE, table.find(7, 9));
        assertEquals(1, table.evictions());
        put(13, now);
        assertEquals(NONE, table.find(1, now));
        assertNotEquals(NONE, table.find(2, now));
        assertEquals(2, table.evictions());
    }

    @Test
    void aConnectionNeverHasTwoEntries() {
        table.setState(put(1, 1), FlowState.TCP_CLOSING);
        put(2, 2);
        long now = 2 + TIMEOUTS.tcpClosingNanos();
        table.setState(put(2, now), FlowState.TCP_CLOSING);
        now += TIMEOUTS.tcpClosingNanos() + 1;
        put(3, now);
        put(4, now);
        assertEquals(NONE, table.find(2, now), "an older entry of the connection came back");
    }

    @Test
    void takesAtMost80BytesAndATagForAnEntry() {
        for (int capacity : new int[] {1, 8, 9, 1_000, 65_536}) {
            ConnectionTable sized = new ConnectionTable(capacity, TIMEOUTS);
            assertTrue(sized.capacity() >= capacity && sized.capacity() <= Math.max(8, 2 * capacity));
            assertEquals(81L * sized.capacity(), sized.sizeBytes());
        }
    }

    @Test
    void doesWhatAnExactModelDoes() {
        SplittableRandom random = new SplittableRandom(4);
        Model model = new Model();
        long now = 0;
        for (int step = 0; step < 400_000; step++) {
            now += random.nextInt(100) == 0 ? random.nextInt(3_000) : 1 + random.nextInt(30);
            long hash = 1 + random.nextInt(20) | (long) random.nextInt(table.capacity() / WAYS) << 32;
            int entry = table.find(hash, now);
            Row row = model.find(hash, now);
            assertEquals(row != null, entry != NONE, "step " + step);
            if (row != null) {
                row.assertSame(entry);
            }
            change(random, model, row, entry, hash, now, step);
            assertEquals(model.evictions, table.evictions(), "step " + step);
            if (step % 1_000 == 0) {
                assertHoldsNoMoreThanItsCapacity(model, now);
            }
        }
        assertTrue(model.evictions > 1_000, "the model was put under pressure");
    }

    private void change(
            SplittableRandom random, Model model, @Nullable Row row, int entry, long hash, long now, int step) {
        int what = random.nextInt(6);
        if (row == null || what == 0) {
            row = new Row(now);
            model.put(hash, row, now);
            entry = put(hash, now);
        }
        switch (what) {
            case 1 -> {
                row.lastSeenNanos = now;
                table.setLastSeenNanos(entry, now);
            }
            case 2 -> {
                row.state = random.nextInt(STATES);
                table.setState(entry, row.state);
            }
            case 3 -> {
                row.sequence = step;
                table.setNextSequence(entry, true, step);
            }
            case 4 -> {
                row.unanswered++;
                table.countPacket(entry, true);
            }
            default -> {}
        }
    }

    private void assertHoldsNoMoreThanItsCapacity(Model model, long now) {
        int found = 0;
        for (long set = 0; set < table.capacity() / WAYS; set++) {
            int inSet = 0;
            for (long low = 1; low <= 20; low++) {
                long hash = low | set << 32;
                boolean isFound = table.find(hash, now) != NONE;
                assertEquals(model.find(hash, now) != null, isFound);
                inSet += isFound ? 1 : 0;
            }
            assertTrue(inSet <= WAYS);
            found += inSet;
        }
        assertTrue(found <= table.capacity());
    }

    private int put(long hash, long now) {
        return table.put(hash, 1, 2, 3, 4, ConnectionTable.identity(1, 2, 6, FlowState.TCP_OPEN), now);
    }

    private final class Row {
        private long lastSeenNanos;
        private int state = FlowState.TCP_OPEN;
        private int sequence;
        private int unanswered;

        Row(long now) {
            lastSeenNanos = now;
        }

        boolean isLive(long now) {
            return now - lastSeenNanos <= TIMEOUTS.of(state);
        }

        void assertSame(int entry) {
            assertEquals(state, table.state(entry));
            assertEquals(sequence, table.nextSequence(entry, true));
            assertEquals(unanswered, table.unanswered(entry, true));
        }
    }

    /** A plain map that holds eight of a set: the expired give way, then the closing, then those met in midstream, then the idlest. */
    private static final class Model {
        private final Map<Long, Row> rows = new HashMap<>();
        private long evictions;

        @Nullable
        Row find(long hash, long now) {
            Row row = rows.get(hash);
            return row != null && row.isLive(now) ? row : null;
        }

        void put(long hash, Row row, long now) {
            rows.values().removeIf(other -> !other.isLive(now));
            if (!rows.containsKey(hash)) {
                List<Map.Entry<Long, Row>> set = rows.entrySet().stream()
                        .filter(entry -> entry.getKey() >>> 32 == hash >>> 32)
                        .toList();
                if (set.size() == WAYS) {
                    evictions++;
                    rows.remove(victim(set));
                }
            }
            rows.put(hash, row);
        }

        private static int rank(int state) {
            return switch (state) {
                case FlowState.TCP_CLOSING -> 0;
                case FlowState.TCP_MIDSTREAM -> 1;
                default -> 2;
            };
        }

        private static Long victim(List<Map.Entry<Long, Row>> set) {
            return set.stream()
                    .min(Comparator.<Map.Entry<Long, Row>>comparingInt(entry -> rank(entry.getValue().state))
                            .thenComparingLong(entry -> entry.getValue().lastSeenNanos))
                    .orElseThrow()
                    .getKey();
        }
    }
}
