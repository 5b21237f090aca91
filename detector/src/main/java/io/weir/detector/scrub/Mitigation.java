package io.weir.detector.scrub;

import io.weir.detector.flood.Flood;
import io.weir.detector.window.TargetWindows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Publishes the mitigation plan: the control step writes, workers read once a run of packets. Readers are wait-free. */
public final class Mitigation {
    private final int targets;
    private final List<Defence> active = new ArrayList<>();
    private final AtomicReference<MitigationPlan> plan;

    /** @param targets how many targets there are, addresses and prefixes together */
    public Mitigation(int targets) {
        this.targets = targets;
        this.plan = new AtomicReference<>(new MitigationPlan(targets, List.of()));
    }

    /**
     * Begins to defend. Control thread only.
     *
     * @param isPrefix whether the flood goes to a prefix as a whole
     */
    public void begin(Flood flood, boolean isPrefix, long nowNanos) {
        active.add(Defence.against(flood, isPrefix, nowNanos));
        publish();
    }

    /** Looks at what each defence needs: once a tick. Control thread only. */
    public void tick(long nowNanos) {
        boolean isChanged = false;
        for (int i = 0; i < active.size(); i++) {
            Defence looked = active.get(i).looked(nowNanos);
            isChanged |= looked.authenticatedFrom() != active.get(i).authenticatedFrom();
            active.set(i, looked);
        }
        if (isChanged) {
            publish();
        }
    }

    /** Ceases to defend. Control thread only. */
    public void end(Flood flood) {
        active.removeIf(defence -> defence.flood() == flood);
        publish();
    }

    /** Counts what passed of connections while floods are on: at the end of each bucket of the windows. Control thread only. */
    public void countEstablished(TargetWindows windows) {
        for (int i = 0; i < active.size(); i++) {
            Flood flood = active.get(i).flood();
            flood.traffic().countEstablished(windows.provenInBucket(flood.target()));
        }
    }

    private void publish() {
        // Everything in the plan is written before this release, so whoever acquires it sees it whole.
        plan.setRelease(new MitigationPlan(targets, active));
    }

    MitigationPlan current() {
        return plan.getAcquire();
    }
}
