package io.weir.detector.daemon;

import io.weir.detector.api.DaemonStatus.Rate;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.ReasonCounters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** What passed and was dropped in each second of the last quarter of an hour. The thread that judges. */
final class RateSeries {
    /** Seconds that are kept. */
    static final int SECONDS = 900;

    static final long SECOND_NANOS = 1_000_000_000L;

    private static final int COLUMNS = 2 * Reason.count();

    /** By second and by reason, passed then dropped. */
    private final long[][] packets = new long[SECONDS][COLUMNS];

    private final long[][] bytes = new long[SECONDS][COLUMNS];
    private final long[][] classes = new long[SECONDS][TrafficClass.count()];
    private final long[] classesBefore = new long[TrafficClass.count()];
    private final long[] ends = new long[SECONDS];
    private final long[] packetsBefore = new long[COLUMNS];
    private final long[] bytesBefore = new long[COLUMNS];
    private long count;
    private long nextNanos = Long.MIN_VALUE;

    /** Whether a second is over. */
    boolean isDue(long nowNanos) {
        return nowNanos >= nextNanos;
    }

    /** Books what came since the last time. Of counters just published. */
    void add(ReasonCounters counters, ToLongFunction<TrafficClass> classPackets, long nowNanos) {
        int row = (int) (count % SECONDS);
        for (Reason reason : Reason.values()) {
            for (int drop = 0; drop < 2; drop++) {
                int column = 2 * reason.ordinal() + drop;
                long packetsNow = counters.packets(reason, drop == 1);
                long bytesNow = counters.bytes(reason, drop == 1);
                packets[row][column] = packetsNow - packetsBefore[column];
                bytes[row][column] = bytesNow - bytesBefore[column];
                packetsBefore[column] = packetsNow;
                bytesBefore[column] = bytesNow;
            }
        }
        for (TrafficClass one : TrafficClass.values()) {
            long packetsNow = classPackets.applyAsLong(one);
            classes[row][one.ordinal()] = packetsNow - classesBefore[one.ordinal()];
            classesBefore[one.ordinal()] = packetsNow;
        }
        ends[row] = nowNanos;
        // The first one has no beginning.
        count += nextNanos == Long.MIN_VALUE ? 0 : 1;
        nextNanos = nowNanos + SECOND_NANOS;
    }

    /** The oldest first. */
    List<Rate> all() {
        List<Rate> rates = new ArrayList<>();
        for (long second = Math.max(0, count - SECONDS); second < count; second++) {
            rates.add(rate((int) (second % SECONDS)));
        }
        return rates;
    }

    /** The newest, all zero before the first. */
    Rate last() {
        return count == 0 ? new Rate(0, 0, 0, 0, 0, Map.of(), Map.of()) : rate((int) ((count - 1) % SECONDS));
    }

    private Rate rate(int row) {
        long[] sums = new long[4];
        Map<Reason, Long> byReason = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            for (int drop = 0; drop < 2; drop++) {
                int column = 2 * reason.ordinal() + drop;
                sums[drop] += packets[row][column];
                sums[2 + drop] += bytes[row][column];
            }
            long both = Arrays.stream(packets[row], 2 * reason.ordinal(), 2 * reason.ordinal() + 2)
                    .sum();
            if (both > 0) {
                byReason.put(reason, both);
            }
        }
        Map<TrafficClass, Long> byClass = new EnumMap<>(TrafficClass.class);
        for (TrafficClass one : TrafficClass.values()) {
            if (classes[row][one.ordinal()] > 0) {
                byClass.put(one, classes[row][one.ordinal()]);
            }
        }
        return new Rate(ends[row], sums[0], sums[2], sums[1], sums[3], byReason, byClass);
    }
}
