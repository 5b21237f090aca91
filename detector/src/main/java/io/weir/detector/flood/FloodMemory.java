package io.weir.detector.flood;

import io.weir.detector.window.TargetWindows;
import java.util.Arrays;
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

    private final TargetWindows windows;
    /** By target: whether one of its floods is remembered, and which generation of the target that was asked for. */
    private final boolean[] isRemembered;

    private final int[] askedGenerations;

    FloodMemory(TargetWindows windows, int targets) {
        this.windows = windows;
        this.isRemembered = new boolean[targets];
        this.askedGenerations = new int[targets];
    }

    void clear() {
        ended.clear();
        Arrays.fill(isRemembered, false);
    }

    /** Whether {@link #recall} could find anything: asked for each busy target at each tick. */
    boolean mayReturn(int target, ProtectedTargets targets) {
        if (ended.isEmpty()) {
            return false;
        }
        int generation = windows.generation(target);
        if (askedGenerations[target] != generation) {
            askedGenerations[target] = generation;
            isRemembered[target] = isAnyOf(targets.text(target));
        }
        return isRemembered[target];
    }

    private boolean isAnyOf(String target) {
        for (int trafficClass = 0; trafficClass < TrafficClass.count(); trafficClass++) {
            if (ended.containsKey(key(TrafficClass.of(trafficClass), target))) {
                return true;
            }
        }
        return false;
    }

    void remember(Flood flood, String vector, long nowNanos) {
        isRemembered[flood.target()] = true;
        askedGenerations[flood.target()] = windows.generation(flood.target());
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
