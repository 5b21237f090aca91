package io.weir.detector.daemon;

import io.weir.capture.sink.PacketSink;
import io.weir.capture.source.PacketSource;
import io.weir.detector.latency.LatencyRecorder;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.util.List;

/**
 * One straight way: a source fills the batch, the worker judges it, each sink takes it. One thread.
 *
 * <p>Several pipelines, each with a thread, source and sinks of its own, may share a worker: they take turns at judging, with
 * the worker's monitor. So thresholds, budgets and floods are of all packets, whichever source they come by; what a live
 * source and its sink spend in the kernel, many times what judging takes, is spent side by side.
 */
public final class Pipeline {
    private final PacketSource source;
    private final Worker worker;
    private final List<PacketSink> sinks;
    private final LatencyRecorder latency;
    private final FrameDecoder decoder = new FrameDecoder();
    private final PacketBatch batch = new PacketBatch();

    /** @param latency also shared by those that share the worker */
    public Pipeline(PacketSource source, Worker worker, List<PacketSink> sinks, LatencyRecorder latency) {
        this.source = source;
        this.worker = worker;
        this.sinks = List.copyOf(sinks);
        this.latency = latency;
    }

    /**
     * Takes one batch all the way.
     *
     * @return packets handled, or {@link PacketSource#END}
     * @throws IOException if the source or a sink fails; the batch before it has gone all the way
     */
    public int doWork() throws IOException {
        int packets = source.fill(batch);
        if (packets <= 0) {
            return packets;
        }
        long startNanos = System.nanoTime();
        decoder.decode(batch);
        synchronized (worker) {
            worker.judgeDecoded(batch);
            latency.record(System.nanoTime() - startNanos, packets);
        }
        for (int i = 0; i < sinks.size(); i++) {
            sinks.get(i).accept(batch);
        }
        return packets;
    }

    /** The batch handled last. */
    public PacketBatch batch() {
        return batch;
    }
}
