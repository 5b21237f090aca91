package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;

/**
 * So many packets of one kind toward a destination pass, beside those of conversations and of sources that were served
 * before.
 *
 * @param slot which counter of {@link XdpShield} counts what it drops
 * @param packetsPerSecond at least 1; given out anew every {@value #WINDOW_NANOS} ns
 */
public record ShieldLimit(int slot, IpPrefix destination, ShieldRule.Kind kind, long packetsPerSecond) {
    static final int WINDOW_SHIFT = 23;
    static final long WINDOW_NANOS = 1L << WINDOW_SHIFT;

    /** @throws IllegalArgumentException for answers: nobody asks for any that aren't a conversation's */
    public ShieldLimit {
        if (kind == ShieldRule.Kind.ANSWER || packetsPerSecond < 1) {
            throw new IllegalArgumentException(packetsPerSecond + " packets/s of " + kind);
        }
    }

    /** Packets that pass in a window. */
    int packetsPerWindow() {
        return Math.clamp(packetsPerSecond * WINDOW_NANOS / 1_000_000_000L, 1, Integer.MAX_VALUE);
    }
}
