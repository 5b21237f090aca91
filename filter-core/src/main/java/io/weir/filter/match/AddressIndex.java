package io.weir.filter.match;

/** Finds the row of each address in a {@link RowTable}: see {@link PrefixClasses}. Immutable. */
sealed interface AddressIndex permits Ipv4Index, Ipv6Index {
    /** From the addresses of a version to {@link LookupScratch#ROWS}. */
    void find(LookupScratch s);

    /** Loads that the slowest address costs. */
    int worstLoads();

    long sizeBytes();
}
