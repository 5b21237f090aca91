package io.weir.capture.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.capture.load.LoadProfiles;
import io.weir.capture.load.SyntheticSource;
import io.weir.capture.load.TrafficSimulator;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MemorySourceTest {
    private static final long ROOM = 1 << 24;

    /** A packet's frame columns and bytes, as text. */
    private static List<String> packets(PacketSource source) throws IOException {
        List<String> packets = new ArrayList<>();
        PacketBatch batch = new PacketBatch();
        while (source.fill(batch) != PacketSource.END) {
            for (int i = 0; i < batch.size; i++) {
                byte[] bytes = batch.frames
                        .asSlice(batch.frameOffset[i], batch.capturedLength[i])
                        .toArray(ValueLayout.JAVA_BYTE);
                packets.add(batch.timestampNanos[i] + " " + batch.wireLength[i] + " " + batch.linkType[i] + " "
                        + batch.interfaceIndex[i] + " " + Arrays.toString(bytes));
            }
        }
        return packets;
    }

    private static PacketSource simulated() {
        return new SyntheticSource(new TrafficSimulator(
                LoadProfiles.named("syn").orElseThrow().withSeconds(1).withFloodRate(5_000), 1));
    }

    @Test
    void givesEveryPacketAsItWasAsOftenAsWanted() throws IOException {
        List<String> expected = packets(simulated());
        MemorySource memory = MemorySource.of(simulated(), ROOM);
        assertEquals(expected.size(), memory.size());
        assertArrayEquals(expected.toArray(), packets(memory).toArray());
        assertEquals(PacketSource.END, memory.fill(new PacketBatch()), "stays at its end");
        memory.rewind();
        memory.close();
        assertArrayEquals(expected.toArray(), packets(memory).toArray(), "also after it was closed");
    }

    @Test
    void framesBeginOnCacheLines() throws IOException {
        MemorySource memory = MemorySource.of(simulated(), ROOM);
        PacketBatch batch = new PacketBatch();
        memory.fill(batch);
        MemorySegment frames = batch.frames;
        for (int i = 0; i < batch.size; i++) {
            assertEquals(0, (frames.address() + batch.frameOffset[i]) % 64);
        }
    }

    @Test
    void takesWhatFitsAndNoHalfPacket() throws IOException {
        List<String> all = packets(simulated());
        long room = 64 * 100;
        MemorySource memory = MemorySource.of(simulated(), room);
        List<String> kept = packets(memory);
        assertArrayEquals(all.subList(0, kept.size()).toArray(), kept.toArray());
        assertEquals(memory.bytesTotal(), memory.bytesRead(), "all of it was read");
        assertEquals(0, MemorySource.of(simulated(), 10).size());
    }

    @Test
    void saysHowFarItIs() throws IOException {
        MemorySource memory = MemorySource.of(simulated(), ROOM);
        assertEquals(0, memory.bytesRead());
        PacketBatch batch = new PacketBatch();
        memory.fill(batch);
        assertEquals(
                batch.frameOffset[batch.size - 1] + Math.ceilDiv(batch.capturedLength[batch.size - 1], 64) * 64L,
                memory.bytesRead());
    }
}
