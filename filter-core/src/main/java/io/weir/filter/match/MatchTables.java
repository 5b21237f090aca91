package io.weir.filter.match;

import io.weir.filter.match.PrefixClasses.Ranges;
import io.weir.filter.rule.RuleBox;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Everything compiled for the boxes of one IP version: a clustered, aggregated bit vector over field classes. Boxes are
 * numbered in the order in which they decide. {@link StagedLookup} reads it.
 */
final class MatchTables {
    /** What has no bit has {@link Long#SIZE} trailing zeros: the place behind the last bit's is for that. */
    static final int BOX_STRIDE = Long.SIZE + 1;

    final int version;
    final PrefixClasses sources;
    final PrefixClasses destinations;
    final AddressIndex addresses;
    final RowTable rows;
    final PortTables ports;
    /** Only where ports are folded. */
    final Optional<WildTable> wild;
    /** By {@link #BOX_STRIDE} times the word plus the bit, the box there; {@link StagedLookup#NO_BOX} behind the last bit. */
    final int[] boxAt;
    /** The first word of the boxes in {@link #wild}: behind all that rows speak of. */
    final int wildWord;

    private MatchTables(
            int version,
            PrefixClasses sources,
            PrefixClasses destinations,
            Layout layout,
            int[] bits,
            PortTables ports,
            Optional<WildTable> wild) {
        this.version = version;
        this.sources = sources;
        this.destinations = destinations;
        this.ports = ports;
        this.wild = wild;
        wildWord = layout.words();
        boxAt = new int[bits.length / Long.SIZE * BOX_STRIDE];
        Arrays.fill(boxAt, StagedLookup.NO_BOX);
        for (int bit = 0; bit < bits.length; bit++) {
            if (bits[bit] >= 0) {
                boxAt[bit / Long.SIZE * BOX_STRIDE + bit % Long.SIZE] = bits[bit];
            }
        }
        Ranges sourceRanges = sources.ranges(version);
        Ranges destinationRanges = destinations.ranges(version);
        rows = RowTable.of(sources, destinations, layout);
        wild.ifPresent(table -> table.writeCells(rows));
        addresses = version == 4
                ? Ipv4Index.of(sourceRanges, destinationRanges, rows)
                : Ipv6Index.of(sourceRanges, destinationRanges, rows);
    }

    /** @param boxes all of this version, in the order in which they decide */
    static MatchTables of(List<RuleBox> boxes, int version) {
        PrefixClasses sources =
                PrefixClasses.of(boxes.stream().map(RuleBox::source).toList());
        PrefixClasses destinations =
                PrefixClasses.of(boxes.stream().map(RuleBox::destination).toList());
        int[][] bounds = PortTables.bounds(boxes);
        PortAxis axis = PortTables.destinationAxis(bounds);
        Optional<PortClasses> classes = PortClasses.of(boxes);
        Optional<WildTable> wild = classes.flatMap(found -> WildTable.of(bounds, sources, destinations, axis, found));
        int[] wildBoxes = wild.map(table -> table.boxes).orElse(new int[0]);
        Layout layout = Layout.of(others(boxes.size(), wildBoxes), sources, destinations);
        int[] bits = appended(layout.boxAt, wildBoxes);
        Optional<PortTables> ports = classes.flatMap(found -> PortTables.folded(bounds, bits, axis, found));
        if (ports.isPresent()) {
            return new MatchTables(version, sources, destinations, layout, bits, ports.get(), wild);
        }
        Layout whole = Layout.of(others(boxes.size(), new int[0]), sources, destinations);
        PortTables apart = PortTables.apart(bounds, whole.boxAt);
        return new MatchTables(version, sources, destinations, whole, whole.boxAt, apart, Optional.empty());
    }

    private static int[] others(int boxCount, int[] without) {
        BitSet left = new BitSet(boxCount);
        left.set(0, boxCount);
        IntStream.of(without).forEach(left::clear);
        return left.stream().toArray();
    }

    private static int[] appended(int[] bits, int[] boxes) {
        int words = (boxes.length + Long.SIZE - 1) / Long.SIZE;
        int[] longer = Arrays.copyOf(bits, bits.length + words * Long.SIZE);
        Arrays.fill(longer, bits.length, longer.length, -1);
        System.arraycopy(boxes, 0, longer, bits.length, boxes.length);
        return longer;
    }

    /** Whether addresses of these classes are inside the box. */
    boolean matchesAddresses(int box, int sourceClass, int destinationClass) {
        return sources.isWithin(sourceClass, sources.classOf(box))
                && destinations.isWithin(destinationClass, destinations.classOf(box));
    }

    int words() {
        return boxAt.length / BOX_STRIDE;
    }

    long sizeBytes() {
        return rows.sizeBytes()
                + addresses.sizeBytes()
                + ports.sizeBytes()
                + wild.map(WildTable::sizeBytes).orElse(0L)
                + 4L * boxAt.length;
    }
}
