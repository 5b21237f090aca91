package io.weir.detector.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RateHistoryTest {
    private static final long START = 1_767_225_600_000_000_000L;

    private static void add(RateHistory history, long timeNanos, Reason reason) {
        PacketBatch batch = new PacketBatch();
        batch.size = 1;
        batch.timestampNanos[0] = timeNanos;
        batch.verdict[0] = Verdict.of(reason);
        history.add(batch);
    }

    private static double sum(RateHistory history, Reason reason) {
        double packets = 0;
        for (int i = 0; i < history.intervals(); i++) {
            packets += history.perSecond(i, reason, reason.isDrop()) * history.intervalSeconds();
        }
        return packets;
    }

    @Test
    void losesNoPacketHoweverLongTheCapture() {
        Random random = new Random(1);
        RateHistory history = new RateHistory();
        long time = START;
        for (int i = 0; i < 20_000; i++) {
            // Bursts, and now and then hours of nothing.
            time += random.nextInt(1_000) == 0 ? 3_600_000_000_000L : random.nextInt(5_000_000);
            add(history, time, i % 3 == 0 ? Reason.SIGNATURE : Reason.ACCEPTED);
        }
        assertEquals(6_667, sum(history, Reason.SIGNATURE), 0.01);
        assertEquals(13_333, sum(history, Reason.ACCEPTED), 0.01);
        assertTrue(history.intervals() <= RateHistory.MOST && history.intervals() > RateHistory.MOST / 2);
    }

    @Test
    void countsWhatIsOlderThanTheFirstWithTheFirst() {
        RateHistory history = new RateHistory();
        add(history, START, Reason.ACCEPTED);
        add(history, START - 5_000_000_000L, Reason.ACCEPTED);
        assertEquals(1, history.intervals());
        assertEquals(2, sum(history, Reason.ACCEPTED), 0.01);
    }
}
