package io.weir.detector.daemon;

import io.weir.capture.linux.BridgeRules;
import io.weir.capture.linux.Capability;
import io.weir.capture.linux.InterfaceClaim;
import io.weir.capture.linux.RuleKeeper;
import io.weir.capture.source.BridgeSource;
import io.weir.detector.api.Intake;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Is the cable between two interfaces. */
record BridgedTraffic(BridgeSource source, BridgeRules rules, RuleKeeper keeper, InterfaceClaim claim)
        implements LiveTraffic {
    /** @throws IOException if the kernel refuses, or another bridge is on this host */
    static BridgedTraffic open(List<String> interfaces) throws IOException {
        BridgeRules rules = new BridgeRules(interfaces);
        InterfaceClaim claim = rules.claim();
        try {
            BridgeSource source = BridgeSource.open(interfaces.getFirst(), interfaces.getLast());
            return new BridgedTraffic(source, rules, new RuleKeeper(), claim);
        } catch (IOException refused) {
            claim.close();
            throw refused;
        }
    }

    @Override
    public List<Share> shares() {
        return List.of(new Share(source, List.of(source.otherSide())));
    }

    @Override
    public void begin() throws IOException {
        keeper.install(rules);
        discard(TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()));
    }

    /** What came before is of no use to anybody: sent on now, it would hold up what comes. */
    private void discard(long untilNanos) throws IOException {
        PacketBatch batch = new PacketBatch();
        boolean[] isThrough = new boolean[2];
        int before = -1;
        int count = source.fill(batch);
        for (int discarded = 0; count > 0 && discarded < MOST_WAITING; discarded += count) {
            int side = batch.interfaceIndex[0];
            isThrough[side] |= batch.timestampNanos[count - 1] >= untilNanos;
            // The sides take turns: where one comes twice, the other has nothing.
            if (isThrough[side] && (isThrough[1 - side] || before == side)) {
                return;
            }
            before = side;
            count = source.fill(batch);
        }
    }

    @Override
    public Optional<String> heal() throws IOException {
        return keeper.heal()
                ? Optional.of(
                        "another program took table netdev weir or chains of it out of the kernel: put back, after at"
                                + " most half a second in which this host's own stack saw what comes to the bridge, too")
                : Optional.empty();
    }

    @Override
    public void end() throws IOException {
        keeper.end();
        source.interrupt();
        BridgeRules.remove();
    }

    @Override
    public long lostPackets() throws IOException {
        return source.lostPackets() + source.unsentPackets();
    }

    @Override
    public List<Intake> intakes() throws IOException {
        List<String> sides = rules.interfaces();
        return List.of(
                LiveTraffic.ring("ring " + sides.getFirst(), source.counters(0)),
                LiveTraffic.ring("ring " + sides.getLast(), source.counters(1)));
    }

    @Override
    public Set<Capability> kept() {
        return Set.of(Capability.CAP_NET_ADMIN);
    }

    @Override
    public void close() {
        source.close();
        claim.close();
    }
}
