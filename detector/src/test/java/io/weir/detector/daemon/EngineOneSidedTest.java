package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Verdict;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
                3_000, 1, 0.7, 1, 1, Map.of(Activity.CALL, 8.0, Activity.QUIC, 4.0), 1, true, 0, List.of(), 0);
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

    /** A thousand pairs of ports that somebody forged and kept warm for a while are no streams when they all pour. */
    @Test
    void streamsThatWereProvenByGoingOnAreAFloodWhereTheyAreFarTooMuch() {
        List<Event> floods = new ArrayList<>();
        Engine engine = new Engine(Settings.standard(), event -> {
            if (event instanceof Event.FloodChanged) {
                floods.add(event);
            }
        });
        PacketBatch batch = new PacketBatch();
        FrameBuilder builder = new FrameBuilder();
        MemorySegment payload = Arena.ofAuto().allocate(64);
        batch.frames = Arena.ofAuto().allocate(256);
        batch.size = 1;
        batch.linkType[0] = LinkType.ETHERNET;
        long nowNanos = 1_000_000_000_000L;
        int passed = 0;
        int warm = 30 * 1_000;
        int pouring = 2 * 200_000;
        for (int n = 0; n < warm + pouring; n++) {
            nowNanos += n < warm ? 1_000_000 : 5_000;
            payload.set(ValueLayout.JAVA_LONG, 0, n * 0x9e37_79b9_7f4a_7c15L);
            builder.ipv4(0xcb00_7100 + n % 1_000 / 5, 0xc633_640a).payload(payload, 0, 40);
            int length = builder.udp(batch.frames, 0, 20_000 + n % 1_000, 9_000);
            batch.capturedLength[0] = length;
            batch.wireLength[0] = length;
            batch.timestampNanos[0] = nowNanos;
            engine.worker().judge(batch);
            passed += n >= warm + pouring / 2 && !Verdict.isDrop(batch.verdict[0]) ? 1 : 0;
        }
        engine.finish();
        assertFalse(floods.isEmpty());
        // Of 200,000 in the last second what is believed, and what the threshold admits.
        assertTrue(passed < 30_000, passed + " passed");
    }
}
