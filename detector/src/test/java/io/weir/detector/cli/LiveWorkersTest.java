package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.capture.source.PacketSource;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.daemon.Engine;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.daemon.LiveTraffic;
import io.weir.detector.latency.LatencyRecorder;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LiveWorkersTest {
    private static final long STARVED_NANOS = 2_000_000_000L;

    /** Holds nothing, three times; the thread that looks then gets no core for two seconds. */
    private static final class Starving implements PacketSource {
        private final AtomicLong clock;
        private int looks;

        Starving(AtomicLong clock) {
            this.clock = clock;
        }

        @Override
        public int fill(PacketBatch batch) {
            batch.size = 0;
            clock.addAndGet(STARVED_NANOS);
            return ++looks > 3 ? END : 0;
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

    /** What came while it waited for a core is older than the clock then says: time is let pass up to where it looked. */
    @Test
    void letsTimePassNoFurtherThanItHasLooked() throws IOException {
        AtomicLong clock = new AtomicLong(1);
        List<Long> idled = new ArrayList<>();
        LiveWorkers.Turn turn = new LiveWorkers.Turn() {
            @Override
            public void judged(PacketBatch batch) {}

            @Override
            public long clockNanos() {
                return clock.get();
            }

            @Override
            public void idle(long lookedNanos) {
                idled.add(lookedNanos);
            }

            @Override
            public void pass() {}

            @Override
            public void beat() {}
        };
        Engine engine = new Engine(
                EngineSettings.forLive(WeirConfig.DEFAULT, List.of(ProtectedPrefix.of(IpPrefix.ANY_IPV4)), 1, false),
                event -> {});
        List<LiveTraffic.Share> shares = List.of(new LiveTraffic.Share(new Starving(clock), List.of()));
        new LiveWorkers(shares, () -> {}, engine.worker(), new LatencyRecorder(false), turn).run();
        assertEquals(List.of(1L, 1 + STARVED_NANOS, 1 + 2 * STARVED_NANOS), idled);
    }
}
