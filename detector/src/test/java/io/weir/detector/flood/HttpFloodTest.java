package io.weir.detector.flood;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.detector.testing.Scene;
import io.weir.detector.window.SampleRing;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that come through few addresses: of tools, and of proxies and networks behind which many people are. */
final class HttpFloodTest {
    private static final int SOURCE = 0xcb00_7107;
    private static final double LIMIT =
            BuiltInThresholds.ADDRESS.of(TrafficClass.HTTP).packetsPerSecond();

    private final Scene scene = new Scene(BuiltInThresholds.ADDRESS, Thresholds.UNLIMITED);
    private final SplittableRandom random = new SplittableRandom(3);

    @Test
    void queriesOfOtherNamesOnNewConnectionsAreCacheBusting() {
        scene.tick().pass(10_000);
        send(0.15 * LIMIT, 1, () -> get("/?" + word() + "=" + word()) + end());
        assertEquals("pattern", scene.reports().getFirst().detection().detector());
    }

    @Test
    void applicationsThatAskForWhatIsNewAreNone() {
        scene.tick().pass(10_000);
        send(0.25 * LIMIT, 1, () -> get("/api/messages?since=" + word() + "&token=" + word()) + end());
        assertEquals(List.of(), scene.reports());
    }

    @Test
    void aProxyInFrontOfAServerBringsManyPeople() {
        sendFor(70, 0.05 * LIMIT, 3, this::ofProxy);
        send(2 * LIMIT, 3, this::ofProxy);
        assertEquals(List.of(), scene.reports());
    }

    @Test
    void aProxyThatWasThereWhenTheStreamBeganBringsManyPeople() {
        send(2 * LIMIT, 3, this::ofProxy);
        assertEquals(List.of(), scene.reports());
    }

    @Test
    void aNewcomerIsOneClientWhoeverItSaysItAsksFor() {
        scene.tick().pass(10_000);
        send(2 * LIMIT, 3, this::ofProxy);
        assertEquals(1, scene.floods().size());
    }

    @Test
    void aTrustedProxyIsBelievedFromTheBeginning() {
        scene.monitor()
                .trust(IntStream.range(0, 3)
                        .mapToObj(n -> IpPrefix.host(0, IpAddress.mapped(SOURCE + n)))
                        .toList());
        scene.tick().pass(10_000);
        send(2 * LIMIT, 3, this::ofProxy);
        assertEquals(List.of(), scene.reports());
    }

    @Test
    void aNewcomerBesideAProxyIsOneClient() {
        sendFor(70, 0.05 * LIMIT, 3, this::ofProxy);
        send(2 * LIMIT, 4, this::ofProxy);
        assertEquals(1, scene.floods().size());
    }

    @Test
    void newcomersThatNamePeopleCrowdOutNoProxy() {
        sendFor(70, 0.05 * LIMIT, 3, this::ofProxy);
        sendFor(6, 0.3 * LIMIT, 1 << 16, this::ofProxy);
        scene.pass(3_000);
        send(2 * LIMIT, 3, this::ofProxy);
        assertEquals(List.of(), scene.reports());
    }

    @Test
    void whoInventedANameForEachRequestInPeaceIsBelievedNone() {
        sendFor(70, 0.05 * LIMIT, 3, () -> page() + forwarded(random.nextInt()) + end());
        send(2 * LIMIT, 3, this::ofProxy);
        assertEquals(1, scene.floods().size());
    }

    @Test
    void aProxyThatNamesNobodyIsOneClient() {
        scene.tick().pass(10_000);
        send(2 * LIMIT, 3, () -> page() + end());
        assertEquals(1, scene.floods().size());
    }

    @Test
    void clientsThatNeverComeAgainAreMadeUp() {
        scene.tick().pass(10_000);
        send(2 * LIMIT, 3, () -> page() + forwarded(random.nextInt()) + end());
        assertEquals(1, scene.floods().size());
    }

    @Test
    void everybodyAtOnePathIsNoCrowd() {
        scene.tick().pass(10_000);
        send(2 * LIMIT, 3, () -> get("/") + forwarded(random.nextInt(700)) + end());
        assertEquals(1, scene.floods().size());
    }

    @ParameterizedTest
    @CsvSource({"1.6, 0, 0", "0.7, 1.5, 1", "0.3, 0.5, 1"})
    void aToolDoesntHideAmongPeopleWhoComeAndGo(double people, double tool, int floods) {
        scene.tick().pass(10_000);
        comeAndGo(people * LIMIT, tool * LIMIT, false);
        assertEquals(floods, scene.floods().size());
    }

    @ParameterizedTest
    @CsvSource({"true, 10000", "false, 0"})
    void aProgramThatWasThereOrThatNobodyCanKnowYetIsNoToolAmongPeople(boolean isKnown, int passedMillis) {
        scene.tick().pass(passedMillis);
        comeAndGo(0.7 * LIMIT, 1.5 * LIMIT, isKnown);
        assertEquals(List.of(), scene.floods());
    }

    /** Three seconds of people, each with eight requests on two connections, and of a tool on twelve. */
    private void comeAndGo(double peoplePerSecond, double toolPerSecond, boolean isToolKnown) {
        int target = scene.target(1);
        int asked = 0;
        for (int tick = 0; tick < 375; tick++) {
            int people = (int) ((tick + 1) * 0.008 * peoplePerSecond) - asked;
            int first = asked;
            asked += people;
            scene.send(target, TrafficClass.SYN, people / 4, 60, TrafficShapes.tcp(TcpFlags.SYN, 9));
            for (int n = 0; n < people / 4; n++) {
                scene.complete(target, scene.nowNanos() - 1, -SampleRing.CAPACITY);
            }
            scene.send(target, TrafficClass.HTTP, people, 500, (batch, n) -> {
                int number = first + n;
                request(batch, page() + end(), SOURCE + 1_000 + number / 8, 1_024 + number / 4 % 60_000);
            });
            scene.know(isToolKnown).send(target, TrafficClass.HTTP, (int) (0.008 * toolPerSecond), 500, (batch, n) -> {
                request(batch, page() + end(), SOURCE, 1_024 + random.nextInt(12));
            });
            scene.know(false).tick();
        }
    }

    private String ofProxy() {
        return page() + forwarded(random.nextInt(700)) + end();
    }

    private void send(double perSecond, int sources, Supplier<String> requests) {
        sendFor(3, perSecond, sources, requests);
    }

    /** Seconds of requests from some sources, each on a connection of its own. */
    private void sendFor(int seconds, double perSecond, int sources, Supplier<String> requests) {
        scene.tick();
        scene.stream(scene.target(1), TrafficClass.HTTP, perSecond, 1_000L * seconds, (batch, n) -> {
            request(batch, requests.get(), SOURCE + random.nextInt(sources), random.nextInt(1_024, 65_536));
        });
    }

    private static void request(PacketBatch batch, String text, int source, int port) {
        byte[] request = text.getBytes(US_ASCII);
        batch.frames = Arena.ofAuto().allocate(request.length);
        MemorySegment.copy(request, 0, batch.frames, ValueLayout.JAVA_BYTE, 0, request.length);
        batch.payloadLength[0] = request.length;
        batch.payloadCaptured[0] = request.length;
        batch.application[0] = (byte) Application.HTTP_REQUEST.ordinal();
        batch.protocol[0] = IpProtocol.TCP;
        batch.sourceLow[0] = IpAddress.mapped(source);
        batch.sourcePort[0] = port;
        batch.destinationPort[0] = 80;
    }

    private String page() {
        return get("/page/" + random.nextInt(100));
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n";
    }

    private static String forwarded(int client) {
        return "X-Forwarded-For: " + IpAddress.format(0, IpAddress.mapped(client)) + ", 192.0.2.1\r\n";
    }

    private static String end() {
        return "\r\n";
    }

    private String word() {
        return Integer.toString(random.nextInt(1 << 30), Character.MAX_RADIX);
    }
}
