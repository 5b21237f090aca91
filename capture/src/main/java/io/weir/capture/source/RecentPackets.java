package io.weir.capture.source;

import io.weir.capture.sink.PacketSink;
import io.weir.filter.packet.PacketBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Keeps the newest packets, each up to a snap length, in native memory of a fixed size: the oldest give way. The thread
 * that judges writes and never waits; {@link #read} gives another thread a copy of what is there and of what comes.
 *
 * <pre>
 *   record, 8-byte aligned, never around the end of memory:
 *   length 4 (negative: nothing until the end) | captured 4 | wire 4 | link type 4 | interface 4 | verdict 4 | time 8 | bytes
 * </pre>
 *
 * <p>Positions count bytes from the start and never go back. Before a record is overwritten {@code oldest} moves past it,
 * so a reader that finds {@code oldest} behind its record after copying it has a whole copy.
 */
public final class RecentPackets implements PacketSink {
    /** What holds a few packets of any snap length. */
    public static final int SIZE_MINIMUM = 1 << 20;

    private static final VarHandle OLDEST;

    static {
        try {
            OLDEST = MethodHandles.lookup().findVarHandle(RecentPackets.class, "oldest", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private static final int CAPTURED = 4;
    private static final int WIRE = 8;
    private static final int LINK_TYPE = 12;
    private static final int INTERFACE = 16;
    private static final int VERDICT = 20;
    private static final int TIME = 24;
    private static final int HEADER_BYTES = 32;
    private static final int ALIGNMENT = 8;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final long capacity;
    private final int snapBytes;

    /** Where the next record begins; the writer's own. */
    private long end;

    /** Where the oldest record begins; a reader reads it by {@link #OLDEST}. */
    private long oldest;

    private volatile long published;

    /**
     * Takes its memory.
     *
     * @param sizeBytes at least {@link #SIZE_MINIMUM}
     * @param snapBytes kept of a packet at the most, fewer than {@code SIZE_MINIMUM / 4}
     */
    public RecentPackets(int sizeBytes, int snapBytes) {
        if (sizeBytes < SIZE_MINIMUM || snapBytes < 1 || snapBytes > SIZE_MINIMUM / 4) {
            throw new IllegalArgumentException(sizeBytes + " bytes for packets of " + snapBytes);
        }
        this.capacity = sizeBytes / ALIGNMENT * (long) ALIGNMENT;
        this.snapBytes = snapBytes;
        this.memory = arena.allocate(capacity, Long.BYTES);
    }

    @Override
    public void accept(PacketBatch batch) {
        for (int i = 0; i < batch.size; i++) {
            add(batch, i);
        }
        published = end;
    }

    private void add(PacketBatch batch, int i) {
        int captured = Math.min(batch.capturedLength[i], snapBytes);
        int length = aligned(HEADER_BYTES + captured);
        long at = end % capacity;
        if (at + length > capacity) {
            makeRoom(capacity - at);
            memory.set(ValueLayout.JAVA_INT, at, -1);
            end += capacity - at;
            at = 0;
        }
        makeRoom(length);
        memory.set(ValueLayout.JAVA_INT, at, length);
        memory.set(ValueLayout.JAVA_INT, at + CAPTURED, captured);
        memory.set(ValueLayout.JAVA_INT, at + WIRE, batch.wireLength[i]);
        memory.set(ValueLayout.JAVA_INT, at + LINK_TYPE, batch.linkType[i]);
        memory.set(ValueLayout.JAVA_INT, at + INTERFACE, batch.interfaceIndex[i]);
        memory.set(ValueLayout.JAVA_INT, at + VERDICT, batch.verdict[i]);
        memory.set(ValueLayout.JAVA_LONG, at + TIME, batch.timestampNanos[i]);
        MemorySegment.copy(batch.frames, batch.frameOffset[i], memory, at + HEADER_BYTES, captured);
        end += length;
    }

    private static int aligned(int length) {
        return length + ALIGNMENT - 1 & -ALIGNMENT;
    }

    /** Gives up the oldest records, aloud, before their bytes change. */
    private void makeRoom(long length) {
        long first = oldest;
        if (end + length - first <= capacity) {
            return;
        }
        do {
            first = after(first, memory.get(ValueLayout.JAVA_INT, first % capacity));
        } while (end + length - first > capacity);
        OLDEST.setOpaque(this, first);
        // What is written from here on isn't seen before it. A volatile write would cost each packet a full fence.
        VarHandle.storeStoreFence();
    }

    private long after(long position, int length) {
        return length > 0 ? position + length : position + capacity - position % capacity;
    }

    /**
     * Reads from the oldest packet on; what is overwritten before it was read is skipped and counted.
     *
     * @return a source that never ends; to be closed before this
     */
    public Reader read() {
        return new Reader();
    }

    /** No more packets may come. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /** One thread's look at the packets, with the verdicts they were given. */
    public final class Reader implements PacketSource {
        private final Arena copyArena = Arena.ofConfined();
        private final int slotBytes = aligned(HEADER_BYTES + snapBytes);
        private final MemorySegment copies = copyArena.allocate((long) PacketBatch.CAPACITY * slotBytes, Long.BYTES);
        private long position = (long) OLDEST.getAcquire(RecentPackets.this);
        private long read;
        private long skippedBytes;

        private Reader() {}

        @Override
        public int fill(PacketBatch batch) {
            batch.frames = copies;
            batch.size = 0;
            long end = published;
            while (position < end && batch.size < PacketBatch.CAPACITY) {
                long slot = (long) batch.size * slotBytes;
                long at = position % capacity;
                int length = memory.get(ValueLayout.JAVA_INT, at);
                // What is overwritten meanwhile may say anything of its length.
                int copied = Math.clamp(length, 0, (int) Math.min(slotBytes, capacity - at));
                MemorySegment.copy(memory, at, copies, slot, copied);
                VarHandle.acquireFence();
                long first = (long) OLDEST.getOpaque(RecentPackets.this);
                if (first > position) {
                    skippedBytes += first - position;
                    position = first;
                } else {
                    if (length > 0) {
                        take(batch, slot);
                    }
                    position = after(position, length);
                }
            }
            return batch.size;
        }

        private void take(PacketBatch batch, long slot) {
            int i = batch.size++;
            batch.frameOffset[i] = slot + HEADER_BYTES;
            batch.capturedLength[i] = copies.get(ValueLayout.JAVA_INT, slot + CAPTURED);
            batch.wireLength[i] = copies.get(ValueLayout.JAVA_INT, slot + WIRE);
            batch.linkType[i] = copies.get(ValueLayout.JAVA_INT, slot + LINK_TYPE);
            batch.interfaceIndex[i] = copies.get(ValueLayout.JAVA_INT, slot + INTERFACE);
            batch.verdict[i] = copies.get(ValueLayout.JAVA_INT, slot + VERDICT);
            batch.timestampNanos[i] = copies.get(ValueLayout.JAVA_LONG, slot + TIME);
            read += batch.capturedLength[i];
        }

        /** Of records that were overwritten before they were read. */
        public long skippedBytes() {
            return skippedBytes;
        }

        @Override
        public long bytesRead() {
            return read;
        }

        @Override
        public long bytesTotal() {
            return -1;
        }

        @Override
        public void close() {
            copyArena.close();
        }
    }
}
