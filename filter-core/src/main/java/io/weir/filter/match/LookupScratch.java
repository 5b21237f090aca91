package io.weir.filter.match;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.FiveTuple;
import java.util.stream.IntStream;

/**
 * Working memory of one thread's lookups, about 122 KiB. All columns of a kind stand in one array: loops keep one base and
 * one length for them, and the compiler sees at once that columns don't overlap, without which it makes no vector
 * instructions of them.
 */
public final class LookupScratch {
    /** Of a batch. */
    static final int SIZE = PacketBatch.CAPACITY;

    static final int SIZE_BITS = 31 - Integer.numberOfLeadingZeros(SIZE);

    /** Of IPv4: sources, then destinations. */
    static final int ADDRESSES = 0;
    /** In {@link RowTable}: those of sources, then of destinations. */
    static final int ROWS = 2 * SIZE;

    static final int SOURCE_PORTS = 4 * SIZE;
    static final int DESTINATION_PORTS = 5 * SIZE;
    static final int PROTOCOLS = 6 * SIZE;
    /** Classes of {@link PortTables}, up to three columns. */
    static final int PORT_CLASSES = 7 * SIZE;
    /** Where the words for the first two classes start. */
    static final int PORTS_AT = 10 * SIZE;
    /** The box that decides as far as is known; {@link StagedLookup#NO_BOX} for none. */
    static final int BEST = 12 * SIZE;
    /** Packets of one IP version: their places in the caller's list. */
    static final int PLACES = 13 * SIZE;

    /** Of a stage: where to read next, for sources and destinations. */
    static final int NEXT = 14 * SIZE;
    /** What a stage read: words' lower halves, and their upper ones. */
    static final int LOWER = 16 * SIZE;

    static final int UPPER = 18 * SIZE;
    /** Of boundaries: the second word. */
    static final int LOWER_2 = 20 * SIZE;

    static final int UPPER_2 = 22 * SIZE;
    static final int SMALLS = 24 * SIZE;
    static final int PIECES = 26 * SIZE;

    private static final int MOST_ITEMS = Layout.MOST_PLANES * SIZE;

    /** Items to look at: places in {@link #HEADS}, that is, the plane times {@link #SIZE} plus the packet. */
    static final int ITEMS = 28 * SIZE;

    /** Items of which a block is being looked at; then their packets. */
    static final int TAKEN = ITEMS + MOST_ITEMS;
    /** Twice their planes. */
    static final int PLANES = TAKEN + MOST_ITEMS;
    /** The word that is their block. */
    static final int WORDS = PLANES + MOST_ITEMS;

    private static final int INTS = WORDS + MOST_ITEMS;

    /** Of IPv6. */
    static final int SOURCE_HIGHS = 0;

    static final int SOURCE_LOWS = SIZE;
    static final int DESTINATION_HIGHS = 2 * SIZE;
    static final int DESTINATION_LOWS = 3 * SIZE;
    /** By plane and packet, the blocks that both rows have and that are still to look at. */
    static final int HEADS = 4 * SIZE;
    /** Of the items taken, the block as the bit of a head. */
    static final int BITS = HEADS + MOST_ITEMS;
    /** And what is left of its word. */
    static final int COMMONS = BITS + MOST_ITEMS;
    /** Where blocks have several words: the packet and the first word of a block, its words to look at, both elements. */
    static final int WORD_PLACES = COMMONS + MOST_ITEMS;

    static final int WORD_RESTS = WORD_PLACES + MOST_ITEMS;
    static final int WORD_SOURCES = WORD_RESTS + MOST_ITEMS;
    static final int WORD_DESTINATIONS = WORD_SOURCES + MOST_ITEMS;
    private static final int LONGS = WORD_DESTINATIONS + MOST_ITEMS;

    final int[] ints = new int[INTS];
    final long[] longs = new long[LONGS];
    int count;
    int version;

    /** All places in the caller's list. */
    final int[] all = IntStream.range(0, SIZE).toArray();

    /** Places of packets that {@link OverlayFront} lets through. */
    final int[] near = new int[SIZE];

    /** Packets that rules inserted of late may match, and their places in the caller's list. */
    final int[] possible = new int[SIZE];

    final int[] possiblePlaces = new int[SIZE];

    /** Which rules those are, a bit each. */
    final long[] possibleRules = new long[SIZE];

    /** The answer to a lookup of one packet. */
    final int[] single = new int[1];

    /** Takes the packets of one IP version by both their addresses; returns how many those are. */
    int gather(PacketBatch b, int[] packets, int packetCount, int version) {
        gatherAddresses(b.sourceHigh, b.sourceLow, b.destinationHigh, b.destinationLow, packets, packetCount, version);
        int[] taken = ints;
        int chosen = count;
        for (int k = 0; k < chosen; k++) {
            int packet = packets[taken[PLACES + k]];
            int number = b.protocol[packet];
            boolean isIcmp = number == IpProtocol.ICMP || number == IpProtocol.ICMPV6;
            taken[PROTOCOLS + k] = number;
            taken[SOURCE_PORTS + k] = isIcmp ? 0 : b.sourcePort[packet];
            taken[DESTINATION_PORTS + k] = isIcmp ? b.icmpTypeCode[packet] : b.destinationPort[packet];
        }
        return chosen;
    }

    /** The same of headers, whose ports are what they are. */
    int gather(HeaderBatch b, int version) {
        if (version == 4 && areAll4(b)) {
            return gatherAll4(b);
        }
        gatherAddresses(b.sourceHigh, b.sourceLow, b.destinationHigh, b.destinationLow, b.all, b.size, version);
        int[] taken = ints;
        int chosen = count;
        for (int k = 0; k < chosen; k++) {
            int header = taken[PLACES + k];
            taken[PROTOCOLS + k] = b.protocol[header];
            taken[SOURCE_PORTS + k] = b.sourcePort[header];
            taken[DESTINATION_PORTS + k] = b.destinationPort[header];
        }
        return chosen;
    }

    private static boolean areAll4(HeaderBatch b) {
        long other = 0;
        for (int i = 0; i < b.size; i++) {
            other |= isOther4(b.sourceHigh[i], b.sourceLow[i]) | isOther4(b.destinationHigh[i], b.destinationLow[i]);
        }
        return other == 0;
    }

    private int gatherAll4(HeaderBatch b) {
        int[] taken = ints;
        int size = b.size;
        for (int i = 0; i < size; i++) {
            taken[ADDRESSES + i] = (int) b.sourceLow[i];
        }
        for (int i = 0; i < size; i++) {
            taken[ADDRESSES + SIZE + i] = (int) b.destinationLow[i];
        }
        System.arraycopy(b.all, 0, taken, PLACES, size);
        System.arraycopy(b.sourcePort, 0, taken, SOURCE_PORTS, size);
        System.arraycopy(b.destinationPort, 0, taken, DESTINATION_PORTS, size);
        System.arraycopy(b.protocol, 0, taken, PROTOCOLS, size);
        version = 4;
        count = size;
        return size;
    }

    private void gatherAddresses(
            long[] sourceHighs,
            long[] sourceLows,
            long[] destinationHighs,
            long[] destinationLows,
            int[] packets,
            int packetCount,
            int wanted) {
        version = wanted;
        if (wanted == 4) {
            gather4(sourceHighs, sourceLows, destinationHighs, destinationLows, packets, packetCount);
        } else {
            gather6(sourceHighs, sourceLows, destinationHighs, destinationLows, packets, packetCount);
        }
    }

    private void gather4(
            long[] sourceHighs,
            long[] sourceLows,
            long[] destinationHighs,
            long[] destinationLows,
            int[] packets,
            int packetCount) {
        int[] taken = ints;
        int end = 0;
        for (int i = 0; i < packetCount; i++) {
            int packet = packets[i];
            long source = sourceLows[packet];
            long destination = destinationLows[packet];
            long isOther = isOther4(sourceHighs[packet], source) | isOther4(destinationHighs[packet], destination);
            taken[PLACES + end] = i;
            taken[ADDRESSES + end] = (int) source;
            taken[ADDRESSES + SIZE + end] = (int) destination;
            end += 1 - nonZero(isOther);
        }
        count = end;
    }

    private void gather6(
            long[] sourceHighs,
            long[] sourceLows,
            long[] destinationHighs,
            long[] destinationLows,
            int[] packets,
            int packetCount) {
        int end = 0;
        for (int i = 0; i < packetCount; i++) {
            int packet = packets[i];
            long source = sourceLows[packet];
            long destination = destinationLows[packet];
            ints[PLACES + end] = i;
            longs[SOURCE_HIGHS + end] = sourceHighs[packet];
            longs[SOURCE_LOWS + end] = source;
            longs[DESTINATION_HIGHS + end] = destinationHighs[packet];
            longs[DESTINATION_LOWS + end] = destination;
            end += nonZero(isOther4(sourceHighs[packet], source))
                    & nonZero(isOther4(destinationHighs[packet], destination));
        }
        count = end;
    }

    /** Takes one header; returns its IP version, 0 where its addresses are of different ones. */
    int gather(FiveTuple tuple) {
        count = 1;
        longs[SOURCE_HIGHS] = tuple.sourceHigh();
        longs[SOURCE_LOWS] = tuple.sourceLow();
        longs[DESTINATION_HIGHS] = tuple.destinationHigh();
        longs[DESTINATION_LOWS] = tuple.destinationLow();
        ints[PLACES] = 0;
        ints[ADDRESSES] = (int) tuple.sourceLow();
        ints[ADDRESSES + SIZE] = (int) tuple.destinationLow();
        ints[SOURCE_PORTS] = tuple.sourcePort();
        ints[DESTINATION_PORTS] = tuple.destinationPort();
        ints[PROTOCOLS] = tuple.protocol();
        version = version(tuple.sourceHigh(), tuple.sourceLow(), tuple.destinationHigh(), tuple.destinationLow());
        return version;
    }

    /** Whether the prefix holds the source at {@code k}. */
    boolean isSourceIn(IpPrefix prefix, int k) {
        return version == 4
                ? prefix.contains(0, IpAddress.mapped(ints[ADDRESSES + k]))
                : prefix.contains(longs[SOURCE_HIGHS + k], longs[SOURCE_LOWS + k]);
    }

    /** Whether the prefix holds the destination at {@code k}. */
    boolean isDestinationIn(IpPrefix prefix, int k) {
        return version == 4
                ? prefix.contains(0, IpAddress.mapped(ints[ADDRESSES + SIZE + k]))
                : prefix.contains(longs[DESTINATION_HIGHS + k], longs[DESTINATION_LOWS + k]);
    }

    /** 0 for the mapped form of an IPv4 address. */
    private static long isOther4(long high, long low) {
        return high | (low ^ IpAddress.IPV4_MAPPED) >>> Integer.SIZE;
    }

    /** 1 or 0, without a branch to guess. */
    private static int nonZero(long value) {
        return (int) ((value | -value) >>> 63);
    }

    private static int version(long sourceHigh, long sourceLow, long destinationHigh, long destinationLow) {
        boolean isSource4 = IpAddress.isIpv4(sourceHigh, sourceLow);
        boolean isDestination4 = IpAddress.isIpv4(destinationHigh, destinationLow);
        return isSource4 != isDestination4 ? 0 : isSource4 ? 4 : 6;
    }
}
