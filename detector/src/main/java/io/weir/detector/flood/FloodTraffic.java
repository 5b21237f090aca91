package io.weir.detector.flood;

import io.weir.detector.window.HyperLogLog;

/** What the workers count of one flood while it lasts: every unproven packet of its class to its target. One writer. */
public final class FloodTraffic {
    private final HyperLogLog sources = new HyperLogLog();
    private long packets;
    private long bytes;
    private long droppedPackets;
    private long droppedBytes;

    /**
     * Counts a packet.
     *
     * @param sourceKey keyed hash of its source address
     */
    public void count(long sourceKey, int lengthBytes, boolean isDropped) {
        sources.add(sourceKey);
        packets++;
        bytes += lengthBytes;
        if (isDropped) {
            droppedPackets++;
            droppedBytes += lengthBytes;
        }
    }

    /** Counts what came before the alarm: it passed. */
    void countBefore(long packetsBefore, long bytesBefore) {
        packets += packetsBefore;
        bytes += bytesBefore;
    }

    /** Adds a source that was seen before the alarm. */
    void addSource(long sourceKey) {
        sources.add(sourceKey);
    }

    long distinctSources() {
        return sources.estimate();
    }

    long packets() {
        return packets;
    }

    long bytes() {
        return bytes;
    }

    long droppedPackets() {
        return droppedPackets;
    }

    long droppedBytes() {
        return droppedBytes;
    }
}
