package io.weir.filter.match;

/** Finds the class of each address: see {@link PrefixClasses}. Immutable. */
sealed interface AddressIndex permits Ipv4Index, Ipv6Index {
    /**
     * @param highs high halves of {@code count} addresses
     * @param classes takes their classes
     * @param work two lists of at least {@code count}, overwritten
     */
    void find(long[] highs, long[] lows, int count, int[] classes, int[][] work);

    /** Loads that the slowest address costs. */
    int worstLoads();

    long sizeBytes();
}
