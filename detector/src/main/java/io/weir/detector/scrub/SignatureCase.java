package io.weir.detector.scrub;

import io.weir.detector.flood.Flood;
import io.weir.detector.flood.FloodSignature;
import io.weir.detector.flood.TrafficClass;
import io.weir.detector.window.SampleRing;
import io.weir.detector.window.TargetWindows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The search for the signatures of one flood, while it lasts: found, tried, held or given up. Control step only. */
final class SignatureCase {
    /** Long enough to meet what proves itself, short enough to matter. */
    private static final long TRIAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long SEARCH_NANOS = TimeUnit.MILLISECONDS.toNanos(64);
    private static final int PAUSE_GROWTH = 8;
    private static final long IDLE_SEARCH_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Without a packet that has it, a signature ends. */
    private static final long EXPIRY_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** So much more than users send has to be missed before a further signature is looked for. */
    private static final double MISSING_TIMES = 2;

    static final int MOST_SAMPLES = 1024;
    private static final int MOST_MISSED_SAMPLES = 256;
    private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Flood flood;
    private final SignatureWatch watch;
    private final SampleRing ring;
    private final SampleRing missed;
    private final PeaceRecord peace;
    /** Shared by all cases: one searches at a time. */
    private final SampleRows attack;
    /** From one search to the next: longer after each that found nothing. */
    private long pauseNanos = SEARCH_NANOS;

    private long nextSearchNanos;
    private long nextLookNanos;
    /** When a signature began to drop, and what had been missed until then. */
    private long changedNanos;

    private long missedBefore;
    private double share;

    SignatureCase(
            Flood flood,
            SignatureWatch watch,
            SampleRing ring,
            SampleRing missed,
            PeaceRecord peace,
            SampleRows scratch,
            long nowNanos) {
        this.flood = flood;
        this.watch = watch;
        this.ring = ring;
        this.missed = missed;
        this.peace = peace;
        this.attack = scratch;
        this.nextSearchNanos = nowNanos;
        this.nextLookNanos = nowNanos + IDLE_SEARCH_NANOS;
        this.changedNanos = nowNanos;
        this.share = watch.signatures().isEmpty() ? 0 : 1;
        flood.setSignatures(this::describe);
    }

    Flood flood() {
        return flood;
    }

    SignatureWatch watch() {
        return watch;
    }

    /** Searches no sooner than in the next bucket but one. */
    void pause(long nowNanos) {
        nextSearchNanos = nowNanos + 2 * TargetWindows.FAST_BUCKET_NANOS;
    }

    /** @return whether what holds has changed */
    boolean tick(long nowNanos) {
        watch.beginTick();
        boolean isChanged = watch.isUnsettled(nowNanos - EXPIRY_NANOS) && settle(nowNanos);
        if (nowNanos >= nextLookNanos) {
            nextLookNanos = nowNanos + IDLE_SEARCH_NANOS;
            look();
        }
        if (nowNanos >= nextSearchNanos) {
            isChanged |= search(nowNanos);
            nextSearchNanos = nowNanos + pauseNanos;
        }
        return isChanged;
    }

    /** Ends trials, and what has expired or was seen to harm. */
    private boolean settle(long nowNanos) {
        boolean isChanged = false;
        List<LiveSignature> kept = new ArrayList<>();
        for (LiveSignature live : watch.signatures()) {
            boolean isTried = !live.isActive() && nowNanos - live.bornNanos() >= TRIAL_NANOS;
            boolean isKept = nowNanos - live.lastHitNanos() < EXPIRY_NANOS
                    && !(isTried && (live.packets() == 0 || isHarmful(live)));
            if (isTried && isKept) {
                live.setActive(true);
                changedNanos = nowNanos;
                missedBefore = watch.missed();
            }
            isChanged |= isTried || !isKept;
            if (isKept) {
                kept.add(live);
            }
        }
        if (isChanged) {
            watch.set(kept);
        }
        return isChanged;
    }

    /** Whether what has proven itself since it was found has it. */
    private boolean isHarmful(LiveSignature live) {
        return peace.hits(live, watch.trafficClass(), live.bornNanos()) > 0;
    }

    /** Once a second: how much of the attack they hit, and whether peace has come to have them. */
    private void look() {
        long missedPackets = watch.takeMissed();
        long hit = 0;
        List<LiveSignature> kept = new ArrayList<>();
        for (LiveSignature live : watch.signatures()) {
            hit += live.takePackets();
            if (!live.isActive() || !isHarmful(live)) {
                kept.add(live);
            }
        }
        share = hit + missedPackets == 0 ? share : (double) hit / (hit + missedPackets);
        if (kept.size() < watch.signatures().size()) {
            watch.set(kept);
            pauseNanos = SEARCH_NANOS;
        }
    }

    /** Whether more is missed than users send. */
    private boolean isMissing(double usualPerSecond, long nowNanos) {
        double perSecond = (watch.missed() - missedBefore) * 1e9 / Math.max(1, nowNanos - changedNanos);
        boolean isKnown = peace.rows(watch.trafficClass()).size() >= SignatureSearch.FEW_PEACE_SAMPLES;
        // Where little is known of users, what is missed may be theirs as long as it isn't more than may pass.
        double users = isKnown ? MISSING_TIMES * usualPerSecond : (double) flood.admittedPacketsPerSecond();
        return perSecond >= Math.max(SignatureSearch.LEAST_PER_SECOND, users);
    }

    private boolean search(long nowNanos) {
        if (!flood.isAbove(nowNanos)) {
            return false; // what still comes is users'
        }
        boolean isFirst = watch.isEmpty();
        double usualPerSecond = peace.perSecond(watch.trafficClass(), watch.target(), Whispers.NONE, nowNanos);
        if (!isFirst && (watch.isUnsettled(Long.MIN_VALUE) || !isMissing(usualPerSecond, nowNanos))) {
            return false;
        }
        attack.clear();
        if (isFirst) {
            collect(ring, Math.max(flood.startNanos(), nowNanos - RECENT_NANOS), MOST_SAMPLES, attack);
        } else {
            collect(missed, changedNanos, MOST_MISSED_SAMPLES, attack);
        }
        if (attack.size() < SignatureSearch.FEWEST) {
            return false;
        }
        pauseNanos = Math.min(PAUSE_GROWTH * pauseNanos, IDLE_SEARCH_NANOS);
        int trafficClass = watch.trafficClass();
        double rate = flood.packetsPerSecond() * (isFirst ? 1 : 1 - share);
        // What is missed is mostly users'.
        Whispers whispers = isFirst ? Whispers.of(flood, ring) : Whispers.NONE;
        SignatureSearch search = new SignatureSearch(
                flood.trafficClass(),
                peace.rows(trafficClass, whispers),
                peace.perSecond(trafficClass, watch.target(), whispers, nowNanos),
                rate,
                nowNanos);
        List<LiveSignature> live = new ArrayList<>(watch.signatures());
        for (SignatureFinding finding : search.find(attack, SignatureWatch.MOST)) {
            boolean isKnown =
                    live.stream().anyMatch(known -> known.finding().signature().equals(finding.signature()));
            if (!isKnown) {
                makeRoom(live);
                live.add(new LiveSignature(finding, false, nowNanos));
            }
        }
        boolean isFound =
                live.size() > watch.signatures().size() || live.stream().anyMatch(one -> !one.isActive());
        if (isFound) {
            watch.set(live);
            pauseNanos = SEARCH_NANOS;
        }
        return isFound;
    }

    /** The one that hit longest ago goes. */
    private static void makeRoom(List<LiveSignature> live) {
        if (live.size() == SignatureWatch.MOST) {
            LiveSignature idlest = live.getFirst();
            for (LiveSignature one : live) {
                idlest = one.lastHitNanos() < idlest.lastHitNanos()
                                || one.lastHitNanos() == idlest.lastHitNanos() && one.packets() < idlest.packets()
                        ? one
                        : idlest;
            }
            live.remove(idlest);
        }
    }

    /** Of what signatures miss a call may be most, where only its one side is seen: a stream of datagrams counts once. */
    private boolean isOfDatagrams() {
        return watch.trafficClass() == TrafficClass.UDP.ordinal()
                || watch.trafficClass() == TrafficClass.ICMP.ordinal();
    }

    /** The newest samples of the flood. */
    private void collect(SampleRing from, long sinceNanos, int most, SampleRows into) {
        for (int rank = from.size() - 1; rank >= 0 && into.size() < most; rank--) {
            int sample = from.byAge(rank);
            if (from.matches(sample, watch.target(), watch.trafficClass(), sinceNanos)
                    && !from.isProven(sample)
                    && !(from == missed && isOfDatagrams() && into.hasEnds(from.rows(), SampleRing.row(sample)))) {
                into.add(from.rows(), SampleRing.row(sample));
            }
        }
    }

    private List<FloodSignature> describe() {
        return watch.signatures().stream()
                .map(live -> live.describe(live.finding().attackShare()))
                .toList();
    }
}
