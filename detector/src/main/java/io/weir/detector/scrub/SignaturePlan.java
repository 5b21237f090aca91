package io.weir.detector.scrub;

import io.weir.detector.flood.TrafficClass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which signatures hold where, found by themselves. Immutable but for the counts of its watches. */
final class SignaturePlan {
    static final SignaturePlan EMPTY = new SignaturePlan(List.of());

    /** By {@code target * classes + class} in an open-addressed table at most half full. */
    private final @Nullable SignatureWatch[] slots;

    private final boolean isEmpty;

    SignaturePlan(List<SignatureWatch> watches) {
        isEmpty = watches.isEmpty();
        slots = new @Nullable SignatureWatch[Integer.highestOneBit(Math.max(watches.size(), 1)) * 4];
        for (SignatureWatch watch : watches) {
            int at = slot(watch.target(), watch.trafficClass());
            while (slots[at] != null) {
                at = at + 1 & slots.length - 1;
            }
            slots[at] = watch;
        }
    }

    boolean isEmpty() {
        return isEmpty;
    }

    /** The watch over a class toward a target, or null. */
    @Nullable
    SignatureWatch find(int target, int trafficClass) {
        if (target < 0) {
            return null;
        }
        for (int at = slot(target, trafficClass); ; at = at + 1 & slots.length - 1) {
            SignatureWatch watch = slots[at];
            if (watch == null || watch.target() == target && watch.trafficClass() == trafficClass) {
                return watch;
            }
        }
    }

    private int slot(int target, int trafficClass) {
        long key = (long) target * TrafficClass.count() + trafficClass;
        return (int) (key * 0x9e37_79b9_7f4a_7c15L >>> 40) & slots.length - 1;
    }
}
