package io.weir.detector.scrub;

import io.weir.detector.flood.FloodSignature;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.signature.SignatureMatcher;

/**
 * A signature that packets are asked about. The worker counts what has it, and may arm what was parked; the rest is the
 * control step's.
 */
final class LiveSignature {
    private final SignatureFinding finding;
    private final String text;
    private final SignatureMatcher matcher;
    private final long bornNanos;
    private boolean isActive;
    private long packets;
    private long lastHitNanos;
    private long packetsLooked;

    LiveSignature(SignatureFinding finding, boolean isActive, long nowNanos) {
        this.finding = finding;
        this.text = finding.signature().toString();
        this.matcher = SignatureMatcher.of(finding.signature());
        this.isActive = isActive;
        this.bornNanos = nowNanos;
        this.lastHitNanos = nowNanos;
    }

    /** Whether a packet has it. */
    boolean matches(PacketBatch batch, int i) {
        return matcher.matches(batch, i);
    }

    /** Leaves those of {@code count} packets that have it, and answers how many. */
    int select(PacketBatch batch, int[] some, int count) {
        return matcher.select(batch, some, count);
    }

    /** Counts a packet that has it. */
    void count(long nowNanos) {
        packets++;
        lastHitNanos = nowNanos;
    }

    /** Counts packets that have it and were dropped before they came here. */
    void count(long droppedPackets, long nowNanos) {
        packets += droppedPackets;
        lastHitNanos = nowNanos;
    }

    SignatureFinding finding() {
        return finding;
    }

    /** Whether it drops, rather than counts. */
    boolean isActive() {
        return isActive;
    }

    void setActive(boolean active) {
        isActive = active;
    }

    long bornNanos() {
        return bornNanos;
    }

    long packets() {
        return packets;
    }

    long lastHitNanos() {
        return lastHitNanos;
    }

    /** Packets since {@link #takePackets}. */
    long packetsInTick() {
        return packets - packetsLooked;
    }

    /** Packets since this was last asked. */
    long takePackets() {
        long since = packets - packetsLooked;
        packetsLooked = packets;
        return since;
    }

    /** @param attackShare by now */
    FloodSignature describe(double attackShare) {
        return new FloodSignature(
                text,
                isActive ? FloodSignature.State.ACTIVE : FloodSignature.State.TRIAL,
                finding.basis(),
                attackShare,
                finding.attackSamples(),
                finding.peaceBound(),
                finding.peaceSamples(),
                packets);
    }
}
