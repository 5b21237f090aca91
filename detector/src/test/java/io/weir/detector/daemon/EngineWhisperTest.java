package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.event.Event;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Verdict;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Who was there before the flood: false addresses that whispered, reporters, and users whose server fails. */
final class EngineWhisperTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLISECOND = 1_000_000L;
    private static final int TARGET = 0xc633_640a;
    private static final int SOURCE = 0xcb00_7100;

    private final List<Event> floods = new ArrayList<>();
    private final List<Event> others = new ArrayList<>();
    private final Engine engine = new Engine(Settings.standard(), event -> {
        (event instanceof Event.FloodChanged ? floods : others).add(event);
    });
    private final PacketBatch batch = new PacketBatch();
    private final FrameBuilder builder = new FrameBuilder();
    private final MemorySegment payload = Arena.ofAuto().allocate(2048);
    private final SplittableRandom random = new SplittableRandom(5);

    private record Planned(long nanos, Runnable send) {}

    private final PriorityQueue<Planned> planned = new PriorityQueue<>(Comparator.comparingLong(Planned::nanos));
    private long nowNanos = 1_000 * SECOND;

    EngineWhisperTest() {
        batch.frames = Arena.ofAuto().allocate(4096);
        batch.size = 1;
        batch.linkType[0] = LinkType.ETHERNET;
    }

    private boolean judge(int length) {
        batch.capturedLength[0] = length;
        batch.wireLength[0] = length;
        batch.timestampNanos[0] = nowNanos;
        engine.worker().judge(batch);
        return !Verdict.isDrop(batch.verdict[0]);
    }

    /** A datagram of one of 300 sources; {@code toPort} 0: to any port. */
    private boolean datagram(int toPort, int fromPort, int bytes) {
        for (int at = 0; at < 16; at++) {
            payload.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt());
        }
        int source = random.nextInt(300);
        builder.ipv4(SOURCE + source, TARGET).payload(payload, 0, bytes);
        int from = fromPort == 0 ? random.nextInt(1024, 65_536) : fromPort;
        return judge(builder.udp(batch.frames, 0, from, toPort == 0 ? random.nextInt(1, 65_536) : toPort));
    }

    /** @return share of the last two seconds that passed */
    private double stream(int perSecond, int seconds, int toPort, boolean isSized) {
        int passed = 0;
        for (int n = 0; n < perSecond * seconds; n++) {
            nowNanos += SECOND / perSecond;
            boolean isPassed = datagram(toPort, 0, isSized ? 20 + random.nextInt(400) : 40);
            passed += isPassed && n >= perSecond * (seconds - 2) ? 1 : 0;
        }
        return passed / (2.0 * perSecond);
    }

    @Test
    void falseAddressesThatWhisperedToAnyPortAreAFloodAndDropped() {
        stream(100, 10, 0, true);
        double passed = stream(4_000, 6, 0, true);
        assertTrue(!floods.isEmpty(), "no flood");
        assertTrue(passed < 0.01, passed + " passed");
    }

    @Test
    void programsThatReportFiveTimesAsMuchToTheirPortAreNone() {
        stream(500, 12, 8_125, false);
        double passed = stream(2_800, 6, 8_125, false);
        assertEquals(List.of(), floods);
        assertEquals(1.0, passed);
    }

    private void at(long nanos, Runnable send) {
        planned.add(new Planned(nanos, send));
    }

    private void run(long untilNanos) {
        while (!planned.isEmpty() && planned.peek().nanos() < untilNanos) {
            Planned next = planned.remove();
            nowNanos = Math.max(nowNanos, next.nanos());
            next.send().run();
        }
    }

    private void segment(int source, int port, int flags, int sequence, int acknowledgment, int bytes) {
        builder.ipv4(source, TARGET).payload(payload, 0, bytes);
        if (flags == TcpFlags.SYN) {
            builder.maximumSegmentSize(1_400);
        }
        judge(builder.tcp(batch.frames, 0, port, 443, sequence, acknowledgment, flags, 64_240));
    }

    /** A client, seen from its side alone, that gets in with a chance each time, and tries again as stacks do. */
    private void client(long nanos, double chance) {
        int source = SOURCE + random.nextInt(4_000);
        int port = random.nextInt(1024, 65_536);
        int sequence = random.nextInt();
        long[] delays = {0, 1_000, 3_000, 7_000};
        for (long delay : delays) {
            long sent = nanos + delay * MILLISECOND;
            at(sent, () -> segment(source, port, TcpFlags.SYN, sequence, 0, 0));
            if (random.nextDouble() < chance) {
                at(sent + 40 * MILLISECOND, () -> segment(source, port, TcpFlags.ACK, sequence + 1, 7, 0));
                at(
                        sent + 41 * MILLISECOND,
                        () -> segment(source, port, TcpFlags.ACK | TcpFlags.PSH, sequence + 1, 7, 300));
                return;
            }
        }
    }

    private void clients(int perSecond, long fromNanos, int seconds, double chance) {
        for (int n = 0; n < perSecond * seconds; n++) {
            client(fromNanos + n * SECOND / perSecond, chance);
        }
    }

    @Test
    void aServerThatIsOverloadedIsNotFlooded() {
        long start = nowNanos;
        clients(100, start, 15, 1);
        clients(200, start + 15 * SECOND, 15, 0.4);
        run(start + 30 * SECOND);
        assertEquals(List.of(), floods);
    }

    @Test
    void norIsOneThatComesBack() {
        long start = nowNanos;
        clients(100, start, 15, 1);
        clients(100, start + 15 * SECOND, 8, 0);
        clients(100, start + 23 * SECOND, 7, 1);
        run(start + 30 * SECOND);
        assertEquals(List.of(), floods);
    }

    @Test
    void synsThatComeAgainWhileOthersAreServedAreAFlood() {
        long start = nowNanos;
        clients(100, start, 30, 1);
        clients(200, start + 15 * SECOND, 15, 0);
        run(start + 20 * SECOND);
        assertTrue(!floods.isEmpty(), "no flood");
    }

    /** Ten hosts look once a second whether the target is there; one measures, ten milliseconds apart. */
    private void measure(int pings, long apartNanos) {
        long start = nowNanos;
        for (int n = 0; n < 10 * 25; n++) {
            int host = n % 10;
            int sequence = n / 10;
            at(start + n * SECOND / 10, () -> ping(host, sequence));
        }
        for (int n = 0; n < pings; n++) {
            int sequence = n;
            at(start + 14 * SECOND + n * apartNanos, () -> ping(200, sequence));
        }
        run(start + 25 * SECOND);
    }

    private void ping(int source, int sequence) {
        builder.ipv4(SOURCE + source, TARGET).payload(payload, 0, 56);
        judge(builder.icmp(batch.frames, 0, 8, 0, source << 16 | sequence));
    }

    @Test
    void aHundredPingsOfOneHostAreNoFlood() {
        measure(100, 10 * MILLISECOND);
        measure(100, 10_400_000);
        assertEquals(List.of(), floods);
    }

    @Test
    void pingsThatGoOnAreOne() {
        measure(300, 10 * MILLISECOND);
        assertTrue(!floods.isEmpty(), "no flood");
    }

    /** Reflectors, whose answers whoever floods asked for a few of before. */
    @Test
    void reflectorsThatWhisperedToOnePortAreKnownAllTheSame() {
        for (int n = 0; n < 600; n++) {
            nowNanos += SECOND / 60;
            datagram(443, 389, 1_100 + random.nextInt(300));
        }
        for (int n = 0; n < 16_000; n++) {
            nowNanos += SECOND / 4_000;
            datagram(443, 389, 1_100 + random.nextInt(300));
        }
        assertTrue(!floods.isEmpty(), "no flood");
        Event.FloodChanged first = (Event.FloodChanged) floods.getFirst();
        assertEquals("cldap-amplification", first.report().vector());
        assertTrue(first.report().timeNanos() - first.report().startNanos() < SECOND / 4, "late");
    }

    /** So many that few of them are sampled twice. */
    @Test
    void thousandsOfFalseAddressesThatWhisperedToAnyPortAreAFloodToo() {
        for (int n = 0; n < 6_000; n++) {
            nowNanos += SECOND / 400;
            whisper(n % 3_000);
        }
        for (int n = 0; n < 4_000 * 6; n++) {
            nowNanos += SECOND / 4_000;
            whisper(random.nextInt(3_000));
        }
        assertTrue(!floods.isEmpty(), "no flood");
    }

    private void whisper(int source) {
        payload.set(ValueLayout.JAVA_INT, 0, random.nextInt());
        builder.ipv4(SOURCE + source, TARGET).payload(payload, 0, 20 + random.nextInt(400));
        judge(builder.udp(batch.frames, 0, random.nextInt(1024, 65_536), random.nextInt(1, 65_536)));
    }

    /** Meters of many households, each once in seven seconds and five times as often when the power is back. */
    @Test
    void thousandsOfMetersThatReportToTheirPortAreNone() {
        for (int n = 0; n < 500 * 14; n++) {
            nowNanos += SECOND / 500;
            meter(n % 3_500);
        }
        for (int n = 0; n < 2_800 * 6; n++) {
            nowNanos += SECOND / 2_800;
            meter(n % 3_500);
        }
        assertEquals(List.of(), floods);
    }

    private void meter(int source) {
        payload.set(ValueLayout.JAVA_INT, 0, random.nextInt());
        builder.ipv4(SOURCE + source, TARGET).payload(payload, 0, 40);
        judge(builder.udp(batch.frames, 0, random.nextInt(1024, 65_536), 8_125));
    }

    /** A flood that nothing tells from users: half of it from where somebody opened connections blind before. */
    @Test
    void sourcesThatOnlyOpenedBlindDontStarveNewUsers() {
        long start = nowNanos;
        clients(300, start, 12, 1);
        long flood = start + 12 * SECOND;
        for (int n = 0; n < 6_000 * 8; n++) {
            int source = n % 2 == 0 ? SOURCE + random.nextInt(4_000) : random.nextInt();
            at(flood + n * SECOND / 6_000, () -> {
                int port = random.nextInt(1024, 65_536);
                segment(source, port, TcpFlags.SYN, random.nextInt(), 0, 0);
            });
        }
        int[] users = new int[2];
        for (int n = 0; n < 20 * 4; n++) {
            user(flood + 3 * SECOND + n * SECOND / 20, 0x5000_0000 + n * 7_919, users);
        }
        run(flood + 8 * SECOND);
        assertTrue(!floods.isEmpty(), "no flood");
        assertTrue(users[1] >= 0.9 * users[0], users[1] + " of " + users[0] + " got in");
    }

    /** Sends a SYN, and the same again after a second where it was dropped. */
    private void user(long nanos, int source, int[] users) {
        int sequence = random.nextInt();
        at(nanos, () -> {
            users[0]++;
            if (opens(source, sequence)) {
                users[1]++;
                return;
            }
            at(nanos + SECOND, () -> users[1] += opens(source, sequence) ? 1 : 0);
        });
    }

    private boolean opens(int source, int sequence) {
        builder.ipv4(source, TARGET).payload(payload, 0, 0).maximumSegmentSize(1_400);
        return judge(builder.tcp(batch.frames, 0, 40_000, 443, sequence, 0, TcpFlags.SYN, 64_240));
    }

    /** A hundred pings a second, of half the threshold, from everywhere. */
    @Test
    void pingsFromEverywhereAreFoundWithinHalfASecond() {
        measure(0, 0);
        long start = nowNanos;
        for (int n = 0; n < 200; n++) {
            nowNanos += SECOND / 100;
            ping(1_000 + random.nextInt(1_000_000), n);
        }
        assertTrue(!floods.isEmpty(), "no flood");
        Event.FloodChanged first = (Event.FloodChanged) floods.getFirst();
        assertTrue(first.report().timeNanos() - start < SECOND / 2, "late");
    }

    @Test
    void botsOfAFloodOfRandomPortsScanNothing() {
        for (int n = 0; n < 200; n++) {
            nowNanos += SECOND / 10;
            meter(n % 50);
        }
        for (int n = 0; n < 7_500 * 4; n++) {
            nowNanos += SECOND / 7_500;
            builder.ipv4(SOURCE + 10_000 + random.nextInt(50), TARGET).payload(payload, 0, 64);
            judge(builder.udp(batch.frames, 0, random.nextInt(1024, 65_536), random.nextInt(65_536)));
        }
        assertTrue(!floods.isEmpty(), "no flood");
        assertEquals(List.of(), others);
    }
}
