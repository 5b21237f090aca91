package io.weir.filter.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ConnectionTableTest {
    private static final FlowTimeouts TIMEOUTS = new FlowTimeouts(1, 10_000, 700, 500, 5_000, 1, 2_000, 1, 1);
    private static final long[] TIMEOUT_NANOS = TIMEOUTS.byState();
    /** Places of the smallest table: two sets of eight, so that every flow may lie anywhere. */
    private static final int PLACES = 16;

    /** Bits of a hash that name both sets of the smallest table, one after the other. */
    private static final long BOTH_SETS = 0x8000_0000L;

    private static final int NONE = ConnectionTable.NONE;

    private final ConnectionTable table = new ConnectionTable(1, TIMEOUTS, false);

    @Test
    void findsAConnectionAndKnowsItsSides() {
        int entry = table.put(BOTH_SETS + 5, 0, FlowState.EXCHANGE, 10);
        assertEquals(entry, find(5, 10));
        assertEquals(NONE, find(6, 10));
        assertEquals(EntryWord.INITIATOR, table.side(entry, 0));
        assertEquals(EntryWord.RESPONDER, table.side(entry, 1));
        assertEquals(FlowState.EXCHANGE, table.state(entry));
        assertEquals(10, table.lastSeenNanos(entry));
    }

    @Test
    void keepsEveryWordApart() {
        int entry = put(5, 10);
        table.setWord(entry, EntryWord.ENDS, EntryWord.halves(-1, 7));
        table.setWord(entry, EntryWord.LIMITS, EntryWord.halves(2, -3));
        table.setWord(entry, EntryWord.ACKNOWLEDGED, EntryWord.halves(-4, -5));
        table.setLargestWindow(entry, EntryWord.INITIATOR, 65_535);
        table.setLargestWindow(entry, EntryWord.RESPONDER, 1);
        table.setLargestWindow(entry, EntryWord.INITIATOR, 9);
        table.countPacket(entry, EntryWord.INITIATOR);
        table.setState(entry, FlowState.TCP_FIN_WAIT);
        assertEquals(-1, EntryWord.half(table.word(entry, EntryWord.ENDS), EntryWord.INITIATOR));
        assertEquals(7, EntryWord.half(table.word(entry, EntryWord.ENDS), EntryWord.RESPONDER));
        assertEquals(2, EntryWord.half(table.word(entry, EntryWord.LIMITS), EntryWord.INITIATOR));
        assertEquals(-3, EntryWord.half(table.word(entry, EntryWord.LIMITS), EntryWord.RESPONDER));
        assertEquals(-4, EntryWord.half(table.word(entry, EntryWord.ACKNOWLEDGED), EntryWord.INITIATOR));
        assertEquals(-5, EntryWord.half(table.word(entry, EntryWord.ACKNOWLEDGED), EntryWord.RESPONDER));
        assertEquals(9, table.largestWindow(entry, EntryWord.INITIATOR));
        assertEquals(1, table.largestWindow(entry, EntryWord.RESPONDER));
        assertEquals(1, table.unanswered(entry, EntryWord.INITIATOR));
        assertEquals(FlowState.TCP_FIN_WAIT, table.state(entry));
        assertEquals(EntryWord.INITIATOR, table.side(entry, 1));
        assertEquals(entry, find(5, 10));
    }

    @Test
    void aPacketOfOneSideAnswersAllOfTheOthers() {
        int entry = put(5, 10);
        table.countPacket(entry, EntryWord.INITIATOR);
        table.countPacket(entry, EntryWord.INITIATOR);
        assertEquals(2, table.unanswered(entry, EntryWord.INITIATOR));
        assertEquals(0, table.unanswered(entry, EntryWord.RESPONDER));
        table.countPacket(entry, EntryWord.RESPONDER);
        assertEquals(0, table.unanswered(entry, EntryWord.INITIATOR));
        assertEquals(1, table.unanswered(entry, EntryWord.RESPONDER));
        for (int n = 0; n < 100_000; n++) {
            table.countPacket(entry, EntryWord.INITIATOR);
        }
        assertEquals(0xffff, table.unanswered(entry, EntryWord.INITIATOR));
        assertEquals(0, table.unanswered(entry, EntryWord.RESPONDER));
    }

    @Test
    void eachStateHasItsTimeOut() {
        for (int state = 0; state < FlowState.COUNT; state++) {
            long hash = 100L + state;
            table.setState(put(hash, 10), state);
            assertNotEquals(NONE, find(hash, 10 + TIMEOUT_NANOS[state]));
            assertEquals(NONE, find(hash, 11 + TIMEOUT_NANOS[state]));
        }
    }

    @Test
    void aClockThatWasSetBackFarForgetsConnectionsToo() {
        put(1, 1_000_000);
        assertNotEquals(NONE, find(1, 1_000_000 - TIMEOUT_NANOS[FlowState.TCP_OPEN]));
        assertEquals(NONE, find(1, 999_999 - TIMEOUT_NANOS[FlowState.TCP_OPEN]));
    }

    @Test
    void inAFullTableTheWorstProvenGivesWayFirstThenTheIdlest() {
        fill(FlowState.TCP_OPEN);
        table.setState(find(3, 20), FlowState.TCP_ONE_SIDED);
        table.setState(find(5, 20), FlowState.TCP_CLOSED);
        table.setState(find(7, 20), FlowState.TCP_CLOSED);
        table.setState(find(9, 20), FlowState.TCP_MIDSTREAM);
        int[] order = {5, 7, 9, 3, 1, 2, 4, 6};
        for (int n = 0; n < order.length; n++) {
            assertNotEquals(NONE, find(order[n], 20));
            put(100 + n, 20);
            assertEquals(NONE, find(order[n], 20), "number " + n);
            assertEquals(n + 1, table.evictions());
        }
        assertEquals(0, table.refusals());
    }

    @Test
    void anExpiredEntryGivesWayBeforeAnyOther() {
        fill(FlowState.TCP_OPEN);
        table.setState(find(5, 20), FlowState.TCP_CLOSED);
        long now = 6 + TIMEOUT_NANOS[FlowState.TCP_CLOSED];
        put(100, now);
        assertEquals(0, table.evictions());
        for (long hash = 1; hash <= PLACES; hash++) {
            assertEquals(hash == 5, find(hash, now) == NONE);
        }
    }

    @Test
    void nobodyGivesWayToWhoIsProvenLess() {
        int[] proven = {FlowState.TCP_OPEN, FlowState.TCP_FIN_WAIT};
        int[] weaker = {FlowState.TCP_ONE_SIDED, FlowState.TCP_MIDSTREAM, FlowState.EXCHANGE};
        for (int state : proven) {
            ConnectionTable full = new ConnectionTable(1, TIMEOUTS, false);
            for (long hash = 1; hash <= PLACES; hash++) {
                full.put(BOTH_SETS + hash, 1, state, hash);
            }
            for (int newcomer : weaker) {
                assertEquals(NONE, full.put(BOTH_SETS + 100, 1, newcomer, 500));
            }
            assertEquals(weaker.length, full.refusals());
            assertEquals(0, full.evictions());
            for (long hash = 1; hash <= PLACES; hash++) {
                assertNotEquals(NONE, full.find(BOTH_SETS + hash, 500));
            }
        }
        fill(FlowState.EXCHANGE);
        assertEquals(NONE, table.put(BOTH_SETS + 100, 1, FlowState.TCP_MIDSTREAM, 20));
        assertNotEquals(NONE, table.put(BOTH_SETS + 100, 1, FlowState.TCP_ONE_SIDED, 20));
    }

    @Test
    void aConnectionNeverHasTwoEntries() {
        fill(FlowState.TCP_CLOSED);
        long now = 2 + TIMEOUT_NANOS[FlowState.TCP_CLOSED];
        table.setState(put(16, now), FlowState.TCP_CLOSED);
        now += TIMEOUT_NANOS[FlowState.TCP_CLOSED] + 1;
        put(100, now);
        put(16, now);
        int entry = find(16, now);
        table.setState(entry, FlowState.TCP_CLOSED);
        assertEquals(NONE, find(16, now + TIMEOUT_NANOS[FlowState.TCP_CLOSED] + 1), "an older entry came back");
    }

    @Test
    void takesAtMost80BytesForAConnection() {
        for (int capacity : new int[] {1_000, 65_536, 1_000_000}) {
            ConnectionTable sized = new ConnectionTable(capacity, TIMEOUTS, false);
            assertEquals(capacity, sized.capacity());
            assertTrue(sized.sizeBytes() <= 77L * capacity, () -> sized.sizeBytes() + " bytes for " + capacity);
        }
    }

    @Test
    void holdsAsManyAsItWasMadeForButForAFewInAThousand() {
        int capacity = 100_000;
        ConnectionTable full = new ConnectionTable(capacity, TIMEOUTS, false);
        SplittableRandom random = new SplittableRandom(7);
        for (int n = 0; n < capacity; n++) {
            full.put(random.nextLong(), 1, FlowState.TCP_OPEN, n / 100);
        }
        assertTrue(full.evictions() < 3 * capacity / 1_000, () -> full.evictions() + " evicted");
        assertEquals(1.0, full.fill(1_000), 0.02);
        assertEquals(0.0, full.fill(1_000_000));
    }

    @Test
    void aFewConnectionsAreCountedEach() {
        int capacity = 100_000;
        ConnectionTable nearlyEmpty = new ConnectionTable(capacity, TIMEOUTS, false);
        SplittableRandom random = new SplittableRandom(7);
        for (int n = 1; n <= 3; n++) {
            nearlyEmpty.put(random.nextLong(), 1, FlowState.TCP_OPEN, 10);
            assertEquals(n, Math.round(nearlyEmpty.fill(10) * capacity));
        }
    }

    @Test
    void tagWordsMarkWhatTheyShould() {
        SplittableRandom random = new SplittableRandom(3);
        for (int step = 0; step < 100_000; step++) {
            long word = 0;
            Set<Integer> taken = new HashSet<>();
            for (int place = 0; place < 8; place++) {
                if (random.nextBoolean()) {
                    word = TagWord.with(word, place, random.nextInt(3));
                    taken.add(place);
                }
            }
            long hash = random.nextInt(3);
            Set<Integer> marked = places(TagWord.matches(word, hash));
            for (int place : taken) {
                long tag = word >>> place * 8 & 0xff;
                assertTrue(tag != Math.max(1, hash) || marked.contains(place));
            }
            assertEquals(taken, places(TagWord.taken(word)));
            assertEquals(8 - taken.size(), places(TagWord.empty(word)).size());
        }
    }

    private static Set<Integer> places(long marks) {
        Set<Integer> places = new HashSet<>();
        for (; marks != 0; marks &= marks - 1) {
            places.add(TagWord.place(marks));
        }
        return places;
    }

    @Test
    void doesWhatAnExactModelDoes() {
        SplittableRandom random = new SplittableRandom(4);
        Model model = new Model();
        long now = 0;
        for (int step = 0; step < 400_000; step++) {
            now += random.nextInt(100) == 0 ? random.nextInt(3_000) : 1 + random.nextInt(30);
            long hash = (random.nextBoolean() ? BOTH_SETS : BOTH_SETS << 32) + 1 + random.nextInt(20);
            int entry = table.find(hash, now);
            Row row = model.find(hash, now);
            assertEquals(row != null, entry != NONE, "step " + step);
            if (row != null) {
                row.assertSame(entry);
            }
            change(random, model, row, entry, hash, now, step);
            assertEquals(model.evictions, table.evictions(), "step " + step);
            assertEquals(model.refusals, table.refusals(), "step " + step);
        }
        assertTrue(model.evictions > 1_000 && model.refusals > 1_000, "the model was put under pressure");
    }

    private void change(
            SplittableRandom random, Model model, @Nullable Row row, int entry, long hash, long now, int step) {
        int what = random.nextInt(6);
        if (row == null || what == 0) {
            int state = random.nextInt(FlowState.COUNT);
            row = new Row(state, now);
            entry = table.put(hash, 1, state, now);
            assertEquals(model.put(hash, row, now), entry != NONE, "step " + step);
            if (entry == NONE) {
                return;
            }
        }
        switch (what) {
            case 1 -> {
                row.lastSeenNanos = now;
                table.setLastSeenNanos(entry, now);
            }
            case 2 -> {
                row.state = random.nextInt(FlowState.COUNT);
                table.setState(entry, row.state);
            }
            case 3 -> {
                row.sequence = step;
                table.setWord(entry, EntryWord.ENDS, EntryWord.halves(step, -step));
            }
            case 4 -> {
                row.unanswered++;
                table.countPacket(entry, EntryWord.INITIATOR);
            }
            default -> {}
        }
    }

    /** Sixteen connections last seen at 1 to 16. */
    private void fill(int state) {
        for (long hash = 1; hash <= PLACES; hash++) {
            assertNotEquals(NONE, table.put(BOTH_SETS + hash, 1, state, hash));
        }
    }

    private int find(long hash, long now) {
        return table.find(BOTH_SETS + hash, now);
    }

    private int put(long hash, long now) {
        return table.put(BOTH_SETS + hash, 1, FlowState.TCP_OPEN, now);
    }

    private final class Row {
        private long lastSeenNanos;
        private int state;
        private int sequence;
        private int unanswered;

        Row(int state, long now) {
            this.state = state;
            lastSeenNanos = now;
        }

        boolean isLive(long now) {
            return now - lastSeenNanos <= TIMEOUT_NANOS[state];
        }

        void assertSame(int entry) {
            assertEquals(state, table.state(entry));
            assertEquals(sequence, EntryWord.half(table.word(entry, EntryWord.ENDS), EntryWord.INITIATOR));
            assertEquals(-sequence, EntryWord.half(table.word(entry, EntryWord.ENDS), EntryWord.RESPONDER));
            assertEquals(unanswered, table.unanswered(entry, EntryWord.INITIATOR));
        }
    }

    /** A plain map of sixteen: the expired give way, then of the worst proven the idlest, if proven no better. */
    private static final class Model {
        private final Map<Long, Row> rows = new HashMap<>();
        private long evictions;
        private long refusals;

        @Nullable
        Row find(long hash, long now) {
            Row row = rows.get(hash);
            return row != null && row.isLive(now) ? row : null;
        }

        boolean put(long hash, Row row, long now) {
            rows.values().removeIf(other -> !other.isLive(now));
            if (!rows.containsKey(hash) && rows.size() == PLACES) {
                Map.Entry<Long, Row> victim = victim();
                if (FlowState.strength(victim.getValue().state) > FlowState.strength(row.state)) {
                    refusals++;
                    return false;
                }
                evictions++;
                rows.remove(victim.getKey());
            }
            rows.put(hash, row);
            return true;
        }

        private Map.Entry<Long, Row> victim() {
            List<Map.Entry<Long, Row>> all = new ArrayList<>(rows.entrySet());
            all.sort(Comparator.<Map.Entry<Long, Row>>comparingInt(entry -> FlowState.strength(entry.getValue().state))
                    .thenComparingLong(entry -> entry.getValue().lastSeenNanos));
            return all.getFirst();
        }
    }
}
