package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests over HTTP/2 in clear text: those of pages and services, and floods of them. */
final class Http2FloodTest {
    private static final int TARGET = 0xc633_640a;
    private static final int CLIENTS = 0xc612_0000;
    /** From this client on: who attacks. */
    private static final int BOTS = 50_000;

    private static final int PORT = 8_080;
    private static final long SECOND = 1_000_000_000L;
    private static final long BEGIN = 1_000_000 * SECOND;
    private static final long ROUND_TRIP = 20_000_000;
    private static final int SEGMENT = 1_400;
    private static final byte[] NOTHING = {};
    private static final byte[] BEGINNING = bytes(
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
            frame(4, 0, 0, hex("000300000064")));
    private static final byte[] ANSWER_OF_CALL =
            bytes(frame(1, 4, 1, hex("88" + "5f8b1d75d0620d263d4c4d6564")), frame(0, 0, 1, new byte[40]));

    private final SplittableRandom random = new SplittableRandom(11);
    private final List<Sent> packets = new ArrayList<>();
    private final List<Event.FloodChanged> floods = new ArrayList<>();
    private int ofUsers;
    private int lostOfUsers;
    private int ofBots;
    private int lostOfBots;

    @SuppressWarnings("ArrayRecordComponent") // never compared, seen by nobody else
    private record Sent(long nanos, boolean isInward, int client, int port, int flags, int[] at, byte[] data) {}

    /** Twelve seconds of a site's users. */
    @BeforeEach
    void users() {
        for (int n = 0; n < 12 * 6; n++) {
            page(BEGIN + n * SECOND / 6 + random.nextLong(SECOND / 6), random.nextInt(400), 12);
        }
    }

    @Test
    void pagesOfAHundredStreamsAtOnceAreNoFlood() {
        for (int n = 0; n < 8 * 8; n++) {
            page(BEGIN + 4 * SECOND + n * SECOND / 8, random.nextInt(400), 100);
        }
        judge();
        assertEquals(List.of(), floods);
        assertEquals(0, lostOfUsers);
    }

    @Test
    void aServiceThatFewProgramsCallIsNone() {
        for (int n = 0; n < 4; n++) {
            long now = BEGIN + 5 * SECOND + n * 7_000_000L;
            Connection calling = new Connection(n, now);
            calling.say(now += ROUND_TRIP, bytes(BEGINNING, call(1)));
            calling.hear(now += 1_000_000, ANSWER_OF_CALL);
            for (int stream = 3; stream < 2 * 3_000; stream += 2) {
                calling.say(now += 2_000_000, call(stream));
                calling.hear(now + 500_000, frame(0, 0, stream, new byte[60]));
            }
        }
        judge();
        assertEquals(List.of(), floods);
        assertEquals(0, lostOfUsers);
    }

    @Test
    void requestsThatAreTakenBackAtOnceAreFoundAndDropped() {
        bots(20, 3_000, stream -> bytes(get(stream, "/", stream == 1), frame(3, 0, stream, hex("00000008"))));
        judge();
        assertFound("rapid-reset", 0.9);
    }

    @Test
    void fewThatAreTakenBackAreFoundToo() {
        bots(10, 300, stream -> bytes(get(stream, "/", stream == 1), frame(3, 0, stream, hex("00000008"))));
        judge();
        assertFound("rapid-reset", 0.7);
    }

    @Test
    void aFloodOfStreamsOnFewConnectionsIsFoundAndDropped() {
        bots(10, 4_000, stream -> get(stream, "/p" + random.nextInt(10), stream == 1));
        judge();
        assertFound("http-get", 0.9);
    }

    @Test
    void aFloodOfPingsIsFoundAndDropped() {
        bots(10, 6_000, stream -> stream == 1 ? get(1, "/", true) : frame(6, 0, 0, new byte[8]));
        judge();
        assertFound("http2-control", 0.9);
    }

    /** Anybody can say so of a request; only the server knows. */
    @Test
    void callsOfASiteThatHasNoProceduresAreAFlood() {
        bots(20, 4_000, Http2FloodTest::call);
        judge();
        assertFound("http-post", 0.7);
    }

    private void assertFound(String vector, double lost) {
        assertTrue(!floods.isEmpty(), "no flood");
        assertEquals(vector, floods.getLast().report().vector());
        assertTrue(lostOfBots > lost * ofBots, lostOfBots + " of " + ofBots + " of the flood's dropped");
        assertTrue(lostOfUsers <= 0.01 * ofUsers, lostOfUsers + " of " + ofUsers + " of the users' dropped");
    }

    /** What a bot sends on a stream of one connection. */
    private interface Sending {
        byte[] on(int stream);
    }

    private void bots(int connections, int perSecond, Sending sending) {
        for (int n = 0; n < connections; n++) {
            long now = BEGIN + 6 * SECOND + random.nextLong(SECOND / 10);
            Connection bot = new Connection(BOTS + n, now);
            bot.say(now += ROUND_TRIP, BEGINNING);
            int stream = 1;
            for (; now < BEGIN + 11 * SECOND; now += 10_000_000) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                for (int k = 0; k < Math.max(1, perSecond / 100 / connections); k++) {
                    out.writeBytes(sending.on(stream));
                    stream += 2;
                }
                bot.say(now, out.toByteArray());
                now += perSecond < 100 * connections ? SECOND * connections / perSecond - 10_000_000 : 0;
            }
        }
    }

    private void page(long nanos, int client, int streams) {
        Connection browser = new Connection(client, nanos);
        long now = nanos + ROUND_TRIP;
        browser.say(now, bytes(BEGINNING, get(1, "/", true)));
        browser.hear(now += 2_000_000, bytes(frame(1, 4, 1, hex("88")), new byte[SEGMENT]));
        now += ROUND_TRIP;
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        for (int stream = 3; stream < 2 * streams; stream += 2) {
            rest.writeBytes(get(stream, "/p" + random.nextInt(20), false));
        }
        browser.say(now, rest.toByteArray());
        for (int n = 0; n < streams; n++) {
            browser.hear(now += 300_000, new byte[SEGMENT]);
        }
        browser.end(now + ROUND_TRIP);
    }

    private static byte[] get(int stream, String path, boolean isFirst) {
        byte[] name = path.getBytes(StandardCharsets.US_ASCII);
        byte[] fields = bytes(
                hex("828604" + HexFormat.of().toHexDigits((byte) name.length)),
                name,
                hex(isFirst ? "4101" + "61" + "7a03" + "626f74" : "bfbe"));
        return frame(1, 5, stream, fields);
    }

    /** POST of a message to a procedure of a service. */
    private static byte[] call(int stream) {
        boolean isFirst = stream == 1;
        byte[] fields = hex(
                isFirst ? "8386" + "44062f532f476574" + "4101" + "61" + "5f8b1d75d0620d263d4c4d6564" : "8386c0bfbe");
        return bytes(frame(1, 4, stream, fields), frame(0, 1, stream, new byte[30]));
    }

    private static byte[] frame(int type, int flags, int stream, byte[] content) {
        byte[] header = hex(HexFormat.of().toHexDigits(content.length).substring(2)
                + HexFormat.of().toHexDigits((byte) type)
                + HexFormat.of().toHexDigits((byte) flags)
                + HexFormat.of().toHexDigits(stream));
        return bytes(header, content);
    }

    private static byte[] bytes(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    /** A connection that is opened at a time; whatever is said is acknowledged by what comes next. */
    private final class Connection {
        private final int client;
        private final int port = random.nextInt(1_024, 65_536);
        private int own = random.nextInt();
        private int other = random.nextInt();

        Connection(int client, long nanos) {
            this.client = client;
            add(nanos, true, TcpFlags.SYN, NOTHING);
            add(nanos + 100_000, false, TcpFlags.SYN | TcpFlags.ACK, NOTHING);
            add(nanos + ROUND_TRIP - 1_000_000, true, TcpFlags.ACK, NOTHING);
        }

        void say(long nanos, byte[] data) {
            for (int at = 0; at < data.length; at += SEGMENT) {
                byte[] part = Arrays.copyOfRange(data, at, Math.min(data.length, at + SEGMENT));
                add(nanos + at, true, TcpFlags.ACK | TcpFlags.PSH, part);
            }
        }

        void hear(long nanos, byte[] data) {
            add(nanos, false, TcpFlags.ACK | TcpFlags.PSH, data);
            add(nanos + 100_000, true, TcpFlags.ACK, NOTHING);
        }

        void end(long nanos) {
            add(nanos, true, TcpFlags.ACK | TcpFlags.FIN, NOTHING);
            add(nanos + 100_000, false, TcpFlags.ACK | TcpFlags.FIN, NOTHING);
        }

        private void add(long nanos, boolean isInward, int flags, byte[] data) {
            int acknowledged = flags == TcpFlags.SYN ? 0 : isInward ? other : own;
            packets.add(new Sent(
                    nanos, isInward, client, port, flags, new int[] {isInward ? own : other, acknowledged}, data));
            int length = data.length + ((flags & (TcpFlags.SYN | TcpFlags.FIN)) != 0 ? 1 : 0);
            own += isInward ? length : 0;
            other += isInward ? 0 : length;
        }
    }

    private void judge() {
        packets.sort(Comparator.comparingLong(Sent::nanos));
        Engine engine = new Engine(Settings.withConnections(1 << 16), event -> {
            if (event instanceof Event.FloodChanged changed) {
                floods.add(changed);
            }
        });
        PacketBatch batch = new PacketBatch();
        batch.frames = Arena.ofAuto().allocate(2_048);
        batch.size = 1;
        batch.linkType[0] = LinkType.ETHERNET;
        FrameBuilder builder = new FrameBuilder();
        MemorySegment payload = Arena.ofAuto().allocate(2_048);
        for (Sent sent : packets) {
            int length = write(builder, payload, batch, sent);
            batch.capturedLength[0] = length;
            batch.wireLength[0] = length;
            batch.timestampNanos[0] = sent.nanos;
            engine.worker().judge(batch);
            if (sent.isInward && sent.data.length > 0) {
                boolean isLost = Verdict.isDrop(batch.verdict[0]);
                boolean isBot = sent.client >= BOTS;
                ofBots += isBot ? 1 : 0;
                ofUsers += isBot ? 0 : 1;
                lostOfBots += isBot && isLost ? 1 : 0;
                lostOfUsers += !isBot && isLost ? 1 : 0;
            }
        }
        engine.finish();
    }

    private static int write(FrameBuilder builder, MemorySegment payload, PacketBatch batch, Sent sent) {
        int client = CLIENTS + sent.client;
        builder.ipv4(sent.isInward ? client : TARGET, sent.isInward ? TARGET : client)
                .timeToLive(sent.isInward ? 50 + sent.client % 8 : 64);
        MemorySegment.copy(sent.data, 0, payload, ValueLayout.JAVA_BYTE, 0, sent.data.length);
        builder.payload(payload, 0, sent.data.length);
        int from = sent.isInward ? sent.port : PORT;
        int to = sent.isInward ? PORT : sent.port;
        if ((sent.flags & TcpFlags.SYN) != 0) {
            builder.maximumSegmentSize(1_460).sackPermitted().windowScale(7);
        }
        return builder.tcp(batch.frames, 0, from, to, sent.at[0], sent.at[1], sent.flags, 64_240);
    }
}
