package io.weir.detector.cli;

import io.weir.capture.source.MemorySource;
import io.weir.capture.source.PacketSource;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;

/** The packets of {@code scripts/bench pipeline} for ever: time goes on from round to round, as in one long capture. */
final class LoopedTraffic {
    private final MemorySource memory;
    private long shiftNanos;
    private long firstNanos = Long.MIN_VALUE;
    private long lastNanos;

    LoopedTraffic(String traffic) throws IOException {
        memory = BenchCommand.load(traffic);
    }

    /** Fills a whole batch, so that each costs alike. */
    void fill(PacketBatch batch) {
        while (memory.fill(batch) == PacketSource.END || batch.size < PacketBatch.CAPACITY) {
            memory.rewind();
            shiftNanos += firstNanos == Long.MIN_VALUE ? 0 : lastNanos - firstNanos + 1;
        }
        firstNanos = firstNanos == Long.MIN_VALUE ? batch.timestampNanos[0] : firstNanos;
        lastNanos = batch.timestampNanos[batch.size - 1];
        for (int i = 0; i < batch.size; i++) {
            batch.timestampNanos[i] += shiftNanos;
        }
    }
}
