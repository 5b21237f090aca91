package io.weir.capture.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.load.Flood.Spacing;
import io.weir.capture.load.Label.Activity;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.FloodKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TrafficSimulatorTest {
    private static final long SECOND = 1_000_000_000L;

    /** A profile of each sort, in both IP versions, four seconds long. */
    static List<LoadProfile> profiles() {
        List<LoadProfile> profiles = new ArrayList<>();
        for (String name : List.of(
                "peace",
                "syn",
                "udp",
                "ack",
                "icmp",
                "dns",
                "http",
                "mixed",
                "users",
                "syn-mimicked",
                "ntp-reflection")) {
            LoadProfile profile = named(name).withSeconds(4).withFloodRate(2_000);
            profiles.add(profile);
            profiles.add(profile.withTarget(0x2001_0db8_0000_0000L, 0x10));
        }
        return profiles;
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void oneSeedGivesOneTraffic(LoadProfile profile) {
        List<Packet> traffic = Packet.all(profile, 1);
        assertEquals(traffic, Packet.all(profile, 1));
        assertNotEquals(traffic, Packet.all(profile, 2));
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void packetsComeInTheOrderOfTimeBetweenStartAndEnd(LoadProfile profile) {
        long before = profile.epochNanos();
        for (Packet packet : Packet.all(profile, 3)) {
            assertTrue(packet.timestampNanos() >= before);
            before = packet.timestampNanos();
        }
        assertTrue(before < profile.endNanos());
        assertTrue(before > profile.endNanos() - SECOND);
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void legitimateTrafficIsTheSameUnderEveryFlood(LoadProfile profile) {
        List<Packet> peace = Packet.all(profile.withFloods(List.of()), 5);
        List<Packet> legitimate = Packet.all(profile, 5).stream()
                .filter(packet -> !packet.isAttack())
                .toList();
        assertEquals(peace, legitimate);
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void everyConversationIsWholeAndInSequence(LoadProfile profile) {
        TcpTracker tracker = new TcpTracker();
        for (Packet packet : Packet.all(profile, 7)) {
            boolean conversation = !packet.isAttack() || Label.floodKind(packet.label()) == FloodKind.HTTP;
            if (packet.isTcp() && conversation) {
                tracker.see(packet);
            }
        }
        assertTrue(tracker.opened() > 80, () -> tracker.opened() + " opened");
        assertTrue(tracker.closed() > 40, () -> tracker.closed() + " closed");
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void labelsSayWhatThePacketsAre(LoadProfile profile) {
        Set<String> clients = new HashSet<>();
        Set<String> attackers = new HashSet<>();
        for (Packet packet : Packet.all(profile, 9)) {
            String outside = packet.isAnswer() ? packet.destination() : packet.source();
            String address = outside.substring(0, outside.indexOf(':'));
            (packet.isAttack() ? attackers : clients).add(address);
            boolean fromRouter = packet.frame().getInt(8) == (int) Tap.ROUTER_MAC;
            assertEquals(packet.isAnswer(), !fromRouter);
            if (packet.isAttack()) {
                assertTrue(isInsideSomeFlood(profile, packet));
                FloodKind kind = Label.floodKind(packet.label());
                assertEquals(
                        profile.floods().get(Label.floodIndex(packet.label())).kind(), kind);
            } else {
                // Resolvers, and servers outside that protected hosts ask, have numbers behind those of the clients.
                assertTrue(Label.client(packet.label()) < profile.legitimate().clients() + 400);
            }
        }
        assertTrue(clients.size() > 100);
        assertEquals(profile.floods().isEmpty(), attackers.isEmpty());
        // Who mimics users may hit upon the address of one.
        assertTrue(clients.stream().filter(attackers::contains).count() <= clients.size() / 20);
    }

    private static boolean isInsideSomeFlood(LoadProfile profile, Packet packet) {
        Flood flood = profile.floods().get(Label.floodIndex(packet.label()));
        return packet.timestampNanos() >= profile.epochNanos() + flood.startNanos();
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void everyAddressIsNobodys(LoadProfile profile) {
        for (Packet packet : Packet.all(profile, 11)) {
            for (int i = 0; i < 2; i++) {
                boolean ipv4 = packet.isIpv4();
                long high = ipv4 ? 0 : packet.frame().getLong(22 + 16 * i);
                long low = ipv4
                        ? 0xffff_0000_0000L | packet.frame().getInt(26 + 4 * i) & 0xffff_ffffL
                        : packet.frame().getLong(30 + 16 * i);
                assertTrue(Addresses.isReserved(high, low), packet::source);
            }
            assertEquals(profile.addresses().isIpv4(), packet.isIpv4());
            // Locally administered, unicast.
            assertEquals(2, packet.frame().get(0));
            assertEquals(2, packet.frame().get(6));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FloodKind.class,
            names = {"SYN", "UDP", "ACK", "ICMP", "DNS", "HTTP"})
    void evenlySpacedFloodsHaveExactlyTheirRate(FloodKind kind) {
        Flood flood = new Flood(kind, SECOND, SECOND, 1_000, Spacing.EVEN, 50);
        List<Packet> attack = attack(named("peace").withSeconds(3).withFloods(List.of(flood)), 13);
        if (kind == FloodKind.HTTP) {
            assertEquals(
                    1_000, attack.stream().filter(p -> p.startsWith("GET ")).count());
            return;
        }
        assertEquals(1_000, attack.size());
        for (int i = 0; i < attack.size(); i++) {
            long expected = named("peace").epochNanos() + SECOND + i * 1_000_000L;
            assertEquals(expected, attack.get(i).timestampNanos());
        }
    }

    @Test
    void randomlySpacedFloodsHaveAboutTheirRate() {
        Flood flood = new Flood(FloodKind.UDP, 0, 4 * SECOND, 10_000, Spacing.POISSON, 0);
        int count = attack(named("peace").withSeconds(4).withFloods(List.of(flood)), 17)
                .size();
        // Five standard deviations of a Poisson number.
        assertEquals(40_000, count, 5 * Math.sqrt(40_000));
    }

    @Test
    void legitimateRatesAreAboutThoseAskedFor() {
        LegitimateLoad load = new LegitimateLoad(300, 100, 0.25, 200, 50);
        List<Packet> packets = Packet.all(named("peace").withSeconds(20).withLegitimate(load), 19);
        int web = syns(packets, Activity.WEB);
        int tls = syns(packets, Activity.TLS);
        assertEquals(2_000, web + tls, 5 * Math.sqrt(2_000));
        assertEquals(0.25, (double) tls / (web + tls), 0.05);
        assertEquals(4_000, asked(packets, Activity.DNS), 5 * Math.sqrt(4_000));
        assertEquals(1_000, asked(packets, Activity.PING), 5 * Math.sqrt(1_000));
        assertEquals(2_000, asked(packets, Activity.RESOLVE), 5 * Math.sqrt(2_000));
    }

    private static int syns(List<Packet> packets, Activity activity) {
        return (int) packets.stream()
                .filter(packet -> Label.activity(packet.label()) == activity && packet.tcpFlags() == TcpFlags.SYN)
                .count();
    }

    private static int asked(List<Packet> packets, Activity activity) {
        return (int) packets.stream()
                .filter(packet -> !packet.isAnswer() && Label.activity(packet.label()) == activity)
                .count();
    }

    @Test
    void nothingIsSentWhereEveryRateIsZero() {
        LoadProfile silence = named("peace").withLegitimate(new LegitimateLoad(1, 0, 0, 0, 0));
        assertTrue(Packet.all(silence, 1).isEmpty());
    }

    @Test
    void aFloodHoldsNoMoreHalfOpenConnectionsThanTheBacklog() {
        LoadProfile profile = named("syn").withSeconds(4).withFloodStart(0).withFloodSeconds(4);
        int synAcks = answers(Packet.all(profile, 23));
        // Each place is held three seconds, so that it is taken twice in four.
        assertEquals(2 * profile.server().synBacklog(), synAcks);
    }

    @Test
    void theTargetAnswersNoMoreThanItsLimits() {
        for (String name : List.of("ack", "icmp")) {
            LoadProfile profile = named(name).withSeconds(4).withFloodStart(0).withFloodSeconds(4);
            // 1,000 a second, and the burst of 50 ms that the bucket starts with.
            assertEquals(4_050, answers(Packet.all(profile, 29)), 50, name);
        }
    }

    @Test
    void fewSourcesAreAsManyAsAskedFor() {
        Flood flood = new Flood(FloodKind.DNS, 0, SECOND, 2_000, Spacing.POISSON, 7);
        Set<String> sources = new HashSet<>();
        for (Packet packet : attack(named("peace").withFloods(List.of(flood)), 31)) {
            sources.add(packet.source().substring(0, 8));
        }
        assertEquals(7, sources.size());
    }

    @Test
    void memoryDoesNotGrowWithTheLengthOfTheTraffic() {
        LoadProfile profile = named("http").withSeconds(120).withFloodStart(0).withFloodSeconds(120);
        TrafficSimulator simulator = new TrafficSimulator(profile, 37);
        int[] most = new int[2];
        long half = profile.epochNanos() + profile.durationNanos() / 2;
        simulator.run((timestamp, frames, offset, length, label) -> {
            int index = timestamp < half ? 0 : 1;
            most[index] = Math.max(most[index], simulator.planned());
        });
        assertTrue(most[1] <= most[0] * 1.25, () -> most[0] + " planned, then " + most[1]);
        assertEquals(0, simulator.refusedArrivals());
    }

    @Test
    void aProfileWithFaultsIsRefused() {
        LoadProfile profile = named("syn").withFloodRate(-1);
        assertFalse(profile.faults().isEmpty());
        assertThrows(IllegalArgumentException.class, () -> new TrafficSimulator(profile, 1));
    }

    private static int answers(List<Packet> packets) {
        return (int) packets.stream()
                .filter(packet -> packet.isAttack() && packet.isAnswer())
                .count();
    }

    private static List<Packet> attack(LoadProfile profile, long seed) {
        return Packet.all(profile, seed).stream()
                .filter(packet -> packet.isAttack() && !packet.isAnswer())
                .toList();
    }

    private static LoadProfile named(String name) {
        return LoadProfiles.named(name).orElseThrow();
    }
}
