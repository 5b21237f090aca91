package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.api.ThresholdPreview;
import io.weir.detector.config.CapturesConfig;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.View;
import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.TrafficClass;
import io.weir.detector.scrub.BanTable;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.FloodKind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 8,000 UDP packets a second to one address for two seconds, and what thresholds make of them. */
class ThresholdTrialTest {
    private static final int SERVER = 0xc633_640a; // 198.51.100.10
    private static final int SOURCE = 0xcb00_7100; // 203.0.113.0/24
    private static final int PACKETS = 16_000;
    private static final IpPrefix HOME = new IpPrefix(4, 0, IpAddress.mapped(0xc633_6400), 24);

    @TempDir
    private Path state = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private FloodCaptures captures;

    @BeforeEach
    void open() throws IOException {
        captures = FloodCaptures.open(CapturesConfig.DEFAULT, state, problem -> {});
    }

    @AfterEach
    void close() {
        captures.close();
    }

    private static EngineSettings udpAtMost(long packetsPerSecond) {
        return RuleScene.settings(
                false,
                new ProtectedPrefix(
                        HOME,
                        View.BOTH,
                        BuiltInThresholds.ADDRESS.with(TrafficClass.UDP, Limit.ofPackets(packetsPerSecond)),
                        BuiltInThresholds.PREFIX.with(TrafficClass.UDP, Limit.ofPackets(4 * packetsPerSecond))));
    }

    /** What a daemon with these settings remembers. */
    private void live(EngineSettings settings) throws IOException {
        Engine engine = new Engine(settings, event -> {});
        PacketBatch batch = new PacketBatch();
        FrameBuilder builder = new FrameBuilder();
        MemorySegment payload = Arena.ofAuto().allocate(64);
        batch.frames = Arena.ofAuto().allocate(256);
        batch.size = 1;
        batch.linkType[0] = LinkType.ETHERNET;
        long nowNanos = 1_000_000_000_000L;
        for (int n = 0; n < PACKETS; n++) {
            builder.ipv4(SOURCE + n % 200, SERVER).payload(payload, 0, 40);
            int length = builder.udp(batch.frames, 0, 1024 + n % 5000, 9_000);
            batch.capturedLength[0] = length;
            batch.wireLength[0] = length;
            batch.timestampNanos[0] = nowNanos + n * 125_000L;
            engine.worker().judge(batch);
            captures.sink().accept(batch);
        }
        engine.finish();
    }

    @Test
    void tellsWhatALowerThresholdWouldHaveDropped() throws IOException {
        live(udpAtMost(20_000));
        ThresholdPreview preview = ThresholdTrial.run(captures, udpAtMost(20_000), udpAtMost(2_000), BanTable.NONE);
        assertEquals(PACKETS, preview.packets());
        assertEquals((PACKETS - 1) * 125_000L, preview.spanNanos());
        assertEquals(0, preview.now().droppedPackets());
        assertEquals(List.of(), preview.now().floods());
        assertEquals(
                List.of(FloodKind.UDP),
                preview.then().floods().stream().map(flood -> flood.kind()).toList());
        assertEquals(
                "198.51.100.10", preview.then().floods().getFirst().target().replaceFirst(":.*", ""));
        assertTrue(preview.then().droppedPackets() > PACKETS / 2, preview.then()::toString);
        // All of it had passed.
        assertEquals(preview.then().droppedPackets(), preview.then().passedPackets());
        assertEquals(0, preview.then().connectionPackets());
    }

    @Test
    void tellsWhatAHigherThresholdWouldHaveLetPass() throws IOException {
        live(udpAtMost(2_000));
        ThresholdPreview preview = ThresholdTrial.run(captures, udpAtMost(2_000), udpAtMost(20_000), BanTable.NONE);
        assertTrue(preview.now().droppedPackets() > PACKETS / 2, preview.now()::toString);
        // They were dropped when they came, too.
        assertTrue(preview.now().passedPackets() < PACKETS / 20, preview.now()::toString);
        assertEquals(0, preview.then().droppedPackets());
    }

    @Test
    void whoIsBannedStaysBanned() throws IOException {
        live(udpAtMost(20_000));
        BanTable all = BanTable.of(List.of(new IpPrefix(4, 0, IpAddress.mapped(SOURCE), 24)));
        ThresholdPreview preview = ThresholdTrial.run(captures, udpAtMost(20_000), udpAtMost(2_000), all);
        assertEquals(PACKETS, preview.now().droppedPackets());
        assertEquals(PACKETS, preview.then().droppedPackets());
    }

    @Test
    void ofNothingNothingIsTold() {
        ThresholdPreview preview = ThresholdTrial.run(captures, udpAtMost(9), udpAtMost(8), BanTable.NONE);
        assertEquals(0, preview.packets());
        assertEquals(0, preview.spanNanos());
    }
}
