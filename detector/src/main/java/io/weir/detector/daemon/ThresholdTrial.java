package io.weir.detector.daemon;

import io.weir.detector.api.ThresholdPreview;
import io.weir.detector.api.ThresholdPreview.Trial;
import io.weir.detector.event.Event;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.scrub.BanTable;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges the packets that are remembered by settings that don't hold: by an engine of its own, that nobody sees. One at a
 * time; any thread but the one that judges.
 */
final class ThresholdTrial {
    /** More connections than there are packets in 32 MB of memory. */
    private static final int CONNECTIONS = 1 << 17;

    private final FloodCaptures captures;
    private long packets;
    private long bytes;
    private long oldestNanos = Long.MAX_VALUE;
    private long newestNanos = Long.MIN_VALUE;

    private ThresholdTrial(FloodCaptures captures) {
        this.captures = captures;
    }

    /**
     * Compares.
     *
     * @param bans that hold
     */
    static synchronized ThresholdPreview run(
            FloodCaptures captures, EngineSettings now, EngineSettings then, BanTable bans) {
        ThresholdTrial trial = new ThresholdTrial(captures);
        // One after the other: two engines at once would take twice the memory.
        Trial first = trial.judge(now, bans);
        Trial second = trial.judge(then, bans);
        long spanNanos = Math.max(0, trial.newestNanos - trial.oldestNanos);
        return new ThresholdPreview(trial.packets == 0 ? 0 : spanNanos, trial.packets, trial.bytes, first, second);
    }

    private Trial judge(EngineSettings settings, BanTable bans) {
        Map<String, FloodReport> floods = new LinkedHashMap<>();
        Engine engine = new Engine(small(settings), event -> {
            if (event instanceof Event.FloodChanged(FloodReport report)) {
                floods.put(report.id(), report);
            }
        });
        engine.ban(bans);
        Tally tally = new Tally();
        packets = 0;
        bytes = 0;
        captures.recall(batch -> {
            tally.judge(engine, batch);
            note(batch);
        });
        engine.finish();
        return new Trial(
                tally.dropped, tally.droppedBytes, tally.passed, tally.ofConnections, List.copyOf(floods.values()));
    }

    private static EngineSettings small(EngineSettings settings) {
        return new EngineSettings(
                settings.protect(),
                settings.isWatchingPrefixes(),
                settings.trusted(),
                Math.min(CONNECTIONS, settings.connections()),
                settings.timeouts(),
                settings.hashKey(),
                false);
    }

    private void note(PacketBatch batch) {
        packets += batch.size;
        for (int i = 0; i < batch.size; i++) {
            bytes += batch.wireLength[i];
            oldestNanos = Math.min(oldestNanos, batch.timestampNanos[i]);
            newestNanos = Math.max(newestNanos, batch.timestampNanos[i]);
        }
    }

    private static final class Tally {
        private final int[] before = new int[PacketBatch.CAPACITY];
        private long dropped;
        private long droppedBytes;
        private long passed;
        private long ofConnections;

        private void judge(Engine engine, PacketBatch batch) {
            System.arraycopy(batch.verdict, 0, before, 0, batch.size);
            engine.worker().judge(batch);
            for (int i = 0; i < batch.size; i++) {
                if (!Verdict.isDrop(batch.verdict[i])) {
                    continue;
                }
                dropped++;
                droppedBytes += batch.wireLength[i];
                passed += Verdict.isDrop(before[i]) ? 0 : 1;
                ofConnections += Verdict.reason(before[i]).isOfConnection() ? 1 : 0;
            }
        }
    }
}
