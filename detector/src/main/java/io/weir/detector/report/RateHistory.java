package io.weir.detector.report;

import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.util.Arrays;

/**
 * Packets by reason and verdict over the whole of a capture, in at most {@value #MOST} intervals of equal length. Whatever
 * its length, memory stays the same: when there is no room, each two become one. A packet older than the first counts there.
 */
public final class RateHistory {
    static final int MOST = 600;

    private static final long SHORTEST_NANOS = 1_000_000L;

    /** By interval and by reason, passed then dropped. */
    private final long[][] packets = new long[MOST][2 * Reason.count()];

    private long startNanos = Long.MIN_VALUE;
    private long intervalNanos = SHORTEST_NANOS;
    private int used;

    /** Adds a judged batch. */
    public void add(PacketBatch batch) {
        for (int i = 0; i < batch.size; i++) {
            int verdict = batch.verdict[i];
            int column = 2 * Verdict.reason(verdict).ordinal() + (Verdict.isDrop(verdict) ? 1 : 0);
            packets[interval(batch.timestampNanos[i])][column]++;
        }
    }

    private int interval(long timestampNanos) {
        if (startNanos == Long.MIN_VALUE) {
            startNanos = timestampNanos;
        }
        while (timestampNanos - startNanos >= intervalNanos * MOST) {
            halve();
        }
        int interval = (int) Math.max(0, (timestampNanos - startNanos) / intervalNanos);
        used = Math.max(used, interval + 1);
        return interval;
    }

    private void halve() {
        for (int i = 0; i < MOST; i++) {
            if (i >= MOST / 2) {
                Arrays.fill(packets[i], 0);
                continue;
            }
            long[] first = packets[2 * i];
            long[] second = packets[2 * i + 1];
            for (int column = 0; column < first.length; column++) {
                packets[i][column] = first[column] + second[column];
            }
        }
        intervalNanos *= 2;
        used = (used + 1) / 2;
    }

    int intervals() {
        return used;
    }

    double intervalSeconds() {
        return intervalNanos / 1e9;
    }

    /** Where an interval begins, in seconds since the epoch. */
    double startSeconds(int interval) {
        return (startNanos + interval * intervalNanos) / 1e9;
    }

    /** Packets a second. */
    double perSecond(int interval, Reason reason, boolean isDropped) {
        return packets[interval][2 * reason.ordinal() + (isDropped ? 1 : 0)] / intervalSeconds();
    }
}
