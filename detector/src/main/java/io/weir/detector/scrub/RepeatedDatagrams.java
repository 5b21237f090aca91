package io.weir.detector.scrub;

import java.util.Arrays;

/**
 * Tells who goes on: a user whose datagram is lost sends another between the same ends, a caller every 20 ms (RFC 3551
 * section 4.5), QUIC after a second (RFC 9002 section 6.2.2), a pinger each second; a forger draws anew. One worker's.
 *
 * <p>Each slot is overwritten by whatever comes later, but one that goes on only after two seconds without it.
 *
 * <pre>
 *   slot | tag 16 | goes on 1 | time 15 |      in units of 10 ms: wraps after 5.5 minutes
 * </pre>
 */
final class RepeatedDatagrams {
    private static final int SLOTS = 1 << 20;
    private static final long UNIT_NANOS = 10_000_000;
    private static final int TIME_MASK = 0x7fff;
    private static final int GOES_ON = 0x8000;
    private static final int TAG_SHIFT = 16;
    /** Whoever repeats at once is a tool. */
    private static final int EARLIEST = 1;
    /** The longest pause of what retries: a resolver's 5 s, WireGuard's 5 s, with as much again. */
    private static final int LATEST = 1_000;

    private static final int KEPT = 200;

    private final int[] slots = new int[SLOTS];

    /** Whether a datagram goes on; remembers it. */
    boolean goesOn(long tuple, long nowNanos) {
        int at = (int) tuple & SLOTS - 1;
        int tag = (int) (tuple >>> 48);
        int now = (int) (Math.floorDiv(nowNanos, UNIT_NANOS) & TIME_MASK);
        int slot = slots[at];
        int age = now - slot & TIME_MASK;
        boolean isGoingOn = (slot & GOES_ON) != 0;
        if (slot != 0 && slot >>> TAG_SHIFT == tag && age <= LATEST) {
            if (!isGoingOn && age < EARLIEST) {
                return false;
            }
            slots[at] = tag << TAG_SHIFT | GOES_ON | now;
            return true;
        }
        if (slot == 0 || !isGoingOn || age > KEPT) {
            slots[at] = tag << TAG_SHIFT | now;
        }
        return false;
    }

    void restart() {
        Arrays.fill(slots, 0);
    }

    static long sizeBytes() {
        return SLOTS * 4L;
    }
}
