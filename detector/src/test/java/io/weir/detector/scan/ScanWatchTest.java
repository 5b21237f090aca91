package io.weir.detector.scan;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.window.SampleRing;
import io.weir.detector.window.SessionRing;
import io.weir.detector.window.SweepRing;
import io.weir.filter.address.IpAddress;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ScanWatchTest {
    private static final int SCANNER = 0xcb00_7107;
    private static final int HOST = 0xc633_640a;

    private final SampleRing samples = new SampleRing();
    private final SessionRing sessions = new SessionRing();
    private final SweepRing sweeps = new SweepRing();
    private final List<SuspectReport> reports = new ArrayList<>();
    private boolean isFlooding;
    private final ScanWatch watch =
            new ScanWatch(samples, sessions, sweeps, new FlowHash(1), new Flooded(), reports::add);

    private final class Flooded implements FloodedTargets {
        @Override
        public boolean areRequestsFlooding(long addressHigh, long addressLow) {
            return isFlooding;
        }

        @Override
        public boolean isFloodedBy(
                long sourceHigh, long sourceLow, int protocol, boolean isOpening, long addressHigh, long addressLow) {
            return isFlooding && sourceLow == IpAddress.mapped(SCANNER) && addressLow == IpAddress.mapped(HOST);
        }
    }

    private final PacketBatch batch = new PacketBatch();
    private long nowNanos = TimeUnit.DAYS.toNanos(20_000);

    @ParameterizedTest
    @CsvSource({"2, syn", "1, fin", "0, null", "41, xmas"})
    void manyPortsOfOneHostAreAVerticalScan(int flags, String method) {
        for (int port = 1; port <= 20; port++) {
            send(IpProtocol.TCP, flags, SCANNER, HOST, port);
        }
        pass(5_000);
        SuspectReport report = single();
        assertEquals(Suspicion.PORTS, report.suspicion());
        assertEquals(method, report.method());
        assertEquals("203.0.113.7", report.source());
        assertEquals("198.51.100.10", report.target());
        assertEquals(20, (double) report.distinct(), 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {TcpFlags.ACK, TcpFlags.ACK | TcpFlags.FIN})
    void segmentsOfNoConnectionToManyServicesAreAScanOfItsFilter(int flags) {
        for (int port = 1; port <= 20; port++) {
            send(IpProtocol.TCP, flags, SCANNER, HOST, port);
        }
        pass(5_000);
        assertEquals("ack", single().method());
    }

    @Test
    void lateSegmentsOfClosedConnectionsAreNone() {
        for (int port = 1; port <= 40; port++) {
            send(IpProtocol.TCP, TcpFlags.ACK | TcpFlags.FIN, SCANNER, HOST, 40_000 + port);
        }
        pass(5_000);
        assertEquals(List.of(), reports);
    }

    @Test
    void aToolThatFloodsPortAfterPortIsNoScanner() {
        isFlooding = true;
        for (int port = 1; port <= 40; port++) {
            send(IpProtocol.TCP, TcpFlags.SYN, SCANNER, HOST, port);
            send(IpProtocol.TCP, TcpFlags.SYN, SCANNER + 1, HOST, port);
        }
        pass(5_000);
        assertEquals("203.0.113.8", single().source());
    }

    @Test
    void aScanOfAllPortsIsCountedWithinFivePercentAsFarAsItGoes() {
        for (int port = 1; port <= 2_000; port++) {
            send(IpProtocol.TCP, TcpFlags.SYN, SCANNER, HOST, port * 7_919 & 0xffff);
            pass(8);
        }
        watch.finish(nowNanos);
        assertEquals(2_000, (double) reports.getLast().distinct(), 100);
        assertTrue(reports.getLast().isEnded());
    }

    @Test
    void aSlowScanIsFoundTooUnderTheNoiseOfTheInternet() {
        SplittableRandom random = new SplittableRandom(1);
        for (int port = 1; port <= 20; port++) {
            send(IpProtocol.TCP, TcpFlags.SYN, SCANNER, HOST, port);
            for (int n = 0; n < 200; n++) {
                send(IpProtocol.TCP, TcpFlags.SYN, random.nextInt(), HOST, 23);
                pass(300);
            }
        }
        assertEquals(Suspicion.PORTS, single().suspicion());
    }

    @Test
    void manyHostsOfOneNetworkAreAHorizontalScan() {
        for (int host = 0; host < 40; host++) {
            send(IpProtocol.TCP, TcpFlags.SYN, SCANNER, HOST + host, 445);
        }
        pass(5_000);
        SuspectReport report = single();
        assertEquals(Suspicion.HOSTS, report.suspicion());
        assertEquals("198.51.0.0/16", report.target());
        assertEquals(445, report.port());
    }

    @Test
    void peersAllOverTheInternetAreNoScan() {
        SplittableRandom random = new SplittableRandom(2);
        for (int peer = 0; peer < 500; peer++) {
            send(IpProtocol.TCP, TcpFlags.SYN, SCANNER, random.nextInt(0x0100_0000, 0x7f00_0000), 30_303);
        }
        pass(5_000);
        assertEquals(List.of(), reports);
    }

    @Test
    void whoseConnectionsOpenIsNoScanner() {
        for (int port = 1; port <= 30; port++) {
            send(IpProtocol.TCP, TcpFlags.SYN, SCANNER, HOST, port);
            send(IpProtocol.TCP, TcpFlags.SYN, SCANNER, HOST + port, 80);
            pass(40);
            open(SCANNER, HOST, port);
            open(SCANNER, HOST + port, 80);
        }
        pass(5_000);
        watch.finish(nowNanos);
        assertEquals(List.of(), reports);
    }

    @Test
    void aFloodOfSpoofedSourcesIsNoScan() {
        SplittableRandom random = new SplittableRandom(3);
        for (int n = 0; n < 200_000; n++) {
            send(IpProtocol.TCP, TcpFlags.SYN, random.nextInt(), HOST, random.nextInt(65_536));
            if (n % 100 == 0) {
                pass(8);
            }
        }
        watch.finish(nowNanos);
        assertEquals(List.of(), reports);
    }

    @Test
    void whoMayBeOneOfAFloodsBotsScansOtherHostsAlone() {
        isFlooding = true;
        for (int port = 1; port <= 40; port++) {
            send(IpProtocol.TCP, TcpFlags.SYN, SCANNER, HOST, port);
            send(IpProtocol.TCP, TcpFlags.SYN, SCANNER, HOST + 1, port);
        }
        pass(5_000);
        assertEquals("198.51.100.11", single().target());
    }

    @Test
    void udpToManyServicesIsAScanAndATracerouteIsNone() {
        for (int n = 0; n < 60; n++) {
            send(IpProtocol.UDP, 0, SCANNER, HOST + 1, 33_434 + n);
        }
        pass(5_000);
        assertEquals(List.of(), reports);
        for (int port = 1; port <= 40; port++) {
            send(IpProtocol.UDP, 0, SCANNER, HOST, port);
        }
        pass(5_000);
        assertEquals("udp", single().method());
    }

    @Test
    void answersToManyClientPortsAreNoScan() {
        for (int port = 1; port <= 60; port++) {
            batch.sourcePort[0] = 53;
            send(IpProtocol.UDP, 0, SCANNER, HOST, 5_000 + port);
        }
        pass(5_000);
        assertEquals(List.of(), reports);
    }

    @ParameterizedTest
    @ValueSource(ints = {21, 22, 23, 445, 3389, 5900})
    void manyConnectionsToAServiceWithPasswordsAreBruteForce(int port) {
        for (int n = 0; n < 12; n++) {
            open(SCANNER, HOST, port);
            pass(5_000);
        }
        SuspectReport report = single();
        assertEquals(Suspicion.SESSIONS, report.suspicion());
        assertEquals(port, report.port());
        pass(61_000);
        assertTrue(reports.getLast().isEnded());
        assertEquals(12, (double) reports.getLast().distinct(), 1);
    }

    @Test
    void aMailServerThatBringsMuchAndAnAdministratorAreNone() {
        for (int n = 0; n < 40; n++) {
            open(SCANNER, HOST, 25);
            if (n % 4 == 0) {
                open(SCANNER, HOST + 1, 22);
            }
            pass(10_000);
        }
        assertEquals(List.of(), reports);
    }

    @Test
    void whoGuessesByTheHourIsFoundToo() {
        for (int n = 0; n < 64; n++) {
            open(SCANNER, HOST, 22);
            pass(25_000);
        }
        assertEquals(Suspicion.SESSIONS, reports.getFirst().suspicion());
    }

    @Test
    void whoWorksOnAHostOrHasAMachineDoSoIsNone() {
        for (int n = 0; n < 120; n++) {
            open(SCANNER, HOST, 22);
            pass(45_000);
        }
        assertEquals(List.of(), reports);
    }

    @Test
    void atTheEndOfTheInputWhatWasEnoughIsToldAndEnded() {
        for (int port = 1; port <= 20; port++) {
            send(IpProtocol.TCP, TcpFlags.SYN, SCANNER, HOST, port);
        }
        watch.finish(nowNanos);
        assertEquals(2, reports.size());
        assertEquals(reports.getFirst().id(), reports.getLast().id());
    }

    @Test
    void postedLoginsAreBruteForceButNotWhereRequestsFlood() {
        postLogins(40);
        assertEquals(Suspicion.LOGINS, single().suspicion());
        pass(120_000);
        reports.clear();
        isFlooding = true;
        postLogins(400);
        isFlooding = false;
        pass(120_000);
        watch.finish(nowNanos);
        assertEquals(List.of(), reports);
    }

    @Test
    void basicCredentialsThatDifferEachTimeAreBruteForce() {
        for (int n = 0; n < 40; n++) {
            request("GET /admin HTTP/1.1\r\nAuthorization: Basic " + 7_919 * n + "\r\n\r\n");
        }
        pass(5_000);
        assertEquals(Suspicion.LOGINS, single().suspicion());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void guessesThatAreSentAgainAtOnceAreGuesses(int times) {
        for (int n = 0; n < 40 * times; n++) {
            request("GET /admin HTTP/1.1\r\nAuthorization: Basic " + 7_919 * (n / times) + "\r\n\r\n");
        }
        pass(5_000);
        assertEquals(Suspicion.LOGINS, single().suspicion());
    }

    @Test
    void colleaguesWhoComeOneAfterTheOtherGuessNothing() {
        for (int n = 0; n < 600; n++) {
            request("GET /p" + n + " HTTP/1.1\r\nAuthorization: Basic " + 7_919 * (n / 10) + "\r\n\r\n");
        }
        watch.finish(nowNanos);
        assertEquals(List.of(), reports);
    }

    @Test
    void whoBringsTheSameCredentialsForManyPagesGuessesNothing() {
        for (int n = 0; n < 400; n++) {
            request("GET /dav/" + n + " HTTP/1.1\r\nAuthorization: Basic Ym9iOnNlY3JldA==\r\n\r\n");
        }
        watch.finish(nowNanos);
        assertEquals(List.of(), reports);
    }

    @Test
    void colleaguesWithCredentialsOfTheirOwnBehindOneAddressGuessNothing() {
        SplittableRandom random = new SplittableRandom(2);
        for (int n = 0; n < 600; n++) {
            request("GET /p" + n + " HTTP/1.1\r\nAuthorization: Basic " + 7_919 * random.nextInt(60) + "\r\n\r\n");
        }
        watch.finish(nowNanos);
        assertEquals(List.of(), reports);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Digest username=\"bob\", nc=0000000%d, response=\"%d\"",
                "AWS4-HMAC-SHA256 Credential=A/1/s3, Signature=%d%d",
                "Bearer %d.%d"
            })
    void whatIsSignedAnewForEachRequestIsNoGuess(String authorization) {
        for (int n = 0; n < 400; n++) {
            request("GET /o HTTP/1.1\r\nAuthorization: " + authorization.formatted(n, n) + "\r\n\r\n");
        }
        watch.finish(nowNanos);
        assertEquals(List.of(), reports);
    }

    @Test
    void manyWhoLogInBehindOneAddressAndThenLookAroundGuessNothing() {
        for (int user = 0; user < 60; user++) {
            request("POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            for (int page = 0; page < 8; page++) {
                request("GET /home" + page + " HTTP/1.1\r\nHost: a\r\n\r\n");
            }
        }
        watch.finish(nowNanos);
        assertEquals(List.of(), reports);
    }

    private void postLogins(int count) {
        for (int n = 0; n < count; n++) {
            request("POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        }
        pass(5_000);
    }

    private void request(String text) {
        byte[] request = text.getBytes(US_ASCII);
        batch.frames = Arena.ofAuto().allocate(request.length);
        MemorySegment.copy(request, 0, batch.frames, ValueLayout.JAVA_BYTE, 0, request.length);
        batch.payloadLength[0] = request.length;
        batch.payloadCaptured[0] = request.length;
        batch.application[0] = (byte) Application.HTTP_REQUEST.ordinal();
        send(IpProtocol.TCP, TcpFlags.ACK | TcpFlags.PSH, SCANNER, HOST, 80);
        pass(100);
    }

    private SuspectReport single() {
        assertEquals(1, reports.size(), reports::toString);
        return reports.getFirst();
    }

    private void send(int protocol, int flags, int source, int destination, int port) {
        batch.ipVersion[0] = 4;
        batch.transportOffset[0] = 34;
        batch.protocol[0] = protocol;
        batch.tcpFlags[0] = flags;
        batch.sourceLow[0] = IpAddress.mapped(source);
        batch.destinationLow[0] = IpAddress.mapped(destination);
        batch.sourcePort[0] = batch.sourcePort[0] == 53 ? 53 : 40_000;
        batch.destinationPort[0] = port;
        samples.add(batch, 0, 0, -1, 0, nowNanos);
    }

    private void open(int source, int destination, int port) {
        batch.sourceLow[0] = IpAddress.mapped(source);
        batch.destinationLow[0] = IpAddress.mapped(destination);
        batch.destinationPort[0] = port;
        sessions.add(batch, 0);
        watch.tick(nowNanos);
    }

    private void pass(int millis) {
        int step = millis < 1_000 ? millis : 1_000;
        for (int n = 0; n < millis / step; n++) {
            nowNanos += TimeUnit.MILLISECONDS.toNanos(step);
            watch.tick(nowNanos);
        }
    }
}
