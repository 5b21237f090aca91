package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.detector.latency.LatencyRecorder;
import io.weir.detector.latency.LatencyRecorder.Latency;
import io.weir.filter.packet.PacketBatch;
import org.junit.jupiter.api.Test;

class ArrivalLatencyTest {
    private static final long NOW_NANOS = 1_700_000_000_000_000_000L;

    private final LatencyRecorder latency = new LatencyRecorder(false);
    private final ArrivalLatency sink = new ArrivalLatency(() -> NOW_NANOS, latency);

    private void take(long... agesNanos) {
        PacketBatch batch = new PacketBatch();
        for (int i = 0; i < agesNanos.length; i++) {
            batch.timestampNanos[i] = NOW_NANOS - agesNanos[i];
        }
        batch.size = agesNanos.length;
        sink.accept(batch);
    }

    @Test
    void booksEachPacketByItsOwnStamp() {
        take(800, 800, 800, 100, 100);
        take(400, 300);
        take();
        assertEquals(new Latency(7, 3_300, 400, 800, 800, 800), latency.snapshot());
    }

    @Test
    void aStampAheadOfTheClockWaitedNothing() {
        take(-1_000);
        assertEquals(new Latency(1, 0, 0, 0, 0, 0), latency.snapshot());
    }
}
