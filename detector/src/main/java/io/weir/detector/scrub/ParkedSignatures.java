package io.weir.detector.scrub;

import io.weir.detector.flood.Flood;
import io.weir.detector.window.TargetTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Signatures of floods that ended, for an hour: as soon as what has them in a tick is over half the threshold they drop
 * again, without an alarm and without a trial. At most {@value #MOST}; the oldest give way. Control step only.
 */
final class ParkedSignatures {
    static final int MOST = 256;
    private static final long PARKED_NANOS = TimeUnit.HOURS.toNanos(1);
    /** So long after its last packet it drops no more. */
    private static final long REARMED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final double TICK_SECONDS = 0.008;
    /** Of what is admitted: peace has none of them, so that a few at once are no chance. */
    private static final double REARMING_SHARE = 0.5;

    private static final long FEWEST = 2;

    private final TargetTable addresses;
    private final List<Place> places = new ArrayList<>();

    ParkedSignatures(TargetTable addresses) {
        this.addresses = addresses;
    }

    /** Where signatures of one class are parked. */
    private record Place(
            SignatureWatch watch,
            String target,
            boolean isPrefix,
            long high,
            long low,
            long perTick,
            long untilNanos) {}

    /** Parks what dropped during a flood. */
    void park(Flood flood, SignatureWatch watch, long nowNanos) {
        List<LiveSignature> proven =
                watch.signatures().stream().filter(LiveSignature::isActive).toList();
        if (proven.isEmpty()) {
            return;
        }
        if (places.size() == MOST) {
            places.removeFirst();
        }
        proven.forEach(live -> live.setActive(false));
        watch.set(proven);
        long perTick = Math.max(FEWEST, (long) (flood.admittedPacketsPerSecond() * TICK_SECONDS * REARMING_SHARE));
        watch.rearmBy(perTick);
        boolean isPrefix = flood.isPrefix();
        places.add(new Place(
                watch,
                flood.targetText(),
                isPrefix,
                isPrefix ? 0 : addresses.addressHigh(flood.target()),
                isPrefix ? 0 : addresses.addressLow(flood.target()),
                perTick,
                nowNanos + PARKED_NANOS));
    }

    /** What is parked for a flood's class and target, no longer parked. */
    Optional<SignatureWatch> unpark(Flood flood) {
        for (Place place : places) {
            boolean isSame = place.target.equals(flood.targetText())
                    && place.watch.trafficClass() == flood.trafficClass().ordinal();
            if (isSame) {
                places.remove(place);
                place.watch.disarm();
                return Optional.of(place.watch);
            }
        }
        return Optional.empty();
    }

    /** @return whether what holds has changed */
    boolean tick(long nowNanos) {
        if (places.isEmpty()) {
            return false;
        }
        boolean isChanged = places.removeIf(place -> place.untilNanos <= nowNanos);
        for (Place place : places) {
            place.watch.beginTick();
            isChanged |= follow(place);
            isChanged |= rearm(place, nowNanos);
        }
        return isChanged;
    }

    /** The address may have got another slot, or none. */
    private boolean follow(Place place) {
        int target = place.isPrefix ? place.watch.target() : addresses.find(place.high, place.low);
        boolean isMoved = target != place.watch.target();
        place.watch.setTarget(target);
        return isMoved;
    }

    private static boolean rearm(Place place, long nowNanos) {
        boolean isChanged = false;
        for (LiveSignature live : place.watch.signatures()) {
            boolean isOver = live.takePackets() >= place.perTick;
            isChanged |= isOver && live.isActive(); // by the worker, in their midst: those that drop come first
            if (isOver != live.isActive() && (isOver || nowNanos - live.lastHitNanos() >= REARMED_NANOS)) {
                live.setActive(isOver);
                isChanged = true;
            }
        }
        if (isChanged) {
            place.watch.set(place.watch.signatures());
        }
        return isChanged;
    }

    /** The watches that workers ask; those whose address has no slot left out. */
    List<SignatureWatch> watches() {
        return places.stream()
                .map(Place::watch)
                .filter(watch -> watch.target() >= 0)
                .toList();
    }

    /** Whether a packet has one that is parked for its class, wherever it goes. */
    boolean hasSignature(long[] rows, int at, int trafficClass) {
        if (places.isEmpty()) {
            return false;
        }
        for (Place place : places) {
            if (place.watch.trafficClass() == trafficClass
                    && place.watch.signatures().stream()
                            .anyMatch(live -> live.finding().signature().matches(rows, at))) {
                return true;
            }
        }
        return false;
    }

    void clear() {
        places.clear();
    }
}
