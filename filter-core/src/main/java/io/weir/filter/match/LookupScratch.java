package io.weir.filter.match;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.FiveTuple;

/**
 * Working memory of one thread's lookups, about 72 KiB. All columns of a kind stand in one array: loops keep one base and
 * one length for them, and because each column is as long as a quarter of a page or a multiple of it, no load of a later
 * packet has the lower twelve bits of an earlier packet's store, for which processors would make it wait.
 */
public final class LookupScratch {
    /** Of a batch. */
    static final int SIZE = PacketBatch.CAPACITY;

    /** Packets of one IP version: their places in the caller's list. */
    static final int PLACES = 6 * SIZE;
    /** Of IPv4: sources, then destinations. */
    static final int ADDRESSES = 0;

    static final int SOURCE_PORTS = 9 * SIZE;
    static final int DESTINATION_PORTS = 10 * SIZE;
    static final int PROTOCOLS = 11 * SIZE;
    /** In {@link RowTable}: those of sources, then of destinations. */
    static final int ROWS = 4 * SIZE;
    /** Classes of {@link PortTables}, up to three columns. */
    static final int PORT_CLASSES = 12 * SIZE;
    /** The box that decides as far as is known; {@link StagedLookup#NO_BOX} for none. */
    static final int BEST = 15 * SIZE;

    static final int PLACE = 16 * SIZE;
    static final int BITS = 18 * SIZE;
    static final int BASE = 20 * SIZE;
    private static final int INTS = 22 * SIZE;

    /** Of IPv6. */
    static final int SOURCE_HIGHS = 0;

    static final int SOURCE_LOWS = SOURCE_HIGHS + SIZE;
    static final int DESTINATION_HIGHS = SOURCE_LOWS + SIZE;
    static final int DESTINATION_LOWS = DESTINATION_HIGHS + SIZE;
    /** Where the words for the first port class start, and in the upper half those for the second. */
    static final int PORTS_AT = DESTINATION_LOWS + 2 * SIZE;

    private static final int MOST_ITEMS = Layout.MOST_PLANES * SIZE;

    /** Pairs of rows that have blocks of a plane in common, see {@link BlockItem}. */
    static final int ITEMS = PORTS_AT + 4 * SIZE;
    /** By item, the blocks still to look at. */
    static final int RESTS = ITEMS + MOST_ITEMS;
    /** By item, what both rows have in its lowest block. */
    static final int COMMONS = RESTS + MOST_ITEMS;
    /** Where blocks have several words: the packet and the first word of a block, its words to look at, both elements. */
    static final int WORD_PLACES = COMMONS + MOST_ITEMS;

    static final int WORD_RESTS = WORD_PLACES + MOST_ITEMS;
    static final int WORD_SOURCES = WORD_RESTS + MOST_ITEMS;
    static final int WORD_DESTINATIONS = WORD_SOURCES + MOST_ITEMS;
    /** Addresses that {@link Ipv4Index} is still to look for in a table, or in boundaries. */
    static final int TABLES = WORD_DESTINATIONS + MOST_ITEMS;

    static final int SMALLS = TABLES + 2 * SIZE;
    private static final int LONGS = SMALLS + 2 * SIZE;

    final int[] ints = new int[INTS];
    final long[] longs = new long[LONGS];
    int count;
    int version;
    int smallCount;
    int tableCount;

    /** Packets that rules inserted of late may match, and their places in the caller's list. */
    final int[] possible = new int[SIZE];

    final int[] possiblePlaces = new int[SIZE];

    /** The answer to a lookup of one packet. */
    final int[] single = new int[1];

    /** Takes the packets of one IP version by both their addresses; returns how many those are. */
    int gather(PacketBatch b, int[] packets, int packetCount, int version) {
        gatherAddresses(
                b.sourceHigh, b.sourceLow, b.destinationHigh, b.destinationLow, packets, packetCount, version);
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
