package io.weir.detector.scrub;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PrefixTable;
import java.util.List;

/** Sources that are banned, whatever they send. Immutable; costs what {@link PrefixTable} costs, and nothing when empty. */
public final class BanTable {
    public static final BanTable NONE = new BanTable(List.of());

    private final PrefixTable prefixes;
    private final List<IpPrefix> list;
    private final boolean isEmpty;

    private BanTable(List<IpPrefix> prefixes) {
        this.prefixes = PrefixTable.of(prefixes);
        this.list = List.copyOf(prefixes);
        this.isEmpty = prefixes.isEmpty();
    }

    public static BanTable of(List<IpPrefix> prefixes) {
        return prefixes.isEmpty() ? NONE : new BanTable(prefixes);
    }

    /** Who is banned. */
    public List<IpPrefix> list() {
        return list;
    }

    boolean holds(long addressHigh, long addressLow) {
        return !isEmpty && prefixes.lookup(addressHigh, addressLow) != PrefixTable.NONE;
    }
}
