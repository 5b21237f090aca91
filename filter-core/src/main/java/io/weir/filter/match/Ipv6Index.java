package io.weir.filter.match;

import io.weir.filter.match.PrefixClasses.Ranges;

/** IPv6 addresses to rows, each column by itself. */
final class Ipv6Index implements AddressIndex {
    private final Ipv6Column sources;
    private final Ipv6Column destinations;

    private Ipv6Index(Ipv6Column sources, Ipv6Column destinations) {
        this.sources = sources;
        this.destinations = destinations;
    }

    static Ipv6Index of(Ranges sources, Ranges destinations, RowTable rows) {
        return new Ipv6Index(
                new Ipv6Column(sources, rows::sourceRow), new Ipv6Column(destinations, rows::destinationRow));
    }

    @Override
    public void find(LookupScratch s) {
        sources.find(s, LookupScratch.SOURCE_HIGHS, LookupScratch.SOURCE_LOWS, LookupScratch.ROWS);
        destinations.find(
                s,
                LookupScratch.DESTINATION_HIGHS,
                LookupScratch.DESTINATION_LOWS,
                LookupScratch.ROWS + LookupScratch.SIZE);
    }

    @Override
    public int worstLoads() {
        return Math.max(sources.worstLoads(), destinations.worstLoads());
    }

    @Override
    public long sizeBytes() {
        return sources.sizeBytes() + destinations.sizeBytes();
    }
}
