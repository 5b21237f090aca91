package io.weir.detector.flood;

import static io.weir.detector.flood.TrafficShapes.countingUp;
import static io.weir.detector.flood.TrafficShapes.randomPorts;
import static io.weir.detector.flood.TrafficShapes.tcp;
import static io.weir.detector.flood.TrafficShapes.toEachPort;
import static io.weir.detector.flood.TrafficShapes.udp;
import static io.weir.filter.packet.TcpFlags.ACK;
import static io.weir.filter.packet.TcpFlags.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Scene;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When the windows make an alarm, and when they don't. */
final class FloodDecisionTest {
    private static final int LIMIT = 1_000;
    private static final int MANY = 60_000;

    private final Scene scene = new Scene(
            Thresholds.UNLIMITED
                    .with(TrafficClass.SYN, Limit.ofPackets(LIMIT))
                    .with(TrafficClass.ACK, Limit.ofPackets(LIMIT))
                    .with(TrafficClass.UDP, new Limit(Limit.UNLIMITED, 8_000_000)),
            Thresholds.UNLIMITED);

    private final Deque<Long> pending = new ArrayDeque<>();

    @ParameterizedTest
    @EnumSource(TrafficClass.class)
    void eachClassHasAThresholdOfItsOwn(TrafficClass trafficClass) {
        Scene own = new Scene(Thresholds.UNLIMITED.with(trafficClass, Limit.ofPackets(LIMIT)), Thresholds.UNLIMITED);
        for (TrafficClass other : TrafficClass.values()) {
            if (other != trafficClass) {
                own.stream(own.target(1), other, 50 * LIMIT, 200, udp(1, MANY));
            }
        }
        assertEquals(0, own.reports().size());
        own.stream(own.target(1), trafficClass, 1.1 * LIMIT, 1_100, udp(1, MANY));
        assertEquals(1, own.floods().size());
        assertEquals(trafficClass, own.floods().getFirst().trafficClass());
    }

    @Test
    void aSteadyRateAtTheThresholdIsNoFlood() {
        scene.stream(scene.target(1), TrafficClass.SYN, LIMIT, 5_000, tcp(SYN, MANY));
        assertEquals(0, scene.reports().size());
    }

    @Test
    void aRateJustAboveTheThresholdIsAFloodWithinTwoSeconds() {
        scene.stream(scene.target(1), TrafficClass.SYN, 1.05 * LIMIT, 2_000, tcp(SYN, MANY));
        assertEquals(1, scene.reports().size());
    }

    @Test
    void aBurstBelowThreeTimesTheThresholdIsNoFlood() {
        for (int n = 0; n < 5; n++) {
            scene.stream(scene.target(1), TrafficClass.SYN, 3.3 * LIMIT, 128, tcp(SYN, MANY))
                    .pass(900);
            scene.stream(scene.target(1), TrafficClass.ACK, 2.9 * LIMIT, 128, tcp(ACK, MANY))
                    .pass(900);
        }
        assertEquals(0, scene.reports().size());
    }

    @ParameterizedTest
    @EnumSource(
            value = TrafficClass.class,
            names = {"SYN", "ACK", "UDP", "ICMP"})
    void aRateOfFourTimesTheThresholdIsAFloodWithin100Milliseconds(TrafficClass trafficClass) {
        Scene own = new Scene(Thresholds.UNLIMITED.with(trafficClass, Limit.ofPackets(LIMIT)), Thresholds.UNLIMITED);
        own.stream(own.target(1), trafficClass, 4 * LIMIT, 96, udp(1, 1));
        assertEquals(1, own.reports().size());
    }

    @Test
    void bitsAreAThresholdOfTheirOwn() {
        int target = scene.target(1);
        scene.send(target, TrafficClass.UDP, 500, 1_000, udp(1, MANY)).tick();
        assertEquals(0, scene.reports().size());
        scene.send(target, TrafficClass.UDP, 13, 1_000, udp(1, MANY)).tick();
        assertEquals(1, scene.reports().size());
    }

    @Test
    void aCrowdWhoseHandshakesCompleteIsNoFlood() {
        crowd(3_000, 96, 0, 5_000);
        assertEquals(0, scene.reports().size());
    }

    @Test
    void aCrowdWithLongRoundTripsIsNoFlood() {
        crowd(500, 704, 0, 3_000);
        crowd(900, 704, 0, 3_000);
        crowd(2_000, 704, 0, 5_000);
        assertEquals(0, scene.reports().size());
    }

    /** More handshakes are always under way than a flood's surge holds. */
    @Test
    void manyWhoKeepConnectingAreNoFlood() {
        crowd(3_000, 96, 0, 1_000);
        crowd(4_500, 96, 0, 5_000);
        assertEquals(0, scene.reports().size());
    }

    @Test
    void aSurgeOfForgedSynsBesideABusyCrowdIsFoundAtOnce() {
        crowd(900, 40, 0, 3_000);
        crowd(900, 40, 5_000, 104);
        assertEquals(1, scene.reports().size());
    }

    @Test
    void aFloodHiddenInACrowdIsFoundOnceEveryHandshakeHadItsSecond() {
        crowd(5_000, 48, 1_200, 2_200);
        assertEquals(1, scene.reports().size());
        assertEquals(TrafficClass.SYN, scene.reports().getFirst().trafficClass());
    }

    /** Before its first round trip is over, none of a crowd's SYNs is completed. */
    @Test
    void manyBotsWhoConnectAtOnceAreNoFloodOfSyns() {
        crowd(50_000, 40, 0, 1_500);
        assertEquals(0, scene.reports().size());
    }

    @Test
    void completingATenthHidesAFloodForNoLongerThanAQuarterOfASecond() {
        crowd(200, 16, 0, 2_000);
        crowd(2_000, 16, 10_000, 256);
        assertEquals(1, scene.reports().size());
        assertEquals(TrafficClass.SYN, scene.reports().getFirst().trafficClass());
    }

    @Test
    void aSurgeOfSynsThatNoSystemSendsWaitsForNoRoundTrip() {
        Scene.Shape shape = tcp(SYN, MANY);
        Scene.Shape bare = (batch, n) -> {
            shape.set(batch, n);
            batch.tcpOptions[0] = 0;
            batch.payloadOffset[0] = 54;
        };
        scene.stream(scene.target(1), TrafficClass.SYN, 50_000, 8, bare);
        assertEquals(1, scene.reports().size());
    }

    /** A crowd of SYNs a second, each proven one round trip later, over a flood. */
    private void crowd(int perSecond, int roundTripMillis, int floodPerSecond, int millis) {
        int target = scene.target(1);
        int each = perSecond / 125;
        for (int tick = 0; tick < millis / 8; tick++) {
            scene.send(target, TrafficClass.SYN, each + floodPerSecond / 125, 60, tcp(SYN, MANY));
            for (int n = 0; n < each; n++) {
                pending.addLast(scene.nowNanos());
            }
            while (!pending.isEmpty() && scene.nowNanos() - pending.getFirst() >= roundTripMillis * 1_000_000L) {
                scene.windows().prove(target, TrafficClass.SYN.ordinal(), pending.removeFirst(), 1, 60, true);
            }
            scene.tick();
        }
    }

    @Test
    void whileTheStreamIsYoungStrangersMustOutnumberTheSegmentsOfConnections() {
        acks(4_000, 5_000, 1_000);
        assertEquals(0, scene.reports().size());
        acks(4_000, 2_000, 1_000);
        assertEquals(1, scene.reports().size());
    }

    @Test
    void afterAMinuteStrangersAreAFloodHoweverManySegmentsBelong() {
        scene.tick().pass(60_000);
        acks(4_000, 50_000, 1_000);
        assertEquals(1, scene.reports().size());
    }

    private void acks(int strangersPerSecond, int provenPerSecond, int millis) {
        int target = scene.target(1);
        for (int tick = 0; tick < millis / 8; tick++) {
            for (int n = 0; n < provenPerSecond / 125; n++) {
                scene.windows().countProvenSegment(target, 600);
            }
            scene.send(target, TrafficClass.ACK, strangersPerSecond / 125, 60, tcp(ACK, MANY))
                    .tick();
        }
    }

    @Test
    void oneSourceThatAsksEachPortIsAScanUntilThePortsHaveRunOut() {
        Scene.Shape scan = toEachPort(tcp(SYN, 1));
        scene.stream(scene.target(1), TrafficClass.SYN, 10_000, 12_500, scan);
        assertEquals(0, scene.reports().size(), "all ports, each asked twice");
        scene.stream(scene.target(1), TrafficClass.SYN, 10_000, 2_000, scan);
        assertEquals(1, scene.reports().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ACK", "UDP", "ICMP", "OTHER"})
    void halfAsMuchAgainAsTheThresholdIsFoundWithin400Milliseconds(String name) {
        TrafficClass trafficClass = TrafficClass.valueOf(name);
        Scene own = new Scene(Thresholds.UNLIMITED.with(trafficClass, Limit.ofPackets(LIMIT)), Thresholds.UNLIMITED);
        own.stream(
                own.target(1),
                trafficClass,
                1.5 * LIMIT,
                400,
                trafficClass == TrafficClass.ACK ? tcp(ACK, 60_000) : udp(60_000));
        assertEquals(1, own.reports().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ACK", "UDP", "ICMP", "OTHER"})
    void burstsOfTheSameRateAreNone(String name) {
        TrafficClass trafficClass = TrafficClass.valueOf(name);
        Scene own = new Scene(Thresholds.UNLIMITED.with(trafficClass, Limit.ofPackets(LIMIT)), Thresholds.UNLIMITED);
        // No flags at all would be a pattern.
        Scene.Shape shape = trafficClass == TrafficClass.ACK ? tcp(ACK, 60_000) : udp(60_000);
        for (int n = 0; n < 5; n++) {
            own.stream(own.target(1), trafficClass, 1.5 * LIMIT, 240, shape).pass(400);
        }
        assertEquals(0, own.reports().size());
    }

    @Test
    void oneToolThatCountsItsOwnPortsUpIsAFlood() {
        Scene.Shape shape = countingUp(tcp(SYN, 1));
        scene.stream(scene.target(1), TrafficClass.SYN, 10_000, 200, (batch, n) -> {
            shape.set(batch, n);
            batch.tcpOptions[0] = 0;
            batch.tcpWindow[0] = 512;
        });
        assertEquals(1, scene.reports().size());
    }

    @Test
    void oneSystemThatCountsItsPortsUpWhileItConnectsToEachIsAScan() {
        scene.stream(scene.target(1), TrafficClass.SYN, 10_000, 1_000, countingUp(tcp(SYN, 1)));
        assertEquals(0, scene.reports().size());
    }

    @Test
    void aScanAmongDecoysIsNoFlood() {
        Scene.Shape shape = tcp(SYN, 20);
        int[] turn = {0};
        scene.stream(scene.target(1), TrafficClass.SYN, 10_000, 1_000, (batch, n) -> {
            shape.set(batch, n);
            batch.sourcePort[0] = 40_000;
            batch.destinationPort[0] = turn[0]++ / 20;
        });
        assertEquals(0, scene.reports().size());
    }

    @Test
    void oneServersAnswersToEachPortAreAFlood() {
        Scene.Shape shape = toEachPort(tcp(SYN | ACK, 1));
        scene.stream(scene.target(1), TrafficClass.ACK, 10_000, 200, (batch, n) -> {
            shape.set(batch, n);
            batch.sourcePort[0] = 80;
        });
        assertEquals(1, scene.reports().size());
    }

    @Test
    void oneSourceThatDrawsBothPortsAtRandomIsAFlood() {
        scene.stream(scene.target(1), TrafficClass.SYN, 10_000, 200, randomPorts(tcp(SYN, 1), 0));
        assertEquals(1, scene.reports().size());
    }

    @Test
    void oneSourceThatConnectsToEachPortIsAScan() {
        scene.stream(scene.target(1), TrafficClass.SYN, 10_000, 1_000, randomPorts(tcp(SYN, 1), 32_768));
        assertEquals(0, scene.reports().size());
    }

    @Test
    void aScanByManySourcesIsAFlood() {
        scene.stream(scene.target(1), TrafficClass.SYN, 10_000, 200, toEachPort(tcp(SYN, 20)));
        assertEquals(1, scene.reports().size());
    }

    @Test
    void aSlowScanStartsFromAnewAfterTenSeconds() {
        ScanEpisodes episodes = new ScanEpisodes();
        long now = 0;
        for (int round = 0; round < 5; round++) {
            for (int tick = 0; tick < 1_500; tick++) {
                now += 8_000_000;
                assertTrue(episodes.isPlausible(1, 10_000, now), "round " + round + ", tick " + tick);
            }
            now += 10_000_000_001L;
        }
    }

    @Test
    void anEpisodeEndsBeingPlausibleAtTwiceThePortsThereAre() {
        ScanEpisodes episodes = new ScanEpisodes();
        long now = 0;
        double packets = 10_000 * 0.128;
        while (episodes.isPlausible(1, 10_000, now)) {
            packets += 10_000 * 0.008;
            now += 8_000_000;
        }
        assertEquals(2 * 65_536, packets, 200);
        assertTrue(episodes.isPlausible(2, 10_000, now), "another target's episode is its own");
    }
}
