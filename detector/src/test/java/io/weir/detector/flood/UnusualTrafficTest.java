package io.weir.detector.flood;

import static io.weir.detector.flood.TrafficShapes.fragments;
import static io.weir.detector.flood.TrafficShapes.tcp;
import static io.weir.detector.flood.TrafficShapes.udp;
import static io.weir.filter.packet.TcpFlags.ACK;
import static io.weir.filter.packet.TcpFlags.RST;
import static io.weir.filter.packet.TcpFlags.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.flood.FloodReport.State;
import io.weir.detector.testing.Scene;
import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a flood below its threshold, and what isn't. */
final class UnusualTrafficTest {
    private static final int LIMIT = 1_000;
    private static final int MANY = 60_000;
    private static final Thresholds OF_ADDRESS =
            new Thresholds(Limit.NONE, Collections.nCopies(TrafficClass.count(), Limit.ofPackets(LIMIT)));

    private final Scene scene = new Scene(OF_ADDRESS, OF_ADDRESS.times(4));
    private final Deque<Long> pending = new ArrayDeque<>();

    @ParameterizedTest
    @ValueSource(strings = {"ACK", "UDP", "ICMP", "SYN"})
    void halfAThresholdIsAFloodWithin1200MillisecondsWhereNothingIsUsual(String name) {
        int target = peace();
        long begin = scene.nowNanos();
        TrafficClass trafficClass = TrafficClass.valueOf(name);
        Scene.Shape shape = switch (trafficClass) {
            case SYN -> tcp(SYN, MANY);
            case ACK -> tcp(ACK, MANY);
            default -> udp(MANY);
        };
        scene.stream(target, trafficClass, 0.5 * LIMIT, 1_200, shape);
        assertEquals(1, scene.floods().size());
        FloodReport report = scene.reports().getFirst();
        assertEquals("baseline", report.detection().detector());
        assertEquals(350, report.threshold());
        assertEquals(begin / 1e9, report.startNanos() / 1e9, 0.15);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ACK", "UDP", "ICMP"})
    void soIsItWithin400MillisecondsWhereEachPacketTells(String name) {
        int target = peace();
        TrafficClass trafficClass = TrafficClass.valueOf(name);
        Scene.Shape shape = trafficClass == TrafficClass.ACK ? tcp(ACK, MANY) : udp(MANY);
        scene.stream(target, trafficClass, 0.5 * LIMIT, 400, shape);
        assertEquals(1, scene.floods().size());
    }

    @Test
    void streamsThatBeginOneAfterTheOtherAreNone() {
        int target = peace();
        int[] packets = {0};
        for (int calls = 1; calls <= 40; calls++) {
            int all = calls;
            scene.stream(target, TrafficClass.UDP, 40.0 * calls, 40, (batch, n) -> call(batch, packets[0]++, all));
        }
        assertEquals(0, scene.reports().size());
    }

    @Test
    void streamsThatBeginAllAtOnceAreBots() {
        int target = peace();
        int[] packets = {0};
        scene.stream(target, TrafficClass.UDP, 0.8 * LIMIT, 1_200, (batch, n) -> call(batch, packets[0]++, 40));
        assertEquals(1, scene.floods().size());
    }

    @Test
    void streamsOfOneAndTheSamePacketAreATools() {
        int target = peace();
        int[] packets = {0};
        for (int calls = 1; calls <= 40; calls++) {
            int all = calls;
            scene.stream(target, TrafficClass.UDP, 40.0 * calls, 40, (batch, n) -> {
                call(batch, packets[0]++, all);
                batch.payloadLength[0] = 100;
            });
        }
        assertEquals(1, scene.floods().size());
    }

    /** A packet of one of so many calls, its content another than that of the call's last. */
    private static void call(PacketBatch batch, int packet, int calls) {
        batch.protocol[0] = IpProtocol.UDP;
        batch.sourceLow[0] = IpAddress.mapped(0xc612_0000 + packet % calls);
        batch.sourcePort[0] = 40_000 + packet % calls;
        batch.destinationPort[0] = 5_004;
        batch.payloadLength[0] = 100 + packet / calls % 50;
    }

    @Test
    void aBurstOfAQuarterOfASecondIsNone() {
        int target = peace();
        for (int n = 0; n < 5; n++) {
            scene.stream(target, TrafficClass.ACK, 1.2 * LIMIT, 256, tcp(ACK, MANY))
                    .pass(1_500);
        }
        assertEquals(0, scene.reports().size());
    }

    @Test
    void synsWithHardlyAWindowAreAFloodFarBelowTheThreshold() {
        scene.tick();
        Scene.Shape shape = tcp(SYN, MANY);
        Scene.Shape small = (batch, n) -> {
            shape.set(batch, n);
            batch.tcpWindow[0] = 16;
        };
        scene.stream(scene.target(1), TrafficClass.SYN, 125, 1_000, small);
        assertEquals(1, scene.floods().size());
        assertEquals("pattern", scene.reports().getFirst().detection().detector());
    }

    @Test
    void synsOfOneSequenceNumberAreATools() {
        int target = peace();
        Scene.Shape shape = tcp(SYN, 1);
        scene.stream(target, TrafficClass.SYN, 0.6 * LIMIT, 480, (batch, n) -> {
            shape.set(batch, n);
            batch.tcpSequence[0] = 42;
            batch.sourcePort[0] = 1024 + (int) (scene.nowNanos() / 1_000_000 % 50_000) * 8 % 50_000 + n;
        });
        assertEquals(1, scene.floods().size());
    }

    @Test
    void resetsToEachPortAreNoScan() {
        int target = peace();
        scene.stream(target, TrafficClass.ACK, 1.5 * LIMIT, 480, TrafficShapes.toEachPort(tcp(RST, 1)));
        assertEquals(1, scene.floods().size());
    }

    @Test
    void datagramsWithoutContentToEachPortAreAScan() {
        int target = peace();
        scene.stream(target, TrafficClass.UDP, 7.2 * LIMIT, 8_000, TrafficShapes.toEachPort(udp(40_000, 1)));
        assertEquals(0, scene.reports().size());
    }

    @Test
    void afterEveryPortWasAskedTwiceTheyAreAFlood() {
        int target = peace();
        scene.stream(target, TrafficClass.UDP, 3.5 * LIMIT, 40_000, TrafficShapes.toEachPort(udp(40_000, 1)));
        assertEquals(1, scene.floods().size());
    }

    @Test
    void longDatagramsToEachPortAreNoScan() {
        int target = peace();
        Scene.Shape shape = TrafficShapes.toEachPort(udp(40_000, 1));
        scene.stream(target, TrafficClass.UDP, 7.2 * LIMIT, 480, (batch, n) -> {
            shape.set(batch, n);
            batch.payloadLength[0] = 512;
        });
        assertEquals(1, scene.floods().size());
    }

    @Test
    void oneSourceWhoseSynsNoSystemSendsIsFoundWithin400Milliseconds() {
        int target = peace();
        Scene.Shape shape = tcp(SYN, 1);
        Scene.Shape small = (batch, n) -> {
            shape.set(batch, n);
            batch.tcpWindow[0] = 512;
        };
        scene.stream(target, TrafficClass.SYN, 0.5 * LIMIT, 400, small);
        assertEquals(1, scene.floods().size());
        assertEquals("syn-single-source", scene.reports().getFirst().vector());
    }

    @Test
    void ofPingsBelowTheThresholdAllMayPass() {
        int target = peace();
        scene.stream(target, TrafficClass.ICMP, 0.5 * LIMIT, 1_200, udp(MANY));
        assertEquals(LIMIT, scene.floods().getFirst().admittedPacketsPerSecond());
    }

    /** Devices that ask their server all at once, as each time. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void someDozensOfPingsAreAFloodOnlyWhereTheirSourcesAreNew(boolean areKnown) {
        Scene own = new Scene(Thresholds.UNLIMITED.with(TrafficClass.ICMP, Limit.ofPackets(100)), Thresholds.UNLIMITED);
        own.tick().pass(10_000).know(areKnown);
        own.stream(own.target(1), TrafficClass.ICMP, 60, 900, udp(MANY));
        assertEquals(areKnown ? 0 : 1, own.reports().size());
    }

    @Test
    void nothingIsUnusualWithinTheFirstThreeSeconds() {
        scene.tick();
        scene.stream(scene.target(1), TrafficClass.UDP, 0.9 * LIMIT, 3_000, udp(MANY));
        assertEquals(0, scene.reports().size());
    }

    @Test
    void whatIsUsualIsNoFlood() {
        int target = scene.target(1);
        scene.tick();
        // From morning to noon, in ten minutes.
        for (int step = 0; step <= 100; step++) {
            scene.stream(target, TrafficClass.UDP, 0.009 * LIMIT * step, 6_000, udp(MANY));
        }
        assertEquals(0, scene.reports().size());
    }

    @Test
    void oneStreamIsNoFloodBelowTheThreshold() {
        int target = peace();
        scene.stream(target, TrafficClass.UDP, 0.9 * LIMIT, 5_000, udp(5_004, 1));
        assertEquals(0, scene.reports().size());
    }

    @Test
    void aServiceThatAnswersIsNoFlood() {
        int target = peace();
        Scene.Shape shape = udp(MANY);
        for (int tick = 0; tick < 500; tick++) {
            scene.send(target, TrafficClass.UDP, 6, 100, shape);
            for (int n = 0; n < 6; n++) {
                scene.windows().countAnswer(target);
            }
            scene.tick();
        }
        assertEquals(0, scene.reports().size());
    }

    @Test
    void aCrowdWithRoundTripsOfUpToNineTenthsOfASecondIsNoFlood() {
        int target = peace();
        crowd(target, 3_000, 10_000, 0);
        assertEquals(0, scene.reports().size());
    }

    @Test
    void aFloodOfHalfTheThresholdIsFoundWithinACrowd() {
        int target = peace();
        crowd(target, 2_000, 10_000, 0);
        assertEquals(0, scene.reports().size());
        crowd(target, 2_000, 1_300, 500);
        assertEquals(1, scene.floods().size());
        assertEquals(TrafficClass.SYN, scene.reports().getFirst().trafficClass());
    }

    @Test
    void aHundredSynsASecondThatAreNeverCompletedAreAFlood() {
        int target = peace();
        crowd(target, 125, 5_000, 0);
        crowd(target, 125, 6_000, 125);
        assertEquals(1, scene.floods().size());
        assertEquals("handshakes", scene.reports().getFirst().detection().detector());
        assertEquals("syn-spoofed", scene.reports().getFirst().vector());
    }

    @Test
    void whereNoHandshakeIsEverSeenToCompleteNoneIsMissed() {
        int target = peace();
        scene.stream(target, TrafficClass.SYN, 125, 20_000, tcp(SYN, MANY));
        assertEquals(0, scene.reports().size());
    }

    @Test
    void aHostThatRefusesWhatIsAskedOfItIsNotFlooded() {
        int target = peace();
        Scene.Shape shape = tcp(SYN, MANY);
        for (int tick = 0; tick < 2_000; tick++) {
            scene.send(target, TrafficClass.SYN, 1, 60, shape);
            scene.windows().countRefusal(target);
            scene.tick();
        }
        assertEquals(0, scene.reports().size());
    }

    /** SYNs each proven a round trip of 0.3 to 0.9 seconds later, over some that never are. */
    private void crowd(int target, int perSecond, int millis, int floodPerSecond) {
        SplittableRandom random = new SplittableRandom(5);
        Scene.Shape shape = tcp(SYN, MANY);
        for (int tick = 0; tick < millis / 8; tick++) {
            int each = perSecond / 125;
            scene.send(target, TrafficClass.SYN, each + floodPerSecond / 125, 60, shape);
            for (int n = 0; n < each; n++) {
                pending.addLast(scene.nowNanos());
                pending.addLast(scene.nowNanos() + 1_000_000L * random.nextInt(300, 900));
            }
            for (int n = pending.size() / 2; n > 0; n--) {
                long sent = pending.removeFirst();
                long answered = pending.removeFirst();
                if (answered <= scene.nowNanos()) {
                    scene.windows().prove(target, TrafficClass.SYN.ordinal(), sent, 1, 60, true);
                    scene.windows().prove(Scene.PREFIX_TARGET, TrafficClass.SYN.ordinal(), sent, 1, 60, true);
                } else {
                    pending.addLast(sent);
                    pending.addLast(answered);
                }
            }
            scene.tick();
        }
    }

    @Test
    void synsWithoutOptionsFromManySourcesAreAFloodFarBelowTheThreshold() {
        scene.tick();
        Scene.Shape shape = tcp(SYN, MANY);
        Scene.Shape bare = (batch, n) -> {
            shape.set(batch, n);
            batch.tcpOptions[0] = 0;
            batch.payloadOffset[0] = 54;
        };
        scene.stream(scene.target(1), TrafficClass.SYN, 125, 1_000, bare);
        assertEquals(1, scene.floods().size());
        assertEquals("pattern", scene.reports().getFirst().detection().detector());
    }

    @Test
    void sourcesThatCannotBeSourcesAreAFloodFarBelowTheThreshold() {
        scene.tick();
        SplittableRandom random = new SplittableRandom(3);
        Scene.Shape shape = tcp(ACK, 1);
        Scene.Shape drawn = (batch, n) -> {
            shape.set(batch, n);
            batch.sourceLow[0] = IpAddress.mapped(random.nextInt());
        };
        scene.stream(scene.target(1), TrafficClass.ACK, 150, 1_000, drawn);
        assertEquals(1, scene.floods().size());
    }

    @Test
    void everyPulseIsKnownByItsFirstPackets() {
        int target = peace();
        String last = "";
        for (int pulse = 0; pulse < 4; pulse++) {
            long begin = scene.nowNanos();
            scene.stream(target, TrafficClass.UDP, 20 * LIMIT, 336, udp(MANY));
            assertEquals(1, scene.floods().size(), "pulse " + pulse);
            FloodReport report = scene.reports().getLast();
            assertEquals(State.STARTED, report.state());
            long mostMillis = pulse == 0 ? 32 : 8;
            assertTrue(report.timeNanos() - begin <= TimeUnit.MILLISECONDS.toNanos(mostMillis), "pulse " + pulse);
            assertEquals(last, report.detection().resumedId());
            assertEquals(last, scene.floods().getFirst().resumedId());
            last = report.id();
            scene.pass(40_000);
            assertEquals(0, scene.floods().size());
        }
    }

    @Test
    void anotherFloodResumesNothing() {
        int target = peace();
        scene.stream(target, TrafficClass.UDP, 20 * LIMIT, 336, udp(MANY)).pass(40_000);
        scene.stream(target, TrafficClass.UDP, 20 * LIMIT, 336, fragments(udp(0, MANY)));
        assertEquals("", scene.reports().getLast().detection().resumedId());
    }

    @Test
    void anHourLaterAFloodIsANewOne() {
        int target = peace();
        scene.stream(target, TrafficClass.UDP, 20 * LIMIT, 336, udp(MANY)).pass(40_000);
        scene.windows().advance(scene.nowNanos() + TimeUnit.MINUTES.toNanos(61));
        scene.tick();
        scene.stream(scene.target(1), TrafficClass.UDP, 20 * LIMIT, 336, udp(MANY));
        assertEquals("", scene.reports().getLast().detection().resumedId());
    }

    @Test
    void aCarpetIsOneFloodOfItsPrefixAndTellsWhatEachAddressGets() {
        peace();
        int[] targets = new int[200];
        for (int host = 0; host < targets.length; host++) {
            targets[host] = scene.target(host);
        }
        Scene.Shape shape = udp(MANY);
        for (int tick = 0; tick < 250; tick++) {
            for (int n = 0; n < 200; n++) {
                scene.send(targets[(tick * 200 + n) % targets.length], TrafficClass.UDP, 1, 100, shape);
            }
            scene.tick();
        }
        assertEquals(1, scene.floods().size());
        FloodReport report = scene.reports().getFirst();
        assertTrue(report.isPrefix());
        assertEquals("carpet", report.vector());
        assertEquals("udp", report.detection().innerVector());
        assertEquals(200, scene.floods().getFirst().activeAddresses());
    }

    @Test
    void whatPassesOfAnUnusualFloodIsWhatWasUsualOrAFifthOfTheThreshold() {
        int target = scene.target(1);
        scene.tick();
        scene.stream(target, TrafficClass.ACK, 150, 20_000, tcp(ACK, MANY));
        scene.stream(target, TrafficClass.ACK, 0.8 * LIMIT, 1_500, tcp(ACK, MANY));
        assertEquals(1, scene.floods().size());
        long admitted = scene.floods().getFirst().admittedPacketsPerSecond();
        assertTrue(admitted >= 300 && admitted < 600, admitted + " admitted");
        Scene quiet = new Scene(OF_ADDRESS, OF_ADDRESS);
        quiet.tick().pass(10_000);
        quiet.stream(quiet.target(1), TrafficClass.ACK, 0.8 * LIMIT, 1_500, tcp(ACK, MANY));
        assertEquals(200, quiet.floods().getFirst().admittedPacketsPerSecond());
    }

    @Test
    void datagramsAsOfUsersPassUpToTheThreshold() {
        int target = peace();
        scene.stream(target, TrafficClass.UDP, 0.8 * LIMIT, 1_500, udp(MANY));
        assertEquals(LIMIT, scene.floods().getFirst().admittedPacketsPerSecond());
    }

    @Test
    void aFewStreamsThatBeginAtOnceAreTunnels() {
        int target = peace();
        int[] packets = {0};
        scene.stream(target, TrafficClass.UDP, 0.8 * LIMIT, 1_200, (batch, n) -> call(batch, packets[0]++, 6));
        assertEquals(0, scene.floods().size());
    }

    /** Ten seconds of nothing. */
    private int peace() {
        scene.tick().pass(10_000);
        return scene.target(1);
    }
}
