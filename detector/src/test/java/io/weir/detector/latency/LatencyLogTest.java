package io.weir.detector.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.weir.detector.latency.LatencyLog.Tagged;
import io.weir.detector.latency.LatencyRecorder.Latency;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyLogTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void itsFilesHoldEveryPacket() throws IOException {
        Path hlog = folder.resolve("run.hlog");
        Path hgrm = folder.resolve("run.hgrm");
        LatencyRecorder arrival = new LatencyRecorder(true);
        LatencyRecorder batch = new LatencyRecorder(true);
        List<Tagged> sources = List.of(new Tagged("arrival", arrival), new Tagged("batch", batch));
        try (LatencyLog _ = LatencyLog.open(
                List.of(hlog, hgrm), sources, Thread.ofPlatform().daemon().factory())) {
            arrival.record(1_000_000, 99);
            arrival.record(50_000_000, 1);
            batch.record(20_000, 256);
        }
        TreeMap<String, Histogram> sums = new TreeMap<>();
        try (HistogramLogReader reader = new HistogramLogReader(hlog.toFile())) {
            for (EncodableHistogram next = reader.nextIntervalHistogram();
                    next != null;
                    next = reader.nextIntervalHistogram()) {
                sums.computeIfAbsent(next.getTag(), tag -> new Histogram(3)).add((Histogram) next);
            }
        }
        assertEquals(List.of("arrival", "batch"), List.copyOf(sums.keySet()));
        Histogram arrivals = sums.firstEntry().getValue();
        assertEquals(100, arrivals.getTotalCount());
        assertEquals(256, sums.lastEntry().getValue().getTotalCount());
        assertTrue(arrivals.valuesAreEquivalent(50_000_000, arrivals.getMaxValue()));
        String distribution = Files.readString(hgrm);
        assertTrue(distribution.contains("Total count    =          100"), distribution);
        assertTrue(distribution.contains("#[Max     =    50003.967"), distribution);
    }

    @Test
    void ofValuesOutsideItsRangeItKeepsTheBound() {
        LatencyRecorder latency = new LatencyRecorder(false);
        latency.record(-5, 1);
        latency.record(Long.MAX_VALUE, 1);
        latency.record(7, 0);
        Latency now = latency.snapshot();
        assertEquals(2, now.count());
        assertEquals(0, now.p50Nanos());
        assertTrue(now.maxNanos() >= 60_000_000_000L && now.maxNanos() < 60_100_000_000L, now::toString);
    }

    @Test
    void recordingAllocatesNothing() {
        LatencyRecorder latency = new LatencyRecorder(true);
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        // The interpreter's first calls resolve what they call, and may allocate for that.
        for (int round = 0; round < 10; round++) {
            long before = thread.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                latency.record(i * 7_919L, 3);
            }
            least = Math.min(least, thread.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least);
    }
}
