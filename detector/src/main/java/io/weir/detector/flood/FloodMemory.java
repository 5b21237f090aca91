package io.weir.detector.flood;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Floods that ended within the hour, the last of each class and target: a pulse is known by its first packets. */
final class FloodMemory {
    private static final long KEPT_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int MOST = FloodMonitor.MOST_FLOODS;

    private final Map<String, Ended> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Ended> eldest) {
            return size() > MOST;
        }
    };

    boolean isEmpty() {
        return ended.isEmpty();
    }

    void clear() {
        ended.clear();
    }

    void remember(Flood flood, String vector, long nowNanos) {
        String key = key(flood.trafficClass(), flood.targetText());
        ended.remove(key); // so that the map's order is that of the ends
        ended.put(key, new Ended(flood.id(), vector, flood.alarm(), nowNanos));
    }

    /** What ended of a class at a target within the hour, or null. */
    @Nullable
    Ended recall(TrafficClass trafficClass, String target, long nowNanos) {
        String key = key(trafficClass, target);
        Ended last = ended.get(key);
        if (last != null && nowNanos - last.endNanos > KEPT_NANOS) {
            ended.remove(key);
            return null;
        }
        return last;
    }

    private static String key(TrafficClass trafficClass, String target) {
        return trafficClass.ordinal() + " " + target;
    }

    /** A flood that ended. */
    record Ended(String id, String vector, Alarm alarm, long endNanos) {}
}
