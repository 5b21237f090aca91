package io.weir.detector.daemon;

import static io.weir.detector.daemon.RuleScene.OFFICE;
import static io.weir.detector.daemon.RuleScene.OUTSIDE;
import static io.weir.detector.daemon.RuleScene.SERVER;
import static io.weir.detector.daemon.RuleScene.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.match.RuleSetPublisher;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.verdict.Reason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules that change between batches: what they still accept lives on, the rest ends with the next batch. */
final class EngineRuleChangesTest {
    private static final List<Reason> OPENED = List.of(Reason.ACCEPTED, Reason.ANSWER, Reason.ESTABLISHED);
    private static final List<Reason> GOES_ON = List.of(Reason.ESTABLISHED, Reason.ESTABLISHED);

    private static final Rule SSH = RuleScene.accept(IpProtocol.TCP, "22/22", "0.0.0.0/0");
    private static final Rule WEB = RuleScene.accept(IpProtocol.TCP, "80/80", "0.0.0.0/0");
    private static final Rule NO_OFFICE =
            RuleScene.rule(Direction.INGRESS, Policy.DROP, 1, IpProtocol.TCP, "22/22", "10.1.2.3/32");

    private static RuleScene scene() {
        RuleScene scene = RuleScene.of(RuleScene.group(GroupType.BASIC, SSH, WEB));
        for (int from : new int[] {OFFICE, OUTSIDE}) {
            assertEquals(OPENED, scene.handshake(from, 4_000, SERVER, 22));
            assertEquals(OPENED, scene.handshake(from, 4_000, SERVER, 80));
            assertEquals(GOES_ON, scene.exchange(from, 4_000, SERVER, 22, 0));
            assertEquals(GOES_ON, scene.exchange(from, 4_000, SERVER, 80, 0));
        }
        return scene;
    }

    private static RuleSetPublisher ingress(RuleScene scene) {
        return scene.engine.rules().of(scene.rules.ingress());
    }

    @Test
    void aRuleInsertedEndsTheConnectionsItDropsAndNoOther() throws InterruptedException {
        try (RuleScene scene = scene()) {
            ingress(scene).insert(0, NO_OFFICE);
            assertEquals(List.of(Reason.RULE, Reason.RULE), scene.unheard(OFFICE, 4_000, SERVER, 22, 1));
            assertEquals(NO_OFFICE, scene.decider().orElseThrow());
            assertEquals(GOES_ON, scene.exchange(OFFICE, 4_000, SERVER, 80, 1));
            assertEquals(GOES_ON, scene.exchange(OUTSIDE, 4_000, SERVER, 22, 1));
            assertEquals(2, scene.hits(NO_OFFICE));
            assertEquals(2, scene.hits(SSH), "packets of connections that stay are counted once");
            assertEquals(Reason.RULE, scene.tcp(OFFICE, 4_001, SERVER, 22, SYN, 1, 0, 0));
        }
    }

    @Test
    void aRuleDeletedEndsTheConnectionsThatNothingElseAccepts() {
        try (RuleScene scene = scene()) {
            ingress(scene).delete(0);
            assertEquals(List.of(Reason.NO_RULE, Reason.NO_RULE), scene.unheard(OFFICE, 4_000, SERVER, 22, 1));
            assertEquals(GOES_ON, scene.exchange(OFFICE, 4_000, SERVER, 80, 1));
            assertEquals(OPENED, scene.handshake(OFFICE, 4_001, SERVER, 80));
            assertEquals(GOES_ON, scene.exchange(OFFICE, 4_001, SERVER, 80, 0));
            assertEquals(3, scene.hits(WEB), "a connection begun after a change counts once as well");
        }
    }

    @Test
    void rulesReplacedAreJudgedInTheInitiatorsDirection() {
        try (RuleScene scene = scene()) {
            assertEquals(OPENED, scene.handshake(SERVER, 5_000, OUTSIDE, 22));
            List<Rule> rules = new ArrayList<>(scene.rules.ingress().rules());
            rules.remove(SSH);
            ingress(scene).replaceAll(rules);
            assertEquals(List.of(Reason.NO_RULE, Reason.NO_RULE), scene.unheard(OUTSIDE, 4_000, SERVER, 22, 1));
            assertEquals(GOES_ON, scene.exchange(SERVER, 5_000, OUTSIDE, 22, 0), "what began inside is egress");
            Rule closed = RuleScene.rule(Direction.EGRESS, Policy.DROP, 1, IpProtocol.TCP, "22/22", "0.0.0.0/0");
            scene.engine
                    .rules()
                    .of(scene.rules.egress())
                    .replaceAll(List.of(closed, scene.rules.egress().rules().getLast()));
            assertEquals(List.of(Reason.RULE, Reason.RULE), scene.unheard(SERVER, 5_000, OUTSIDE, 22, 1));
            assertEquals(GOES_ON, scene.exchange(OFFICE, 4_000, SERVER, 80, 1), "answers are nobody's egress");
        }
    }

    @Test
    void aConnectionEndsForGoodOnlyWhileItsRuleIsGone() throws InterruptedException {
        try (RuleScene scene = scene()) {
            ingress(scene).insert(0, NO_OFFICE);
            assertEquals(List.of(Reason.RULE, Reason.RULE), scene.unheard(OFFICE, 4_000, SERVER, 22, 1));
            ingress(scene).delete(0);
            assertEquals(GOES_ON, scene.exchange(OFFICE, 4_000, SERVER, 22, 1), "sent again, accepted again");
        }
    }

    /** A recording goes on as if nothing had been dropped: what fits no window any more is no stranger nevertheless. */
    @Test
    void aConnectionThatWasCutStaysSoHoweverFarItsRecordingGoesOn() throws InterruptedException {
        try (RuleScene scene = scene()) {
            ingress(scene).insert(0, NO_OFFICE);
            List<Reason> cut = List.of(Reason.RULE, Reason.RULE);
            assertEquals(cut, scene.unheard(OFFICE, 4_000, SERVER, 22, 1));
            for (int n = 2; n < 3_000; n++) {
                assertEquals(cut, scene.exchange(OFFICE, 4_000, SERVER, 22, n), "exchange " + n);
            }
            assertEquals(NO_OFFICE, scene.decider().orElseThrow());
            assertEquals(GOES_ON, scene.exchange(OUTSIDE, 4_000, SERVER, 22, 1));
            ingress(scene).delete(0);
            assertEquals(OPENED, scene.handshake(OFFICE, 4_000, SERVER, 22), "opened anew");
            assertEquals(GOES_ON, scene.exchange(OFFICE, 4_000, SERVER, 22, 0));
        }
    }

    /** From one protected prefix to another two rule sets judge one connection, whichever of them changed. */
    @Test
    void betweenTwoPrefixesEachRuleSetHasItsSayAfterEveryChange() {
        Rule open = RuleScene.accept(IpProtocol.TCP, "0/65535", "0.0.0.0/0");
        Rule shut = RuleScene.rule(Direction.INGRESS, Policy.DROP, 1, IpProtocol.TCP, "22/22", "192.0.2.0/24");
        Rule out = RuleScene.rule(Direction.EGRESS, Policy.DROP, 1, IpProtocol.TCP, "23/23", "0.0.0.0/0");
        try (RuleScene scene = new RuleScene(RuleScene.settings(
                false,
                RuleScene.home(RuleScene.group(GroupType.BASIC, open)),
                RuleScene.other(RuleScene.group(GroupType.BASIC, WEB))))) {
            assertEquals(OPENED, scene.handshake(RuleScene.NEIGHBOUR, 4_000, SERVER, 22));
            assertEquals(GOES_ON, scene.exchange(RuleScene.NEIGHBOUR, 4_000, SERVER, 22, 0));
            RuleSetPublisher egress = scene.engine.rules().of(scene.rules.egress());
            RuleSetPublisher ingress = ingress(scene);
            List<Rule> same = scene.rules.ingress().rules();
            for (int n = 1; n < 6; n++) {
                egress.replaceAll(List.of(out, scene.rules.egress().rules().getLast()));
                assertEquals(GOES_ON, scene.exchange(RuleScene.NEIGHBOUR, 4_000, SERVER, 22, n));
                ingress.replaceAll(same);
                assertEquals(GOES_ON, scene.exchange(RuleScene.NEIGHBOUR, 4_000, SERVER, 22, n));
            }
            List<Rule> fewer = new ArrayList<>(same);
            fewer.addFirst(shut);
            ingress.replaceAll(fewer);
            assertEquals(List.of(Reason.RULE, Reason.RULE), scene.unheard(RuleScene.NEIGHBOUR, 4_000, SERVER, 22, 6));
        }
    }

    @Test
    void aThousandChangesCountForTheRulesThatThereWereAlone() throws InterruptedException {
        try (RuleScene scene = scene()) {
            RuleSetPublisher ingress = ingress(scene);
            for (int n = 0; n < 1_000; n++) {
                ingress.insert(0, NO_OFFICE);
                assertEquals(Reason.RULE, scene.tcp(OFFICE, 4_001, SERVER, 22, SYN, n, 0, 0));
                ingress.delete(0);
                assertEquals(Reason.ACCEPTED, scene.tcp(OFFICE, 4_002, SERVER, 22, SYN, n, 0, 0));
            }
            assertEquals(1_000, scene.hits(NO_OFFICE));
            assertEquals(1_002, scene.hits(SSH));
            assertTrue(scene.engine.worker().rules().hits().size() < 10, "numbers are the rules', not the changes'");
        }
    }
}
