package io.weir.detector.scrub;

import io.weir.detector.flood.Flood;
import io.weir.detector.flood.ProtectedTargets;
import io.weir.detector.flood.TrafficClass;
import io.weir.detector.window.TargetWindows;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.ReasonCounters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has the kernel drop what signatures condemn fast, and counts what it dropped as if it had come here: an alarm lasts as
 * long as its flood does. Control step only.
 */
public final class OffloadDesk {
    /** What comes slower is judged here, where more is known of each packet, at no cost that matters. */
    static final double LEAST_PER_SECOND = 10_000;

    /** After it isn't wanted any more, what it dropped last is still to be counted. */
    private static final long LEAVING_NANOS = 1_000_000_000L;

    private final TargetWindows windows;
    private final ProtectedTargets targets;
    private final ReasonCounters reasons;
    private final List<OffloadedSignature> wanted = new ArrayList<>();
    private final List<Leaving> leaving = new ArrayList<>();
    private @Nullable Offload offload;
    private final long[] classPackets = new long[TrafficClass.count()];
    private long packets;
    private long bytes;
    private long bannedPackets;
    private long bannedBytes;

    private record Leaving(OffloadedSignature signature, long untilNanos) {}

    public OffloadDesk(TargetWindows windows, ProtectedTargets targets, ReasonCounters reasons) {
        this.windows = windows;
        this.targets = targets;
        this.reasons = reasons;
    }

    /** Begins to offload. Before the first packet. */
    public void use(Offload kernel) {
        offload = kernel;
    }

    /** Called every tick, before alarms are looked at. */
    public void count(long nowNanos) {
        if (offload == null) {
            return;
        }
        for (int i = 0; i < wanted.size(); i++) {
            count(wanted.get(i), nowNanos);
        }
        for (int i = leaving.size() - 1; i >= 0; i--) {
            Leaving one = leaving.get(i);
            count(one.signature(), nowNanos);
            if (nowNanos >= one.untilNanos()) {
                leaving.remove(i);
            }
        }
        long droppedPackets = offload.bannedPackets() - bannedPackets;
        if (droppedPackets > 0) {
            long droppedBytes = offload.bannedBytes() - bannedBytes;
            bannedPackets += droppedPackets;
            bannedBytes += droppedBytes;
            note(Reason.BAN, droppedPackets, droppedBytes);
        }
    }

    private void count(OffloadedSignature signature, long nowNanos) {
        long droppedPackets = signature.takePackets();
        if (droppedPackets == 0) {
            return;
        }
        long droppedBytes = signature.takeBytes();
        Flood flood = signature.flood();
        int trafficClass = flood.trafficClass().ordinal();
        windows.count(flood.target(), trafficClass, droppedPackets, droppedBytes);
        if (!flood.isPrefix() && targets.isWatchingPrefixes()) {
            windows.count(targets.groupOf(flood.target()), trafficClass, droppedPackets, droppedBytes);
        }
        classPackets[trafficClass] += droppedPackets;
        flood.traffic().countOffloaded(droppedPackets, droppedBytes);
        signature.live().count(droppedPackets, nowNanos);
        note(Reason.SIGNATURE, droppedPackets, droppedBytes);
    }

    /** What the kernel dropped of a class, since the start. */
    public long classPackets(TrafficClass trafficClass) {
        return classPackets[trafficClass.ordinal()];
    }

    private void note(Reason reason, long droppedPackets, long droppedBytes) {
        reasons.countDropped(reason, droppedPackets, droppedBytes);
        packets += droppedPackets;
        bytes += droppedBytes;
    }

    /** Called every tick, after signatures were looked at. */
    void want(List<SignatureCase> cases, long nowNanos) {
        if (offload == null) {
            return;
        }
        boolean isChanged = dropUnwanted(cases, nowNanos);
        for (int i = 0; i < cases.size(); i++) {
            SignatureCase one = cases.get(i);
            if (isSafe(one.flood(), nowNanos)) {
                isChanged |= want(one, nowNanos);
            }
        }
        if (isChanged) {
            offload.drop(List.copyOf(wanted));
        }
    }

    private boolean dropUnwanted(List<SignatureCase> cases, long nowNanos) {
        boolean isChanged = false;
        for (int i = wanted.size() - 1; i >= 0; i--) {
            OffloadedSignature signature = wanted.get(i);
            if (!isHeld(signature, cases) || !isSafe(signature.flood(), nowNanos)) {
                wanted.remove(i);
                leaving.add(new Leaving(signature, nowNanos + LEAVING_NANOS));
                isChanged = true;
            }
        }
        return isChanged;
    }

    private static boolean isHeld(OffloadedSignature signature, List<SignatureCase> cases) {
        for (int i = 0; i < cases.size(); i++) {
            SignatureCase one = cases.get(i);
            if (one.flood() == signature.flood()) {
                return signature.live().isActive() && isIn(one.watch().list(), signature.live());
            }
        }
        return false;
    }

    private static boolean isIn(LiveSignature[] list, LiveSignature live) {
        for (LiveSignature one : list) {
            if (one == live) {
                return true;
            }
        }
        return false;
    }

    private boolean want(SignatureCase one, long nowNanos) {
        boolean isChanged = false;
        for (LiveSignature live : one.watch().list()) {
            if (live.isActive() && isFast(one.flood(), live, nowNanos) && !isWanted(live)) {
                OffloadedSignature signature = new OffloadedSignature(
                        one.flood(), live, targets.prefix(one.flood().target()));
                if (offload != null && offload.isPossible(signature)) {
                    wanted.add(signature);
                    isChanged = true;
                }
            }
        }
        return isChanged;
    }

    private static boolean isFast(Flood flood, LiveSignature live, long nowNanos) {
        double perSecond = live.packets() * 1e9 / Math.max(1, nowNanos - live.bornNanos());
        return Math.max(perSecond, flood.packetsPerSecond()) >= LEAST_PER_SECOND;
    }

    private boolean isWanted(LiveSignature live) {
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i).live() == live) {
                return true;
            }
        }
        return false;
    }

    /**
     * The kernel knows connections by what the protected side sends. Segments of those that only their client is seen of
     * would look like an attack to it.
     */
    private boolean isSafe(Flood flood, long nowNanos) {
        return flood.trafficClass() != TrafficClass.ACK
                || targets.isAnswering(flood.target(), nowNanos)
                || windows.slowProvenSegments(flood.target()) == 0;
    }

    /** Packets that the kernel dropped so far; counted among those of their reasons. */
    public long packets() {
        return packets;
    }

    /** Bytes of those. */
    public long bytes() {
        return bytes;
    }
}
