package io.weir.detector.scrub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.weir.detector.flood.Flood;
import io.weir.detector.flood.FloodMonitor;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.Thresholds;
import io.weir.detector.flood.TrafficClass;
import io.weir.detector.testing.Scene;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MitigationPlanTest {
    private static final int TARGETS = Scene.SLOTS + 1;
    private static final int NONE = -1;

    @Test
    void findsEveryDefenceOfManyAndNoOther() {
        List<Defence> active = new ArrayList<>();
        Map<Integer, Flood> floodOf = new HashMap<>();
        for (Flood flood : floods(FloodMonitor.MOST_FLOODS)) {
            active.add(Defence.against(flood, false, 0));
            floodOf.put(flood.target() * 8 + flood.trafficClass().ordinal(), flood);
        }
        assertEquals(FloodMonitor.MOST_FLOODS, floodOf.size());
        MitigationPlan plan = new MitigationPlan(TARGETS, active);
        for (int target = 0; target < Scene.SLOTS; target++) {
            for (int trafficClass = 0; trafficClass < TrafficClass.count(); trafficClass++) {
                Flood expected = floodOf.get(target * 8 + trafficClass);
                Defence found = plan.defence(target, NONE, trafficClass);
                assertSame(expected, found == null ? null : found.flood());
            }
        }
    }

    @Test
    void anAddressWithoutADefenceHasItsPrefixes() {
        Scene scene = new Scene(
                Thresholds.UNLIMITED.with(TrafficClass.UDP, Limit.ofPackets(1_000)),
                Thresholds.UNLIMITED.with(TrafficClass.UDP, Limit.ofPackets(1_000)));
        int attacked = scene.target(1);
        int other = scene.target(2);
        scene.send(attacked, TrafficClass.UDP, 5_000, 60, (batch, n) -> {}).tick();
        for (int host = 100; host < 300; host++) {
            scene.send(scene.target(host), TrafficClass.UDP, 50, 60, (batch, n) -> {});
        }
        scene.tick();
        assertEquals(2, scene.floods().size());
        List<Defence> active = scene.floods().stream()
                .map(flood -> Defence.against(flood, false, 0))
                .toList();
        MitigationPlan plan = new MitigationPlan(TARGETS, active);
        int udp = TrafficClass.UDP.ordinal();
        assertSame(active.get(0), plan.defence(attacked, Scene.PREFIX_TARGET, udp));
        assertSame(active.get(1), plan.defence(other, Scene.PREFIX_TARGET, udp));
        assertSame(active.get(1), plan.defence(NONE, Scene.PREFIX_TARGET, udp));
        assertNull(plan.defence(NONE, Scene.PREFIX_TARGET, TrafficClass.SYN.ordinal()));
        assertNull(plan.defence(other, NONE, udp));
    }

    @Test
    void whatIsPublishedKeepsItsBucketsWhenThePlanChanges() {
        Mitigation mitigation = new Mitigation(TARGETS);
        List<Flood> floods = floods(3);
        mitigation.begin(floods.get(0), false, 0);
        Flood first = floods.get(0);
        Defence before = defence(mitigation, first);
        mitigation.begin(floods.get(1), false, 0);
        mitigation.begin(floods.get(2), false, 0);
        mitigation.end(floods.get(1));
        assertSame(before, defence(mitigation, first));
        assertNull(mitigation
                .current()
                .defence(
                        floods.get(1).target(),
                        NONE,
                        floods.get(1).trafficClass().ordinal()));
    }

    private static Defence defence(Mitigation mitigation, Flood flood) {
        Defence found = mitigation
                .current()
                .defence(flood.target(), NONE, flood.trafficClass().ordinal());
        assertNotNull(found);
        return found;
    }

    /** So many floods, over all classes in turn. */
    private static List<Flood> floods(int count) {
        Thresholds low = Thresholds.UNLIMITED;
        for (TrafficClass trafficClass : TrafficClass.values()) {
            low = low.with(trafficClass, Limit.ofPackets(10));
        }
        Scene scene = new Scene(low, Thresholds.UNLIMITED);
        // A surge of SYNs waits for a round trip.
        for (int tick = 0; tick < 11; tick++) {
            for (int n = 0; n < count; n++) {
                scene.send(scene.target(n / 2), TrafficClass.of(n % TrafficClass.count()), 2, 60, (batch, i) -> {});
            }
            scene.tick();
        }
        assertEquals(count, scene.floods().size());
        return scene.floods();
    }
}
