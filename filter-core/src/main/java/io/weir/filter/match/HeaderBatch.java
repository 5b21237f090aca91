package io.weir.filter.match;

import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.FiveTuple;
import java.util.Arrays;

/** Up to {@value PacketBatch#CAPACITY} headers as columns, for those who look up headers rather than packets. */
public final class HeaderBatch {
    public int size;
    final long[] sourceHigh = new long[PacketBatch.CAPACITY];
    final long[] sourceLow = new long[PacketBatch.CAPACITY];
    final long[] destinationHigh = new long[PacketBatch.CAPACITY];
    final long[] destinationLow = new long[PacketBatch.CAPACITY];
    final int[] sourcePort = new int[PacketBatch.CAPACITY];
    final int[] destinationPort = new int[PacketBatch.CAPACITY];
    final int[] protocol = new int[PacketBatch.CAPACITY];

    /** {@code 0, 1, 2…} */
    final int[] all = new int[PacketBatch.CAPACITY];

    public HeaderBatch() {
        Arrays.setAll(all, i -> i);
    }

    /** @param index 0 to {@link PacketBatch#CAPACITY} - 1 */
    public void set(int index, FiveTuple header) {
        sourceHigh[index] = header.sourceHigh();
        sourceLow[index] = header.sourceLow();
        destinationHigh[index] = header.destinationHigh();
        destinationLow[index] = header.destinationLow();
        sourcePort[index] = header.sourcePort();
        destinationPort[index] = header.destinationPort();
        protocol[index] = header.protocol();
    }
}
