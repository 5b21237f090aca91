package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.linux.KernelException;
import io.weir.capture.linux.QueueRules;
import io.weir.capture.linux.Shield;
import io.weir.capture.linux.XdpShield;
import io.weir.capture.load.LoadProfiles;
import io.weir.capture.load.SyntheticSource;
import io.weir.capture.load.TrafficSimulator;
import io.weir.capture.source.PacketSource;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.latency.LatencyRecorder;
import io.weir.detector.scrub.Offload;
import io.weir.detector.scrub.Offloaded;
import io.weir.detector.testing.Skips;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the kernel's program has room for, when that is little. */
class OffloadSlotsTest {
    private static final List<IpPrefix> PROTECT = List.of(new IpPrefix(4, 0, IpAddress.IPV4_MAPPED, 0));
    private static final int MOST = 4_096;

    private final List<String> problems = new ArrayList<>();

    @BeforeEach
    void requireXdp() {
        Optional<String> refusal = XdpShield.refusal();
        Skips.unless(refusal.isEmpty(), "run as root where the kernel takes XDP programs: " + refusal.orElse(""));
    }

    /** So many as this and a signature don't fit, but without one they do. */
    private static List<QueueRules.Management> manyPrefixes() throws KernelException {
        int fits = 0;
        for (int step = MOST; step > 0; step /= 2) {
            try {
                XdpShield.load(PROTECT, prefixes(fits + step), false).close();
                fits += step;
            } catch (KernelException tooMany) {
                // Half of that, then.
            }
        }
        assertTrue(fits > 256, fits + " prefixes");
        return prefixes(fits);
    }

    private static List<QueueRules.Management> prefixes(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new QueueRules.Management(IpPrefix.host(0, IpAddress.mapped(0xc000_0200 + 7 * i)), 22))
                .toList();
    }

    /** What a made-up flood has the kernel asked for. */
    private static List<Offloaded> asked() throws IOException {
        Asking asking = new Asking();
        Engine engine = new Engine(EngineSettings.forReplay(WeirConfig.DEFAULT, false), _ -> {});
        engine.use(asking);
        TrafficSimulator simulator = new TrafficSimulator(
                LoadProfiles.named("syn").orElseThrow().withSeconds(3).withFloodStart(1), 1);
        try (SyntheticSource source = new SyntheticSource(simulator)) {
            Pipeline pipeline = new Pipeline(source, engine.worker(), List.of(), new LatencyRecorder(false));
            while (pipeline.doWork() != PacketSource.END) {
                // Until it is over.
            }
        }
        assertTrue(asking.asked.stream().anyMatch(one -> one.signature().isPresent()), "a signature is asked for");
        return asking.asked;
    }

    @Test
    void leavesOutTheLastSignatureWhereManagementTakesTheRoom() throws IOException {
        try (XdpShield shield = XdpShield.load(PROTECT, List.of(), false)) {
            OffloadSlots slots = new OffloadSlots(shield, false);
            List<Offloaded> asked = asked();
            slots.exchange(asked, problems::add);
            assertEquals(List.of(), problems);
            slots.manage(manyPrefixes(), problems::add);
            assertFalse(problems.isEmpty());
            assertTrue(
                    problems.getFirst().startsWith("the kernel doesn't take ")
                            && problems.getFirst().contains(" at once, weir drops itself by the last: tcp "),
                    problems::toString);
            // What was left out is asked for again with the next flood, when there may be room.
            slots.exchange(List.of(), problems::add);
            slots.manage(List.of(), problems::add);
            problems.clear();
            slots.exchange(asked, problems::add);
            assertEquals(List.of(), problems);
        }
    }

    @Test
    void goesOnWithoutLimitsThatTheKernelRefuses() throws IOException {
        KernelException refusal = assertThrows(
                KernelException.class,
                () -> XdpShield.load(PROTECT, prefixes(2 * MOST), false).close());
        try (XdpShield shield = XdpShield.load(PROTECT, List.of(), false)) {
            Shield withoutLimits = (Shield) Proxy.newProxyInstance(
                    Shield.class.getClassLoader(), new Class<?>[] {Shield.class}, (_, method, arguments) -> {
                        if (method.getName().equals("rule") && !((List<?>) arguments[1]).isEmpty()) {
                            throw refusal;
                        }
                        return method.invoke(shield, arguments);
                    });
            OffloadSlots slots = new OffloadSlots(withoutLimits, false);
            List<Offloaded> asked = asked();
            long limits =
                    asked.stream().filter(one -> one.signature().isEmpty()).count();
            assertTrue(limits > 0, "a limit is asked for");
            slots.exchange(asked, problems::add);
            assertEquals(asked.size(), problems.size(), problems::toString);
            assertTrue(
                    problems.getLast()
                            .matches("the kernel doesn't take 1 limits at once, weir keeps the last itself: "
                                    + "\\d+ packets/s of SYN to .*"),
                    problems::toString);
            assertTrue(slots.isEmpty());
        }
    }

    /** Keeps the most that was asked for at once. */
    private static final class Asking implements Offload {
        private List<Offloaded> asked = List.of();

        @Override
        public boolean isPossible(Offloaded wanted) {
            return OffloadSlots.kind(wanted).isPresent();
        }

        @Override
        public void drop(List<Offloaded> wanted) {
            asked = wanted.stream().anyMatch(one -> one.signature().isPresent()) ? wanted : asked;
        }

        @Override
        public boolean isAlone() {
            return true;
        }

        @Override
        public void refuse(long high, long low) {
            // Nobody comes back.
        }

        @Override
        public long refusedPackets() {
            return 0;
        }

        @Override
        public long refusedBytes() {
            return 0;
        }

        @Override
        public long bannedPackets() {
            return 0;
        }

        @Override
        public long bannedBytes() {
            return 0;
        }
    }
}
