package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.config.View;
import io.weir.detector.event.Event;
import io.weir.detector.flood.BuiltInThresholds;
import io.weir.detector.flood.FloodReport;
import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.FloodKind;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** DNS over TCP: a question that is dropped takes its connection along, and its source's next ones. */
final class TcpQuestionsTest {
    private static final int TARGET = 0xc633_640a;
    private static final int BOTS = 0x0b00_0000;
    private static final int BOT_COUNT = 50;
    private static final int PER_SECOND = 2_500;
    private static final int DNS = 53;
    private static final long SECOND = 1_000_000_000L;

    private final PacketBatch batch = new PacketBatch();
    private final FrameBuilder builder = new FrameBuilder();
    private final MemorySegment data = Arena.ofAuto().allocate(128);
    private final Random random = new Random(1);
    private final List<FloodReport> reports = new ArrayList<>();
    private final Engine engine = new Engine(Settings.of(View.BOTH, BuiltInThresholds.ADDRESS, false), event -> {
        if (event instanceof Event.FloodChanged flood) {
            reports.add(flood.report());
        }
    });
    private long nowNanos = 1_000 * SECOND;

    TcpQuestionsTest() {
        batch.frames = Arena.ofAuto().allocate(2048);
        batch.size = 1;
        batch.linkType[0] = LinkType.ETHERNET;
    }

    @Test
    void theHandshakesOfSourcesThatOnlyFloodAreDroppedToo() {
        nowNanos += 10 * SECOND;
        int syns = 0;
        int dropped = 0;
        long begin = nowNanos;
        for (int n = 0; n < 3 * PER_SECOND; n++) {
            nowNanos += SECOND / PER_SECOND;
            Reason reason = ask(BOTS + n % BOT_COUNT, 1_024 + n);
            boolean isCounted = nowNanos - begin > 1_200_000_000L;
            syns += isCounted ? 1 : 0;
            dropped += isCounted && reason == Reason.DNS_FLOOD ? 1 : 0;
        }
        assertEquals(FloodKind.DNS, reports.getFirst().kind());
        assertTrue(dropped >= 0.99 * syns, dropped + " of " + syns + " SYNs dropped");
    }

    /** A connection for one question; says what became of its SYN. */
    private Reason ask(int source, int port) {
        Reason reason = send(source, port, TARGET, DNS, TcpFlags.SYN, 1, 0, 0);
        send(TARGET, DNS, source, port, TcpFlags.SYN | TcpFlags.ACK, 77, 2, 0);
        send(source, port, TARGET, DNS, TcpFlags.ACK, 2, 78, 0);
        send(source, port, TARGET, DNS, TcpFlags.ACK | TcpFlags.PSH, 2, 78, question());
        return reason;
    }

    private int question() {
        String label = Long.toString(random.nextLong() >>> 20, Character.MAX_RADIX);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0, 0, 7, (byte) random.nextInt(), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String part : new String[] {label, "example", ""}) {
            out.write(part.length());
            out.writeBytes(part.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes(new byte[] {0, 1, 0, 1});
        byte[] message = out.toByteArray();
        message[1] = (byte) (message.length - 2);
        MemorySegment.copy(message, 0, data, ValueLayout.JAVA_BYTE, 0, message.length);
        return message.length;
    }

    private Reason send(
            int from, int fromPort, int to, int toPort, int flags, int sequence, int acknowledgment, int length) {
        builder.addresses(0, IpAddress.mapped(from), 0, IpAddress.mapped(to)).timeToLive(57);
        if (length > 0) {
            builder.payload(data, 0, length);
        }
        int frame = builder.tcp(batch.frames, 0, fromPort, toPort, sequence, acknowledgment, flags, 64_240);
        batch.capturedLength[0] = frame;
        batch.wireLength[0] = frame;
        batch.timestampNanos[0] = nowNanos;
        engine.worker().judge(batch);
        return Verdict.reason(batch.verdict[0]);
    }
}
