package io.weir.capture.load;

import io.weir.capture.source.PacketSource;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Simulated traffic as a source like any other: the same simulator feeds the engine directly, and files through a sink.
 * The truth about each packet stands beside the batch, see {@link #label}.
 */
public final class SyntheticSource implements PacketSource {
    /** Room for a frame; a multiple of the cache line. */
    private static final int SLOT_LENGTH = 1536;

    /** Shared, because the thread that uses a source needn't be the one that made it. */
    private final Arena arena = Arena.ofShared();

    private final MemorySegment frames = arena.allocate((long) PacketBatch.CAPACITY * SLOT_LENGTH, 64);
    private final TrafficSimulator simulator;
    private final long fromNanos;
    private final boolean isInboundOnly;
    private final int[] labels = new int[PacketBatch.CAPACITY];
    private final int[] conversations = new int[PacketBatch.CAPACITY];
    private long bytes;

    public SyntheticSource(TrafficSimulator simulator) {
        this(simulator, Long.MIN_VALUE, false);
    }

    private SyntheticSource(TrafficSimulator simulator, long fromNanos, boolean isInboundOnly) {
        this.simulator = simulator;
        this.fromNanos = fromNanos;
        this.isInboundOnly = isInboundOnly;
    }

    /**
     * What a capture of the traffic holds.
     *
     * @param fromNanos when it begins, nanoseconds since the epoch: in the middle of everything
     * @param isInboundOnly whether what the near side sends isn't in it, as on a scrubbing path
     */
    public static SyntheticSource capture(TrafficSimulator simulator, long fromNanos, boolean isInboundOnly) {
        return new SyntheticSource(simulator, fromNanos, isInboundOnly);
    }

    @Override
    public int fill(PacketBatch batch) {
        batch.frames = frames;
        int size = 0;
        while (size < PacketBatch.CAPACITY) {
            long offset = (long) size * SLOT_LENGTH;
            int length = simulator.next(frames, offset);
            if (length == TrafficSimulator.END) {
                break;
            }
            boolean isInCapture = simulator.timestampNanos() >= fromNanos;
            if (!isInCapture || isInboundOnly && Label.isAnswer(simulator.label())) {
                continue;
            }
            batch.frameOffset[size] = offset;
            batch.capturedLength[size] = length;
            batch.wireLength[size] = length;
            batch.timestampNanos[size] = simulator.timestampNanos();
            batch.linkType[size] = LinkType.ETHERNET;
            batch.interfaceIndex[size] = 0;
            labels[size] = simulator.label();
            conversations[size] = simulator.conversation();
            bytes += length;
            size++;
        }
        batch.size = size;
        return size == 0 ? END : size;
    }

    /** The {@link Label} of a packet in the batch filled last. */
    public int label(int index) {
        return labels[index];
    }

    /** The connection or exchange of a packet in the batch filled last, from 1; 0 where it stands alone. */
    public int conversation(int index) {
        return conversations[index];
    }

    /** Bytes of the frames so far. */
    @Override
    public long bytesRead() {
        return bytes;
    }

    /** Not known before the end. */
    @Override
    public long bytesTotal() {
        return -1;
    }

    @Override
    public void close() {
        arena.close();
    }
}
