package io.weir.detector.scrub;

import io.weir.detector.flood.Flood;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Publishes the mitigation plan: the control step writes, workers read once a run of packets. Readers are wait-free. */
public final class Mitigation {
    private final int targets;
    private final List<MitigationPlan.Defence> active = new ArrayList<>();
    private final AtomicReference<MitigationPlan> plan;

    /** @param targets how many targets there are, addresses and prefixes together */
    public Mitigation(int targets) {
        this.targets = targets;
        this.plan = new AtomicReference<>(new MitigationPlan(targets, List.of()));
    }

    /** Begins to defend. Control thread only. */
    public void begin(Flood flood, long nowNanos) {
        active.add(MitigationPlan.Defence.against(flood, nowNanos));
        publish();
    }

    /** Ceases to defend. Control thread only. */
    public void end(Flood flood) {
        active.removeIf(defence -> defence.flood() == flood);
        publish();
    }

    private void publish() {
        // Everything in the plan is written before this release, so whoever acquires it sees it whole.
        plan.setRelease(new MitigationPlan(targets, active));
    }

    MitigationPlan current() {
        return plan.getAcquire();
    }
}
