package io.weir.detector.daemon;

import io.weir.detector.api.DaemonStatus;
import io.weir.detector.api.DaemonStatus.Count;
import io.weir.detector.api.DaemonStatus.Traffic;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.ReasonCounters;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counters as others are told of them; without what never was. Of counters just published. */
final class TrafficCounts {
    private TrafficCounts() {}

    static Map<Reason, Count> reasons(ReasonCounters counters) {
        Map<Reason, Count> counts = new EnumMap<>(Reason.class);
        for (int way = 0; way < counters.ways(); way++) {
            of(counters, way).forEach((reason, count) -> counts.merge(reason, count, Count::plus));
        }
        return counts;
    }

    /** @param interfaces in the order in which {@link TrafficWays} counts them */
    static List<Traffic> traffic(ReasonCounters counters, List<String> interfaces) {
        List<Traffic> traffic = new ArrayList<>();
        for (int way = 0; way < counters.ways(); way++) {
            int of = way / TrafficWays.DIRECTIONS;
            traffic.add(new Traffic(
                    of < interfaces.size() ? interfaces.get(of) : DaemonStatus.ANY,
                    DaemonStatus.DIRECTIONS.get(way % TrafficWays.DIRECTIONS),
                    of(counters, way)));
        }
        traffic.removeIf(one -> one.reasons().isEmpty());
        return traffic;
    }

    private static Map<Reason, Count> of(ReasonCounters counters, int way) {
        Map<Reason, Count> counts = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            long dropped = counters.packets(way, reason, true);
            long all = dropped + counters.packets(way, reason, false);
            if (all > 0) {
                long droppedBytes = counters.bytes(way, reason, true);
                counts.put(
                        reason,
                        new Count(all, droppedBytes + counters.bytes(way, reason, false), dropped, droppedBytes));
            }
        }
        return counts;
    }
}
