package io.weir.filter.verdict;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Packets and bytes by reason, by whether the packet was dropped, and by its way: whatever the owner tells packets apart
 * by, such as interface and direction. One worker writes; any thread may read at any time and sees each counter no older
 * than the last {@link #publish}.
 */
public final class ReasonCounters {
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

    private static final int COLUMNS = Reason.count() * 2;

    private final int ways;

    /** By {@code way}, then {@code reason * 2 + drop}: a drop that observing spared counts under its reason, passed. */
    private final long[] packets;

    private final long[] bytes;
    private final long[] publishedPackets;
    private final long[] publishedBytes;

    /** @param ways that packets come, 1 or more */
    public ReasonCounters(int ways) {
        this.ways = ways;
        packets = new long[ways * COLUMNS];
        bytes = new long[ways * COLUMNS];
        publishedPackets = new long[ways * COLUMNS];
        publishedBytes = new long[ways * COLUMNS];
    }

    /**
     * Counts packets, one for each of the first {@code count} elements. Writer only.
     *
     * @param waysOf the way of each, 0 to {@code ways - 1}
     */
    public void count(int[] verdicts, int[] lengthsBytes, int[] waysOf, int count) {
        int i = 0;
        while (i < count) {
            // Reason and drop bit are adjacent in a verdict, in just the order of this index.
            int column = verdicts[i] & 0x1ff;
            int way = waysOf[i];
            int index = way * COLUMNS + column;
            int first = i;
            long sum = 0;
            // One kind of packet mostly comes in a row.
            while (i < count && (verdicts[i] & 0x1ff) == column && waysOf[i] == way) {
                sum += lengthsBytes[i++];
            }
            packets[index] += i - first;
            bytes[index] += sum;
        }
    }

    /** Counts packets that were dropped for a reason without being judged one by one. Writer only. */
    public void countDropped(int way, Reason reason, long droppedPackets, long droppedBytes) {
        packets[index(way, reason, true)] += droppedPackets;
        bytes[index(way, reason, true)] += droppedBytes;
    }

    /** Lets readers see what was counted so far. Writer only. */
    public void publish() {
        for (int i = 0; i < packets.length; i++) {
            ELEMENT.setRelease(publishedBytes, i, bytes[i]);
            ELEMENT.setRelease(publishedPackets, i, packets[i]);
        }
    }

    /** Packets of a reason that passed ({@code dropped} false) or were dropped, whatever their way. */
    public long packets(Reason reason, boolean dropped) {
        long sum = 0;
        for (int way = 0; way < ways; way++) {
            sum += packets(way, reason, dropped);
        }
        return sum;
    }

    /** Bytes on the wire of those packets. */
    public long bytes(Reason reason, boolean dropped) {
        long sum = 0;
        for (int way = 0; way < ways; way++) {
            sum += bytes(way, reason, dropped);
        }
        return sum;
    }

    /** Those of one way. */
    public long packets(int way, Reason reason, boolean dropped) {
        return (long) ELEMENT.getAcquire(publishedPackets, index(way, reason, dropped));
    }

    public long bytes(int way, Reason reason, boolean dropped) {
        return (long) ELEMENT.getAcquire(publishedBytes, index(way, reason, dropped));
    }

    public int ways() {
        return ways;
    }

    private static int index(int way, Reason reason, boolean dropped) {
        return way * COLUMNS + reason.ordinal() * 2 + (dropped ? 1 : 0);
    }
}
