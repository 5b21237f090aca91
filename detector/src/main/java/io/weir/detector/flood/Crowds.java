package io.weir.detector.flood;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What was taken for a crowd: it isn't looked at again at once. */
final class Crowds {
    private static final long BELIEVED_NANOS = TimeUnit.MILLISECONDS.toNanos(64);
    private static final int MOST = FloodMonitor.MOST_FLOODS;

    private final Map<Long, Long> seenNanos = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > MOST;
        }
    };

    boolean isBelieved(long key, long nowNanos) {
        Long last = seenNanos.get(key);
        return last != null && nowNanos >= last && nowNanos - last < BELIEVED_NANOS;
    }

    void note(long key, long nowNanos) {
        seenNanos.put(key, nowNanos);
    }
}
