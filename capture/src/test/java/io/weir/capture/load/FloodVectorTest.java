package io.weir.capture.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.load.Flood.Spacing;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.TcpFlags;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every vector in every tool's headers. */
class FloodVectorTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int SOURCES = 40;

    private final LoadProfile users = LoadProfiles.named("users").orElseThrow().withSeconds(20);

    private static List<Packet> attack(LoadProfile profile) {
        return Packet.all(profile, 1).stream()
                .filter(packet -> packet.isAttack() && !packet.isAnswer())
                .toList();
    }

    private static Flood flood(FloodVector vector, FloodTool tool, double rate, int sources) {
        return new Flood(vector, tool, 0, SECOND, rate, Spacing.EVEN, sources);
    }

    @ParameterizedTest
    @EnumSource(FloodVector.class)
    void everyToolSendsEveryVectorInBothVersions(FloodVector vector) {
        LoadProfile silent = users.withSeconds(1).withLegitimate(new LegitimateLoad(100, 0, 0, 0, 0));
        for (FloodTool tool : FloodTool.values()) {
            LoadProfile profile = silent.withFloods(List.of(flood(vector, tool, 200, SOURCES)));
            assertEquals(List.of(), profile.faults());
            for (LoadProfile version : List.of(profile, profile.withTarget(0x2001_0db8_0000_0000L, 0x10))) {
                List<Packet> packets = attack(version);
                assertTrue(packets.size() >= 200, () -> tool + ": " + packets.size());
                for (Packet packet : packets) {
                    assertEquals(vector.kind(), Label.floodKind(packet.label()));
                    assertTrue(packet.frame().limit() <= TrafficSimulator.MAXIMUM_FRAME_LENGTH);
                }
                if (!vector.isOfConnections()) {
                    assertEquals(200, packets.size());
                    assertTrue(
                            packets.stream()
                                    .allMatch(packet -> protocols(vector).contains(packet.protocol())),
                            () -> vector + " of " + tool);
                }
            }
        }
    }

    private static Set<Integer> protocols(FloodVector vector) {
        return switch (vector.kind()) {
            case SYN, ACK, HTTP -> Set.of(IpProtocol.TCP);
            case UDP, DNS -> Set.of(IpProtocol.UDP, IpProtocol.FRAGMENT);
            case ICMP -> Set.of(IpProtocol.ICMP, IpProtocol.ICMPV6);
            case OTHER -> Set.of(IpProtocol.GRE);
        };
    }

    /** Initial TTL, window and options of a SYN: what fingerprints look at. */
    private static String fingerprint(Packet packet) {
        int timeToLive = packet.frame().get(22) & 0xff;
        int options = (packet.frame().get(46) >> 4 & 0xf) * 4 - 20;
        StringBuilder kinds = new StringBuilder();
        for (int at = 54; at < 54 + options; ) {
            int kind = packet.frame().get(at) & 0xff;
            kinds.append(kind).append(' ');
            at += kind <= 1 ? 1 : packet.frame().get(at + 1) & 0xff;
        }
        return (timeToLive > 64 ? 128 : 64) + " " + (packet.frame().getShort(48) & 0xffff) + " " + kinds
                + (packet.frame().getShort(20) & 0x4000);
    }

    private static boolean isSyn(Packet packet) {
        return packet.isTcp() && packet.tcpFlags() == TcpFlags.SYN;
    }

    @Test
    void aMimickedSynHasTheHeadersOfSomeUser() {
        LoadProfile profile = users.withFloods(List.of(flood(FloodVector.SYN, FloodTool.MIMIC, 2_000, 0)));
        List<Packet> packets = Packet.all(profile, 1);
        Set<String> ofUsers = packets.stream()
                .filter(packet -> !packet.isAttack() && !packet.isAnswer() && isSyn(packet))
                .map(FloodVectorTest::fingerprint)
                .collect(Collectors.toSet());
        Set<String> ofAttackers =
                attack(profile).stream().map(FloodVectorTest::fingerprint).collect(Collectors.toSet());
        assertEquals(ofUsers, ofAttackers);
        assertTrue(ofUsers.size() >= 4, ofUsers::toString);
    }

    @Test
    void toolsAreToldByTheirHeaders() {
        Set<String> ofUsers = Packet.all(users, 1).stream()
                .filter(packet -> !packet.isAnswer() && isSyn(packet))
                .map(FloodVectorTest::fingerprint)
                .collect(Collectors.toSet());
        for (FloodTool tool : FloodTool.values()) {
            if (tool != FloodTool.MIMIC) {
                List<Packet> packets = attack(users.withFloods(List.of(flood(FloodVector.SYN, tool, 500, 0))));
                packets.forEach(packet -> assertFalse(ofUsers.contains(fingerprint(packet)), tool.name()));
            }
        }
    }

    @Test
    void wavesPauseAsLongAsTheyShould() {
        Flood flood = new Flood(FloodVector.SYN, FloodTool.HPING3, 0, 10 * SECOND, 1_000, Spacing.EVEN, 0)
                .withPulse(SECOND / 2, 2 * SECOND);
        List<Packet> packets = attack(users.withFloods(List.of(flood)));
        assertEquals(4 * 500, packets.size());
        for (Packet packet : packets) {
            long sinceWave = (packet.timestampNanos() - users.epochNanos()) % (5 * SECOND / 2);
            assertTrue(sinceWave < SECOND / 2, () -> sinceWave + " ns after a wave began");
        }
    }

    @Test
    void aCarpetReachesEveryAddressOfThePrefix() {
        Flood flood =
                flood(FloodVector.UDP_RANDOM_PORTS, FloodTool.MIRAI, 10_000, 0).withAddresses(256);
        Set<String> targets = new HashSet<>();
        for (Packet packet : attack(users.withFloods(List.of(flood)))) {
            targets.add(packet.destination().substring(0, 8));
        }
        assertEquals(256, targets.size());
    }

    @Test
    void anOverloadedServerMakesClientsSendTheirSynsAgain() {
        LoadProfile profile = users.withServer(users.server().overloaded(0.5))
                .withFloods(List.of(
                        new Flood(FloodVector.SYN, FloodTool.HPING3, 5 * SECOND, 10 * SECOND, 100, Spacing.EVEN, 0)));
        TcpTracker tracker = new TcpTracker();
        Set<String> seen = new HashSet<>();
        int again = 0;
        for (Packet packet : Packet.all(profile, 1)) {
            boolean isUsers = packet.isTcp() && !packet.isAttack();
            if (isUsers && isSyn(packet) && !seen.add(packet.source() + packet.sequence())) {
                again++;
            } else if (isUsers) {
                tracker.see(packet);
            }
        }
        assertTrue(again > 100, again + " sent again");
    }

    @Test
    void machinesBehindAUsersAddressHaveIt() {
        Flood flood = flood(FloodVector.HTTP_GET, FloodTool.SIMPLE, 200, 20).behindUsers();
        List<Packet> packets = Packet.all(users.withFloods(List.of(flood)), 1);
        Set<String> ofUsers = new HashSet<>();
        Set<String> ofBots = new HashSet<>();
        for (Packet packet : packets) {
            if (!packet.isAnswer()) {
                (packet.isAttack() ? ofBots : ofUsers).add(packet.source().substring(0, 8));
            }
        }
        assertTrue(ofBots.size() > 5, ofBots::toString);
        assertTrue(ofUsers.containsAll(ofBots));
    }
}
