package io.weir.detector.cli;

import io.weir.capture.source.MemorySource;
import io.weir.capture.source.PacketSource;
import io.weir.detector.daemon.Engine;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.daemon.Pipeline;
import io.weir.detector.latency.LatencyRecorder;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** How fast several threads judge together, each its part of the same packets; as live workers do. */
final class WorkersBench {
    private static final long WARM_UP_MILLIS = 6_000;
    private static final long PASS_MILLIS = 500;
    private static final long START_NANOS = 1_767_225_600_000_000_000L; // 2026-01-01
    /** 400,000 packets a second. */
    private static final long GAP_NANOS = 2_500;

    private static final long MIX = 0x9e37_79b9_7f4a_7c15L;

    private final EngineSettings settings;
    private final List<Lane> lanes = new ArrayList<>();
    private final AtomicLong judged = new AtomicLong();
    private final AtomicLong clockNanos = new AtomicLong(START_NANOS);
    private volatile boolean isDone;
    private volatile @Nullable String failure;

    WorkersBench(EngineSettings settings, int workers, String traffic, long mostBytes) throws IOException {
        this.settings = settings;
        for (int i = 0; i < workers; i++) {
            try (PacketSource source = BenchCommand.open(traffic)) {
                lanes.add(new Lane(MemorySource.of(new Dealt(source, i, workers), mostBytes / workers)));
            }
            if (lanes.get(i).memory.size() == 0) {
                throw CommandException.failed(traffic + " holds no packets for worker " + (i + 1) + " of " + workers);
            }
        }
    }

    /** Nanoseconds a packet takes in each pass, of all threads together. */
    double[] measure(int passes) throws InterruptedException {
        Engine engine = new Engine(settings, 1, event -> {});
        LatencyRecorder latency = new LatencyRecorder(false);
        List<Thread> threads = new ArrayList<>();
        for (Lane lane : lanes) {
            Pipeline pipeline = new Pipeline(lane, engine.worker(), List.of(), latency);
            threads.add(Thread.ofPlatform().daemon().start(() -> judge(pipeline)));
        }
        double[] nanosPerPacket = new double[passes];
        Thread.sleep(WARM_UP_MILLIS);
        for (int pass = 0; pass < passes; pass++) {
            long startNanos = System.nanoTime();
            long before = judged.get();
            Thread.sleep(PASS_MILLIS);
            nanosPerPacket[pass] = (double) (System.nanoTime() - startNanos) / (judged.get() - before);
        }
        isDone = true;
        if (failure != null) {
            throw CommandException.failed(failure);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Arrays.sort(nanosPerPacket);
        return nanosPerPacket;
    }

    private void judge(Pipeline pipeline) {
        try {
            while (!isDone) {
                judged.addAndGet(pipeline.doWork());
            }
        } catch (IOException | RuntimeException broken) {
            failure = broken.toString();
        }
    }

    /** A worker's part of a source: both directions of a conversation go to the same, as the kernel deals them out. */
    private static final class Dealt implements PacketSource {
        private final PacketSource source;
        private final int worker;
        private final int workers;
        private final FrameDecoder decoder = new FrameDecoder();

        Dealt(PacketSource source, int worker, int workers) {
            this.source = source;
            this.worker = worker;
            this.workers = workers;
        }

        @Override
        public int fill(PacketBatch batch) throws IOException {
            if (source.fill(batch) == END) {
                return END;
            }
            decoder.decode(batch);
            int kept = 0;
            for (int i = 0; i < batch.size; i++) {
                long ends = batch.sourceLow[i] ^ batch.destinationLow[i];
                if (Math.floorMod(Long.hashCode(ends * MIX) >>> 1, workers) == worker) {
                    batch.frameOffset[kept] = batch.frameOffset[i];
                    batch.capturedLength[kept] = batch.capturedLength[i];
                    batch.wireLength[kept] = batch.wireLength[i];
                    batch.timestampNanos[kept] = batch.timestampNanos[i];
                    batch.linkType[kept++] = batch.linkType[i];
                }
            }
            batch.size = kept;
            return kept;
        }

        @Override
        public long bytesRead() {
            return source.bytesRead();
        }

        @Override
        public long bytesTotal() {
            return source.bytesTotal();
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }

    /** The packets again and again, never at an end, stamped by a clock that all lanes share. */
    private final class Lane implements PacketSource {
        private final MemorySource memory;

        Lane(MemorySource memory) {
            this.memory = memory;
        }

        @Override
        public int fill(PacketBatch batch) {
            int filled = memory.fill(batch);
            while (filled == END) {
                memory.rewind();
                filled = memory.fill(batch);
            }
            long timeNanos = clockNanos.getAndAdd(filled * GAP_NANOS);
            for (int i = 0; i < filled; i++) {
                batch.timestampNanos[i] = timeNanos + i * GAP_NANOS;
            }
            return filled;
        }

        @Override
        public long bytesRead() {
            return memory.bytesRead();
        }

        @Override
        public long bytesTotal() {
            return memory.bytesTotal();
        }

        @Override
        public void close() {
            memory.close();
        }
    }
}
