package io.weir.detector.window;

import io.weir.filter.signature.PacketRow;
import java.util.Arrays;

/**
 * What packets of each class look like in peace: the last {@value #PER_CLASS} newcomers of each that turned out to be
 * none of a flood, whatever address they went to; 1.2 MB a class. Of all addresses together, because the more there are
 * the less a signature may hit that none of them has, and a client is a client wherever it goes.
 *
 * <p>SYNs are taken once their handshake is completed, also during an alarm: no flood completes any. Others are taken
 * from the {@link SampleRing} when they are so old that an alarm would have been raised for them. Of each class one
 * thread writes; the control step reads.
 */
public final class PeaceSamples {
    /** Enough that no hit in all of them bounds the share of peace that is hit under 0.05 %: 3/n. */
    public static final int PER_CLASS = 8192;

    /** What comes so fast isn't taken whole: a flood not yet seen may be in it. */
    private static final int MOST_PER_TAKING = 32;

    private final SampleRing ring;
    private final long[][] rows;
    private final int[][] targets;
    private final int[][] groups;
    private final long[][] times;
    private final int[] added;
    private final int[] takenNow;
    /** Number of the first sample of the ring that hasn't been looked at. */
    private long cursor;

    /** @param classes how many there are */
    public PeaceSamples(SampleRing ring, int classes) {
        this.ring = ring;
        rows = new long[classes][PER_CLASS * PacketRow.LONGS];
        targets = new int[classes][PER_CLASS];
        groups = new int[classes][PER_CLASS];
        times = new long[classes][PER_CLASS];
        added = new int[classes];
        takenNow = new int[classes];
    }

    /** Decides which samples are of peace. */
    public interface Judge {
        boolean isPeace(int sample);
    }

    /** Takes a sample of the ring. */
    public void take(int sample) {
        int trafficClass = ring.trafficClass(sample);
        int at = added[trafficClass]++ & PER_CLASS - 1;
        PacketRow.copy(ring.rows(), SampleRing.row(sample), rows[trafficClass], at * PacketRow.LONGS);
        targets[trafficClass][at] = ring.target(sample);
        groups[trafficClass][at] = ring.groupTarget(sample);
        times[trafficClass][at] = ring.timeNanos(sample);
    }

    /** Looks at the samples up to a time that it hasn't looked at. Control step only. */
    public void takeUntil(long untilNanos, Judge judge) {
        Arrays.fill(takenNow, 0);
        long end = ring.added();
        if (end - cursor > SampleRing.CAPACITY) {
            cursor = end - SampleRing.CAPACITY;
        }
        while (cursor < end) {
            int sample = (int) cursor & SampleRing.CAPACITY - 1;
            if (ring.timeNanos(sample) > untilNanos) {
                return;
            }
            consider(sample, judge, MOST_PER_TAKING);
            cursor++;
        }
    }

    /** Takes what an alarm proves to be from before it. Control step only. */
    public void takeBefore(long onsetNanos, int trafficClass, int target, Judge judge) {
        Arrays.fill(takenNow, 0);
        for (long number = ring.added() - ring.size(); number < ring.added(); number++) {
            int sample = (int) number & SampleRing.CAPACITY - 1;
            if (number >= cursor
                    && ring.timeNanos(sample) < onsetNanos
                    && ring.matches(sample, target, trafficClass, Long.MIN_VALUE)) {
                consider(sample, judge, SampleRing.CAPACITY);
            }
        }
    }

    private void consider(int sample, Judge judge, int most) {
        int trafficClass = ring.trafficClass(sample);
        if (takenNow[trafficClass] < most && !ring.isTaken(sample) && judge.isPeace(sample)) {
            takenNow[trafficClass]++;
            ring.take(sample);
            take(sample);
        }
    }

    /** Memory of all of them. */
    public long sizeBytes() {
        return (long) rows.length * PER_CLASS * (PacketRow.LONGS * 8 + 16);
    }

    /** Samples of a class: 0 to {@code size - 1}, in no order. */
    public int size(int trafficClass) {
        return added[trafficClass] >= 0 ? Math.min(added[trafficClass], PER_CLASS) : PER_CLASS;
    }

    /** Rows of a class: that of a sample starts at {@link SampleRing#row}. */
    public long[] rows(int trafficClass) {
        return rows[trafficClass];
    }

    /** Whether a sample went to a target, or into the prefix that it is. */
    public boolean isToward(int trafficClass, int sample, int target) {
        return targets[trafficClass][sample] == target || groups[trafficClass][sample] == target;
    }

    public long timeNanos(int trafficClass, int sample) {
        return times[trafficClass][sample];
    }
}
