package io.weir.filter.flow;

import static io.weir.filter.flow.Relation.FOLLOWS_FRAGMENT;
import static io.weir.filter.flow.Relation.ORPHAN;
import static io.weir.filter.flow.Relation.UNPROVEN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.filter.flow.Wire.Host;
import io.weir.filter.packet.IpProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Later fragments stand as their first stood. */
@ParameterizedClass
@EnumSource(Wire.Version.class)
final class FragmentFlowTest {
    private static final int UDP = IpProtocol.UDP;
    private static final int IDENTIFICATION = 0xbeef;

    private final Wire wire;
    private final Host client;
    private final Host server;

    FragmentFlowTest(Wire.Version version) {
        wire = new Wire(version);
        client = wire.host(1);
        server = wire.host(2);
    }

    @Test
    void laterFragmentsFollowTheirFirst() {
        first(-5);
        assertEquals(FOLLOWS_FRAGMENT, wire.fragment(client, server, UDP, IDENTIFICATION, 24, true));
        assertEquals(-5, wire.flows().firstFragment());
        assertEquals(FOLLOWS_FRAGMENT, wire.fragment(client, server, UDP, IDENTIFICATION, 48, false));
        assertEquals(-5, wire.flows().firstFragment());
    }

    @Test
    void aLaterFragmentWithoutAFirstIsAnOrphan() {
        assertEquals(ORPHAN, wire.fragment(client, server, UDP, IDENTIFICATION, 24, false));
    }

    @Test
    void fragmentsOfAnotherDatagramAreOrphans() {
        first(1);
        assertEquals(ORPHAN, wire.fragment(client, server, UDP, IDENTIFICATION + 1, 24, false));
        assertEquals(ORPHAN, wire.fragment(server, client, UDP, IDENTIFICATION, 24, false));
        assertEquals(ORPHAN, wire.fragment(wire.host(3), server, UDP, IDENTIFICATION, 24, false));
        assertEquals(ORPHAN, wire.fragment(client, server, IpProtocol.GRE, IDENTIFICATION, 24, false));
    }

    @Test
    void aFirstFragmentIsForgottenAfterAMinute() {
        first(1);
        wire.afterMinutes(1);
        assertEquals(FOLLOWS_FRAGMENT, wire.fragment(client, server, UDP, IDENTIFICATION, 24, false));
        wire.after(1);
        assertEquals(ORPHAN, wire.fragment(client, server, UDP, IDENTIFICATION, 24, false));
    }

    @Test
    void theSameIdentificationUsedAgainFollowsTheNewFirst() {
        first(1);
        wire.afterMillis(10);
        first(2);
        wire.fragment(client, server, UDP, IDENTIFICATION, 24, false);
        assertEquals(2, wire.flows().firstFragment());
    }

    @Test
    void laterFragmentsTeachNothingOfTheirFlow() {
        first(1);
        for (int n = 1; n < 5; n++) {
            wire.fragment(client, server, UDP, IDENTIFICATION, 24 * n, true);
        }
        assertEquals(UNPROVEN, wire.udp(client, 4_000, server, 5_000));
    }

    private void first(long memo) {
        assertEquals(UNPROVEN, wire.fragment(client, server, UDP, IDENTIFICATION, 0, true));
        wire.rememberFirstFragment(memo);
    }
}
