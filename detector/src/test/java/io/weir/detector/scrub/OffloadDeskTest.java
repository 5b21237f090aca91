package io.weir.detector.scrub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.daemon.Engine;
import io.weir.detector.daemon.EngineSettings;
import io.weir.detector.event.Event;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.flow.FlowTimeouts;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is asked of the kernel, and that what it drops counts as if it had come here. */
class OffloadDeskTest {
    private static final long START_NANOS = 1_767_225_600_000_000_000L;
    private static final long MILLI = 1_000_000L;

    private final List<FloodReport> reports = new ArrayList<>();
    private final Random random = new Random(1);
    private List<Offloaded> asked = List.of();
    private int heard;
    /** Questions, not SYNs. */
    private boolean isAsking;

    /** Drops nothing by itself: the test says what it dropped. */
    private final Offload kernel = new Offload() {
        @Override
        public boolean isPossible(Offloaded wanted) {
            return true;
        }

        @Override
        public void drop(List<Offloaded> wanted) {
            asked = wanted;
        }

        @Override
        public boolean isAlone() {
            return false;
        }

        @Override
        public void refuse(long high, long low) {
            throw new AssertionError("of SYNs and questions no source is to be refused");
        }

        @Override
        public void hearConnections() {
            heard++;
        }

        @Override
        public long refusedPackets() {
            return 3;
        }

        @Override
        public long refusedBytes() {
            return 180;
        }

        @Override
        public long bannedPackets() {
            return 7;
        }

        @Override
        public long bannedBytes() {
            return 420;
        }
    };

    private final Engine engine = new Engine(
            new EngineSettings(
                    List.of(ProtectedPrefix.of(prefix("198.51.100.0/24"))),
                    true,
                    List.of(),
                    4_096,
                    FlowTimeouts.DEFAULT,
                    1,
                    false),
            event -> {
                if (event instanceof Event.FloodChanged changed) {
                    reports.add(changed.report());
                }
            });

    private static IpPrefix prefix(String text) {
        return switch (IpPrefix.parse(text)) {
            case IpPrefix.Parsed.Valid valid -> valid.prefix();
            case IpPrefix.Parsed.Invalid invalid -> throw new IllegalArgumentException(invalid.problem());
        };
    }

    /** SYNs of one window from everywhere, 64 of each millisecond that there are to send. */
    private void flood(long fromMillis, long toMillis, int perMilli) {
        try (Arena arena = Arena.ofConfined()) {
            PacketBatch batch = new PacketBatch();
            batch.frames = arena.allocate(PacketBatch.CAPACITY * 64L);
            for (long milli = fromMillis; milli < toMillis; milli++) {
                batch.size = perMilli;
                for (int i = 0; i < perMilli; i++) {
                    write(batch, i, START_NANOS + milli * MILLI + i * MILLI / perMilli);
                }
                engine.worker().judge(batch);
            }
        }
    }

    private static final byte[] QUESTION = {0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 'a', 'b', 0, 0, 1, 0, 1};

    private void write(PacketBatch batch, int i, long timeNanos) {
        MemorySegment frame = batch.frames.asSlice(i * 64L, 64);
        FrameBuilder builder = new FrameBuilder().timeToLive(64).ipv4(random.nextInt(), 0xc633_640a);
        int length = isAsking
                ? builder.payload(Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, QUESTION), 0, QUESTION.length)
                        .udp(frame, 0, 1024 + random.nextInt(60_000), 53)
                : builder.tcp(frame, 0, 1024 + random.nextInt(60_000), 80, random.nextInt(), 0, TcpFlags.SYN, 512);
        batch.frameOffset[i] = (int) (i * 64L);
        batch.capturedLength[i] = length;
        batch.wireLength[i] = length;
        batch.timestampNanos[i] = timeNanos;
        batch.linkType[i] = LinkType.ETHERNET;
    }

    @Test
    void asksForALimitAtOnceThenForTheSignature() {
        engine.use(kernel);
        flood(0, 100, 64);
        assertEquals(1, asked.size(), reports::toString);
        assertTrue(asked.getFirst().signature().isEmpty());
        assertTrue(asked.getFirst().packetsPerSecond() >= LimitLook.PACKETS_PER_SECOND);
        assertEquals(prefix("198.51.100.10"), asked.getFirst().destination());
        flood(100, 2_000, 64);
        assertEquals(1, asked.size(), reports::toString);
        assertTrue(asked.getFirst().signature().orElseThrow().toString().contains("window 512"), asked::toString);
    }

    /** A queue of the kernel's is full soon. */
    @Test
    void asksForALimitInTheBucketInWhichAFloodGetsFast() {
        engine.use(kernel);
        flood(0, 60, 4);
        assertTrue(!reports.isEmpty() && asked.isEmpty(), reports::toString);
        flood(60, 73, 64);
        assertTrue(asked.size() == 1 && asked.getFirst().signature().isEmpty(), asked::toString);
    }

    @Test
    void asksForNothingOfASlowFlood() {
        engine.use(kernel);
        flood(0, 2_000, 4);
        assertTrue(!reports.isEmpty() && asked.isEmpty(), reports::toString);
    }

    @Test
    void keepsTheAlarmByWhatTheKernelDrops() {
        engine.use(kernel);
        flood(0, 500, 64);
        Offloaded signature = asked.getLast();
        for (int second = 0; second < 20; second++) {
            for (int turn = 0; turn < 10; turn++) {
                signature.count(6_000, 360_000);
                flood(500 + second * 1_000 + turn * 100, 501 + second * 1_000 + turn * 100, 1);
            }
        }
        engine.worker().publish();
        assertTrue(reports.stream().noneMatch(report -> report.state() == FloodReport.State.ENDED), reports::toString);
        assertTrue(engine.offloadedPackets() >= 1_194_000, () -> engine.offloadedPackets() + " packets");
        assertTrue(engine.worker().reasons().packets(Reason.SIGNATURE, true) >= 1_194_000);
        assertEquals(7, engine.worker().reasons().packets(Reason.BAN, true));
        assertEquals(3, engine.worker().reasons().packets(Reason.HTTP_FLOOD, true));
        FloodReport now = engine.activeFloods().getFirst();
        assertTrue(now.droppedPackets() >= 1_194_000 && now.packetsPerSecond() > 40_000, now::toString);
        // Nothing more comes: what was asked for is taken back with the alarm.
        flood(40_000, 40_001, 1);
        flood(41_000, 41_001, 1);
        assertTrue(asked.isEmpty(), asked::toString);
        assertEquals(0, heard, "no connection is refused for SYNs");
    }

    @Test
    void countsByReasonWhatTheKernelDroppedLast() {
        engine.use(kernel);
        flood(0, 500, 64);
        engine.worker().publish();
        long before = engine.worker().reasons().packets(Reason.SIGNATURE, true);
        asked.getLast().count(31, 1_860);
        engine.finish();
        assertEquals(before + 31, engine.worker().reasons().packets(Reason.SIGNATURE, true));
    }

    /** One may be refused wrongly. */
    @Test
    void hearsConnectionsAgainWithTheEndOfTheLastFloodOfRequests() {
        engine.use(kernel);
        isAsking = true;
        flood(0, 200, 64);
        assertTrue(reports.stream().anyMatch(report -> report.trafficClass() == TrafficClass.DNS), reports::toString);
        assertEquals(0, heard);
        isAsking = false;
        for (int second = 1; second < 40; second++) {
            flood(1_000L * second, 1_000L * second + 1, 1);
        }
        assertTrue(engine.activeFloods().isEmpty(), reports::toString);
        assertEquals(1, heard);
    }
}
