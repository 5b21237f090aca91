package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import java.util.EnumSet;
import java.util.Set;

/**
 * So many packets of one kind toward a destination pass, beside those of conversations and of sources that were served
 * before.
 *
 * @param slot which counter of {@link XdpShield} counts what it drops
 * @param packetsPerSecond at least 1; given out anew every {@value #WINDOW_NANOS} ns
 */
public record ShieldLimit(int slot, IpPrefix destination, ShieldRule.Kind kind, long packetsPerSecond) {
    /** Answers are in none: nobody asks for any that aren't a conversation's. */
    static final Set<ShieldRule.Kind> KINDS = EnumSet.complementOf(EnumSet.of(ShieldRule.Kind.ANSWER));

    static final int VERSION_SHIFT = 8;
    static final int WINDOW_SHIFT = 23;
    static final long WINDOW_NANOS = 1L << WINDOW_SHIFT;

    /** @throws IllegalArgumentException for answers */
    public ShieldLimit {
        if (!KINDS.contains(kind) || packetsPerSecond < 1) {
            throw new IllegalArgumentException(packetsPerSecond + " packets/s of " + kind);
        }
    }

    /** A number of the kind and the IP version: what toward an IPv4 address is limited is not toward an IPv6 prefix around it. */
    int kindKey() {
        return destination.version() << VERSION_SHIFT | kind.ordinal();
    }

    /** Packets that pass in a window. */
    int packetsPerWindow() {
        return Math.clamp(packetsPerSecond * WINDOW_NANOS / 1_000_000_000L, 1, Integer.MAX_VALUE);
    }
}
