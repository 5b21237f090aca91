package io.weir.filter.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CandidateTableTest {
    private static final long TIMEOUT_NANOS = 1_000;
    private static final int WAYS = 4;

    private final CandidateTable table = new CandidateTable(16, TIMEOUT_NANOS);

    @Test
    void findsWhatWasPut() {
        int entry = table.put(5, 10);
        table.setWordA(entry, 1);
        table.setWordB(entry, 2);
        assertEquals(entry, table.find(5, 10));
        assertEquals(1, table.wordA(entry));
        assertEquals(2, table.wordB(entry));
        assertEquals(10, table.timeNanos(entry));
        assertEquals(CandidateTable.NONE, table.find(6, 10));
    }

    @Test
    void anEntryPutAgainStartsFromZero() {
        int entry = table.put(5, 10);
        table.setWordA(entry, 1);
        table.setWordB(entry, 2);
        entry = table.put(5, 11);
        assertEquals(0, table.wordA(entry));
        assertEquals(0, table.wordB(entry));
    }

    @Test
    void anEntryLivesAsLongAsItsTimeOutAndNoLonger() {
        table.put(5, 10);
        assertNotEquals(CandidateTable.NONE, table.find(5, 10 + TIMEOUT_NANOS));
        assertEquals(CandidateTable.NONE, table.find(5, 11 + TIMEOUT_NANOS));
    }

    @Test
    void aFullSetForgetsOneAndKeepsTheNewcomer() {
        for (int n = 1; n <= WAYS + 1; n++) {
            table.put(n, n);
        }
        assertNotEquals(CandidateTable.NONE, table.find(WAYS + 1, 5));
        long kept = LongStream.rangeClosed(1, WAYS)
                .filter(n -> table.find(n, 5) != CandidateTable.NONE)
                .count();
        assertEquals(WAYS - 1, kept);
    }

    @Test
    void aFlowNeverHasTwoEntries() {
        table.put(1, 1);
        table.put(2, 2);
        table.remove(table.find(1, 2));
        table.put(2, 3);
        table.remove(table.find(2, 3));
        assertEquals(CandidateTable.NONE, table.find(2, 3));
    }

    @Test
    void takes34BytesAnEntryWhateverCapacityIsAskedFor() {
        assertEquals(16 * 34, table.sizeBytes());
        assertEquals(4 * 34, new CandidateTable(1, 1).sizeBytes());
        assertEquals(32 * 34, new CandidateTable(17, 1).sizeBytes());
    }

    @Test
    void doesWhatAnExactModelDoes() {
        SplittableRandom random = new SplittableRandom(3);
        Model model = new Model();
        long now = 0;
        for (int step = 0; step < 300_000; step++) {
            now += random.nextInt(10) == 0 ? random.nextInt((int) TIMEOUT_NANOS / 2) : 1 + random.nextInt(20);
            long hash = 1 + random.nextInt(12) | (long) random.nextInt(4) << 32;
            int entry = table.find(hash, now);
            Row row = model.find(hash, now);
            assertEquals(row != null, entry != CandidateTable.NONE, "step " + step);
            if (row != null) {
                assertEquals(row.word, table.wordA(entry), "step " + step);
                assertEquals(row.timeNanos, table.timeNanos(entry));
            }
            if (row != null && random.nextInt(3) == 0) {
                table.remove(entry);
                model.rows.remove(row);
            } else if (row != null && random.nextBoolean()) {
                table.setTimeNanos(entry, now);
                row.timeNanos = now;
            } else if (random.nextBoolean()) {
                table.setWordA(table.put(hash, now), step);
                model.put(hash, now, step, table);
            }
        }
        assertTrue(model.evictions > 1_000, "the model was put under pressure");
    }

    private static final class Row {
        private final long hash;
        private final long word;
        private long timeNanos;

        Row(long hash, long word, long timeNanos) {
            this.hash = hash;
            this.word = word;
            this.timeNanos = timeNanos;
        }
    }

    /** The table as its description says: sets of four; which one gives way is the table's choice. */
    private static final class Model {
        private final List<Row> rows = new ArrayList<>();
        private long evictions;

        @Nullable
        Row find(long hash, long now) {
            return rows.stream()
                    .filter(row -> row.hash == hash && now - row.timeNanos <= TIMEOUT_NANOS)
                    .findFirst()
                    .orElse(null);
        }

        void put(long hash, long now, long word, CandidateTable table) {
            rows.removeIf(row -> row.hash == hash);
            List<Row> set =
                    rows.stream().filter(row -> row.hash >>> 32 == hash >>> 32).toList();
            if (set.size() == WAYS) {
                // As of its own time an entry is live: so its place can be seen, whether or not it has expired since.
                List<Row> gone = set.stream()
                        .filter(row -> table.find(row.hash, row.timeNanos) == CandidateTable.NONE)
                        .toList();
                assertEquals(1, gone.size(), "one newcomer costs one place");
                evictions += now - gone.getFirst().timeNanos <= TIMEOUT_NANOS ? 1 : 0;
                rows.removeAll(gone);
            }
            rows.add(new Row(hash, word, now));
        }
    }
}
