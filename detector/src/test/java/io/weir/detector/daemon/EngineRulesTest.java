package io.weir.detector.daemon;

import static io.weir.detector.daemon.RuleScene.ACK;
import static io.weir.detector.daemon.RuleScene.OFFICE;
import static io.weir.detector.daemon.RuleScene.OUTSIDE;
import static io.weir.detector.daemon.RuleScene.SERVER;
import static io.weir.detector.daemon.RuleScene.SYN;
import static io.weir.detector.daemon.RuleScene.SYN_ACK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.config.View;
import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.SecurityGroup;
import io.weir.filter.verdict.Reason;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules judge what begins something; what belongs to it follows. */
final class EngineRulesTest {
    private static final int TCP = IpProtocol.TCP;
    private static final List<Reason> OPENED = List.of(Reason.ACCEPTED, Reason.ANSWER, Reason.ESTABLISHED);
    private static final List<Reason> GOES_ON = List.of(Reason.ESTABLISHED, Reason.ESTABLISHED);
    private static final long LATER_NANOS = 120_000_000_000L;

    private static final Rule ALLOW = RuleScene.accept(TCP, "22/22", "10.1.2.3/32");
    private static final Rule DENY = RuleScene.rule(Direction.INGRESS, Policy.DROP, 2, TCP, "22/22", "0.0.0.0/0");
    private static final Rule DNS = RuleScene.accept(IpProtocol.UDP, "53/53", "0.0.0.0/0");

    private static SecurityGroup textbook() {
        return RuleScene.group(GroupType.BASIC, ALLOW, DENY, DNS);
    }

    private static List<Reason> all(Reason reason, int count) {
        return Collections.nCopies(count, reason);
    }

    @Test
    void onlyTheAddressThatIsAllowedReachesPort22() {
        try (RuleScene scene = RuleScene.of(textbook())) {
            assertEquals(OPENED, scene.handshake(OFFICE, 4_000, SERVER, 22));
            for (int n = 0; n < 10; n++) {
                assertEquals(GOES_ON, scene.exchange(OFFICE, 4_000, SERVER, 22, n));
            }
            for (int n = 1; n < 1_000; n++) {
                scene.nowNanos += 200_000_000; // so few are no flood
                assertEquals(all(Reason.RULE, 3), scene.handshake(OFFICE + n, 4_000, SERVER, 22));
                assertEquals(all(Reason.RULE, 2), scene.exchange(OFFICE + n, 4_000, SERVER, 22, 0));
            }
            assertEquals(1, scene.hits(ALLOW), "the rest is the connection's");
            assertEquals(999, scene.hits(DENY), "what follows is the SYN's");
        }
    }

    /** A signature drops before rules are asked: so they are asked of whoever opens a connection all the same. */
    @Test
    void whatASignatureDropsOpensNoWayAroundTheRules() {
        try (RuleScene scene = RuleScene.of(textbook())) {
            for (int n = 0; n < 50_000; n++) {
                scene.nowNanos -= 980_000;
                scene.tcp(OUTSIDE + n, 4_000, SERVER, 22, SYN, n, 0, 0);
            }
            List<Reason> tried = scene.handshake(OUTSIDE - 1, 4_000, SERVER, 22);
            assertEquals(List.of(Reason.SIGNATURE, Reason.RULE, Reason.SIGNATURE), tried);
            assertTrue(
                    scene.exchange(OUTSIDE - 1, 4_000, SERVER, 22, 0).getFirst().isDrop());
        }
    }

    @Test
    void whatNoRuleMatchesIsTheDefaults() {
        try (RuleScene scene = RuleScene.of(textbook())) {
            assertEquals(all(Reason.NO_RULE, 3), scene.handshake(OFFICE, 4_000, SERVER, 80));
            assertEquals(OPENED, scene.handshake(SERVER, 4_000, OFFICE, 80), "a basic group lets everything leave");
            assertEquals(GOES_ON, scene.exchange(SERVER, 4_000, OFFICE, 80, 0));
        }
        SecurityGroup enterprise = RuleScene.group(GroupType.ENTERPRISE, ALLOW);
        try (RuleScene scene = RuleScene.of(enterprise)) {
            assertEquals(all(Reason.NO_RULE, 3), scene.handshake(SERVER, 4_000, OFFICE, 80));
            assertEquals(OPENED, scene.handshake(OFFICE, 4_000, SERVER, 22), "answers leave all the same");
            assertEquals(GOES_ON, scene.exchange(OFFICE, 4_000, SERVER, 22, 0));
        }
    }

    @Test
    void aRefusedConnectionStaysRefusedInBothDirections() {
        try (RuleScene scene = RuleScene.of(textbook())) {
            scene.tcp(OUTSIDE, 4_000, SERVER, 22, SYN, 100, 0, 0);
            int refused = scene.batch.verdict[0];
            assertEquals(DENY, scene.decider().orElseThrow());
            for (int n = 0; n < 3; n++) {
                scene.tcp(SERVER, 22, OUTSIDE, 4_000, SYN_ACK, 500, 101, 0);
                assertEquals(refused, scene.batch.verdict[0]);
                scene.tcp(OUTSIDE, 4_000, SERVER, 22, ACK, 101, 501, 0);
                assertEquals(refused, scene.batch.verdict[0]);
                scene.tcp(OUTSIDE, 4_000, SERVER, 22, ACK, 101, 501, 100);
                assertEquals(refused, scene.batch.verdict[0]);
                scene.tcp(SERVER, 22, OUTSIDE, 4_000, ACK | TcpFlags.RST, 501, 201, 0);
                assertEquals(refused, scene.batch.verdict[0]);
            }
            assertEquals(0, scene.engine.worker().delayedConnections());
        }
    }

    @Test
    void anAnswerToARefusedDatagramIsRefusedHoweverOftenItComes() {
        try (RuleScene scene = RuleScene.of(textbook())) {
            for (int n = 0; n < 5; n++) {
                assertEquals(Reason.NO_RULE, scene.udp(OUTSIDE, 4_000, SERVER, 123));
                assertEquals(Reason.NO_RULE, scene.udp(SERVER, 123, OUTSIDE, 4_000));
                assertEquals(Reason.NO_RULE, scene.udp(SERVER, 123, OUTSIDE, 4_000));
                assertEquals(Reason.NO_RULE, scene.icmp(OUTSIDE, SERVER, 8, 77));
                assertEquals(Reason.NO_RULE, scene.icmp(SERVER, OUTSIDE, 0, 77));
                assertEquals(Reason.NO_RULE, scene.icmp(SERVER, OUTSIDE, 0, 77));
            }
        }
    }

    @Test
    void anAcceptedDatagramIsAnsweredAndGoesOn() {
        try (RuleScene scene = RuleScene.of(textbook())) {
            assertEquals(Reason.ACCEPTED, scene.udp(OUTSIDE, 4_000, SERVER, 53));
            assertEquals(Reason.ANSWER, scene.udp(SERVER, 53, OUTSIDE, 4_000));
            for (int n = 0; n < 10; n++) {
                assertEquals(Reason.ESTABLISHED, scene.udp(OUTSIDE, 4_000, SERVER, 53));
                assertEquals(Reason.ESTABLISHED, scene.udp(SERVER, 53, OUTSIDE, 4_000));
            }
            assertEquals(1, scene.hits(DNS));
        }
    }

    /** A video that the server watches: thousands of datagrams, seldom a report back. */
    @Test
    void aStreamThatWasAskedForIsNoStrangerHoweverLong() {
        try (RuleScene scene = RuleScene.of(textbook())) {
            scene.udp(SERVER, 5_004, OUTSIDE, 5_004);
            for (int n = 0; n < 3_000; n++) {
                scene.udp(OUTSIDE, 5_004, SERVER, 5_004);
                assertTrue(!scene.isDropped(), "datagram " + n);
            }
            scene.udp(SERVER, 5_004, OUTSIDE, 5_004);
            for (int n = 0; n < 3_000; n++) {
                scene.udp(OUTSIDE, 5_004, SERVER, 5_004);
                assertTrue(!scene.isDropped(), "datagram " + n + " after the report");
            }
        }
    }

    @Test
    void inTheFirstMinuteASegmentMayBeAnAnswer() {
        try (RuleScene scene = RuleScene.of(textbook())) {
            assertEquals(Reason.ACCEPTED, scene.tcp(OUTSIDE, 443, SERVER, 4_000, ACK, 900, 300, 100));
            assertEquals(Direction.EGRESS, scene.decider().orElseThrow().direction());
            assertEquals(Reason.ESTABLISHED, scene.tcp(SERVER, 4_000, OUTSIDE, 443, ACK, 300, 1_000, 0));
            assertEquals(Reason.ACCEPTED, scene.tcp(OFFICE, 4_001, SERVER, 22, ACK, 900, 300, 100));
            assertEquals(ALLOW, scene.decider().orElseThrow());
        }
        SecurityGroup enterprise = RuleScene.group(GroupType.ENTERPRISE, ALLOW);
        try (RuleScene scene = RuleScene.of(enterprise)) {
            assertEquals(Reason.ACCEPTED, scene.tcp(SERVER, 22, OFFICE, 4_001, ACK, 900, 300, 100), "an answer");
            assertEquals(Reason.NO_RULE, scene.tcp(SERVER, 22, OUTSIDE, 4_001, ACK, 900, 300, 100));
            assertEquals(Reason.NO_RULE, scene.tcp(OUTSIDE, 22, SERVER, 4_001, ACK, 900, 300, 100));
        }
    }

    @Test
    void laterASegmentIsJudgedAsItIs() {
        try (RuleScene scene = RuleScene.of(textbook())) {
            scene.udp(OUTSIDE, 1, SERVER, 53);
            scene.nowNanos += LATER_NANOS;
            assertEquals(Reason.NO_RULE, scene.tcp(OUTSIDE, 443, SERVER, 4_000, ACK, 900, 300, 100));
            assertEquals(Reason.ACCEPTED, scene.tcp(OFFICE, 4_001, SERVER, 22, ACK, 900, 300, 100));
        }
    }

    @Test
    void whereAnswersAreNeverSeenASegmentMayBeOneAtAnyTime() {
        try (RuleScene scene = new RuleScene(RuleScene.settings(View.INBOUND, false, textbook()))) {
            scene.udp(OUTSIDE, 1, SERVER, 53);
            scene.nowNanos += LATER_NANOS;
            assertEquals(Reason.ACCEPTED, scene.tcp(OUTSIDE, 443, SERVER, 4_000, ACK, 900, 300, 100));
        }
    }

    @Test
    void fragmentsFollowTheirFirst() {
        try (RuleScene scene = RuleScene.of(textbook())) {
            assertEquals(Reason.ACCEPTED, scene.udpFragment(OUTSIDE, SERVER, 53, 7, 0, true));
            int accepted = scene.batch.verdict[0];
            scene.udpFragment(OUTSIDE, SERVER, 53, 7, 5, false);
            assertEquals(accepted, scene.batch.verdict[0]);
            assertEquals(Reason.NO_RULE, scene.udpFragment(OUTSIDE, SERVER, 123, 8, 0, true));
            int refused = scene.batch.verdict[0];
            scene.udpFragment(OUTSIDE, SERVER, 123, 8, 5, false);
            assertEquals(refused, scene.batch.verdict[0]);
            assertEquals(2, scene.hits(), "what follows is the first one's");
        }
    }

    /** A later fragment has no ports: a rule that names some doesn't mean it, one for all ports does. */
    @Test
    void orphansAreJudgedByPorts0() {
        try (RuleScene scene = RuleScene.of(textbook())) {
            assertEquals(Reason.NO_RULE, scene.udpFragment(OUTSIDE, SERVER, 53, 9, 5, false));
        }
        Rule open = RuleScene.accept(IpProtocol.UDP, "0/65535", "0.0.0.0/0");
        try (RuleScene scene = RuleScene.of(RuleScene.group(GroupType.BASIC, open))) {
            assertEquals(Reason.ACCEPTED, scene.udpFragment(OUTSIDE, SERVER, 53, 9, 5, false));
            assertEquals(open, scene.decider().orElseThrow());
        }
    }

    @Test
    void aPacketBetweenTheIpVersionsIsNobodys() {
        long high = Settings.TARGET_V6_HIGH;
        var six = RuleScene.protect(
                new io.weir.filter.address.IpPrefix(6, high, 0, 64),
                View.BOTH,
                RuleScene.group(GroupType.BASIC, RuleScene.accept(TCP, "0/65535", "::/0")));
        try (RuleScene scene = new RuleScene(RuleScene.settings(false, six))) {
            scene.builder.addresses(0, IpAddress.mapped(OUTSIDE), high, 16);
            assertEquals(
                    Reason.NO_RULE, scene.judge(scene.builder.tcp(scene.batch.frames, 0, 1, 80, 0, 0, SYN, 1_000)));
            scene.builder.addresses(high, 16, 0, IpAddress.mapped(OUTSIDE));
            assertEquals(
                    Reason.NO_RULE, scene.judge(scene.builder.tcp(scene.batch.frames, 0, 1, 80, 0, 0, SYN, 1_000)));
            scene.builder.addresses(high + 1, 1, high, 16);
            assertEquals(
                    Reason.ACCEPTED, scene.judge(scene.builder.tcp(scene.batch.frames, 0, 1, 80, 0, 0, SYN, 1_000)));
        }
    }

    @Test
    void observingDropsNothingAndLearnsAsIfAllPassed() {
        try (RuleScene scene = new RuleScene(RuleScene.settings(View.BOTH, true, textbook()))) {
            assertEquals(
                    List.of(Reason.RULE, Reason.ANSWER, Reason.ESTABLISHED),
                    scene.handshake(OUTSIDE, 4_000, SERVER, 22));
            assertEquals(GOES_ON, scene.exchange(OUTSIDE, 4_000, SERVER, 22, 0));
            scene.tcp(OUTSIDE, 4_001, SERVER, 22, SYN, 1, 0, 0);
            assertTrue(!scene.isDropped());
            scene.engine.worker().publish();
            assertEquals(2, scene.engine.worker().reasons().packets(Reason.RULE, false));
            assertEquals(0, scene.engine.worker().reasons().packets(Reason.RULE, true));
        }
    }
}
