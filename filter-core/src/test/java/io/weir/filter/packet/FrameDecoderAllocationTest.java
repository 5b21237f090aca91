package io.weir.filter.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.weir.filter.packet.SampleFrames.Sample;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FrameDecoderAllocationTest {
    private static final int PACKETS = 1_000_000;
    /** Without compiled code an access to a segment may allocate: wait for it. */
    private static final int ROUNDS = 20;

    @Test
    void decodesAMillionPacketsWithoutAllocating() {
        PacketBatch b = new PacketBatch();
        b.frames = Arena.ofAuto().allocate(1 << 16);
        fill(b);
        FrameDecoder decoder = new FrameDecoder();
        IcmpQuote quote = new IcmpQuote();
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && allocated != 0; round++) {
            allocated = allocatedBytes(decoder, quote, b);
        }
        assertEquals(0, allocated, "bytes allocated for " + PACKETS + " packets");
    }

    private static long allocatedBytes(FrameDecoder decoder, IcmpQuote quote, PacketBatch b) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int n = 0; n < PACKETS; n += b.size) {
            decoder.decode(b);
            for (int i = 0; i < b.size; i++) {
                quote.read(b, i);
            }
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static void fill(PacketBatch b) {
        List<Sample> samples = SampleFrames.all();
        long at = 0;
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            byte[] frame = samples.get(i % samples.size()).bytes();
            // Some cut, some truncated.
            int captured = i % 7 == 6 ? frame.length / 2 : frame.length;
            int wire = i % 14 == 6 ? captured : frame.length;
            MemorySegment.copy(MemorySegment.ofArray(frame), 0, b.frames, at, captured);
            b.frameOffset[i] = at;
            b.capturedLength[i] = captured;
            b.wireLength[i] = wire;
            b.linkType[i] = samples.get(i % samples.size()).linkType();
            at += captured;
        }
        b.size = PacketBatch.CAPACITY;
    }
}
