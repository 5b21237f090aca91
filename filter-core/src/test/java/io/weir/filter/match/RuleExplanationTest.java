package io.weir.filter.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The deciding rule is the one that trying them in order gives, and what stands around it is said. */
class RuleExplanationTest {
    private static final FiveTuple SSH =
            new FiveTuple(0, IpAddress.mapped(0xcb007109), 0, IpAddress.mapped(0xc633640a), 4242, 22, IpProtocol.TCP);

    @Test
    void namesTheDeciderAndWhoWouldFollow() {
        RuleSet set = Lines.ingress(
                "1 accept tcp 22/22 from 10.1.2.3/32",
                "2 drop tcp 22/22",
                "3 accept tcp 1/65535",
                "4 accept udp 22/22");
        RuleExplanation explanation = RuleExplanation.of(set, SSH);
        assertEquals(1, explanation.decider());
        assertEquals(set.rules().get(1).boxes().getFirst(), explanation.box());
        assertEquals(List.of(2, 4), explanation.runnersUp());
        RuleBox missed = set.rules().getFirst().boxes().getFirst();
        assertEquals(
                List.of(new RuleExplanation.NearMiss(0, missed, RuleExplanation.Field.SOURCE)),
                explanation.nearMisses());
    }

    @Test
    void saysWhichThingDidNotMatch() {
        RuleSet set = Lines.ingress(
                "1 accept tcp 80/80 from ::/0",
                "1 accept udp 80/80",
                "2 accept udp 22/22",
                "3 accept tcp 23/23",
                "4 accept tcp 0/65535");
        assertEquals(
                List.of("3 DESTINATION_PORT", "2 PROTOCOL"),
                RuleExplanation.of(set, SSH).nearMisses().stream()
                        .map(miss -> miss.rule() + " " + miss.field())
                        .toList());
    }

    @Test
    void agreesWithTheOrderOnEveryPacket() {
        SmallRules random = new SmallRules(2);
        List<FiveTuple> packets = SmallRules.packets();
        for (int i = 0; i < 100; i++) {
            RuleSet set = random.next();
            for (int p = i % 50; p < packets.size(); p += 50) {
                FiveTuple packet = packets.get(p);
                RuleExplanation explanation = RuleExplanation.of(set, packet);
                assertEquals(set.decide(packet), explanation.decider());
                assertTrue(explanation.box().contains(packet));
                assertTrue(explanation.runnersUp().stream()
                        .allMatch(rule -> rule > explanation.decider()
                                && set.rules().get(rule).matches(packet)));
                assertTrue(explanation.nearMisses().stream()
                        .noneMatch(miss -> set.rules().get(miss.rule()).matches(packet)));
                boolean isLast = explanation.decider() == set.rules().size() - 1;
                assertEquals(isLast, explanation.runnersUp().isEmpty());
            }
        }
    }
}
