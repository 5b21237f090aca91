package io.weir.detector.config.group;

import io.weir.filter.address.IpPrefix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Sets of prefixes. */
final class Prefixes {
    /** So that a prefix stands before those inside it. */
    static final Comparator<IpPrefix> WIDER_FIRST = Comparator.comparingInt(IpPrefix::version)
            .thenComparing(IpPrefix::high, Long::compareUnsigned)
            .thenComparing(IpPrefix::low, Long::compareUnsigned)
            .thenComparingInt(IpPrefix::length);

    private Prefixes() {}

    /** Those that no other one holds, in the order of their addresses: the same packets, fewer boxes. */
    static List<IpPrefix> outermost(List<IpPrefix> prefixes) {
        List<IpPrefix> outermost = new ArrayList<>();
        prefixes.stream().sorted(WIDER_FIRST).forEach(prefix -> {
            if (outermost.isEmpty() || !outermost.getLast().contains(prefix)) {
                outermost.add(prefix);
            }
        });
        return outermost;
    }

    /** The whole without the holes, as at most one prefix for each bit of a hole's length. */
    static List<IpPrefix> without(IpPrefix whole, List<IpPrefix> holes) {
        if (holes.stream().anyMatch(hole -> hole.contains(whole))) {
            return List.of();
        }
        List<IpPrefix> inside = holes.stream().filter(whole::contains).toList();
        if (inside.isEmpty()) {
            return List.of(whole);
        }
        List<IpPrefix> rest = new ArrayList<>(without(half(whole, false), inside));
        rest.addAll(without(half(whole, true), inside));
        return rest;
    }

    /** Never of a single address: nothing lies inside it but itself. */
    private static IpPrefix half(IpPrefix whole, boolean isUpper) {
        int length = whole.length() + 1;
        int bit = 128 - length - (whole.version() == 4 ? 96 : 0);
        long high = isUpper && bit >= 64 ? whole.high() | 1L << bit - 64 : whole.high();
        long low = isUpper && bit < 64 ? whole.low() | 1L << bit : whole.low();
        return new IpPrefix(whole.version(), high, low, length);
    }
}
