package io.weir.capture.source;

import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Packets of another source, kept in memory and given as often as wanted; for measuring what comes after reading. */
public final class MemorySource implements PacketSource {
    /** Frames start on a multiple of this, as in a ring. */
    private static final int ALIGNMENT = 64;

    private final MemorySegment frames;
    private long[] offsets = new long[1024];
    private int[] captured = new int[1024];
    private int[] wire = new int[1024];
    private long[] timestampNanos = new long[1024];
    private int[] linkTypes = new int[1024];
    private int size;
    private long used;
    private int next;

    private MemorySource(long maximumBytes) {
        frames = Arena.ofAuto().allocate(maximumBytes, ALIGNMENT);
    }

    /**
     * Takes packets until the source ends or so much memory is full.
     *
     * @throws IOException if reading fails
     */
    public static MemorySource of(PacketSource source, long maximumBytes) throws IOException {
        MemorySource memory = new MemorySource(maximumBytes);
        PacketBatch batch = new PacketBatch();
        boolean isRoom = true;
        while (isRoom && source.fill(batch) != END) {
            for (int i = 0; i < batch.size && isRoom; i++) {
                isRoom = memory.add(batch, i);
            }
        }
        return memory;
    }

    private boolean add(PacketBatch batch, int i) {
        if (used + batch.capturedLength[i] > frames.byteSize()) {
            return false;
        }
        if (size == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * size);
            captured = Arrays.copyOf(captured, 2 * size);
            wire = Arrays.copyOf(wire, 2 * size);
            timestampNanos = Arrays.copyOf(timestampNanos, 2 * size);
            linkTypes = Arrays.copyOf(linkTypes, 2 * size);
        }
        MemorySegment.copy(batch.frames, batch.frameOffset[i], frames, used, batch.capturedLength[i]);
        offsets[size] = used;
        captured[size] = batch.capturedLength[i];
        wire[size] = batch.wireLength[i];
        timestampNanos[size] = batch.timestampNanos[i];
        linkTypes[size++] = batch.linkType[i];
        used += Math.ceilDiv(batch.capturedLength[i], ALIGNMENT) * (long) ALIGNMENT;
        return true;
    }

    @Override
    public int fill(PacketBatch batch) {
        int count = Math.min(PacketBatch.CAPACITY, size - next);
        batch.size = count;
        if (count == 0) {
            return END;
        }
        batch.frames = frames;
        System.arraycopy(offsets, next, batch.frameOffset, 0, count);
        System.arraycopy(captured, next, batch.capturedLength, 0, count);
        System.arraycopy(wire, next, batch.wireLength, 0, count);
        System.arraycopy(linkTypes, next, batch.linkType, 0, count);
        Arrays.fill(batch.interfaceIndex, 0, count, 0);
        System.arraycopy(timestampNanos, next, batch.timestampNanos, 0, count);
        next += count;
        return count;
    }

    /** Starts over. */
    public void rewind() {
        next = 0;
    }

    /** Packets kept. */
    public int size() {
        return size;
    }

    @Override
    public long bytesRead() {
        return next == size ? used : offsets[next];
    }

    @Override
    public long bytesTotal() {
        return used;
    }

    /** Nothing to close: the memory goes with this object, so that the packets can be given again. */
    @Override
    public void close() {}
}
