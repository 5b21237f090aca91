package io.weir.detector.scrub;

import io.weir.detector.flood.Limit;

/**
 * Lets a rate of packets and of bits through: two token buckets in the form of the generic cell rate algorithm (ITU-T
 * I.371), which needs no refill. One user; times never go back.
 */
public final class RateBucket {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double nanosPerPacket;
    private final double nanosPerByte;
    private final long depthNanos;
    /** When the bucket will be full again, for packets and for bits. */
    private double packetsFullNanos;

    private double bitsFullNanos;
    private long originNanos = Long.MIN_VALUE;
    /** Before this time the answer is no: what a flood asks with nearly every packet. */
    private long emptyUntilNanos = Long.MIN_VALUE;

    /**
     * @param packetsPerSecond {@link Limit#UNLIMITED} for no limit; likewise the bits
     * @param depthNanos how much of a second's rate may pass at once
     */
    public RateBucket(long packetsPerSecond, long bitsPerSecond, long depthNanos) {
        this.nanosPerPacket = packetsPerSecond == Limit.UNLIMITED ? 0 : NANOS_PER_SECOND / packetsPerSecond;
        this.nanosPerByte = bitsPerSecond == Limit.UNLIMITED ? 0 : 8 * NANOS_PER_SECOND / bitsPerSecond;
        this.depthNanos = depthNanos;
    }

    /** Empties the bucket: what was to pass until now has passed. */
    RateBucket emptied(long nowNanos) {
        originNanos = nowNanos;
        packetsFullNanos = depthNanos;
        bitsFullNanos = depthNanos;
        noteEmpty();
        return this;
    }

    /** Fills the bucket and forgets the time: a new stream begins. */
    public void restart() {
        originNanos = Long.MIN_VALUE;
        emptyUntilNanos = Long.MIN_VALUE;
        packetsFullNanos = 0;
        bitsFullNanos = 0;
    }

    /** Takes a packet out of the bucket unless it is empty; the last one may overdraw it. */
    public boolean take(int lengthBytes, long nowNanos) {
        return take(lengthBytes, nowNanos, 1);
    }

    /**
     * Takes a packet out if the bucket would still hold more than a part of its depth.
     *
     * @param usable the part of the depth that this packet may use, 0 to 1: what is less is kept for others
     */
    boolean take(int lengthBytes, long nowNanos, double usable) {
        if (nowNanos < emptyUntilNanos) {
            return false;
        }
        if (originNanos == Long.MIN_VALUE) {
            originNanos = nowNanos;
        }
        // Doubles count exactly up to 2^53 ns, 104 days: distances from the first packet, not from 1970.
        double now = nowNanos - originNanos;
        double allowed = now + usable * depthNanos;
        double packets = Math.max(packetsFullNanos, now);
        double bits = Math.max(bitsFullNanos, now);
        if (packets > allowed || bits > allowed) {
            return false;
        }
        packetsFullNanos = packets + nanosPerPacket;
        bitsFullNanos = bits + nanosPerByte * lengthBytes;
        noteEmpty();
        return true;
    }

    /**
     * Takes a packet out whether there is room or not, so that a rate above the bucket's leaves nothing: half a depth is owed
     * at the most.
     *
     * @return whether there was room
     */
    boolean offer(int lengthBytes, long nowNanos) {
        if (take(lengthBytes, nowNanos)) {
            return true;
        }
        double most = nowNanos - originNanos + 1.5 * depthNanos;
        packetsFullNanos = Math.min(packetsFullNanos + nanosPerPacket, most);
        bitsFullNanos = Math.min(bitsFullNanos + nanosPerByte * lengthBytes, most);
        noteEmpty();
        return false;
    }

    /** Whether less than so much of what may pass at once has been taken of late, 0 to 1. */
    boolean isIdle(double part, long nowNanos) {
        double taken = Math.max(packetsFullNanos, bitsFullNanos) - (nowNanos - originNanos);
        return originNanos == Long.MIN_VALUE || taken < part * depthNanos;
    }

    private void noteEmpty() {
        emptyUntilNanos = originNanos + (long) (Math.max(packetsFullNanos, bitsFullNanos) - depthNanos);
    }
}
