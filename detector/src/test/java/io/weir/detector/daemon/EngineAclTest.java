package io.weir.detector.daemon;

import static io.weir.detector.daemon.RuleScene.NEIGHBOUR;
import static io.weir.detector.daemon.RuleScene.OUTSIDE;
import static io.weir.detector.daemon.RuleScene.SERVER;
import static io.weir.detector.daemon.RuleScene.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.config.View;
import io.weir.detector.event.Event;
import io.weir.detector.flood.FloodReport;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.verdict.FloodKind;
import io.weir.filter.verdict.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules beside the rest: network ACLs, control traffic, protected neighbours, floods. */
final class EngineAclTest {
    private static final List<Reason> OPENED = List.of(Reason.ACCEPTED, Reason.ANSWER, Reason.ESTABLISHED);
    private static final int TCP = IpProtocol.TCP;
    private static final Rule WEB = RuleScene.accept(TCP, "80/80", "0.0.0.0/0");
    private static final Rule OUT = RuleScene.rule(Direction.EGRESS, Policy.ACCEPT, 1, TCP, "1024/65535", "0.0.0.0/0");

    @Test
    void anAclJudgesEveryPacketOfBothDirections() {
        try (RuleScene scene =
                RuleScene.of(RuleScene.group(GroupType.BASIC, WEB), RuleScene.group(GroupType.NETWORK_ACL, WEB, OUT))) {
            assertEquals(OPENED, scene.handshake(OUTSIDE, 4_000, SERVER, 80));
            assertEquals(
                    List.of(Reason.ESTABLISHED, Reason.ESTABLISHED), scene.exchange(OUTSIDE, 4_000, SERVER, 80, 0));
            scene.tcp(OUTSIDE, 500, SERVER, 80, SYN, 100, 0, 0);
            assertEquals(Reason.NO_RULE, scene.tcp(SERVER, 80, OUTSIDE, 500, RuleScene.SYN_ACK, 500, 101, 0));
            assertEquals(Reason.NO_RULE, scene.tcp(OUTSIDE, 4_000, SERVER, 22, SYN, 100, 0, 0));
            assertEquals(
                    6,
                    scene.engine.worker().rules().hits().stream()
                            .filter(hits -> hits.rule().direction() == Direction.INGRESS
                                    && hits.rule().equals(WEB))
                            .mapToLong(hits -> hits.packets())
                            .sum(),
                    "each packet by the ACL, each SYN by the group as well");
        }
    }

    @Test
    void anAclAloneLetsAnswersInOnlyByItsRules() {
        try (RuleScene scene = RuleScene.of(RuleScene.group(GroupType.NETWORK_ACL, WEB, OUT))) {
            assertEquals(Reason.ACCEPTED, scene.tcp(SERVER, 4_000, OUTSIDE, 8_080, SYN, 100, 0, 0));
            assertEquals(Reason.NO_RULE, scene.tcp(OUTSIDE, 8_080, SERVER, 4_000, RuleScene.SYN_ACK, 500, 101, 0));
        }
    }

    @Test
    void controlTrafficPassesBeforeRulesInBothDirections() {
        RuleScene scene = new RuleScene(RuleScene.settings(
                false,
                RuleScene.protect(
                        new IpPrefix(6, Settings.TARGET_V6_HIGH, 0, 64),
                        View.BOTH,
                        RuleScene.group(GroupType.ENTERPRISE, WEB),
                        RuleScene.group(GroupType.NETWORK_ACL, WEB))));
        try (scene) {
            scene.builder.timeToLive(255);
            scene.builder.addresses(Settings.TARGET_V6_HIGH, 1, Settings.TARGET_V6_HIGH, 2);
            assertEquals(Reason.CONTROL, scene.judge(scene.builder.icmp(scene.batch.frames, 0, 135, 0, 0)));
            scene.builder.addresses(Settings.TARGET_V6_HIGH, 1, 0xff02L << 48, 2);
            assertEquals(Reason.CONTROL, scene.judge(scene.builder.icmp(scene.batch.frames, 0, 135, 0, 0)));
            scene.builder.timeToLive(64);
            assertEquals(Reason.NO_RULE, scene.judge(scene.builder.icmp(scene.batch.frames, 0, 135, 0, 0)));
        }
        try (RuleScene four = RuleScene.of(RuleScene.group(GroupType.ENTERPRISE, WEB))) {
            assertEquals(Reason.CONTROL, four.udp(SERVER, 68, OUTSIDE, 67));
            assertEquals(Reason.CONTROL, four.udp(OUTSIDE, 67, SERVER, 68));
        }
    }

    @Test
    void fromOnePrefixToAnotherBothHaveTheirSay() {
        Rule shut = RuleScene.rule(Direction.EGRESS, Policy.DROP, 1, TCP, "80/80", "198.51.100.0/24");
        try (RuleScene scene = new RuleScene(RuleScene.settings(
                false,
                RuleScene.home(RuleScene.group(GroupType.BASIC, WEB)),
                RuleScene.other(RuleScene.group(GroupType.BASIC, shut))))) {
            assertEquals(Reason.RULE, scene.tcp(NEIGHBOUR, 4_000, SERVER, 80, SYN, 1, 0, 0));
            assertEquals(shut, scene.decider().orElseThrow());
            assertEquals(Reason.NO_RULE, scene.tcp(NEIGHBOUR, 4_000, SERVER, 81, SYN, 1, 0, 0));
            assertEquals(Reason.NO_RULE, scene.tcp(SERVER, 4_000, NEIGHBOUR, 80, SYN, 1, 0, 0));
        }
        try (RuleScene scene = new RuleScene(RuleScene.settings(
                false,
                RuleScene.home(RuleScene.group(GroupType.BASIC, WEB)),
                RuleScene.other(RuleScene.group(GroupType.BASIC, WEB))))) {
            assertEquals(OPENED, scene.handshake(NEIGHBOUR, 4_000, SERVER, 80));
        }
    }

    /** Where everything is protected whatever arrives also leaves: only who receives it is asked. */
    @Test
    void whereEverythingIsProtectedOnlyIngressIsJudged() {
        EngineSettings named = RuleScene.settings(
                false, RuleScene.protect(IpPrefix.ANY_IPV4, View.BOTH, RuleScene.group(GroupType.ENTERPRISE, WEB)));
        EngineSettings everything = new EngineSettings(
                named.protect(), false, List.of(), named.connections(), named.timeouts(), named.hashKey(), false);
        try (RuleScene scene = new RuleScene(everything)) {
            assertEquals(OPENED, scene.handshake(OUTSIDE, 4_000, SERVER, 80));
            assertEquals(Reason.NO_RULE, scene.tcp(OUTSIDE, 4_000, SERVER, 81, SYN, 1, 0, 0));
        }
    }

    @Test
    void aFloodToAClosedPortIsAFloodAndTakesNobodysShare() {
        try (RuleScene scene = RuleScene.of(RuleScene.group(GroupType.BASIC, WEB))) {
            int legitimate = 0;
            for (int n = 0; n < 200_000; n++) {
                scene.nowNanos -= 980_000; // 50,000 a second
                Reason closed = scene.tcp(OUTSIDE + n, n & 0xffff, SERVER, 22, SYN, n, 0, 0);
                assertTrue(closed == Reason.NO_RULE || closed == Reason.SIGNATURE, closed::text);
                if (n % 100 == 99) {
                    scene.nowNanos -= 980_000;
                    scene.builder
                            .maximumSegmentSize(1460)
                            .sackPermitted()
                            .noOperation()
                            .windowScale(7);
                    legitimate += OPENED.equals(scene.handshake(OUTSIDE - n, 4_000, SERVER, 80)) ? 1 : 0;
                }
            }
            assertEquals(2_000, legitimate, "500 a second are under the threshold of 1,000");
            List<FloodReport> floods = scene.events.stream()
                    .filter(Event.FloodChanged.class::isInstance)
                    .map(event -> ((Event.FloodChanged) event).report())
                    .toList();
            assertEquals(FloodKind.SYN, floods.getFirst().kind());
        }
    }
}
