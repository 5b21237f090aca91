package io.weir.filter.verdict;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Packets and bytes by reason and by whether the packet was dropped. One worker writes; any thread may read at any time
 * and sees each counter no older than the last {@link #publish}.
 */
public final class ReasonCounters {
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

    /** By {@code reason * 2 + drop}: a drop that observing spared counts under its reason, passed. */
    private final long[] packets = new long[Reason.count() * 2];

    private final long[] bytes = new long[Reason.count() * 2];
    private final long[] publishedPackets = new long[Reason.count() * 2];
    private final long[] publishedBytes = new long[Reason.count() * 2];

    /** Counts packets, one for each of the first {@code count} elements. Writer only. */
    public void count(int[] verdicts, int[] lengthsBytes, int count) {
        int i = 0;
        while (i < count) {
            // Reason and drop bit are adjacent in a verdict, in just the order of this index.
            int index = verdicts[i] & 0x1ff;
            int first = i;
            long sum = 0;
            // One kind of packet mostly comes in a row.
            while (i < count && (verdicts[i] & 0x1ff) == index) {
                sum += lengthsBytes[i++];
            }
            packets[index] += i - first;
            bytes[index] += sum;
        }
    }

    /** Counts packets that were dropped for a reason without being judged one by one. Writer only. */
    public void countDropped(Reason reason, long droppedPackets, long droppedBytes) {
        packets[index(reason, true)] += droppedPackets;
        bytes[index(reason, true)] += droppedBytes;
    }

    /** Lets readers see what was counted so far. Writer only. */
    public void publish() {
        for (int i = 0; i < packets.length; i++) {
            ELEMENT.setRelease(publishedBytes, i, bytes[i]);
            ELEMENT.setRelease(publishedPackets, i, packets[i]);
        }
    }

    /** Packets of a reason that passed ({@code dropped} false) or were dropped. */
    public long packets(Reason reason, boolean dropped) {
        return (long) ELEMENT.getAcquire(publishedPackets, index(reason, dropped));
    }

    /** Bytes on the wire of those packets. */
    public long bytes(Reason reason, boolean dropped) {
        return (long) ELEMENT.getAcquire(publishedBytes, index(reason, dropped));
    }

    private static int index(Reason reason, boolean dropped) {
        return reason.ordinal() * 2 + (dropped ? 1 : 0);
    }
}
