package io.weir.detector.flood;

import io.weir.detector.window.HyperLogLog;

/**
 * What the workers count of one flood while it lasts: every unproven packet of its class to its target, and who sent what
 * passed and what was dropped. One writer.
 */
public final class FloodTraffic {
    private final HyperLogLog sources = new HyperLogLog();
    private final long[] passedBySender = new long[Sender.count()];
    private final long[] droppedBySender = new long[Sender.count()];
    private boolean isWitness;
    private long packets;
    private long bytes;
    private long droppedPackets;
    private long droppedBytes;
    private long askedAgain;
    private long delayedConnections;

    /**
     * Counts a packet.
     *
     * @param sourceKey keyed hash of its source address
     */
    public void count(long sourceKey, int lengthBytes, boolean isDropped, Sender sender) {
        sources.add(sourceKey);
        packets++;
        bytes += lengthBytes;
        if (isDropped && !isWitness) {
            droppedPackets++;
            droppedBytes += lengthBytes;
            droppedBySender[sender.ordinal()]++;
        } else {
            passedBySender[sender.ordinal()]++;
        }
    }

    /** Counts packets {@code from} to before {@code to} that were dropped, by their lengths and their sources' keyed hashes. */
    public void countDropped(int[] lengthBytes, long[] sourceKeys, int from, int to, Sender sender) {
        long sumBytes = 0;
        for (int i = from; i < to; i++) {
            sources.add(sourceKeys[i]);
            sumBytes += lengthBytes[i];
        }
        countDropped(to - from, sumBytes, sender);
    }

    /** Says that whatever is judged here passes. */
    void witness() {
        isWitness = true;
    }

    /** Counts packets that were dropped and whose sources aren't told apart: by the kernel, say. */
    public void countDropped(long lostPackets, long lostBytes, Sender sender) {
        packets += lostPackets;
        bytes += lostBytes;
        droppedPackets += lostPackets;
        droppedBytes += lostBytes;
        droppedBySender[sender.ordinal()] += lostPackets;
    }

    /** Counts packets of connections and exchanges that passed while the flood was on: no part of it. */
    public void countEstablished(long passedPackets) {
        passedBySender[Sender.ESTABLISHED.ordinal()] += passedPackets;
    }

    /** Counts a packet of a connection that {@code total} took after it was counted as passed. */
    public void countSacrificed() {
        passedBySender[Sender.ESTABLISHED.ordinal()]--;
        droppedBySender[Sender.ESTABLISHED.ordinal()]++;
    }

    /** Counts a SYN that was dropped to see whether it comes again. */
    public void countAskedAgain() {
        askedAgain++;
    }

    /** Counts a connection that opened although its first SYN had been dropped. */
    public void countDelayed() {
        delayedConnections++;
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

    Collateral collateral() {
        return new Collateral(
                passed(Sender.ESTABLISHED),
                dropped(Sender.ESTABLISHED),
                passed(Sender.CREDIBLE),
                dropped(Sender.CREDIBLE),
                passed(Sender.NEWCOMER),
                dropped(Sender.NEWCOMER),
                askedAgain,
                delayedConnections);
    }

    private long passed(Sender sender) {
        return Math.max(0, passedBySender[sender.ordinal()]);
    }

    private long dropped(Sender sender) {
        return droppedBySender[sender.ordinal()];
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
