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
    private final int[] labels = new int[PacketBatch.CAPACITY];
    private long bytes;

    public SyntheticSource(TrafficSimulator simulator) {
        this.simulator = simulator;
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
            batch.frameOffset[size] = offset;
            batch.capturedLength[size] = length;
            batch.wireLength[size] = length;
            batch.timestampNanos[size] = simulator.timestampNanos();
            batch.linkType[size] = LinkType.ETHERNET;
            batch.interfaceIndex[size] = 0;
            labels[size] = simulator.label();
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
