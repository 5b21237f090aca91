package io.weir.capture.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Packets are numbered by their time; each byte of a frame says whose it is. */
class RecentPacketsTest {
    private static final int SNAP = 200;
    private static final int LONGEST = 400;

    private final MemorySegment frames = Arena.ofAuto().allocate((long) PacketBatch.CAPACITY * LONGEST);
    private final PacketBatch batch = new PacketBatch();
    private final Random random = new Random(1);
    private long next;

    private static int length(long number) {
        return 1 + (int) (number * 7919 % LONGEST);
    }

    private void add(RecentPackets recent, int packets) {
        batch.size = packets;
        batch.frames = frames;
        for (int i = 0; i < packets; i++) {
            int length = length(next);
            batch.frameOffset[i] = (long) i * LONGEST;
            batch.capturedLength[i] = length;
            batch.wireLength[i] = length + 1_000;
            batch.linkType[i] = next % 2 == 0 ? LinkType.ETHERNET : LinkType.RAW;
            batch.interfaceIndex[i] = (int) (next % 2);
            batch.timestampNanos[i] = next;
            frames.asSlice(batch.frameOffset[i], length).fill((byte) next);
            next++;
        }
        recent.accept(batch);
    }

    /** Checks each packet against what its number says. */
    private static List<Long> read(RecentPackets.Reader reader, PacketBatch into) {
        List<Long> numbers = new ArrayList<>();
        while (reader.fill(into) > 0) {
            for (int i = 0; i < into.size; i++) {
                long number = into.timestampNanos[i];
                numbers.add(number);
                int kept = Math.min(length(number), SNAP);
                assertEquals(kept, into.capturedLength[i]);
                assertEquals(length(number) + 1_000, into.wireLength[i]);
                assertEquals(number % 2 == 0 ? LinkType.ETHERNET : LinkType.RAW, into.linkType[i]);
                assertEquals(number % 2, into.interfaceIndex[i]);
                for (int at = 0; at < kept; at++) {
                    assertEquals((byte) number, into.frames.get(ValueLayout.JAVA_BYTE, into.frameOffset[i] + at));
                }
            }
        }
        return numbers;
    }

    @Test
    void givesWhatItWasGivenUpToTheSnapLength() {
        try (RecentPackets recent = new RecentPackets(RecentPackets.SIZE_MINIMUM, SNAP);
                RecentPackets.Reader reader = recent.read()) {
            assertEquals(List.of(), read(reader, new PacketBatch()));
            add(recent, 256);
            add(recent, 3);
            List<Long> numbers = read(reader, new PacketBatch());
            assertEquals(259, numbers.size());
            assertEquals(0, numbers.getFirst());
            add(recent, 1);
            assertEquals(List.of(259L), read(reader, new PacketBatch()));
            assertEquals(0, reader.skippedBytes());
        }
    }

    /** However its end falls, no packet lies around it, and the newest are all there. */
    @Test
    void keepsTheNewestInItsMemory() {
        try (RecentPackets recent = new RecentPackets(RecentPackets.SIZE_MINIMUM, SNAP)) {
            for (int i = 0; i < 500; i++) {
                add(recent, 1 + random.nextInt(PacketBatch.CAPACITY));
                if (i % 10 == 0) {
                    try (RecentPackets.Reader reader = recent.read()) {
                        List<Long> numbers = read(reader, new PacketBatch());
                        assertEquals(next - 1, numbers.getLast());
                        assertEquals(numbers.size() - 1, numbers.getLast() - numbers.getFirst());
                        boolean isFull = numbers.getFirst() > 0;
                        // Each takes 232 bytes at the most, and a batch's worth may have given way already.
                        assertTrue(
                                numbers.size() >= RecentPackets.SIZE_MINIMUM / 232 - 256 || !isFull, numbers::toString);
                    }
                }
            }
        }
    }

    @Test
    void skipsAloudWhatWasOverwrittenBeforeItWasRead() {
        try (RecentPackets recent = new RecentPackets(RecentPackets.SIZE_MINIMUM, SNAP);
                RecentPackets.Reader reader = recent.read()) {
            for (int i = 0; i < 100; i++) {
                add(recent, 256);
            }
            List<Long> numbers = read(reader, new PacketBatch());
            assertTrue(numbers.getFirst() > 0 && reader.skippedBytes() > 0);
            assertEquals(numbers.size() - 1, numbers.getLast() - numbers.getFirst());
            assertEquals(next - 1, numbers.getLast());
        }
    }

    /** A reader that the writer overtakes again and again never gives half of one packet and half of another. */
    @Test
    void neverGivesATornPacketWhileItIsWritten() throws InterruptedException {
        AtomicBoolean isOver = new AtomicBoolean();
        try (RecentPackets recent = new RecentPackets(RecentPackets.SIZE_MINIMUM, SNAP)) {
            Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 20_000; i++) {
                    add(recent, PacketBatch.CAPACITY);
                }
                isOver.set(true);
            });
            long last = -1;
            long skipped = 0;
            while (!isOver.get()) {
                try (RecentPackets.Reader reader = recent.read()) {
                    PacketBatch into = new PacketBatch();
                    for (int round = 0; round < 200; round++) {
                        for (long number : read(reader, into)) {
                            last = Math.max(last, number);
                        }
                    }
                    skipped += reader.skippedBytes();
                }
            }
            writer.join();
            assertTrue(last > 0 && skipped > 0, "the writer never overtook the reader");
        }
    }

    @Test
    void allocatesNothingForAPacket() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (RecentPackets recent = new RecentPackets(RecentPackets.SIZE_MINIMUM, SNAP)) {
            add(recent, PacketBatch.CAPACITY);
            for (int i = 0; i < 20_000; i++) {
                recent.accept(batch);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 4_000; i++) {
                recent.accept(batch);
            }
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(bytes < 100_000, () -> bytes + " bytes for a million packets");
        }
    }

    @Test
    void refusesLessMemoryThanAFewPackets() {
        assertThrows(IllegalArgumentException.class, () -> new RecentPackets(RecentPackets.SIZE_MINIMUM - 1, SNAP));
        assertThrows(
                IllegalArgumentException.class,
                () -> new RecentPackets(RecentPackets.SIZE_MINIMUM, RecentPackets.SIZE_MINIMUM / 4 + 1));
    }
}
