package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.load.Label;
import io.weir.capture.load.Label.Activity;
import io.weir.capture.load.LegitimateLoad;
import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.capture.load.SyntheticSource;
import io.weir.capture.load.TrafficSimulator;
import io.weir.capture.source.PacketSource;
import io.weir.detector.event.Event;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where only what comes in is seen, as on a scrubbing path: what users send without a connection. */
final class EngineOneSidedTest {
    private static final double SECONDS = 40;

    /** A hundred calls and more at once, of 50 packets a second each: more than the threshold of what is unproven. */
    private static LoadProfile calls() {
        LegitimateLoad load = new LegitimateLoad(
                3_000, 1, 0.7, 1, 1, Map.of(Activity.CALL, 8.0, Activity.QUIC, 4.0), 1, true, 0, List.of());
        return LoadProfiles.named("users").orElseThrow().withLegitimate(load).withSeconds(SECONDS);
    }

    @Test
    void aHundredCallsAtOnceAreNoFloodThoughNoAnswerIsSeen() {
        LoadProfile profile = calls();
        List<Event> floods = new ArrayList<>();
        Engine engine = new Engine(Settings.standard(), event -> {
            if (event instanceof Event.FloodChanged) {
                floods.add(event);
            }
        });
        long lastSecond = profile.endNanos() - 1_000_000_000L;
        int callsInLastSecond = 0;
        int dropped = 0;
        PacketBatch batch = new PacketBatch();
        TrafficSimulator simulator = new TrafficSimulator(profile, 1);
        try (SyntheticSource source = SyntheticSource.capture(simulator, profile.epochNanos(), true)) {
            while (source.fill(batch) != PacketSource.END) {
                engine.worker().judge(batch);
                for (int i = 0; i < batch.size; i++) {
                    dropped += Verdict.isDrop(batch.verdict[i]) ? 1 : 0;
                    boolean isCall = Label.activity(source.label(i)) == Activity.CALL;
                    callsInLastSecond += isCall && batch.timestampNanos[i] >= lastSecond ? 1 : 0;
                }
            }
        }
        engine.finish();
        assertTrue(callsInLastSecond > 5_000, callsInLastSecond + " packets of calls in the last second");
        assertEquals(List.of(), floods);
        assertEquals(0, dropped);
    }
}
