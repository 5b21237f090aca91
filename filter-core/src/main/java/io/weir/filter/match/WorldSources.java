package io.weir.filter.match;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import java.util.ArrayList;
import java.util.List;

/** Which source prefixes mean everybody: those wider than any one organisation's. */
final class WorldSources {
    /** IANA gives single organisations at most a /8 of IPv4, and its registries a /12 of IPv6. */
    private static final int LONGEST_4 = 7;

    private static final int LONGEST_6 = 11;

    /** The only IPv6 unicast space that is routed (RFC 4291 section 2.4, IANA IPv6 address space registry). */
    private static final IpPrefix GLOBAL_6 = new IpPrefix(6, 0x2000_0000_0000_0000L, 0, 3);

    /** Multicast and reserved (RFC 5771, RFC 1112 section 4): nobody sends from there. */
    private static final IpPrefix MULTICAST_4 = new IpPrefix(4, 0, IpAddress.mapped(0xe0000000), 3);

    private static final int BLOCK_BITS = 4;

    private WorldSources() {}

    /** The prefix in sixteen parts, without those that nobody sends from; empty where it isn't everybody. */
    static List<IpPrefix> blocks(IpPrefix source) {
        if (source.length() > (source.version() == 4 ? LONGEST_4 : LONGEST_6)) {
            return List.of();
        }
        if (source.version() == 6 && source.contains(GLOBAL_6)) {
            return split(GLOBAL_6);
        }
        if (source.version() == 6) {
            return GLOBAL_6.contains(source) ? split(source) : List.of();
        }
        return split(source).stream()
                .filter(block -> !MULTICAST_4.contains(block))
                .toList();
    }

    private static List<IpPrefix> split(IpPrefix prefix) {
        List<IpPrefix> blocks = new ArrayList<>();
        int length = prefix.length() + BLOCK_BITS;
        for (long i = 0; i < 1 << BLOCK_BITS; i++) {
            blocks.add(
                    prefix.version() == 4
                            ? new IpPrefix(4, prefix.high(), prefix.low() | i << Integer.SIZE - length, length)
                            : new IpPrefix(6, prefix.high() | i << Long.SIZE - length, 0, length));
        }
        return blocks;
    }
}
