package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.View;
import io.weir.detector.event.Event;
import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.Collateral;
import io.weir.detector.flood.FloodReport;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Users among floods whose packets look like theirs, through the whole engine. */
final class LadderTest {
    private static final int TARGET = 0xc633_640a;
    private static final int USERS = 0x0a00_0000;
    private static final int USER_COUNT = 200;
    private static final int NEWCOMERS = 0x0a01_0000;
    private static final int TTL = 57;
    private static final int ACK = TcpFlags.ACK;
    private static final long SECOND = 1_000_000_000L;
    private static final int FLOOD_PER_SECOND = 20_000;

    private final PacketBatch batch = new PacketBatch();
    private final FrameBuilder builder = new FrameBuilder();
    private final MemorySegment data = Arena.ofAuto().allocate(64);
    private final Random random = new Random(1);
    private final List<FloodReport> reports = new ArrayList<>();
    private Engine engine = engine(View.BOTH);
    private long nowNanos = 1_000 * SECOND;
    private int timeToLive = TTL;

    LadderTest() {
        batch.frames = Arena.ofAuto().allocate(2048);
        batch.size = 1;
        batch.linkType[0] = LinkType.ETHERNET;
    }

    private Engine engine(View view) {
        return new Engine(Settings.of(view, BuiltInThresholds.ADDRESS, false), event -> {
            if (event instanceof Event.FloodChanged flood) {
                reports.add(flood.report());
            }
        });
    }

    private Reason tcp(
            int from, int fromPort, int to, int toPort, int flags, int sequence, int acknowledgment, int length) {
        builder.addresses(0, IpAddress.mapped(from), 0, IpAddress.mapped(to)).timeToLive(timeToLive);
        if (length > 0) {
            builder.payload(data, 0, length);
        }
        if ((flags & TcpFlags.SYN) != 0) {
            builder.maximumSegmentSize(1460).sackPermitted().noOperation().windowScale(7);
        }
        int frame = builder.tcp(batch.frames, 0, fromPort, toPort, sequence, acknowledgment, flags, 64_240);
        batch.capturedLength[0] = frame;
        batch.wireLength[0] = frame;
        batch.timestampNanos[0] = nowNanos;
        engine.worker().judge(batch);
        return Verdict.reason(batch.verdict[0]);
    }

    private Reason syn(int user, int port, int sequence) {
        return tcp(user, port, TARGET, 443, TcpFlags.SYN, sequence, 0, 0);
    }

    /** The rest of a handshake and some data. */
    private Reason complete(int user, int port, int sequence) {
        nowNanos += 1_000_000;
        tcp(TARGET, 443, user, port, TcpFlags.SYN | ACK, 77, sequence + 1, 0);
        nowNanos += 20_000_000;
        tcp(user, port, TARGET, 443, ACK, sequence + 1, 78, 0);
        return tcp(user, port, TARGET, 443, ACK | TcpFlags.PSH, sequence + 1, 78, 20);
    }

    private void visitInPeace() {
        for (int user = 0; user < USER_COUNT; user++) {
            syn(USERS + user, 40_000, user);
            complete(USERS + user, 40_000, user);
        }
        nowNanos += 5 * SECOND;
    }

    /** SYNs just like users', from anywhere. */
    private void flood(long millis) {
        long end = nowNanos + millis * 1_000_000;
        while (nowNanos < end) {
            nowNanos += SECOND / FLOOD_PER_SECOND;
            syn(0x2000_0000 | random.nextInt() >>> 4, random.nextInt(1024, 65_536), random.nextInt());
        }
    }

    private Collateral collateral() {
        engine.finish();
        return reports.getLast().collateral();
    }

    @Test
    void sourcesKnownFromBeforeKeepTheirConnectionsUnderSynsLikeTheirs() {
        visitInPeace();
        flood(1_000);
        for (int user = 0; user < USER_COUNT; user++) {
            flood(5);
            assertEquals(Reason.CREDIBLE, syn(USERS + user, 41_000, user), "user " + user);
            assertEquals(Reason.ESTABLISHED, complete(USERS + user, 41_000, user), "user " + user);
        }
        Collateral collateral = collateral();
        assertEquals(USER_COUNT, collateral.crediblePassed());
        assertEquals(0, collateral.credibleDropped());
        assertEquals(0, collateral.establishedDropped());
        assertTrue(collateral.establishedPassed() >= 2 * USER_COUNT, collateral::toString);
        assertTrue(collateral.askedAgain() > FLOOD_PER_SECOND / 2, collateral::toString);
    }

    @Test
    void aKnownAddressFromAnotherDistanceHasNoLane() {
        visitInPeace();
        flood(1_000);
        timeToLive = TTL - 10;
        Reason reason = syn(USERS, 41_000, 1);
        assertTrue(reason != Reason.CREDIBLE, "but is a newcomer's: " + reason);
    }

    @Test
    void aNewcomerPassesWithTheSynThatItsStackSendsAgain() {
        flood(1_000);
        for (int n = 0; n < 50; n++) {
            assertEquals(Reason.SYN_AUTHENTICATION, syn(NEWCOMERS + n, 40_000, n));
        }
        flood(1_000);
        for (int n = 0; n < 50; n++) {
            flood(20);
            assertEquals(Reason.AUTHENTICATED, syn(NEWCOMERS + n, 40_000, n), "newcomer " + n);
            assertEquals(Reason.ESTABLISHED, complete(NEWCOMERS + n, 40_000, n));
            assertEquals(Reason.CREDIBLE, syn(NEWCOMERS + n, 40_001, n), "only once");
        }
    }

    @Test
    void aNewcomerWhoseRecordedSynWasAnsweredIsDelayedNotRefused() {
        flood(1_000);
        for (int n = 0; n < 50; n++) {
            flood(20);
            assertEquals(Reason.SYN_AUTHENTICATION, syn(NEWCOMERS + n, 40_000, n));
            assertEquals(Reason.ESTABLISHED, complete(NEWCOMERS + n, 40_000, n));
        }
        assertEquals(50, collateral().delayedConnections());
    }

    @Test
    void soIsOneOfWhomOnlyItsOwnSideIsSeen() {
        engine = engine(View.INBOUND);
        flood(1_000);
        for (int n = 0; n < 50; n++) {
            assertEquals(Reason.SYN_AUTHENTICATION, syn(NEWCOMERS + n, 40_000, n));
            flood(30);
            tcp(NEWCOMERS + n, 40_000, TARGET, 443, ACK, n + 1, 78, 0);
            assertEquals(Reason.ESTABLISHED, tcp(NEWCOMERS + n, 40_000, TARGET, 443, ACK, n + 1, 78, 20));
        }
        assertEquals(50, collateral().delayedConnections());
    }

    @Test
    void forgedDataAfterForgedSynsPassesNoMoreThanTheThreshold() {
        engine = engine(View.INBOUND);
        flood(1_000);
        int passed = 0;
        int seconds = 3;
        for (int n = 0; n < 10_000 * seconds; n++) {
            nowNanos += SECOND / 10_000;
            syn(NEWCOMERS + n, 40_000, n);
            nowNanos += 30_000;
            Reason reason = tcp(NEWCOMERS + n, 40_000, TARGET, 443, ACK, n + 1, 78, 20);
            passed += reason.isDrop() ? 0 : 1;
        }
        assertTrue(passed <= 1_000 * seconds * 1.3 + 250, passed + " passed");
    }

    /** Segments from anywhere that belong to nothing. */
    private int strangers(int flags, int perSecond, long millis) {
        int passed = 0;
        long end = nowNanos + millis * 1_000_000;
        while (nowNanos < end) {
            nowNanos += SECOND / perSecond;
            int from = 0x2000_0000 | random.nextInt() >>> 4;
            int port = random.nextInt(1024, 65_536);
            passed += tcp(from, 443, TARGET, port, flags, random.nextInt(), random.nextInt(), 0)
                            .isDrop()
                    ? 0
                    : 1;
        }
        return passed;
    }

    /** A minute of little, after which every connection that is in both directions' sight is known. */
    private void growOld() {
        engine = engine(View.INBOUND);
        syn(USERS, 40_000, 1);
        nowNanos += 61 * SECOND;
        syn(USERS, 40_001, 1);
    }

    @Test
    void whatAHostOpensOutOfSightUnderAnAckFloodOpens() {
        growOld();
        strangers(ACK, FLOOD_PER_SECOND, 1_000);
        for (int n = 0; n < 40; n++) {
            Reason answer = tcp(NEWCOMERS + n, 443, TARGET, 50_000 + n, TcpFlags.SYN | ACK, 77, n + 1, 0);
            assertTrue(!answer.isDrop(), "answer " + n + ": " + answer);
            assertTrue(strangers(ACK, FLOOD_PER_SECOND, 50) < 10, "the flood doesn't pass with it");
            Reason data = tcp(NEWCOMERS + n, 443, TARGET, 50_000 + n, ACK | TcpFlags.PSH, 78, n + 101, 20);
            assertEquals(Reason.ESTABLISHED, data, "data " + n);
        }
        assertEquals(0, collateral().establishedDropped());
    }

    @Test
    void reflectedSynAcksFindNoRoomBesideEachOther() {
        growOld();
        strangers(TcpFlags.SYN | ACK, 4_000, 500);
        assertEquals(0, strangers(TcpFlags.SYN | ACK, 4_000, 5_000));
    }

    @Test
    void synsFromEveryAddressThatIsKnownPassNoMoreThanTheThreshold() {
        visitInPeace();
        int passed = 0;
        int seconds = 5;
        int perSecond = 5_000;
        for (int n = 0; n < perSecond * seconds; n++) {
            nowNanos += SECOND / perSecond;
            Reason reason = syn(USERS + random.nextInt(USER_COUNT), random.nextInt(1024, 65_536), random.nextInt());
            passed += n >= perSecond && !reason.isDrop() ? 1 : 0;
        }
        assertTrue(passed <= 1_000 * (seconds - 1) * 1.1 + 250, passed + " passed");
    }

    @Test
    void aToolThatRepeatsItsFramesIsNotAuthenticated() {
        flood(1_000);
        for (int n = 0; n < 20; n++) {
            assertEquals(Reason.SYN_AUTHENTICATION, syn(NEWCOMERS, 40_000, 5));
            flood(100);
        }
    }

    @Test
    void allAddressesAndSourcesThereAreCostNoMemory() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        engine = engineOfAll65536();
        long sizeBytes = engine.sizeBytes();
        for (int warmUp = 0; warmUp < 2; warmUp++) {
            carpet(100_000);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        int packets = 300_000;
        carpet(packets);
        double perPacket = (double) (threads.getCurrentThreadAllocatedBytes() - before) / packets;
        assertEquals(sizeBytes, engine.sizeBytes());
        // The control step looks at samples once a tick, and tells of floods.
        assertTrue(perPacket < 64, perPacket + " bytes a packet");
    }

    private static Engine engineOfAll65536() {
        EngineSettings base = Settings.standard();
        ProtectedPrefix prefix = new ProtectedPrefix(
                new IpPrefix(4, 0, IpAddress.mapped(TARGET & 0xffff_0000), 16),
                View.AUTO,
                BuiltInThresholds.ADDRESS,
                BuiltInThresholds.PREFIX);
        return new Engine(
                new EngineSettings(List.of(prefix), true, List.of(), 1 << 16, base.timeouts(), base.hashKey(), false),
                event -> {});
    }

    /** SYNs from anywhere to each of 65,536 protected addresses. */
    private void carpet(int packets) {
        for (int n = 0; n < packets; n++) {
            nowNanos += SECOND / 1_000_000;
            int to = TARGET & 0xffff_0000 | random.nextInt(1 << 16);
            tcp(0x2000_0000 | random.nextInt() >>> 4, n & 0xffff, to, 80, TcpFlags.SYN, n, 0, 0);
        }
    }
}
