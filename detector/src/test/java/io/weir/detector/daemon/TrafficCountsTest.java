package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.detector.api.DaemonStatus;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What came by which interface, and whither. */
class TrafficCountsTest {
    private static final int SERVER = 0xc633_640a; // 198.51.100.10
    private static final int OUTSIDE = 0xcb00_7109; // 203.0.113.9
    private static final int ELSEWHERE = 0xc000_0214; // 192.0.2.20

    private final PacketBatch batch = new PacketBatch();
    private final FrameBuilder builder = new FrameBuilder();
    private final MemorySegment payload = Arena.ofAuto().allocate(64);

    private static Engine engine(int interfaces) {
        EngineSettings settings = RuleScene.settings(false, RuleScene.home());
        return new Engine(settings, interfaces, event -> {});
    }

    private void send(Engine engine, int interfaceIndex, int from, int to) {
        batch.frames = Arena.ofAuto().allocate(2048);
        batch.size = 1;
        batch.linkType[0] = LinkType.ETHERNET;
        batch.interfaceIndex[0] = interfaceIndex;
        builder.ipv4(from, to).payload(payload, 0, 20);
        int length = builder.udp(batch.frames, 0, 4000, 53);
        batch.capturedLength[0] = length;
        batch.wireLength[0] = length;
        batch.timestampNanos[0] += 1_000_000;
        engine.worker().judge(batch);
    }

    private static Map<String, Long> packets(Engine engine, String... interfaces) {
        engine.worker().publish();
        Map<String, Long> packets = new TreeMap<>();
        for (DaemonStatus.Traffic one : TrafficCounts.traffic(engine.worker().reasons(), List.of(interfaces))) {
            packets.put(
                    one.interfaceName() + " " + one.direction(),
                    one.reasons().values().stream()
                            .mapToLong(DaemonStatus.Count::packets)
                            .sum());
        }
        return packets;
    }

    @Test
    void tellsEachPacketsInterfaceAndDirection() {
        Engine engine = engine(2);
        send(engine, 0, OUTSIDE, SERVER);
        send(engine, 0, OUTSIDE, SERVER);
        send(engine, 1, SERVER, OUTSIDE);
        send(engine, 1, OUTSIDE, ELSEWHERE);
        assertEquals(
                Map.of("eth0 ingress", 2L, "eth1 egress", 1L, "eth1 transit", 1L), packets(engine, "eth0", "eth1"));
        long sum = TrafficCounts.reasons(engine.worker().reasons()).values().stream()
                .mapToLong(DaemonStatus.Count::packets)
                .sum();
        assertEquals(4, sum);
        engine.finish();
    }

    /** A capture of more interfaces than were told apart. */
    @Test
    void countsWhatComesByFurtherInterfacesWithTheLast() {
        Engine engine = engine(1);
        send(engine, 7, OUTSIDE, SERVER);
        assertEquals(Map.of("eth0 ingress", 1L), packets(engine, "eth0"));
        engine.finish();
    }

    /** Of several interfaces the kernel doesn't say which. */
    @Test
    void whatTheKernelDroppedIsOfNoInterface() {
        Engine engine = engine(2);
        engine.worker().reasons().countDropped(new TrafficWays(2).unknown(), Reason.BAN, 5, 300);
        assertEquals(Map.of("any ingress", 5L), packets(engine, "eth0", "eth1"));
        engine.finish();
    }
}
