package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.event.Event;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Verdict;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Services whose users come many at once, from few addresses, or have been many before anybody looked. */
final class BusyServiceTest {
    private static final int TARGET = 0xc633_640a;
    private static final int CLIENTS = 0xc612_0000;
    /** From this client on: those whom a test looks at. */
    private static final int FEW = 50_000;

    private static final long SECOND = 1_000_000_000L;
    private static final long BEGIN = 1_000_000 * SECOND;
    private static final long ROUND_TRIP = 30_000_000;
    private static final int HTTPS = 443;
    private static final int DNS = 53;
    private static final int SEGMENT = 1_200;
    private static final byte[] NOTHING = {};
    private static final byte[] CIPHERTEXT = record(23, 0, 300);

    private final SplittableRandom random = new SplittableRandom(7);
    private final List<Sent> packets = new ArrayList<>();
    private final List<Event> floods = new ArrayList<>();
    private int asked;
    private int lost;
    private int lostOfFew;

    /** @param isRequest whether it begins a handshake or is a question */
    @SuppressWarnings("ArrayRecordComponent") // never compared, seen by nobody else
    private record Sent(
            long nanos,
            boolean isInward,
            int source,
            int port,
            int flags,
            int sequence,
            int acknowledgment,
            byte[] data,
            boolean isRequest) {}

    @Test
    void anOfficeThatLogsInAtOnceIsNoFlood() {
        users(20, 0, 20, 400, 12);
        for (int browser = 0; browser < 120; browser++) {
            long begin = BEGIN + 12 * SECOND + random.nextLong(5 * SECOND);
            for (int connection = 0; connection < 18; connection++) {
                connect(begin + connection / 6 * 500_000_000L + random.nextLong(50_000_000), FEW, 12);
            }
        }
        judge();
        assertEquals(List.of(), floods);
        assertEquals(0, lost);
    }

    @Test
    void anAddressThatOnlyShakesHandsIs() {
        users(20, 0, 20, 400, 12);
        for (int n = 0; n < 8 * 450; n++) {
            connect(BEGIN + 12 * SECOND + n * SECOND / 450, FEW, 0);
        }
        judge();
        assertFalse(floods.isEmpty());
        assertTrue(lost > 2_000, lost + " of " + asked + " refused");
    }

    @Test
    void ofAServiceBeyondItsThresholdOnlyTheExcessIsLost() {
        users(1_400, 0, 12, 3_000, 0);
        judge();
        assertTrue(lost < 0.36 * asked, lost + " of " + asked + " refused");
    }

    @Test
    void ofOneWhoseUsersAreBehindFewAddressesToo() {
        users(1_400, 0, 12, 300, 1);
        judge();
        assertTrue(lost < 0.36 * asked, lost + " of " + asked + " refused");
    }

    @Test
    void ofOneThatFewFillUpItsUsersLoseNothing() {
        users(500, 0, 12, 3_000, 0);
        for (int n = 0; n < 12 * 1_000; n++) {
            connect(BEGIN + n * SECOND / 1_000, FEW + n % 4, 0);
        }
        judge();
        assertTrue(lostOfFew > 0.85 * 12 * 1_000, lostOfFew + " of the few refused");
        assertTrue(lost - lostOfFew < 0.01 * 12 * 500, lost - lostOfFew + " of the users refused");
    }

    @Test
    void resolversMayAskMoreThanUsual() {
        questions(150, 0, 15, 300, 200);
        questions(700, 15, 25, 300, 200);
        judge();
        assertEquals(List.of(), floods);
        assertEquals(0, lost);
    }

    @Test
    void soMayManyWhoHaveAskedBefore() {
        questions(150, 0, 30, 2_000, 2);
        questions(700, 30, 40, 2_000, 2);
        judge();
        assertEquals(List.of(), floods);
        assertEquals(0, lost);
    }

    @Test
    void aNameThatIsAskedForOverAndOverIsAFlood() {
        questions(150, 0, 15, 300, 200);
        questions(150, 15, 25, 300, 200);
        questions(600, 15, 25, 60_000, 1);
        judge();
        assertFalse(floods.isEmpty());
    }

    private void users(int perSecond, int from, int to, int clients, int requests) {
        for (int n = 0; n < (to - from) * perSecond; n++) {
            long nanos = BEGIN + from * SECOND + n * SECOND / perSecond;
            connect(nanos + random.nextLong(SECOND / perSecond), random.nextInt(clients), requests);
        }
    }

    /** A connection with a TLS handshake, and so many requests on it. */
    private void connect(long nanos, int client, int requests) {
        int port = random.nextInt(1_024, 65_536);
        int[] next = {random.nextInt(), random.nextInt()};
        long now = nanos;
        send(now, true, client, port, TcpFlags.SYN, next, NOTHING, false);
        next[0]++;
        send(now += 100_000, false, client, port, TcpFlags.SYN | TcpFlags.ACK, next, NOTHING, false);
        next[1]++;
        send(now += ROUND_TRIP, true, client, port, TcpFlags.ACK, next, NOTHING, false);
        send(now += 200_000, true, client, port, TcpFlags.ACK | TcpFlags.PSH, next, hello(), true);
        now = answer(now, client, port, next, 3);
        if (requests > 0) {
            send(now += 500_000, true, client, port, TcpFlags.ACK | TcpFlags.PSH, next, CIPHERTEXT, false);
        }
        for (int n = 0; n < requests; n++) {
            send(now += 5_000_000, true, client, port, TcpFlags.ACK | TcpFlags.PSH, next, CIPHERTEXT, false);
            now = answer(now, client, port, next, 4);
        }
        send(now += 1_000_000, true, client, port, TcpFlags.ACK | TcpFlags.FIN, next, NOTHING, false);
        next[0]++;
        send(now += 100_000, false, client, port, TcpFlags.ACK | TcpFlags.FIN, next, NOTHING, false);
        next[1]++;
        send(now + ROUND_TRIP, true, client, port, TcpFlags.ACK, next, NOTHING, false);
    }

    /** So many segments of an answer, every second of them acknowledged. */
    private long answer(long nanos, int client, int port, int[] next, int segments) {
        long now = nanos + 300_000;
        for (int n = 0; n < segments; n++) {
            send(now, false, client, port, TcpFlags.ACK, next, record(n == 0 ? 22 : 23, 2, SEGMENT), false);
            if (n % 2 == 1 || n == segments - 1) {
                send(now + ROUND_TRIP, true, client, port, TcpFlags.ACK, next, NOTHING, false);
            }
            now += 20_000;
        }
        return now + ROUND_TRIP;
    }

    private void send(
            long nanos, boolean isInward, int client, int port, int flags, int[] next, byte[] data, boolean isRequest) {
        int own = isInward ? 0 : 1;
        int acknowledgment = flags == TcpFlags.SYN ? 0 : next[1 - own];
        packets.add(new Sent(nanos, isInward, client, port, flags, next[own], acknowledgment, data, isRequest));
        next[own] += data.length;
    }

    private void questions(int perSecond, int from, int to, int resolvers, int names) {
        for (int n = 0; n < (to - from) * perSecond; n++) {
            long nanos = BEGIN + from * SECOND + n * SECOND / perSecond;
            int name = (int) Math.pow(names, random.nextDouble());
            int port = random.nextInt(1_024, 65_536);
            byte[] question = question(name);
            int resolver = random.nextInt(resolvers);
            packets.add(new Sent(nanos, true, resolver, port, 0, 0, 0, question, true));
            byte[] answer = question.clone();
            answer[2] = (byte) 0x84;
            packets.add(new Sent(nanos + 200_000, false, resolver, port, 0, 0, 0, answer, false));
        }
    }

    private byte[] question(int name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) random.nextInt(), (byte) random.nextInt(), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String part : new String[] {"host-" + name, "example", "com", ""}) {
            out.write(part.length());
            out.writeBytes(part.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes(new byte[] {0, 1, 0, 1});
        return out.toByteArray();
    }

    /** A ClientHello (RFC 8446 section 4.1.2) as short as can be. */
    private byte[] hello() {
        byte[] hello = record(22, 1, 120);
        hello[9] = 3;
        hello[10] = 3;
        for (int i = 11; i < 43; i++) {
            hello[i] = (byte) random.nextInt();
        }
        hello[45] = 2; // one suite
        hello[46] = 0x13;
        hello[47] = 1;
        hello[48] = 1; // no compression
        hello[51] = 71; // one extension, padding (RFC 7685)
        hello[53] = 21;
        hello[55] = 67;
        return hello;
    }

    private static byte[] record(int type, int message, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        bytes[0] = (byte) type;
        bytes[1] = 3;
        bytes[2] = (byte) (message == 1 ? 1 : 3);
        bytes[3] = (byte) (lengthBytes - 5 >>> 8);
        bytes[4] = (byte) (lengthBytes - 5);
        bytes[5] = (byte) message;
        bytes[7] = (byte) (lengthBytes - 9 >>> 8);
        bytes[8] = (byte) (lengthBytes - 9);
        return bytes;
    }

    private void judge() {
        packets.sort(Comparator.comparingLong(Sent::nanos));
        Engine engine = new Engine(Settings.withConnections(1 << 19), event -> {
            if (event instanceof Event.FloodChanged) {
                floods.add(event);
            }
        });
        PacketBatch batch = new PacketBatch();
        batch.frames = Arena.ofAuto().allocate(2_048);
        batch.size = 1;
        batch.linkType[0] = LinkType.ETHERNET;
        FrameBuilder builder = new FrameBuilder();
        MemorySegment payload = Arena.ofAuto().allocate(2_048);
        for (Sent sent : packets) {
            int length = frame(builder, payload, batch, sent);
            batch.capturedLength[0] = length;
            batch.wireLength[0] = length;
            batch.timestampNanos[0] = sent.nanos;
            engine.worker().judge(batch);
            boolean isLost = sent.isRequest && Verdict.isDrop(batch.verdict[0]);
            asked += sent.isRequest ? 1 : 0;
            lost += isLost ? 1 : 0;
            lostOfFew += isLost && sent.source >= FEW ? 1 : 0;
        }
        engine.finish();
    }

    private static int frame(FrameBuilder builder, MemorySegment payload, PacketBatch batch, Sent sent) {
        int client = CLIENTS + sent.source;
        builder.ipv4(sent.isInward ? client : TARGET, sent.isInward ? TARGET : client)
                .timeToLive(sent.isInward ? 50 + sent.source % 8 : 64);
        MemorySegment.copy(sent.data, 0, payload, ValueLayout.JAVA_BYTE, 0, sent.data.length);
        builder.payload(payload, 0, sent.data.length);
        int service = sent.flags == 0 ? DNS : HTTPS;
        int from = sent.isInward ? sent.port : service;
        int to = sent.isInward ? service : sent.port;
        if (sent.flags == 0) {
            return builder.udp(batch.frames, 0, from, to);
        }
        if ((sent.flags & TcpFlags.SYN) != 0) {
            builder.maximumSegmentSize(1_460).sackPermitted().windowScale(7);
        }
        return builder.tcp(batch.frames, 0, from, to, sent.sequence, sent.acknowledgment, sent.flags, 64_240);
    }
}
