package io.weir.detector.daemon;

import io.weir.capture.sink.PacketSink;
import io.weir.detector.latency.LatencyRecorder;
import io.weir.filter.packet.PacketBatch;
import java.util.function.LongSupplier;

/**
 * Books how long packets waited from the kernel's receive stamp (of a queue whose packets have none: from when they were read) to
 * their verdict. Stands after the sinks that give verdicts.
 */
public final class ArrivalLatency implements PacketSink {
    private final LongSupplier clock;
    private final LatencyRecorder latency;

    /** @param clock the one that stamps packets, in nanoseconds since the epoch */
    public ArrivalLatency(LongSupplier clock, LatencyRecorder latency) {
        this.clock = clock;
        this.latency = latency;
    }

    @Override
    public void accept(PacketBatch batch) {
        long nowNanos = clock.getAsLong();
        int begin = 0;
        // What was read together often has one stamp.
        for (int i = 1; i <= batch.size; i++) {
            if (i == batch.size || batch.timestampNanos[i] != batch.timestampNanos[begin]) {
                latency.record(nowNanos - batch.timestampNanos[begin], i - begin);
                begin = i;
            }
        }
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
