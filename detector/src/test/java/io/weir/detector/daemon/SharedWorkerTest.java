package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.load.Label;
import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.capture.source.PacketSource;
import io.weir.detector.config.View;
import io.weir.detector.event.Event;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.flood.FloodReport.State;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.Thresholds;
import io.weir.detector.flood.TrafficClass;
import io.weir.detector.latency.LatencyRecorder;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several threads, each with a share of the traffic, that take turns at one worker. */
final class SharedWorkerTest {
    private static final int SHARES = 2;
    /** Above half of the flood, below all of it. */
    private static final long THRESHOLD = 1_000;

    private static final double FLOOD = 1_600;
    private static final double FLOOD_SECONDS = 3;

    /** Packets of one share, up to the same time in all of them. */
    private static final class Share implements PacketSource {
        private static final long SLICE_NANOS = 4_000_000;

        private final Recording recording;
        private final CyclicBarrier sliceEnd;
        private final long endNanos;
        private long sliceEndNanos;
        private int next;

        Share(Recording recording, LoadProfile profile, CyclicBarrier sliceEnd) {
            this.recording = recording;
            this.sliceEnd = sliceEnd;
            this.endNanos = profile.epochNanos() + profile.durationNanos();
            this.sliceEndNanos = profile.epochNanos() + SLICE_NANOS;
        }

        @Override
        public int fill(PacketBatch batch) throws IOException {
            int end = next;
            while (end < recording.size() && recording.timeNanos(end) < sliceEndNanos) {
                end++;
            }
            recording.fill(batch, next, Math.min(end - next, PacketBatch.CAPACITY));
            next += batch.size;
            if (batch.size > 0) {
                return batch.size;
            }
            if (sliceEndNanos > endNanos) {
                return END;
            }
            sliceEndNanos += SLICE_NANOS;
            try {
                sliceEnd.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException broken) {
                throw new IOException(broken);
            }
            return 0;
        }

        @Override
        public long bytesRead() {
            return 0;
        }

        @Override
        public long bytesTotal() {
            return -1;
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @CsvSource({"udp, UDP", "udp-random-ports-mimicked, UDP", "ack, ACK", "icmp, ICMP", "http, HTTP"})
    void thresholdsHoldForTheSum(String name, TrafficClass trafficClass) throws Exception {
        LoadProfile profile = LoadProfiles.named(name)
                .orElseThrow()
                .withSeconds(6)
                .withFloodStart(1.5)
                .withFloodSeconds(FLOOD_SECONDS)
                .withFloodRate(FLOOD);
        Recording all = Recording.of(profile, 1);
        EngineSettings settings =
                Settings.of(View.AUTO, Thresholds.UNLIMITED.with(trafficClass, Limit.ofPackets(THRESHOLD)), false);
        for (int i = 0; i < SHARES; i++) {
            assertEquals(List.of(), Judgement.of(settings, all.share(SHARES, i)).floods(State.STARTED));
        }

        List<Event> events = new ArrayList<>();
        Engine engine = new Engine(settings, events::add);
        long floodNanos =
                Judgement.of(settings, all).floods(State.STARTED).getFirst().detectedNanos();
        long passed = run(engine, profile, all, floodNanos + 200_000_000);

        assertEquals(1, floods(events, State.STARTED).size(), events::toString);
        assertEquals(1, floods(events, State.ENDED).size(), events::toString);
        FloodReport started = floods(events, State.STARTED).getFirst();
        assertEquals(floodNanos / 1e9, started.detectedNanos() / 1e9, 0.1);
        long counted = IntStream.range(0, Reason.count())
                .mapToObj(i -> Reason.values()[i])
                .mapToLong(reason -> engine.worker().reasons().packets(reason, true)
                        + engine.worker().reasons().packets(reason, false))
                .sum();
        assertEquals(all.size(), counted);
        assertTrue(passed <= 1.1 * THRESHOLD * FLOOD_SECONDS, passed + " packets of the attack passed");
    }

    private static List<FloodReport> floods(List<Event> events, State state) {
        return events.stream()
                .filter(Event.FloodChanged.class::isInstance)
                .map(event -> ((Event.FloodChanged) event).report())
                .filter(report -> report.state() == state)
                .toList();
    }

    /** Judges all shares at once; returns packets of the attack's bulk that passed from a time on. */
    private static long run(Engine engine, LoadProfile profile, Recording all, long fromNanos) throws Exception {
        LatencyRecorder latency = new LatencyRecorder(false);
        CyclicBarrier sliceEnd = new CyclicBarrier(SHARES);
        List<Future<Long>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(SHARES)) {
            for (int i = 0; i < SHARES; i++) {
                Recording share = all.share(SHARES, i);
                Pipeline pipeline =
                        new Pipeline(new Share(share, profile, sliceEnd), engine.worker(), List.of(), latency);
                running.add(threads.submit(() -> take(pipeline, share, fromNanos)));
            }
        }
        long passed = 0;
        for (Future<Long> share : running) {
            passed += share.get();
        }
        engine.finish();
        assertEquals(all.size(), latency.snapshot().count());
        return passed;
    }

    private static long take(Pipeline pipeline, Recording share, long fromNanos) throws IOException {
        long passed = 0;
        int from = 0;
        for (int packets = pipeline.doWork(); packets != PacketSource.END; packets = pipeline.doWork()) {
            for (int i = 0; i < packets; i++) {
                int label = share.label(from + i);
                boolean isAttack = Label.isAttack(label) && !Label.isAnswer(label);
                if (isAttack
                        && share.timeNanos(from + i) >= fromNanos
                        && !Verdict.isDrop(pipeline.batch().verdict[i])) {
                    passed++;
                }
            }
            from += packets;
        }
        return passed;
    }
}
