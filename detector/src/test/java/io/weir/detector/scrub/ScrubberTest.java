package io.weir.detector.scrub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.flood.Flood;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.flood.Limit;
import io.weir.detector.flood.Thresholds;
import io.weir.detector.flood.TrafficClass;
import io.weir.detector.testing.Scene;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.flow.Relation;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may pass, and in which order it is decided. */
final class ScrubberTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int LIMIT = 1_000;
    private static final int PREFIX_LIMIT = 2_000;
    private static final int PROVEN = -1;
    private static final int UDP = TrafficClass.UDP.ordinal();
    private static final int SYN = TrafficClass.SYN.ordinal();
    private static final int PREFIX = Scene.PREFIX_TARGET;
    private static final int ANYBODY = 0xc612_0001;
    private static final int TRUSTED = 0xc000_0205;
    private static final IpPrefix TRUSTED_PREFIX = new IpPrefix(4, 0, IpAddress.mapped(0xc000_0200), 28);

    private final PacketBatch batch = new PacketBatch();

    private static Thresholds thresholds() {
        return Thresholds.UNLIMITED.with(TrafficClass.UDP, Limit.ofPackets(LIMIT));
    }

    /** Scrubbing over a scene. */
    private final class Site {
        private final Scene scene;
        private final Mitigation mitigation = new Mitigation(Scene.SLOTS + 1);
        private final Scrubber scrubber;
        private long nowNanos;
        private int sent;

        Site(Thresholds ofAddress, Thresholds ofPrefix) {
            scene = new Scene(ofAddress, ofPrefix);
            scrubber = new Scrubber(
                    mitigation,
                    scene.targets(),
                    List.of(TRUSTED_PREFIX),
                    scene.hash(),
                    Scene.SLOTS,
                    new RequestStage(mitigation, scene.hash(), scene.windows().slowRequests(), Scene.SLOTS + 1),
                    new SourceTable(1 << 10, scene.hash()));
            nowNanos = scene.nowNanos();
        }

        /** A packet of one source, or of another one each time. */
        int admit(int source, int target, int trafficClass) {
            sent++;
            batch.sourceLow[0] = IpAddress.mapped(source == ANYBODY ? ANYBODY + sent * 7919 % 0x1_ffff : source);
            batch.destinationLow[0] = target;
            batch.wireLength[0] = 100;
            return scrubber.admit(batch, 0, target, PREFIX, trafficClass, Relation.UNPROVEN, nowNanos);
        }

        /** Packets admitted of those offered at a rate for so long. */
        int offer(int source, int target, int trafficClass, int perSecond, int seconds) {
            int admitted = 0;
            for (int n = 0; n < perSecond * seconds; n++) {
                nowNanos += SECOND / perSecond;
                int verdict = admit(source, target, trafficClass);
                admitted += verdict == Scrubber.NO_OBJECTION || !Verdict.isDrop(verdict) ? 1 : 0;
            }
            return admitted;
        }

        /** Raises an alarm for UDP toward an address, or spread over the prefix. */
        Flood alarm(int target, int packets) {
            scene.send(target, TrafficClass.UDP, packets, 60, (b, n) -> {}).tick();
            nowNanos = scene.nowNanos();
            Flood flood = scene.floods().getLast();
            mitigation.begin(flood, flood.target() == PREFIX, nowNanos);
            scrubber.refresh(false);
            return flood;
        }

        Flood prefixAlarm() {
            for (int host = 1_000; host < 1_100; host++) {
                scene.send(scene.target(host), TrafficClass.UDP, 50, 60, (b, n) -> {});
            }
            scene.tick();
            nowNanos = scene.nowNanos();
            Flood flood = scene.floods().getLast();
            assertEquals(PREFIX, flood.target());
            mitigation.begin(flood, flood.target() == PREFIX, nowNanos);
            scrubber.refresh(false);
            return flood;
        }
    }

    @Test
    void inPeaceEverythingPasses() {
        Site site = new Site(thresholds(), Thresholds.UNLIMITED);
        int target = site.scene.target(1);
        assertEquals(50_000, site.offer(ANYBODY, target, UDP, 50_000, 1));
        assertEquals(0, site.scrubber.sacrificedSum());
    }

    @Test
    void duringAFloodTheThresholdPasses() {
        Site site = new Site(thresholds(), Thresholds.UNLIMITED);
        int target = site.scene.target(1);
        site.alarm(target, 1_000);
        // A tenth is kept for newcomers, who don't all look alike as these do; a bucket's depth passes at once.
        assertEquals(9 * LIMIT, site.offer(ANYBODY, target, UDP, 20_000, 10), 250);
    }

    @Test
    void aDropNamesItsFlood() {
        Site site = new Site(thresholds(), Thresholds.UNLIMITED);
        int target = site.scene.target(1);
        Flood flood = site.alarm(target, 1_000);
        site.offer(ANYBODY, target, UDP, 100_000, 1);
        int verdict = site.admit(ANYBODY, target, UDP);
        assertEquals(Reason.UDP_FLOOD, Verdict.reason(verdict));
        assertEquals(flood.number(), Verdict.id(verdict));
    }

    @Test
    void aFloodCostsOnlyItsClassAndItsAddress() {
        Site site = new Site(thresholds(), Thresholds.UNLIMITED);
        int target = site.scene.target(1);
        site.alarm(target, 1_000);
        assertEquals(5_000, site.offer(ANYBODY, target, SYN, 5_000, 1));
        assertEquals(5_000, site.offer(ANYBODY, target, PROVEN, 5_000, 1));
        assertEquals(5_000, site.offer(ANYBODY, site.scene.target(2), UDP, 5_000, 1));
        assertEquals(5_000, site.offer(ANYBODY, -1, UDP, 5_000, 1));
    }

    @Test
    void aFloodCountsWhatItBringsAndWhatIsDropped() {
        Site site = new Site(thresholds(), Thresholds.UNLIMITED);
        int target = site.scene.target(1);
        site.alarm(target, 1_000);
        int admitted = site.offer(ANYBODY, target, UDP, 10_000, 2);
        site.scene.monitor().finish(site.nowNanos);
        FloodReport report = site.scene.reports().getLast();
        assertEquals(1_000 + 20_000, report.packets());
        assertEquals(20_000 - admitted, report.droppedPackets());
        assertEquals(100L * (20_000 - admitted), report.droppedBytes());
    }

    @Test
    void aPlanHoldsFromTheNextRefreshOnUntilTheOneAfterItsEnd() {
        Site site = new Site(thresholds(), Thresholds.UNLIMITED);
        int target = site.scene.target(1);
        Flood flood = site.alarm(target, 1_000);
        assertTrue(site.offer(ANYBODY, target, UDP, 20_000, 1) < 1_300);
        site.mitigation.end(flood);
        assertTrue(site.offer(ANYBODY, target, UDP, 20_000, 1) < 1_300);
        site.scrubber.refresh(false);
        assertEquals(20_000, site.offer(ANYBODY, target, UDP, 20_000, 1));
    }

    @Test
    void aPrefixFloodLimitsItsAddressesTogether() {
        Site site = new Site(
                Thresholds.UNLIMITED, Thresholds.UNLIMITED.with(TrafficClass.UDP, Limit.ofPackets(PREFIX_LIMIT)));
        site.prefixAlarm();
        int admitted = 0;
        for (int n = 0; n < 40_000; n++) {
            site.nowNanos += SECOND / 20_000;
            admitted += site.admit(ANYBODY, n % 2 == 0 ? n % 50 : -1, UDP) == Scrubber.NO_OBJECTION ? 1 : 0;
        }
        assertEquals(1.8 * PREFIX_LIMIT, admitted, 0.25 * PREFIX_LIMIT);
    }

    @Test
    void anAddressUnderAlarmIsJudgedByItsOwnFloodNotByItsPrefixes() {
        Site site = new Site(thresholds(), Thresholds.UNLIMITED.with(TrafficClass.UDP, Limit.ofPackets(PREFIX_LIMIT)));
        int target = site.scene.target(1);
        Flood own = site.alarm(target, 1_000);
        site.prefixAlarm();
        assertTrue(site.offer(ANYBODY, site.scene.target(2), UDP, 50_000, 1) <= 1.25 * PREFIX_LIMIT);
        assertEquals(LIMIT, site.offer(ANYBODY, target, UDP, 50_000, 1), 0.25 * LIMIT);
        int verdict = site.admit(ANYBODY, target, UDP);
        assertEquals(own.number(), Verdict.id(verdict));
    }

    @Test
    void trustedSourcesHaveABucketOfTheirOwn() {
        Site site = new Site(thresholds(), Thresholds.UNLIMITED);
        int target = site.scene.target(1);
        site.alarm(target, 1_000);
        int lost = 0;
        for (int n = 0; n < 1_000; n++) {
            for (int attack = 0; attack < 40; attack++) {
                site.nowNanos += SECOND / 20_000;
                site.admit(ANYBODY, target, UDP);
            }
            int verdict = site.admit(TRUSTED, target, UDP);
            lost += Verdict.reason(verdict) == Reason.TRUSTED ? 0 : 1;
        }
        assertEquals(0, lost, "of 500 trusted packets a second under a flood of 20,000");
    }

    @Test
    void aSpoofedTrustedAddressIsNoOpenDoor() {
        Site site = new Site(thresholds(), Thresholds.UNLIMITED);
        int target = site.scene.target(1);
        site.alarm(target, 1_000);
        // Its own bucket, and no more: of strangers, one alone may not send so much.
        assertEquals(10 * LIMIT, site.offer(TRUSTED, target, UDP, 50_000, 10), 0.5 * LIMIT);
    }

    @Test
    void totalCapsWhatAllClassesBringTogether() {
        Site site = new Site(Thresholds.UNLIMITED.withTotal(Limit.ofPackets(LIMIT)), Thresholds.UNLIMITED);
        int target = site.scene.target(1);
        assertEquals(10 * LIMIT, site.offer(ANYBODY, target, PROVEN, 5_000, 10), 130);
        assertEquals(Reason.TOTAL_LIMIT, Verdict.reason(site.admit(ANYBODY, target, UDP)));
    }

    @Test
    void totalCapsBits() {
        Site site =
                new Site(Thresholds.UNLIMITED.withTotal(new Limit(Limit.UNLIMITED, 800 * LIMIT)), Thresholds.UNLIMITED);
        assertEquals(10 * LIMIT, site.offer(ANYBODY, site.scene.target(1), PROVEN, 5_000, 10), 130);
    }

    @Test
    void totalTakesNewcomersBeforeConnections() {
        Site site = new Site(Thresholds.UNLIMITED.withTotal(Limit.ofPackets(LIMIT)), Thresholds.UNLIMITED);
        int target = site.scene.target(1);
        int newcomers = 0;
        for (int n = 0; n < 9_000; n++) {
            // 900 packets of connections a second and ten times as many newcomers.
            for (int attack = 0; attack < 10; attack++) {
                site.nowNanos += SECOND / 9_000;
                newcomers += site.admit(ANYBODY, target, SYN) == Scrubber.NO_OBJECTION ? 1 : 0;
            }
            assertEquals(Scrubber.NO_OBJECTION, site.admit(ANYBODY, target, PROVEN), "packet of a connection " + n);
        }
        assertEquals(10 * (LIMIT - 900), newcomers, 130);
        assertEquals(0, site.scrubber.sacrificedSum());
    }

    @Test
    void connectionsThatAloneExceedTheTotalAreCountedAsSacrificed() {
        Site site = new Site(Thresholds.UNLIMITED.withTotal(Limit.ofPackets(LIMIT)), Thresholds.UNLIMITED);
        int target = site.scene.target(1);
        int lost = 10_000 - site.offer(ANYBODY, target, PROVEN, 5_000, 2);
        assertEquals(lost, site.scrubber.sacrificedSum());
        assertEquals(lost, site.scrubber.takeSacrificed(target));
        assertEquals(0, site.scrubber.takeSacrificed(target));
        site.offer(ANYBODY, target, SYN, 5_000, 1);
        assertEquals(lost, site.scrubber.sacrificedSum(), "newcomers are no sacrifice");
    }

    @Test
    void whatAFloodTakesIsNotTakenFromTheTotal() {
        Thresholds both = thresholds().withTotal(Limit.ofPackets(2 * LIMIT));
        Site site = new Site(both, Thresholds.UNLIMITED);
        int target = site.scene.target(1);
        site.alarm(target, 1_000);
        site.offer(ANYBODY, target, UDP, 40_000, 1);
        for (int n = 0; n < 800; n++) {
            site.nowNanos += SECOND / 800;
            assertEquals(Scrubber.NO_OBJECTION, site.admit(ANYBODY, target, PROVEN));
            for (int attack = 0; attack < 50; attack++) {
                int verdict = site.admit(ANYBODY, target, UDP);
                assertTrue(verdict == Scrubber.NO_OBJECTION || Verdict.reason(verdict) == Reason.UDP_FLOOD);
            }
        }
    }

    @Test
    void aLaterFragmentFaresAsItsFirst() {
        Site site = new Site(thresholds(), Thresholds.UNLIMITED);
        int target = site.scene.target(1);
        Flood flood = site.alarm(target, 1_000);
        int drop = Verdict.of(Reason.UDP_FLOOD, flood.number());
        assertEquals(drop, site.scrubber.follow(batch, 0, target, PREFIX, UDP, drop, site.nowNanos));
        int pass = Verdict.of(Reason.ACCEPTED);
        assertEquals(Scrubber.NO_OBJECTION, site.scrubber.follow(batch, 0, target, PREFIX, UDP, pass, site.nowNanos));
        site.scene.monitor().finish(site.nowNanos);
        FloodReport report = site.scene.reports().getLast();
        assertEquals(1_002, report.packets());
        assertEquals(1, report.droppedPackets());
    }
}
