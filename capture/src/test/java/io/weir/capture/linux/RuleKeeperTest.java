package io.weir.capture.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.address.IpPrefix;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules in a network of its own, where others take them out. */
class RuleKeeperTest {
    private static final IpPrefix MANAGEMENT = IpPrefix.host(0, 0xffff_c000_0201L);

    @Test
    void putsQueueRulesBackAsTheyWere() throws Exception {
        try (NetworkNamespace here = NetworkNamespace.make()) {
            here.run("ip link add v0 type veth peer name v1; ip link set v0 up");
            here.call(() -> {
                RuleKeeper keeper = new RuleKeeper();
                assertFalse(keeper.heal(), "nothing is kept yet");
                keeper.install(
                        new QueueRules(List.of("v0"), 0, 2, true, List.of(new QueueRules.Management(MANAGEMENT, 22))));
                String rules = here.run("nft list ruleset");
                assertFalse(keeper.heal());
                for (String way : List.of(
                        "nft flush ruleset",
                        "nft flush table inet weir",
                        "nft flush chain inet weir output",
                        "nft flush chain inet weir forward; nft delete chain inet weir forward")) {
                    here.run(way);
                    assertTrue(keeper.heal(), way);
                    assertEquals(rules, here.run("nft list ruleset"));
                    assertFalse(keeper.heal());
                }
                // Whoever adds a rule knows what he does.
                here.run("nft insert rule inet weir prerouting ip saddr 192.0.2.99 accept");
                assertFalse(keeper.heal());
                keeper.end();
                QueueRules.remove();
                assertFalse(keeper.heal());
                keeper.install(new QueueRules(List.of("v0"), 0, 2, true, List.of()));
                assertEquals("", here.run("nft list ruleset"));
                return "";
            });
        }
    }

    @Test
    void putsBridgeRulesBackAsTheyWere() throws Exception {
        try (NetworkNamespace here = NetworkNamespace.make()) {
            here.run("ip link add v0 type veth peer name v2; ip link add v1 type veth peer name v3");
            here.call(() -> {
                RuleKeeper keeper = new RuleKeeper();
                keeper.install(new BridgeRules(List.of("v0", "v1")));
                String rules = here.run("nft list ruleset");
                here.run("nft flush ruleset");
                assertTrue(keeper.heal());
                assertEquals(rules, here.run("nft list ruleset"));
                return "";
            });
        }
    }
}
