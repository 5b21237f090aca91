package io.weir.detector.flood;

import io.weir.detector.window.TargetTable;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Which target number stands for what: addresses by their slot, and behind them each protected prefix as a whole.
 *
 * <p>Where everything is protected because nothing was said, the prefixes are the whole Internet and not watched as one.
 */
public final class ProtectedTargets {
    private static final long ANSWERING_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final TargetTable addresses;
    private final int slots;
    private final List<IpPrefix> prefixes;
    private List<Limits> addressLimits;
    private List<Limits> prefixLimits;
    private final boolean isWatchingPrefixes;
    private final int[] prefixOfSlot;

    /**
     * @param addressLimits of an address of each prefix, {@code prefixLimits} of each as a whole, in the prefixes' order
     */
    public ProtectedTargets(
            TargetTable addresses,
            int slots,
            List<IpPrefix> prefixes,
            List<Limits> addressLimits,
            List<Limits> prefixLimits,
            boolean isWatchingPrefixes) {
        this.addresses = addresses;
        this.slots = slots;
        this.prefixes = List.copyOf(prefixes);
        this.addressLimits = List.copyOf(addressLimits);
        this.prefixLimits = List.copyOf(prefixLimits);
        this.isWatchingPrefixes = isWatchingPrefixes;
        this.prefixOfSlot = new int[slots];
    }

    /** Exchanges the limits, prefix by prefix; a flood that is on keeps those it began with. */
    public void limit(List<Limits> ofAddresses, List<Limits> ofPrefixes) {
        if (ofAddresses.size() != prefixes.size() || ofPrefixes.size() != prefixes.size()) {
            throw new IllegalArgumentException(ofAddresses.size() + " limits for " + prefixes.size() + " prefixes");
        }
        addressLimits = List.copyOf(ofAddresses);
        prefixLimits = List.copyOf(ofPrefixes);
    }

    /** The target of an address if it is watched by itself, or {@link TargetTable#NONE}. */
    public int find(long addressHigh, long addressLow, int prefix, long nowNanos) {
        int slot = addresses.find(addressHigh, addressLow);
        if (slot != TargetTable.NONE) {
            addresses.noteSeen(slot, nowNanos);
            prefixOfSlot[slot] = prefix;
        }
        return slot;
    }

    /** The target of a destination inside a prefix, watched from now on if it can be, or {@link TargetTable#NONE}. */
    public int enter(long addressHigh, long addressLow, int prefix, long nowNanos) {
        int slot = addresses.enter(addressHigh, addressLow, nowNanos);
        if (slot != TargetTable.NONE) {
            prefixOfSlot[slot] = prefix;
        }
        return slot;
    }

    /** The target of a prefix as a whole, or {@link TargetTable#NONE} if it isn't watched. */
    public int ofPrefix(int prefix) {
        return isWatchingPrefixes ? slots + prefix : TargetTable.NONE;
    }

    /** Whether prefixes were named, rather than everything protected. */
    public boolean isWatchingPrefixes() {
        return isWatchingPrefixes;
    }

    public boolean isPrefix(int target) {
        return target >= slots;
    }

    /** The prefix target that an address target belongs to. */
    public int groupOf(int target) {
        return slots + prefixOfSlot[target];
    }

    public Limits limits(int target) {
        return isPrefix(target) ? prefixLimits.get(target - slots) : addressLimits.get(prefixOfSlot[target]);
    }

    /** Whether any target has a {@code total}. */
    public boolean hasTotals() {
        return addressLimits.stream().anyMatch(Limits::hasTotal)
                || prefixLimits.stream().anyMatch(Limits::hasTotal);
    }

    /** The limits of an address of a prefix. */
    public Limits addressLimits(int prefix) {
        return addressLimits.get(prefix);
    }

    /** How many targets there are: slots of addresses, and behind them the prefixes. */
    public int count() {
        return slots + prefixes.size();
    }

    /** Whether an address was seen to answer within the last ten seconds. */
    public boolean isAnswering(int target, long nowNanos) {
        long lastNanos = isPrefix(target) ? Long.MIN_VALUE : addresses.lastAnswerNanos(target);
        return lastNanos != Long.MIN_VALUE && nowNanos - lastNanos <= ANSWERING_NANOS;
    }

    /** Whether a slot's address is of a prefix and was sent to within a time. */
    boolean isActive(int slot, int prefixTarget, long sinceNanos) {
        return addresses.isSeenSince(slot, sinceNanos) && groupOf(slot) == prefixTarget;
    }

    /** How many slots of addresses there are. */
    int slots() {
        return slots;
    }

    /** Its addresses. */
    public IpPrefix prefix(int target) {
        return isPrefix(target)
                ? prefixes.get(target - slots)
                : IpPrefix.host(addresses.addressHigh(target), addresses.addressLow(target));
    }

    /** Whether a target is an address, or the prefix around it. */
    boolean isAt(int target, long addressHigh, long addressLow) {
        return isPrefix(target)
                ? prefixes.get(target - slots).contains(addressHigh, addressLow)
                : addresses.addressHigh(target) == addressHigh && addresses.addressLow(target) == addressLow;
    }

    /** Address or prefix as text. */
    public String text(int target) {
        return isPrefix(target)
                ? prefixes.get(target - slots).toString()
                : IpAddress.format(addresses.addressHigh(target), addresses.addressLow(target));
    }

    /** Keeps an address's slot while an alarm is on. */
    void hold(int target) {
        if (!isPrefix(target)) {
            addresses.hold(target);
        }
    }

    void release(int target) {
        if (!isPrefix(target)) {
            addresses.release(target);
        }
    }
}
