package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.event.Event;
import io.weir.detector.flood.TrafficClass;
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
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Users whom nobody answers, or whose answers aren't in sight: they look like a flood, and are none. */
final class EngineOutageTest {
    private static final int TARGET = 0xc633_640a;
    private static final int CLIENTS = 0xc612_0000;
    private static final int SIP_PORT = 5060;
    private static final int REGISTER = Integer.reverseBytes(0x5245_4749); // "REGI", as a payload begins with it
    private static final long SECOND = 1_000_000_000L;
    private static final long BEGIN = 1_000_000 * SECOND;

    private final SplittableRandom random = new SplittableRandom(5);
    private final List<Sent> packets = new ArrayList<>();
    private final List<Event> floods = new ArrayList<>();
    private int dropped;
    /** Of the connections that are planned next. */
    private int toPort = 8_080;

    /** @param number what differs from packet to packet: a SYN's sequence number, a datagram's content */
    private record Sent(
            long nanos, int source, int target, int toPort, int port, int number, boolean isTcp, int flags) {}

    @Test
    void clientsThatRetryAHostThatIsGoneAreNoFlood() {
        retry(500, 0, 1, 3, 7, 15);
        judge();
        assertEquals(List.of(), floods);
        assertEquals(0, dropped);
    }

    @Test
    void asManySynsThatNeverComeAgainAre() {
        retry(2_000, 0);
        judge();
        assertFalse(floods.isEmpty());
    }

    @Test
    void soAreTheFramesThatAToolRepeatsAtOnce() {
        retry(500, 0, 0.1, 0.2, 0.3);
        judge();
        assertFalse(floods.isEmpty());
    }

    /** A service whose program has ended, beside one that answers; of its users a quarter have Windows. */
    @Test
    void clientsThatAreRefusedAreNoFloodThoughNoAnswerIsSeen() {
        toPort = 443;
        serve(20, 0, 20, 4_000);
        toPort = 8_080;
        for (int n = 0; n < 12 * 420; n++) {
            long nanos = BEGIN + 8 * SECOND + n * SECOND / 420;
            syn(nanos, 1_000 + random.nextInt(1_500), n % 4 == 0 ? new double[] {0, 0.5, 1} : new double[] {0});
        }
        judge();
        assertEquals(List.of(), floods);
    }

    @Test
    void clientsWhoWereServedBeforeAreNoFloodWhenTheServerFallsSilent() {
        serve(600, 0, 8, 2_000);
        for (int n = 0; n < 8 * 600; n++) {
            syn(BEGIN + 8 * SECOND + n * SECOND / 600, random.nextInt(2_000), 0);
        }
        judge();
        assertEquals(List.of(), floods);
    }

    @Test
    void strangersAreWhereTheHandshakesOfUsersGoOn() {
        serve(100, 0, 16, 400);
        for (int n = 0; n < 8 * 600; n++) {
            syn(BEGIN + 8 * SECOND + n * SECOND / 600, 10_000 + n, 0);
        }
        judge();
        assertFalse(floods.isEmpty());
    }

    /** So much of it that no sample is kept for a second. */
    @Test
    void strangersAreWhateverElseComesToAnotherHost() {
        serve(100, 0, 16, 400);
        for (int n = 0; n < 8 * 600; n++) {
            syn(BEGIN + 8 * SECOND + n * SECOND / 600, 10_000 + n, 0);
        }
        for (int n = 0; n < 10 * 5_000; n++) {
            long nanos = BEGIN + 6 * SECOND + n * SECOND / 5_000;
            packets.add(new Sent(nanos, 20_000 + n, TARGET + 1, 1 + n % 65_535, 30_000, n, false, 0));
        }
        judge();
        assertTrue(floods.stream().anyMatch(EngineOutageTest::isOfSyns), "no SYN flood");
    }

    /** Such as come again only after the second in which nothing tells them from users. */
    @Test
    void synsToAPortThatNobodyUsesAreAFloodThoughTheyComeAgain() {
        toPort = 443;
        serve(100, 0, 20, 400);
        toPort = 8_443;
        for (int n = 0; n < 8 * 600; n++) {
            syn(BEGIN + 10 * SECOND + n * SECOND / 600, 10_000 + n, 0, 1.005, 3.01);
        }
        judge();
        assertTrue(floods.stream().anyMatch(EngineOutageTest::isOfSyns), "no SYN flood");
    }

    private static boolean isOfSyns(Event event) {
        return ((Event.FloodChanged) event).report().trafficClass() == TrafficClass.SYN;
    }

    @Test
    void hostsThatWereThereBeforeMayReportMore() {
        datagrams(300, 0, 8, 30);
        datagrams(2_700, 8, 14, 30);
        judge();
        assertEquals(List.of(), floods);
    }

    @Test
    void strangersThatSendAsMuchAreAFlood() {
        datagrams(300, 0, 8, 30);
        datagrams(2_700, 8, 14, 60_000);
        judge();
        assertFalse(floods.isEmpty());
    }

    @Test
    void tenTimesTheUsersOfAServiceAreNoFloodThoughNoAnswerIsSeen() {
        datagrams(200, 0, 8, 60_000);
        datagrams(2_000, 8, 14, 60_000);
        judge();
        assertEquals(List.of(), floods);
    }

    @Test
    void whatNothingTellsFromUsersPassesUpToTheThreshold() {
        datagrams(200, 0, 8, 60_000);
        datagrams(3_200, 8, 14, 60_000);
        judge();
        assertFalse(floods.isEmpty());
        assertEquals(0, dropped);
    }

    /** So fast that the samples no longer hold the time before. */
    @Test
    void streamsThatBeginTogetherAreAFloodHoweverFast() {
        datagrams(100, 0, 8, 60_000);
        for (int n = 0; n < 4 * 13_600; n++) {
            int bot = n % 40;
            send(BEGIN + 8 * SECOND + n * SECOND / 13_600, bot, 20_000 + bot, random.nextInt(), false, 0);
        }
        judge();
        assertFalse(floods.isEmpty());
    }

    /** Video contributions that are believed after a second or so, from when on they count no more. */
    @Test
    void streamsThatAreThereWhenTheCaptureBeginsAreNoFloodOnceTheyAreBelieved() {
        streams(20, 500, 0, 0, 0);
        judge();
        assertEquals(List.of(), floods);
    }

    /** The first are believed before the last have begun, so that most of what counts then began of late. */
    @Test
    void streamsThatJoinOneAfterTheOtherAreNoFloodThoughTheFirstCountNoMore() {
        for (double joined : new double[] {0.8, 1, 1.2}) {
            packets.clear();
            datagrams(10, 0, 6, 7);
            streams(20, 400, 0.4, joined, 0);
            judge();
            assertEquals(List.of(), floods, "within " + joined + " s");
        }
    }

    @Test
    void phonesThatRegisterAgainAreNoFloodThoughNoAnswerIsSeen() {
        datagrams(50, 0, 6, 3_000);
        for (int phone = 0; phone < 9_000; phone++) {
            long nanos = BEGIN + 6 * SECOND + phone * SECOND / 1_600;
            send(nanos, phone, 30_000 + phone, random.nextInt(), false, 0);
            long again = nanos + 30_000_000 + random.nextInt(60_000_000);
            send(again, phone, 30_000 + phone, random.nextInt(), false, 0);
        }
        judge();
        assertEquals(List.of(), floods);
    }

    @Test
    void requestsFromThePortOfAServiceAreNoReflection() {
        datagrams(50, 0, 6, 3_000);
        for (int n = 0; n < 60_000; n++) {
            send(BEGIN + 6 * SECOND + n * SECOND / 12_000, n, SIP_PORT, REGISTER, false, 0);
        }
        judge();
        assertEquals("udp", ((Event.FloodChanged) floods.getFirst()).report().vector());
    }

    @Test
    void exportersThatReportAllAtOnceAreNoFlood() {
        streams(100, 1, 0, 1, 0);
        streams(100, 400, 6, 0.03, 6.15);
        streams(100, 400, 11, 0.03, 11.15);
        judge();
        assertEquals(List.of(), floods);
    }

    @Test
    void strangersThatReportAllAtOnceAreAFlood() {
        streams(100, 1, 0, 1, 0);
        streams(200, 400, 6, 0.03, 6.15);
        packets.removeIf(sent -> sent.nanos > BEGIN + 6 * SECOND && sent.source < 100);
        judge();
        assertFalse(floods.isEmpty());
    }

    /** Streams that begin evenly from a second on, each with its port; the end 0 is after 12 s. */
    private void streams(int count, int perSecond, double from, double joined, double end) {
        for (int stream = 0; stream < count; stream++) {
            double second = from + joined * stream / count;
            while (second < (end == 0 ? 12 : end)) {
                send(BEGIN + (long) (second * SECOND), stream, 20_000 + stream, random.nextInt(), false, 0);
                second += random.nextDouble(0.9, 1.1) / perSecond;
            }
        }
    }

    /** So many new SYNs a second for 20 s from 2,000 clients, each sent at these seconds. */
    private void retry(int perSecond, double... seconds) {
        for (int n = 0; n < 20 * perSecond; n++) {
            syn(BEGIN + n * SECOND / perSecond, random.nextInt(2_000), seconds);
        }
    }

    private void syn(long nanos, int client, double... seconds) {
        int port = random.nextInt(1_024, 65_536);
        int sequence = random.nextInt();
        for (double after : seconds) {
            send(nanos + (long) (after * SECOND), client, port, sequence, true, TcpFlags.SYN);
        }
    }

    /** Connections whose answers aren't seen. */
    private void serve(int perSecond, int from, int to, int clients) {
        for (int n = 0; n < (to - from) * perSecond; n++) {
            long nanos = BEGIN + from * SECOND + n * SECOND / perSecond;
            int client = n % clients;
            int port = random.nextInt(1_024, 65_536);
            int sequence = random.nextInt();
            send(nanos, client, port, sequence, true, TcpFlags.SYN);
            send(nanos + 30_000_000, client, port, sequence + 1, true, TcpFlags.ACK);
            send(nanos + 31_000_000, client, port, sequence + 1, true, TcpFlags.ACK | TcpFlags.PSH);
        }
    }

    private void datagrams(int perSecond, int from, int to, int clients) {
        for (int n = 0; n < (to - from) * perSecond; n++) {
            long nanos = BEGIN + from * SECOND + n * SECOND / perSecond;
            send(nanos, random.nextInt(clients), random.nextInt(1_024, 65_536), random.nextInt(), false, 0);
        }
    }

    private void send(long nanos, int source, int port, int number, boolean isTcp, int flags) {
        packets.add(new Sent(nanos, source, TARGET, isTcp ? toPort : 9_000, port, number, isTcp, flags));
    }

    private void judge() {
        packets.sort(Comparator.comparingLong(Sent::nanos));
        Engine engine = new Engine(Settings.withConnections(1 << 19), event -> {
            if (event instanceof Event.FloodChanged) {
                floods.add(event);
            }
        });
        PacketBatch batch = new PacketBatch();
        batch.frames = Arena.ofAuto().allocate(256);
        batch.size = 1;
        batch.linkType[0] = LinkType.ETHERNET;
        FrameBuilder builder = new FrameBuilder();
        MemorySegment payload = Arena.ofAuto().allocate(48);
        for (Sent sent : packets) {
            int length = frame(builder, payload, batch, sent);
            batch.capturedLength[0] = length;
            batch.wireLength[0] = length;
            batch.timestampNanos[0] = sent.nanos;
            engine.worker().judge(batch);
            dropped += Verdict.isDrop(batch.verdict[0]) ? 1 : 0;
        }
        engine.finish();
        assertTrue(dropped == 0 || !floods.isEmpty());
    }

    private static int frame(FrameBuilder builder, MemorySegment payload, PacketBatch batch, Sent sent) {
        builder.ipv4(CLIENTS + sent.source, sent.target).timeToLive(50 + sent.source % 8);
        payload.set(ValueLayout.JAVA_INT, 0, sent.number);
        if (!sent.isTcp) {
            return builder.payload(payload, 0, 48).udp(batch.frames, 0, sent.port, sent.toPort);
        }
        boolean isOpening = sent.flags == TcpFlags.SYN;
        builder.payload(payload, 0, (sent.flags & TcpFlags.PSH) == 0 ? 0 : 48);
        if (isOpening) {
            builder.maximumSegmentSize(1_460).sackPermitted().windowScale(7);
        }
        return builder.tcp(batch.frames, 0, sent.port, sent.toPort, sent.number, isOpening ? 0 : 7, sent.flags, 64_240);
    }
}
