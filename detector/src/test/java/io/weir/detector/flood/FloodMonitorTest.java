package io.weir.detector.flood;

import static io.weir.detector.flood.TrafficShapes.fragments;
import static io.weir.detector.flood.TrafficShapes.randomPorts;
import static io.weir.detector.flood.TrafficShapes.tcp;
import static io.weir.detector.flood.TrafficShapes.udp;
import static io.weir.filter.packet.TcpFlags.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.flood.FloodReport.State;
import io.weir.detector.testing.Scene;
import io.weir.detector.window.TargetTable;
import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.IpProtocol;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The life of an alarm. */
final class FloodMonitorTest {
    private static final int LIMIT = 1_000;
    private static final int MANY = 60_000;
    private static final Thresholds OF_ADDRESS = Thresholds.UNLIMITED
            .with(TrafficClass.UDP, Limit.ofPackets(LIMIT))
            .with(TrafficClass.SYN, Limit.ofPackets(LIMIT));

    private final Scene scene = new Scene(OF_ADDRESS, OF_ADDRESS.times(4));

    @Test
    void anAlarmTellsWhatAndWhere() {
        int target = scene.target(0x01_02_03);
        long begin = scene.pass(400).nowNanos();
        flood(target, 10_000, 80);
        FloodReport report = scene.reports().getFirst();
        assertEquals(State.STARTED, report.state());
        assertEquals("10.1.2.3", report.target());
        assertEquals(begin, report.startNanos());
        assertTrue(report.detectionNanos() > 0 && report.detectionNanos() <= TimeUnit.MILLISECONDS.toNanos(64));
        assertEquals(report.timeNanos(), report.detectedNanos());
        assertEquals("udp-10.1.2.3-" + begin / 1_000_000, report.id());
        assertEquals(4_000, report.destinationPort());
        assertEquals(17, report.protocol());
        assertEquals(LIMIT, report.threshold());
        assertEquals(Limit.UNLIMITED, report.bitThreshold());
        assertEquals(400, report.packets(), "what came before the alarm, 80 in each tick");
        assertEquals(400, (double) report.distinctSources(), 0.1 * 400);
    }

    /** Bots that draw ports send to many; whoever scans with something else meanwhile, or elsewhere, is none of them. */
    @Test
    void whatGoesToAllPortsMayBeFromAnybodyButOfItsOwnKindAlone() {
        int target = scene.target(1);
        scene.stream(target, TrafficClass.SYN, 10_000, 400, randomPorts(tcp(SYN, MANY), 1_024));
        assertEquals(1, scene.floods().size());
        long anybody = IpAddress.mapped(0xcb00_7107);
        long flooded = IpAddress.mapped(0x0a00_0001);
        FloodMonitor monitor = scene.monitor();
        assertTrue(monitor.isFloodedBy(0, anybody, IpProtocol.TCP, true, 0, flooded));
        assertFalse(monitor.isFloodedBy(0, anybody, IpProtocol.TCP, false, 0, flooded));
        assertFalse(monitor.isFloodedBy(0, anybody, IpProtocol.UDP, false, 0, flooded));
        assertFalse(monitor.isFloodedBy(0, anybody, IpProtocol.TCP, true, 0, flooded + 1));
    }

    @Test
    void whatGoesToOnePortIsFromItsSourcesAlone() {
        scene.stream(scene.target(1), TrafficClass.SYN, 10_000, 400, tcp(SYN, MANY));
        assertEquals(1, scene.floods().size());
        long anybody = IpAddress.mapped(0xcb00_7107);
        long flooded = IpAddress.mapped(0x0a00_0001);
        assertFalse(scene.monitor().isFloodedBy(0, anybody, IpProtocol.TCP, true, 0, flooded));
    }

    @Test
    void anAlarmEndsWhenTheRateHasStayedBelowSeventyPercentForTenSeconds() {
        int target = scene.target(1);
        flood(target, 5_000, 1_000);
        long quietNanos = scene.nowNanos();
        // One stream: so it isn't unusual below the threshold either.
        scene.stream(target, TrafficClass.UDP, 650, 12_000, udp(50_000, 1));
        FloodReport last = scene.reports().getLast();
        assertEquals(State.ENDED, last.state());
        // The slow window needs a second to forget the flood.
        assertEquals(10.5, (last.timeNanos() - quietNanos) / 1e9, 0.56);
        assertEquals(List.of(), scene.floods());
    }

    @Test
    void anAlarmStaysOnAboveSeventyPercentOfItsThreshold() {
        int target = scene.target(1);
        flood(target, 5_000, 1_000);
        flood(target, 800, 60_000);
        assertEquals(1, scene.floods().size());
    }

    @Test
    void aPulseWithinTheTenSecondsKeepsTheAlarmOn() {
        int target = scene.target(1);
        flood(target, 5_000, 200);
        for (int pulse = 0; pulse < 5; pulse++) {
            scene.pass(9_000);
            flood(target, 5_000, 200);
        }
        assertEquals(1, scene.floods().size());
        assertEquals(1, count(State.STARTED));
        scene.pass(11_200);
        assertEquals(0, scene.floods().size());
    }

    @Test
    void aFloodThatComesBackIsANewOne() {
        int target = scene.target(1);
        flood(target, 5_000, 200);
        scene.pass(12_000);
        flood(target, 5_000, 200);
        assertEquals(2, count(State.STARTED));
        assertEquals(2, scene.reports().stream().map(FloodReport::id).distinct().count());
    }

    @Test
    void aFloodThatDoublesIsReportedAtMostOnceASecond() {
        int target = scene.target(1);
        long since = 0;
        for (int rate = 5_000; rate < 600_000; rate *= 2) {
            flood(target, rate, 500);
        }
        assertTrue(count(State.UPDATED) >= 3);
        for (FloodReport report : scene.reports()) {
            assertTrue(report.timeNanos() - since >= 1_000_000_000L);
            since = report.timeNanos();
        }
    }

    @Test
    void aSteadyFloodIsNotReportedAgain() {
        int target = scene.target(1);
        flood(target, 5_000, 2_200);
        int reports = scene.reports().size();
        flood(target, 5_000, 20_000);
        assertEquals(reports, scene.reports().size());
    }

    @Test
    void aFloodThatChangesItsVectorIsReported() {
        int target = scene.target(1);
        flood(target, 5_000, 3_000);
        scene.stream(target, TrafficClass.UDP, 5_000, 3_000, fragments(udp(0, MANY)));
        FloodReport last = scene.reports().getLast();
        assertEquals(State.UPDATED, last.state());
        assertEquals("fragment", last.vector());
    }

    @Test
    void theEndTellsTheWholeStory() {
        int target = scene.target(1);
        flood(target, 5_000, 3_000);
        scene.pass(12_000);
        FloodReport first = scene.reports().getFirst();
        FloodReport last = scene.reports().getLast();
        assertEquals(first.id(), last.id());
        assertEquals(first.startNanos(), last.startNanos());
        assertEquals(0, last.packetsPerSecond(), 0.001);
        assertEquals(5_000, last.peakPacketsPerSecond(), 100);
        assertEquals(5_000 * 800, last.peakBitsPerSecond(), 100_000);
    }

    @Test
    void everyFloodEndsWithTheInput() {
        flood(scene.target(1), 5_000, 200);
        scene.stream(scene.target(2), TrafficClass.SYN, 5_000, 200, tcp(SYN, MANY));
        assertEquals(2, scene.floods().size());
        scene.monitor().finish(scene.nowNanos());
        assertEquals(0, scene.floods().size());
        assertEquals(2, count(State.ENDED));
    }

    @Test
    void anAlarmEndsAfterAJumpOfYears() {
        int target = scene.target(1);
        flood(target, 5_000, 200);
        long laterNanos = scene.nowNanos() + TimeUnit.DAYS.toNanos(3_650);
        scene.windows().advance(laterNanos);
        scene.monitor().tick(laterNanos);
        assertEquals(State.ENDED, scene.reports().getLast().state());
    }

    @Test
    void twoClassesTowardOneAddressAreTwoFloods() {
        int target = scene.target(1);
        for (int tick = 0; tick < 20; tick++) {
            scene.send(target, TrafficClass.SYN, 60, 60, tcp(SYN, MANY));
            scene.send(target, TrafficClass.UDP, 60, 60, udp(1, MANY)).tick();
        }
        assertEquals(2, scene.floods().size());
        assertEquals(List.of(1, 2), scene.floods().stream().map(Flood::number).toList());
    }

    @Test
    void anAddressUnderAlarmKeepsItsSlot() {
        int target = scene.target(1);
        flood(target, 5_000, 200);
        crowdOutSlots();
        assertEquals(target, scene.find(1));
        scene.pass(12_000);
        assertEquals(0, scene.floods().size());
        crowdOutSlots();
        assertEquals(TargetTable.NONE, scene.find(1));
    }

    private void crowdOutSlots() {
        for (int n = 0; n < 20; n++) {
            for (int host = 1_000; host < 20_000; host++) {
                scene.target(host);
            }
        }
    }

    @Test
    void noMoreThanSoManyFloodsAreTrackedAtOnce() {
        Thresholds low = Thresholds.UNLIMITED.with(TrafficClass.UDP, Limit.ofPackets(10));
        Scene crowded = new Scene(low, Thresholds.UNLIMITED);
        for (int host = 0; host < FloodMonitor.MOST_FLOODS + 100; host++) {
            int target = crowded.target(host);
            assertNotEquals(TargetTable.NONE, target);
            crowded.send(target, TrafficClass.UDP, 20, 60, udp(1, MANY));
        }
        crowded.tick();
        assertEquals(FloodMonitor.MOST_FLOODS, crowded.floods().size());
        assertEquals(100, crowded.monitor().untracked());
        crowded.pass(12_000);
        assertEquals(0, crowded.floods().size());
    }

    @Test
    void aFloodOfOneAddressIsNoneOfItsPrefix() {
        int target = scene.target(1);
        flood(target, 50_000, 2_000);
        assertEquals(1, scene.floods().size());
        assertEquals(target, scene.floods().getFirst().target());
    }

    @Test
    void aFloodSpreadOverAPrefixIsThePrefixes() {
        carpet(10_000, 600);
        assertEquals(1, scene.floods().size());
        FloodReport report = scene.reports().getFirst();
        assertTrue(report.isPrefix());
        assertEquals("10.0.0.0/8", report.target());
        assertEquals(4 * LIMIT, report.threshold());
    }

    @Test
    void whatIsLeftOfAPrefixIsJudgedWithoutItsAddressesUnderAlarm() {
        flood(scene.target(1), 50_000, 500);
        for (int tick = 0; tick < 100; tick++) {
            scene.send(scene.target(1), TrafficClass.UDP, 400, 60, udp(1, MANY));
            spread(3_500 / 125);
            scene.tick();
        }
        assertEquals(1, scene.floods().size());
        for (int tick = 0; tick < 100; tick++) {
            scene.send(scene.target(1), TrafficClass.UDP, 400, 60, udp(1, MANY));
            spread(10_000 / 125);
            scene.tick();
        }
        assertEquals(2, scene.floods().size());
        assertEquals(Scene.PREFIX_TARGET, scene.floods().getLast().target());
    }

    private void carpet(int perSecond, int millis) {
        for (int tick = 0; tick < millis / 8; tick++) {
            spread(perSecond / 125);
            scene.tick();
        }
    }

    private void spread(int packets) {
        for (int n = 0; n < packets; n++) {
            scene.send(scene.target(100 + n), TrafficClass.UDP, 1, 60, udp(1, MANY));
        }
    }

    private void flood(int target, int perSecond, int millis) {
        scene.stream(target, TrafficClass.UDP, perSecond, millis, udp(50_000, MANY));
    }

    private long count(State state) {
        return scene.reports().stream()
                .filter(report -> report.state() == state)
                .count();
    }
}
