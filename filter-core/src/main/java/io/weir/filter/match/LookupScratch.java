package io.weir.filter.match;

import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.FiveTuple;
import java.util.Arrays;

/** Working memory of one thread's lookups, about 30 KiB. */
public final class LookupScratch {
    private static final int SIZE = PacketBatch.CAPACITY;
    private static final int PORT_DIMENSIONS = 3;

    /** Packets of one IP version: their places in the caller's list. */
    final int[] places = new int[SIZE];

    int count;

    final long[] sourceHigh = new long[SIZE];
    final long[] sourceLow = new long[SIZE];
    final long[] destinationHigh = new long[SIZE];
    final long[] destinationLow = new long[SIZE];
    final int[] sourcePort = new int[SIZE];
    final int[] destinationPort = new int[SIZE];
    final int[] protocol = new int[SIZE];

    final int[] sourceClass = new int[SIZE];
    final int[] destinationClass = new int[SIZE];
    final int[][] portClasses = new int[PORT_DIMENSIONS][SIZE];
    /** The box that decides as far as is known; {@link StagedLookup#NO_BOX} for none. */
    final int[] best = new int[SIZE];

    final int[][] lists = new int[2][SIZE + 1];

    /** Packets whose rows have a block in common, and the blocks still to look at. */
    final int[] blockPacket = new int[SIZE + 1];

    final long[] blockRest = new long[SIZE + 1];

    /** Packets whose rows have a word of the current block in common, and the words still to look at. */
    final int[] wordPacket = new int[SIZE];

    final long[] wordRest = new long[SIZE];
    final int[] wordSource = new int[SIZE];
    final int[] wordDestination = new int[SIZE];
    final int[] wordFirst = new int[SIZE];

    /** The answer to a lookup of one packet. */
    final int[] single = new int[1];

    /** Takes the packets of one IP version by both their addresses; returns how many those are. */
    int gather(PacketBatch b, int[] packets, int packetCount, int version) {
        int chosen =
                choose(b.sourceHigh, b.sourceLow, b.destinationHigh, b.destinationLow, packets, packetCount, version);
        for (int k = 0; k < chosen; k++) {
            int packet = packets[places[k]];
            sourceLow[k] = b.sourceLow[packet];
            destinationLow[k] = b.destinationLow[packet];
            int number = b.protocol[packet];
            boolean isIcmp = number == IpProtocol.ICMP || number == IpProtocol.ICMPV6;
            protocol[k] = number;
            sourcePort[k] = isIcmp ? 0 : b.sourcePort[packet];
            destinationPort[k] = isIcmp ? b.icmpTypeCode[packet] : b.destinationPort[packet];
        }
        gatherHighs(b.sourceHigh, b.destinationHigh, packets, version);
        return chosen;
    }

    /** The same of headers, whose ports are what they are. */
    int gather(HeaderBatch b, int version) {
        int chosen = choose(b.sourceHigh, b.sourceLow, b.destinationHigh, b.destinationLow, b.all, b.size, version);
        for (int k = 0; k < chosen; k++) {
            int header = places[k];
            sourceLow[k] = b.sourceLow[header];
            destinationLow[k] = b.destinationLow[header];
            protocol[k] = b.protocol[header];
            sourcePort[k] = b.sourcePort[header];
            destinationPort[k] = b.destinationPort[header];
        }
        gatherHighs(b.sourceHigh, b.destinationHigh, b.all, version);
        return chosen;
    }

    private int choose(
            long[] sourceHighs,
            long[] sourceLows,
            long[] destinationHighs,
            long[] destinationLows,
            int[] packets,
            int packetCount,
            int version) {
        int chosen = 0;
        for (int i = 0; i < packetCount; i++) {
            int packet = packets[i];
            int found =
                    version(sourceHighs[packet], sourceLows[packet], destinationHighs[packet], destinationLows[packet]);
            places[chosen] = i;
            chosen += found == version ? 1 : 0;
        }
        count = chosen;
        return chosen;
    }

    private void gatherHighs(long[] sourceHighs, long[] destinationHighs, int[] packets, int version) {
        if (version == 6) {
            for (int k = 0; k < count; k++) {
                sourceHigh[k] = sourceHighs[packets[places[k]]];
                destinationHigh[k] = destinationHighs[packets[places[k]]];
            }
        } else {
            // Of a mapped address; the last lookup may have left others.
            Arrays.fill(sourceHigh, 0, count, 0);
            Arrays.fill(destinationHigh, 0, count, 0);
        }
    }

    /** Takes one header; returns its IP version, 0 where its addresses are of different ones. */
    int gather(FiveTuple tuple) {
        places[0] = 0;
        count = 1;
        sourceHigh[0] = tuple.sourceHigh();
        sourceLow[0] = tuple.sourceLow();
        destinationHigh[0] = tuple.destinationHigh();
        destinationLow[0] = tuple.destinationLow();
        sourcePort[0] = tuple.sourcePort();
        destinationPort[0] = tuple.destinationPort();
        protocol[0] = tuple.protocol();
        return version(sourceHigh[0], sourceLow[0], destinationHigh[0], destinationLow[0]);
    }

    private static int version(long sourceHigh, long sourceLow, long destinationHigh, long destinationLow) {
        boolean isSource4 = IpAddress.isIpv4(sourceHigh, sourceLow);
        boolean isDestination4 = IpAddress.isIpv4(destinationHigh, destinationLow);
        return isSource4 != isDestination4 ? 0 : isSource4 ? 4 : 6;
    }
}
