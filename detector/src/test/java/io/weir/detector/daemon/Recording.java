package io.weir.detector.daemon;

import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.TrafficSimulator;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Simulated packets kept in memory, so that several engines can judge the same ones. */
final class Recording {
    /** In an Ethernet frame. */
    private static final int SOURCE_ADDRESS = 26;

    private final MemorySegment frames;
    private final long[] offsets;
    private final int[] lengths;
    private final long[] timesNanos;
    private final int[] labels;

    private Recording(MemorySegment frames, long[] offsets, int[] lengths, long[] timesNanos, int[] labels) {
        this.frames = frames;
        this.offsets = offsets;
        this.lengths = lengths;
        this.timesNanos = timesNanos;
        this.labels = labels;
    }

    /** Everything that a profile makes. */
    static Recording of(LoadProfile profile, long seed) {
        long[] bytes = {0};
        int size = (int)
                new TrafficSimulator(profile, seed).run((time, frame, offset, length, label) -> bytes[0] += length);
        Recording recording = new Recording(
                Arena.ofAuto().allocate(bytes[0] + TrafficSimulator.MAXIMUM_FRAME_LENGTH),
                new long[size],
                new int[size],
                new long[size],
                new int[size]);
        recording.fill(new TrafficSimulator(profile, seed));
        return recording;
    }

    private void fill(TrafficSimulator simulator) {
        long at = 0;
        for (int i = 0; i < size(); i++) {
            offsets[i] = at;
            lengths[i] = simulator.next(frames, at);
            timesNanos[i] = simulator.timestampNanos();
            labels[i] = simulator.label();
            at += lengths[i];
        }
    }

    long timeNanos(int packet) {
        return timesNanos[packet];
    }

    int lengthBytes(int packet) {
        return lengths[packet];
    }

    /** The truth about a packet, see {@link io.weir.capture.load.Label}. */
    int label(int packet) {
        return labels[packet];
    }

    /** A copy of all times. */
    long[] times() {
        return timesNanos.clone();
    }

    int size() {
        return lengths.length;
    }

    /** The packets with such labels alone. */
    Recording only(IntPredicate label) {
        return kept(i -> label.test(labels[i]));
    }

    private Recording kept(IntPredicate packet) {
        int[] kept = IntStream.range(0, size()).filter(packet).toArray();
        return new Recording(
                frames,
                Arrays.stream(kept).mapToLong(i -> offsets[i]).toArray(),
                Arrays.stream(kept).map(i -> lengths[i]).toArray(),
                Arrays.stream(kept).mapToLong(i -> timesNanos[i]).toArray(),
                Arrays.stream(kept).map(i -> labels[i]).toArray());
    }

    /** What one of several workers is given: both directions between two IPv4 addresses go to the same. */
    Recording share(int shares, int index) {
        return kept(i -> addresses(i) % shares == index);
    }

    private int addresses(int packet) {
        long at = offsets[packet] + SOURCE_ADDRESS;
        return (frames.get(ValueLayout.JAVA_INT_UNALIGNED, at)
                        ^ frames.get(ValueLayout.JAVA_INT_UNALIGNED, at + Integer.BYTES))
                >>> 24;
    }

    /** The same packets at other times. */
    Recording at(long[] otherTimesNanos) {
        return new Recording(frames, offsets, lengths, otherTimesNanos, labels);
    }

    /** Fills a batch with the packets from one on, at most so many. */
    void fill(PacketBatch batch, int from, int most) {
        batch.frames = frames;
        batch.size = Math.min(most, size() - from);
        for (int i = 0; i < batch.size; i++) {
            batch.frameOffset[i] = offsets[from + i];
            batch.capturedLength[i] = lengths[from + i];
            batch.wireLength[i] = lengths[from + i];
            batch.timestampNanos[i] = timesNanos[from + i];
            batch.linkType[i] = LinkType.ETHERNET;
        }
    }
}
