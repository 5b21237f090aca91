package io.weir.detector.scrub;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Publishes the signatures: the control step writes, workers read once a run of packets. Readers are wait-free. */
public final class SignatureBoard {
    private final AtomicReference<SignaturePlan> plan = new AtomicReference<>(SignaturePlan.EMPTY);

    void publish(List<SignatureWatch> watches) {
        // What the watches hold was written before this release, so whoever acquires the plan sees it.
        plan.setRelease(new SignaturePlan(watches));
    }

    SignaturePlan current() {
        return plan.getAcquire();
    }
}
