package io.weir.detector.scrub;

import io.weir.detector.flood.TrafficClass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which targets are under alarm, for which classes, and what then holds. Immutable; made anew at every change. */
final class MitigationPlan {
    /** By target: a bit for each class under alarm. */
    private final byte[] classMask;

    /** By {@code target * classes + class} in an open-addressed table at most half full. */
    private final long[] keys;

    private final @Nullable Defence[] defences;
    private final boolean isActive;
    private final boolean isOfRequests;
    private final boolean isAuthenticating;

    MitigationPlan(int targets, List<Defence> active) {
        this.classMask = new byte[targets];
        this.isActive = !active.isEmpty();
        this.isOfRequests = active.stream()
                .anyMatch(defence ->
                        Scrubber.isRequest(defence.flood().trafficClass().ordinal()));
        this.isAuthenticating = active.stream().anyMatch(defence -> defence.authenticatedFrom() < FairShare.RANKS);
        int capacity = Integer.highestOneBit(Math.max(active.size(), 1)) * 4;
        this.keys = new long[capacity];
        this.defences = new @Nullable Defence[capacity];
        for (Defence defence : active) {
            int trafficClass = defence.flood().trafficClass().ordinal();
            int target = defence.flood().target();
            classMask[target] |= (byte) (1 << trafficClass);
            long key = key(target, trafficClass);
            int at = slot(key);
            while (defences[at] != null) {
                at = at + 1 & capacity - 1;
            }
            keys[at] = key;
            defences[at] = defence;
        }
    }

    /** Whether any flood is on. */
    boolean isActive() {
        return isActive;
    }

    /** Whether any flood of requests, handshakes or questions is on. */
    boolean isOfRequests() {
        return isOfRequests;
    }

    /** Whether any SYN has to be authenticated. */
    boolean isAuthenticating() {
        return isAuthenticating;
    }

    /** The defence of an address against a class, else of its prefix, or null where no alarm is on. */
    @Nullable
    Defence defence(int target, int group, int trafficClass) {
        Defence own = defence(target, trafficClass);
        return own != null ? own : defence(group, trafficClass);
    }

    private @Nullable Defence defence(int target, int trafficClass) {
        if (target < 0 || (classMask[target] >>> trafficClass & 1) == 0) {
            return null;
        }
        long key = key(target, trafficClass);
        int at = slot(key);
        while (keys[at] != key || defences[at] == null) {
            at = at + 1 & keys.length - 1;
        }
        return defences[at];
    }

    /** Counts a packet of a connection that {@code total} took, on every flood that is on there. */
    void countSacrificed(int target, int group) {
        for (int trafficClass = 0; trafficClass < TrafficClass.count(); trafficClass++) {
            Defence defence = defence(target, group, trafficClass);
            if (defence != null) {
                defence.flood().traffic().countSacrificed();
            }
        }
    }

    private int slot(long key) {
        return (int) (key * 0x9e37_79b9_7f4a_7c15L >>> 40) & keys.length - 1;
    }

    private static long key(int target, int trafficClass) {
        return (long) target * TrafficClass.count() + trafficClass;
    }
}
