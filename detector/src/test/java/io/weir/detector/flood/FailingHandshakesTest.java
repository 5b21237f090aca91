package io.weir.detector.flood;

import static io.weir.detector.flood.TrafficShapes.randomPorts;
import static io.weir.detector.flood.TrafficShapes.tcp;
import static io.weir.detector.flood.TrafficShapes.toEachPort;
import static io.weir.filter.packet.TcpFlags.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.detector.testing.Scene;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SYNs that are never completed, too few for any rate to tell. */
final class FailingHandshakesTest {
    private static final int MANY = 60_000;
    private static final int NO_TRIP = Integer.MAX_VALUE;
    private static final Thresholds OF_ADDRESS =
            new Thresholds(Limit.NONE, Collections.nCopies(TrafficClass.count(), Limit.ofPackets(1_000)));

    private final Scene scene = new Scene(OF_ADDRESS, OF_ADDRESS.times(4));
    private final int target = scene.tick().target(1);
    private final Scene.Shape users = tcp(SYN, MANY);
    private final Deque<long[]> pending = new ArrayDeque<>();

    /** Users whose handshakes are completed after a round trip, beside something else. */
    private void users(int perSecond, int roundTripMillis, int millis, int othersPerSecond, Scene.Shape others) {
        for (int tick = 0; tick < millis / 8; tick++) {
            for (int n = 0; n < due(perSecond, tick); n++) {
                scene.send(target, TrafficClass.SYN, 1, 60, users);
                pending.addLast(new long[] {scene.nowNanos(), scene.newestSample()});
            }
            scene.send(target, TrafficClass.SYN, due(othersPerSecond, tick), 60, others);
            while (!pending.isEmpty() && scene.nowNanos() - pending.getFirst()[0] >= roundTripMillis * 1_000_000L) {
                long[] sent = pending.removeFirst();
                scene.complete(target, sent[0], sent[1]);
            }
            scene.tick();
        }
    }

    private static int due(int perSecond, int tick) {
        return perSecond * (tick + 1) / 125 - perSecond * tick / 125;
    }

    @Test
    void aHundredASecondBesideUsersAreFoundWithin1200Milliseconds() {
        users(40, 48, 6_000, 0, users);
        users(40, 48, 1_200, 100, tcp(SYN, MANY));
        assertEquals(1, scene.reports().size());
        FloodReport report = scene.reports().getFirst();
        assertEquals("handshakes", report.detection().detector());
        assertEquals("syn-spoofed", report.vector());
    }

    @Test
    void whatAScanLeftIsNoFloodOnceItsSourceHasMovedOn() {
        users(40, 48, 6_000, 0, users);
        users(40, 48, 3_400, 300, toEachPort(tcp(SYN, 1)));
        users(40, 48, 4_000, 0, users);
        assertEquals(List.of(), scene.reports());
    }

    @Test
    void soIsAScanByOrdinaryConnections() {
        users(40, 48, 6_000, 0, users);
        users(40, 48, 3_400, 300, randomPorts(tcp(SYN, 1), 32_768));
        users(40, 48, 4_000, 0, users);
        assertEquals(List.of(), scene.reports());
    }

    @Test
    void aScanByManySourcesIsNoFloodAtARateThatNobodyFeels() {
        users(40, 48, 6_000, 0, users);
        users(40, 48, 6_000, 100, toEachPort(tcp(SYN, 40)));
        assertEquals(List.of(), scene.reports());
    }

    @Test
    void anOutageIsNoFloodThoughNoHandshakeIsCompletedAnyMore() {
        users(200, 48, 6_000, 0, users);
        pending.clear();
        users(200, NO_TRIP, 2_400, 0, users);
        assertEquals(List.of(), scene.reports());
    }
}
