package io.weir.detector.window;

import io.weir.filter.flow.FlowHash;
import java.util.Arrays;

/**
 * Which addresses have a window of their own: a fixed number of slots, in sets of eight.
 *
 * <p>An address takes a free slot, or that of one whose windows have run empty. Where there is none it is counted in a
 * sketch, and takes the slot of the weakest of its set once it has more packets than that one in about a second: any
 * address with a large part of the traffic is watched, however many others there are. A held slot (an alarm is on) is
 * never taken.
 */
public final class TargetTable {
    /** What {@link #find} and {@link #enter} answer for an address without a slot. */
    public static final int NONE = -1;

    private static final int WAYS = 8;
    private static final long EMPTY_AFTER_NANOS = 2 * TargetWindows.SLOW_WINDOW_NANOS;

    private final FlowHash hash;
    private final TargetWindows windows;
    private final CountMinSketch unwatched;
    private final long[] high;
    private final long[] low;
    private final long[] lastSeenNanos;
    private final long[] lastAnswerNanos;
    private final boolean[] isTaken;
    private final int[] holds;
    private final int setMask;
    private int lastFound;
    private long takeovers;

    /**
     * @param slots a power of two, at least 8; slot numbers are target numbers of {@code windows}
     * @param windows cleared for a slot when its address changes
     */
    public TargetTable(int slots, TargetWindows windows, FlowHash hash) {
        this.hash = hash;
        this.windows = windows;
        this.unwatched = new CountMinSketch(1 << 14, 2, TargetWindows.SLOW_WINDOW_NANOS);
        this.high = new long[slots];
        this.low = new long[slots];
        this.lastSeenNanos = new long[slots];
        this.lastAnswerNanos = new long[slots];
        this.isTaken = new boolean[slots];
        this.holds = new int[slots];
        this.setMask = slots / WAYS - 1;
    }

    /** The slot of an address, or {@link #NONE}. */
    public int find(long addressHigh, long addressLow) {
        // The same as the last one, mostly: floods and downloads come in a row.
        if (low[lastFound] == addressLow && high[lastFound] == addressHigh && isTaken[lastFound]) {
            return lastFound;
        }
        int base = base(hash.address(addressHigh, addressLow));
        for (int slot = base; slot < base + WAYS; slot++) {
            if (low[slot] == addressLow && high[slot] == addressHigh && isTaken[slot]) {
                lastFound = slot;
                return slot;
            }
        }
        return NONE;
    }

    /** The slot of an address that a packet goes to, given to it now if need be and possible, or {@link #NONE}. */
    public int enter(long addressHigh, long addressLow, long nowNanos) {
        long key = hash.address(addressHigh, addressLow);
        int base = base(key);
        for (int slot = base; slot < base + WAYS; slot++) {
            if (low[slot] == addressLow && high[slot] == addressHigh && isTaken[slot]) {
                lastSeenNanos[slot] = nowNanos;
                return slot;
            }
        }
        for (int slot = base; slot < base + WAYS; slot++) {
            if (!isTaken[slot] || holds[slot] == 0 && nowNanos - lastSeenNanos[slot] > EMPTY_AFTER_NANOS) {
                return take(slot, addressHigh, addressLow, nowNanos);
            }
        }
        return contest(key, base, addressHigh, addressLow, nowNanos);
    }

    private int contest(long key, int base, long addressHigh, long addressLow, long nowNanos) {
        long estimate = unwatched.add(key, nowNanos);
        // Most packets end here in a scan of the whole Internet: look at the set only now and then.
        if ((estimate & 15) != 0) {
            return NONE;
        }
        int weakest = NONE;
        long fewest = estimate;
        for (int slot = base; slot < base + WAYS; slot++) {
            if (holds[slot] == 0) {
                long packets = windows.slowTotalPackets(slot);
                if (packets < fewest) {
                    fewest = packets;
                    weakest = slot;
                }
            }
        }
        if (weakest == NONE) {
            return NONE;
        }
        takeovers++;
        return take(weakest, addressHigh, addressLow, nowNanos);
    }

    private int take(int slot, long addressHigh, long addressLow, long nowNanos) {
        windows.forget(slot);
        isTaken[slot] = true;
        high[slot] = addressHigh;
        low[slot] = addressLow;
        lastSeenNanos[slot] = nowNanos;
        lastAnswerNanos[slot] = Long.MIN_VALUE;
        return slot;
    }

    /** Forgets every address and the time: a new stream begins. The windows have forgotten already. */
    public void restart() {
        Arrays.fill(isTaken, false);
        unwatched.restart();
    }

    /** Keeps a slot for its address until as many calls of {@link #release}. */
    public void hold(int slot) {
        holds[slot]++;
    }

    public void release(int slot) {
        holds[slot]--;
    }

    /** Notes that a packet went to the address. */
    public void noteSeen(int slot, long nowNanos) {
        lastSeenNanos[slot] = nowNanos;
    }

    /** Whether a packet went to the slot's address since a time. */
    public boolean isSeenSince(int slot, long sinceNanos) {
        return isTaken[slot] && lastSeenNanos[slot] >= sinceNanos;
    }

    /** Notes that the address was seen to answer. */
    public void noteAnswer(int slot, long nowNanos) {
        lastAnswerNanos[slot] = nowNanos;
    }

    /** When the address was last seen to answer, or {@link Long#MIN_VALUE}. */
    public long lastAnswerNanos(int slot) {
        return lastAnswerNanos[slot];
    }

    public long addressHigh(int slot) {
        return high[slot];
    }

    public long addressLow(int slot) {
        return low[slot];
    }

    /** How often a busier address took another's slot, since the start. */
    public long takeovers() {
        return takeovers;
    }

    private int base(long key) {
        return ((int) (key >>> 32) & setMask) * WAYS;
    }
}
