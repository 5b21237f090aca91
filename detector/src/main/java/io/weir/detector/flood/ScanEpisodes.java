package io.weir.detector.flood;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long what looks like a scan has gone on. There are 65,536 ports: what has sent twice as many packets and still
 * spreads over new ports is a flood that picks them at random.
 */
final class ScanEpisodes {
    private static final double MOST_PACKETS = 2 * 65_536;
    private static final long FORGET_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LONGEST_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(128);
    private static final int MOST_EPISODES = 1024;

    private final Map<Long, Episode> episodes = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Episode> eldest) {
            return size() > MOST_EPISODES;
        }
    };

    /** Whether the packets so far may all have been a scan's. Called at every tick while they look like one. */
    boolean isPlausible(long key, double packetsPerSecond, long nowNanos) {
        Episode last = episodes.get(key);
        double packets = last == null || nowNanos - last.lastNanos > FORGET_NANOS
                ? packetsPerSecond * LONGEST_STEP_NANOS / 1e9
                : last.packets + packetsPerSecond * Math.min(nowNanos - last.lastNanos, LONGEST_STEP_NANOS) / 1e9;
        episodes.put(key, new Episode(packets, nowNanos));
        return packets <= MOST_PACKETS;
    }

    private record Episode(double packets, long lastNanos) {}
}
