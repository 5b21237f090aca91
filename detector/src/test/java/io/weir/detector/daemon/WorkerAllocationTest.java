package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.weir.capture.load.LegitimateLoad;
import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.capture.load.SyntheticSource;
import io.weir.capture.load.TrafficSimulator;
import io.weir.capture.source.PacketSource;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.event.Event;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.SecurityGroup;
import io.weir.filter.rule.TargetRules;
import io.weir.filter.verdict.Reason;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Bytes allocated by the whole of {@link Worker#judge}, the control step included: per packet nothing, and so little per
 * tick that it doesn't show. What allocates is the look at a flood's samples when it starts and once a second from then
 * on; those moments are left out here.
 */
final class WorkerAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int PACKETS = 1_000_000;
    private static final double MOST_BYTES_PER_PACKET = 0.1;

    private final List<Event> events = new ArrayList<>();
    private final PacketBatch batch = new PacketBatch();
    private long packets;
    private long bytes;
    private long dropped;

    @Test
    void judgesAMillionPacketsOfPeaceWithoutAllocating() {
        judgePeace(Settings.withConnections(1 << 19));
    }

    @Test
    void judgesThemByRulesWithoutAllocating() {
        judgePeace(withRules(Settings.withConnections(1 << 19), 65_535));
    }

    /** Accepting what goes to ports up to one. */
    private static EngineSettings withRules(EngineSettings base, int lastPort) {
        List<ProtectedPrefix> protect = new ArrayList<>();
        for (ProtectedPrefix entry : base.protect()) {
            String far = entry.prefix().version() == 4 ? "0.0.0.0/0" : "::/0";
            List<Rule> rules = new ArrayList<>();
            for (int protocol : new int[] {IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMP, IpProtocol.ICMPV6}) {
                rules.add(RuleScene.accept(protocol, "0/" + lastPort, far));
            }
            SecurityGroup group = RuleScene.group(GroupType.BASIC, rules.toArray(new Rule[0]));
            protect.add(entry.with(Optional.of(TargetRules.of(List.of(group), List.of(entry.prefix()), List.of()))));
        }
        return new EngineSettings(protect, true, List.of(), base.connections(), base.timeouts(), base.hashKey(), false);
    }

    private void judgePeace(EngineSettings settings) {
        LoadProfile profile = LoadProfiles.named("peace")
                .orElseThrow()
                .withLegitimate(new LegitimateLoad(2_000, 600, 0.5, 500, 100))
                .withSeconds(150);
        Engine engine = new Engine(settings, events::add);
        try (SyntheticSource source = new SyntheticSource(new TrafficSimulator(profile, 1))) {
            for (long seen = 0; seen < PACKETS && source.fill(batch) != PacketSource.END; seen += batch.size) {
                engine.worker().judge(batch);
            }
            while (packets < PACKETS && source.fill(batch) != PacketSource.END) {
                measure(engine);
            }
        }
        assertEquals(List.of(), events);
        assertAllocatesNothing();
    }

    @Test
    void judgesAMillionPacketsOfAFloodWithoutAllocating() {
        judgeFloods(Settings.standard());
    }

    @Test
    void judgesAFloodThatRulesDropWithoutAllocating() {
        judgeFloods(withRules(Settings.standard(), 79));
        assertTrue(dropped > PACKETS / 2, dropped + " dropped by signatures and rules");
    }

    private void judgeFloods(EngineSettings settings) {
        LoadProfile profile = LoadProfiles.named("syn")
                .orElseThrow()
                .withSeconds(2)
                .withFloodRate(1_500_000)
                .withFloodStart(0.5)
                .withFloodSeconds(1);
        judgeFlood(settings, profile, 1);
        packets = 0;
        bytes = 0;
        events.clear();
        judgeFlood(settings, profile, 2);
        assertAllocatesNothing();
    }

    /** Measures from the alarm on until a second later, when the samples are looked at again. */
    private void judgeFlood(EngineSettings settings, LoadProfile profile, long seed) {
        Engine engine = new Engine(settings, events::add);
        try (SyntheticSource source = new SyntheticSource(new TrafficSimulator(profile, seed))) {
            while (source.fill(batch) != PacketSource.END) {
                boolean isStarted = !events.isEmpty();
                long lookNanos = isStarted ? events.getFirst().timeNanos() + 990_000_000 : 0;
                if (isStarted && batch.timestampNanos[batch.size - 1] < lookNanos) {
                    measure(engine);
                } else {
                    engine.worker().judge(batch);
                }
            }
        }
        assertTrue(!events.isEmpty(), "the flood was found");
        engine.worker().publish();
        // Signatures come first and take most of what the rules would.
        dropped = engine.worker().reasons().packets(Reason.NO_RULE, true)
                + engine.worker().reasons().packets(Reason.SIGNATURE, true);
    }

    private void measure(Engine engine) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        engine.worker().judge(batch);
        bytes += THREADS.getCurrentThreadAllocatedBytes() - before;
        packets += batch.size;
    }

    private void assertAllocatesNothing() {
        assertTrue(packets >= PACKETS, packets + " packets measured");
        double perPacket = (double) bytes / packets;
        assertTrue(perPacket < MOST_BYTES_PER_PACKET, bytes + " bytes for " + packets + " packets");
    }
}
