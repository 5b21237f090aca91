package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.detector.config.View;
import io.weir.detector.event.Event;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.Thresholds;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.FloodKind;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Single packets through the whole worker. */
final class WorkerTest {
    private static final int TARGET = 0xc633_640a;
    private static final int OUTSIDE = 0x0a00_0001;
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final List<FloodReport> started = new ArrayList<>();
    private final PacketBatch batch = new PacketBatch();
    private final FrameBuilder builder = new FrameBuilder();
    private final MemorySegment request = Arena.ofAuto().allocate(64);
    private Engine engine = engine(View.BOTH, 1_000);
    private long nowNanos = 1_000_000_000_000L;

    WorkerTest() {
        batch.frames = Arena.ofAuto().allocate(2048);
        batch.size = 1;
        batch.linkType[0] = LinkType.ETHERNET;
        MemorySegment.copy(
                REQUEST.getBytes(StandardCharsets.US_ASCII), 0, request, ValueLayout.JAVA_BYTE, 0, REQUEST.length());
    }

    private Engine engine(View view, int synLimit) {
        Thresholds thresholds = Thresholds.UNLIMITED
                .with(TrafficClass.SYN, Limit.ofPackets(synLimit))
                .with(TrafficClass.ACK, Limit.ofPackets(1_000))
                .with(TrafficClass.HTTP, Limit.ofPackets(1_000));
        return new Engine(Settings.of(view, thresholds, false), event -> {
            if (event instanceof Event.FloodChanged flood && flood.report().state() == FloodReport.State.STARTED) {
                started.add(flood.report());
            }
        });
    }

    @Test
    void aSynThatCarriesARequestIsASyn() {
        for (int n = 0; n < 10_000; n++) {
            nowNanos += 50_000;
            tcp(OUTSIDE + n, 4_000, TARGET, 80, TcpFlags.SYN, n, 0, true);
        }
        assertEquals(1, started.size());
        assertEquals(FloodKind.SYN, started.getFirst().kind());
    }

    @Test
    void aHandshakeSeenFromOneSideIsCountedOnce() {
        // Four SYNs in five are never completed: more than three for each handshake, if each counts once.
        engine = engine(View.INBOUND, 1_000);
        for (int n = 0; n < 3_000; n++) {
            nowNanos += 400_000;
            tcp(OUTSIDE + n, 4_000, TARGET, 80, TcpFlags.SYN, n, 0, false);
            if (n % 5 == 0) {
                nowNanos += 100_000;
                tcp(OUTSIDE + n, 4_000, TARGET, 80, TcpFlags.ACK, n + 1, 7, false);
                tcp(OUTSIDE + n, 4_000, TARGET, 80, TcpFlags.ACK, n + 1, 7, true);
            }
        }
        assertEquals(1, started.size());
    }

    @Test
    void whatGoesNeitherToNorFromAProtectedPrefixIsTransit() {
        assertEquals(Reason.TRANSIT, tcp(OUTSIDE, 1, OUTSIDE + 1, 2, TcpFlags.SYN, 0, 0, false));
    }

    @Test
    void whatLeavesAProtectedPrefixPasses() {
        for (int n = 0; n < 10_000; n++) {
            nowNanos += 10_000;
            assertEquals(Reason.ACCEPTED, tcp(TARGET, 4_000, OUTSIDE + n, 80, TcpFlags.SYN, n, 0, false));
        }
        assertEquals(List.of(), started);
    }

    @Test
    void theAnswerToWhatWentOutIsNoReflection() {
        for (int n = 0; n < 10_000; n++) {
            nowNanos += 10_000;
            tcp(TARGET, 4_000, OUTSIDE + n, 80, TcpFlags.SYN, n, 0, false);
            Reason reason = tcp(OUTSIDE + n, 80, TARGET, 4_000, TcpFlags.SYN | TcpFlags.ACK, 9, n + 1, false);
            assertEquals(Reason.ANSWER, reason);
        }
        assertEquals(List.of(), started);
    }

    @Test
    void arpPassesUpToARateThatNoNetworkNeeds() {
        int passed = 0;
        for (int n = 0; n < 100_000; n++) {
            nowNanos += 10_000;
            batch.frames.fill((byte) 0).set(ValueLayout.JAVA_SHORT_UNALIGNED, 12, (short) 0x0608);
            Reason reason = judge(60);
            passed += reason == Reason.CONTROL ? 1 : 0;
            assertEquals(reason == Reason.CONTROL ? Reason.CONTROL : Reason.CONTROL_LIMIT, reason);
        }
        assertEquals(20_000.0, passed, 10, "10,000 a second, and as many at once");
    }

    @Test
    void malformedIpIsDroppedOnlyTowardAProtectedAddress() {
        assertEquals(Reason.MALFORMED, malformed(TARGET));
        assertEquals(Reason.UNDECODED, malformed(OUTSIDE));
    }

    @Test
    void aHeaderCutByTheSnapLengthIsNotMalformed() {
        builder.ipv4(OUTSIDE, TARGET);
        int length = builder.tcp(batch.frames, 0, 1, 2, 0, 0, TcpFlags.SYN, 1);
        batch.capturedLength[0] = length - 10;
        batch.wireLength[0] = length;
        batch.timestampNanos[0] = nowNanos;
        engine.worker().judge(batch);
        assertEquals(Reason.UNDECODED, Verdict.reason(batch.verdict[0]));
    }

    @Test
    void aSynWithABrokenOptionCountsAsASyn() {
        builder.ipv4(OUTSIDE, TARGET).maximumSegmentSize(1_460);
        int length = builder.tcp(batch.frames, 0, 1, 2, 0, 0, TcpFlags.SYN, 1);
        int option = FrameBuilder.ETHERNET_LENGTH + 20 + 20;
        batch.frames.set(ValueLayout.JAVA_BYTE, option + 1, (byte) 40);
        assertEquals(Reason.MALFORMED, judge(length));
        assertEquals(1, engine.worker().classPackets(TrafficClass.SYN));
    }

    /** An IPv4 header that states more bytes than the frame has. */
    private Reason malformed(int destination) {
        builder.ipv4(OUTSIDE, destination);
        int length = builder.tcp(batch.frames, 0, 1, 2, 0, 0, TcpFlags.SYN, 1);
        batch.frames.set(ValueLayout.JAVA_BYTE, FrameBuilder.ETHERNET_LENGTH + 2, (byte) 0x7f);
        return judge(length);
    }

    private Reason tcp(
            int from, int fromPort, int to, int toPort, int flags, int sequence, int acknowledgment, boolean asks) {
        builder.addresses(0, IpAddress.mapped(from), 0, IpAddress.mapped(to));
        if (asks) {
            builder.payload(request, 0, REQUEST.length());
        }
        return judge(builder.tcp(batch.frames, 0, fromPort, toPort, sequence, acknowledgment, flags, 1_000));
    }

    private Reason judge(int length) {
        batch.capturedLength[0] = length;
        batch.wireLength[0] = length;
        batch.timestampNanos[0] = nowNanos;
        engine.worker().judge(batch);
        return Verdict.reason(batch.verdict[0]);
    }
}
