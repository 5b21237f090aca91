package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.capture.load.Label;
import io.weir.capture.load.LegitimateLoad;
import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.detector.event.Event;
import io.weir.filter.packet.PacketBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many times the users of before, from one moment to the next, are no flood of any kind. */
final class FlashCrowdTest {
    private static final LegitimateLoad USUAL = new LegitimateLoad(500, 40, 0.5, 50, 5);
    /** Fifty times the connections, above the thresholds of SYNs, requests and handshakes. */
    private static final LegitimateLoad CROWD = new LegitimateLoad(20_000, 2_100, 0.5, 300, 40);
    /** Ten times, of people behind few addresses. */
    private static final LegitimateLoad CROWDED = new LegitimateLoad(8, 400, 0.5, 300, 40);

    private final List<Event> events = new ArrayList<>();
    private final Engine engine = new Engine(Settings.standard(), events::add);

    @ParameterizedTest
    @CsvSource({"false, false", "true, true"})
    void raisesNothing(boolean isBehindFew, boolean isInbound) {
        long startNanos = LoadProfiles.named("peace").orElseThrow().epochNanos();
        judge(USUAL, startNanos, 5, isInbound);
        judge(isBehindFew ? CROWDED : CROWD, startNanos + TimeUnit.SECONDS.toNanos(5), 3, isInbound);
        judge(USUAL, startNanos + TimeUnit.SECONDS.toNanos(8), 2, isInbound);
        engine.finish();
        List<Event> alarms = events.stream()
                .filter(event -> !(event instanceof Event.TableFull))
                .toList();
        assertEquals(List.of(), alarms);
    }

    private void judge(LegitimateLoad load, long startNanos, int seconds, boolean isInbound) {
        LoadProfile peace =
                LoadProfiles.named("peace").orElseThrow().withSeconds(seconds).withLegitimate(load);
        Recording whole = Recording.of(peace, startNanos);
        Recording seen = isInbound ? whole.only(label -> !Label.isAnswer(label)) : whole;
        long[] times = seen.times();
        for (int i = 0; i < times.length; i++) {
            times[i] += startNanos - peace.epochNanos();
        }
        Recording moved = seen.at(times);
        PacketBatch batch = new PacketBatch();
        for (int from = 0; from < moved.size(); from += batch.size) {
            moved.fill(batch, from, PacketBatch.CAPACITY);
            engine.worker().judge(batch);
        }
    }
}
