package io.weir.detector.scrub;

import io.weir.detector.flood.Flood;
import io.weir.detector.flood.ProtectedTargets;
import io.weir.detector.flood.Sender;
import io.weir.detector.flood.TrafficClass;
import io.weir.detector.window.TargetWindows;
import io.weir.filter.verdict.FloodKind;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.ReasonCounters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has the kernel drop what signatures condemn fast, and most of what comes too fast for the worker to look at each; counts what it dropped as if it had come here: an alarm lasts as
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
    private final int way;
    private final List<Offloaded> wanted = new ArrayList<>();
    private final List<LimitLook> looks = new ArrayList<>();
    private List<SignatureCase> cases = List.of();
    private final Rehearing rehearing = new Rehearing();
    private final List<Leaving> leaving = new ArrayList<>();
    private @Nullable Offload offload;
    private final long[] classPackets = new long[TrafficClass.count()];
    private final Total all = new Total();
    private final Total banned = new Total();
    private final Total refused = new Total();

    /** What was dropped since the start. */
    private static final class Total {
        private long packets;
        private long bytes;

        void add(long morePackets, long moreBytes) {
            packets += morePackets;
            bytes += moreBytes;
        }
    }

    private record Leaving(Offloaded what, long untilNanos) {}

    /** @param way that what the kernel dropped came, as {@code reasons} counts it */
    public OffloadDesk(TargetWindows windows, ProtectedTargets targets, ReasonCounters reasons, int way) {
        this.windows = windows;
        this.targets = targets;
        this.reasons = reasons;
        this.way = way;
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
            count(one.what(), nowNanos);
            if (nowNanos >= one.untilNanos()) {
                leaving.remove(i);
            }
        }
        count(offload.bannedPackets() - banned.packets, offload.bannedBytes() - banned.bytes, banned, Reason.BAN);
        countRefused(offload.refusedPackets() - refused.packets, offload.refusedBytes() - refused.bytes);
    }

    private void count(long droppedPackets, long droppedBytes, Total total, Reason reason) {
        if (droppedPackets > 0) {
            total.add(droppedPackets, droppedBytes);
            note(reason, droppedPackets, droppedBytes);
        }
    }

    /** No requests: what is dropped are handshakes, and the rest of connections that were. */
    private void countRefused(long droppedPackets, long droppedBytes) {
        count(droppedPackets, droppedBytes, refused, Reason.HTTP_FLOOD);
        for (int i = 0; i < cases.size() && droppedPackets > 0; i++) {
            Flood flood = cases.get(i).flood();
            if (flood.kind() == FloodKind.HTTP) {
                flood.traffic().countDropped(droppedPackets, droppedBytes, Sender.SUSPECT);
                return;
            }
        }
    }

    private void count(Offloaded one, long nowNanos) {
        long droppedPackets = one.takePackets();
        if (droppedPackets == 0) {
            return;
        }
        long droppedBytes = one.takeBytes();
        Flood flood = one.flood();
        int trafficClass = flood.trafficClass().ordinal();
        windows.count(flood.target(), trafficClass, droppedPackets, droppedBytes);
        if (!flood.isPrefix() && targets.isWatchingPrefixes()) {
            windows.count(targets.groupOf(flood.target()), trafficClass, droppedPackets, droppedBytes);
        }
        classPackets[trafficClass] += droppedPackets;
        LiveSignature live = one.live();
        flood.traffic().countDropped(droppedPackets, droppedBytes, live == null ? Sender.NEWCOMER : Sender.SUSPECT);
        note(live == null ? Reason.of(flood.kind()) : Reason.SIGNATURE, droppedPackets, droppedBytes);
        if (live != null) {
            live.count(droppedPackets, nowNanos);
            hit(live, droppedPackets);
        }
    }

    private void hit(LiveSignature live, long droppedPackets) {
        for (int i = 0; i < cases.size(); i++) {
            if (isIn(cases.get(i).watch().list(), live)) {
                cases.get(i).watch().countHits(droppedPackets);
            }
        }
    }

    /** What the kernel dropped of a class, since the start. */
    public long classPackets(TrafficClass trafficClass) {
        return classPackets[trafficClass.ordinal()];
    }

    private void note(Reason reason, long droppedPackets, long droppedBytes) {
        reasons.countDropped(way, reason, droppedPackets, droppedBytes);
        all.add(droppedPackets, droppedBytes);
    }

    /** Called every tick, after signatures were looked at. */
    void want(List<SignatureCase> current, long nowNanos) {
        cases = current;
        if (offload == null) {
            return;
        }
        if (rehearing.isDue(hasRequests(), nowNanos)) {
            offload.hearConnections();
        }
        looks.removeIf(look -> !isOn(look.flood()));
        for (int i = 0; i < cases.size(); i++) {
            if (look(cases.get(i).flood()) == null) {
                looks.add(new LimitLook(cases.get(i), nowNanos));
            }
        }
        for (int i = 0; i < looks.size(); i++) {
            looks.get(i).look(windows, nowNanos);
        }
        boolean isChanged = dropUnwanted(nowNanos);
        for (int i = 0; i < cases.size(); i++) {
            SignatureCase one = cases.get(i);
            if (isSafe(one.flood(), nowNanos)) {
                isChanged |= wantSignatures(one, nowNanos);
                isChanged |= wantLimit(one);
            }
        }
        if (isChanged) {
            offload.drop(List.copyOf(wanted));
        }
    }

    private boolean hasRequests() {
        for (int i = 0; i < cases.size(); i++) {
            FloodKind kind = cases.get(i).flood().kind();
            if (kind == FloodKind.HTTP || kind == FloodKind.DNS) {
                return true;
            }
        }
        return false;
    }

    private boolean dropUnwanted(long nowNanos) {
        boolean isChanged = false;
        for (int i = wanted.size() - 1; i >= 0; i--) {
            Offloaded one = wanted.get(i);
            if (!isHeld(one) || !isSafe(one.flood(), nowNanos)) {
                wanted.remove(i);
                leaving.add(new Leaving(one, nowNanos + LEAVING_NANOS));
                isChanged = true;
            }
        }
        return isChanged;
    }

    private boolean isHeld(Offloaded offloaded) {
        LiveSignature live = offloaded.live();
        if (live == null) {
            return isLimited(offloaded.flood());
        }
        for (int i = 0; i < cases.size(); i++) {
            if (cases.get(i).flood() == offloaded.flood()) {
                return live.isActive() && isIn(cases.get(i).watch().list(), live);
            }
        }
        return false;
    }

    private boolean isOn(Flood flood) {
        for (int i = 0; i < cases.size(); i++) {
            if (cases.get(i).flood() == flood) {
                return true;
            }
        }
        return false;
    }

    private @Nullable LimitLook look(Flood flood) {
        for (int i = 0; i < looks.size(); i++) {
            if (looks.get(i).flood() == flood) {
                return looks.get(i);
            }
        }
        return null;
    }

    private boolean isLimited(Flood flood) {
        LimitLook look = look(flood);
        return look != null && (isAlone() || look.isOn());
    }

    private boolean isAlone() {
        return offload != null && offload.isAlone();
    }

    private boolean wantLimit(SignatureCase one) {
        Flood flood = one.flood();
        if (!isLimited(flood)) {
            return false;
        }
        if (isLimiting(flood)) {
            return false;
        }
        long perSecond = isAlone()
                ? Math.max(1, flood.admittedPacketsPerSecond())
                : Math.max(LimitLook.PACKETS_PER_SECOND, flood.admittedPacketsPerSecond());
        return want(Offloaded.limit(flood, targets.prefix(flood.target()), perSecond));
    }

    /** Whether the kernel was asked to let no more than so much of it through. */
    boolean isLimiting(Flood flood) {
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i).flood() == flood && wanted.get(i).live() == null) {
                return true;
            }
        }
        return false;
    }

    private boolean want(Offloaded one) {
        if (offload == null || !offload.isPossible(one)) {
            return false;
        }
        wanted.add(one);
        return true;
    }

    private static boolean isIn(LiveSignature[] list, LiveSignature live) {
        for (LiveSignature one : list) {
            if (one == live) {
                return true;
            }
        }
        return false;
    }

    private boolean wantSignatures(SignatureCase one, long nowNanos) {
        boolean isChanged = false;
        for (LiveSignature live : one.watch().list()) {
            if (live.isActive() && (isAlone() || isFast(one.flood(), live, nowNanos)) && !isWanted(live)) {
                isChanged |= want(Offloaded.signature(
                        one.flood(), live, targets.prefix(one.flood().target())));
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
        return all.packets;
    }

    /** Bytes of those. */
    public long bytes() {
        return all.bytes;
    }
}
