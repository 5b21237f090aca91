package io.weir.filter.match;

import io.weir.filter.match.BoundSearch.Pair;
import io.weir.filter.match.PrefixClasses.Ranges;
import io.weir.filter.rule.FiveTuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Headers made of the pairs of address classes that {@link BoundSearch} found to cost most. */
final class SlowestHeaders {
    private static final int TCP = 6;
    private static final int UDP = 17;

    private final MatchTables tables;
    private final ClassifierBound bound;
    private final List<Pair> pairs;

    SlowestHeaders(MatchTables tables) {
        this.tables = tables;
        BoundSearch search = new BoundSearch(tables);
        bound = search.find();
        List<Pair> dearest = search.dearest();
        int least = dearest.getFirst().loads() * 9 / 10;
        pairs = dearest.stream().filter(pair -> pair.loads() >= least).toList();
    }

    ClassifierBound bound() {
        return bound;
    }

    List<FiveTuple> headers(int count, long seed) {
        Random random = new Random(seed);
        Ranges sources = tables.sources.ranges(tables.version);
        Ranges destinations = tables.destinations.ranges(tables.version);
        List<FiveTuple> headers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Pair pair = pairs.get(i % pairs.size());
            long[] source = address(sources, pair.sourceClass(), random);
            long[] destination = address(destinations, pair.destinationClass(), random);
            headers.add(new FiveTuple(
                    source[0],
                    source[1],
                    destination[0],
                    destination[1],
                    random.nextInt(PortTables.PORTS),
                    random.nextInt(PortTables.PORTS),
                    random.nextBoolean() ? TCP : UDP));
        }
        return headers;
    }

    /** An address of one of the class's ranges; of the last 64 bits at most 63 are drawn. */
    private static long[] address(Ranges ranges, int prefixClass, Random random) {
        int range = random.nextInt(ranges.size);
        while (ranges.classes[range] != prefixClass) {
            range = range + 1 == ranges.size ? 0 : range + 1;
        }
        boolean isLast = range + 1 == ranges.size;
        long high = ranges.highs[range];
        long low = ranges.lows[range];
        boolean isWithinHalf = !isLast && ranges.highs[range + 1] == high;
        long room = isWithinHalf ? ranges.lows[range + 1] - low : Long.MAX_VALUE;
        if (high == 0 && low >= Ranges.IPV4_FIRST && isLast) {
            room = (Ranges.IPV4_FIRST | 0xffff_ffffL) + 1 - low;
        }
        return new long[] {high, low + Long.remainderUnsigned(random.nextLong(), Math.max(1, room))};
    }
}
