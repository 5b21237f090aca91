package io.weir.filter.match;

import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.FiveTuple;

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
    int gather(PacketBatch batch, int[] packets, int packetCount, int version) {
        int chosen = 0;
        for (int i = 0; i < packetCount; i++) {
            int packet = packets[i];
            boolean isChosen = version(
                            batch.sourceHigh[packet],
                            batch.sourceLow[packet],
                            batch.destinationHigh[packet],
                            batch.destinationLow[packet])
                    == version;
            places[chosen] = i;
            chosen += isChosen ? 1 : 0;
        }
        count = chosen;
        for (int k = 0; k < chosen; k++) {
            int packet = packets[places[k]];
            sourceLow[k] = batch.sourceLow[packet];
            destinationLow[k] = batch.destinationLow[packet];
            int number = batch.protocol[packet];
            boolean isIcmp = number == IpProtocol.ICMP || number == IpProtocol.ICMPV6;
            protocol[k] = number;
            sourcePort[k] = isIcmp ? 0 : batch.sourcePort[packet];
            destinationPort[k] = isIcmp ? batch.icmpTypeCode[packet] : batch.destinationPort[packet];
        }
        if (version == 6) {
            for (int k = 0; k < chosen; k++) {
                sourceHigh[k] = batch.sourceHigh[packets[places[k]]];
                destinationHigh[k] = batch.destinationHigh[packets[places[k]]];
            }
        }
        return chosen;
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
