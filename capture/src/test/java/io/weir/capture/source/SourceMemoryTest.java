package io.weir.capture.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.capture.pcap.PacketFilter;
import io.weir.capture.testing.Allocation;
import io.weir.capture.testing.CaptureBytes;
import io.weir.capture.testing.Libpcap;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.junit.jupiter.api.Test;

class SourceMemoryTest {
    private static final int FRAME_BYTES = 64;
    private static final int PACKETS = 100_000;
    private static final long BUFFER_BYTES = 1 << 20;

    private static final CaptureBytes PCAP_HEADER =
            CaptureBytes.littleEndian().pcap(CaptureBytes.MICROSECONDS, LinkType.ETHERNET);
    private static final CaptureBytes PCAP_RECORD = CaptureBytes.littleEndian().record(1, 2, new byte[FRAME_BYTES]);
    private static final CaptureBytes PCAPNG_HEADER =
            CaptureBytes.littleEndian().section().describe(LinkType.ETHERNET);
    private static final CaptureBytes PCAPNG_RECORD =
            CaptureBytes.littleEndian().enhanced(0, 1, new byte[FRAME_BYTES]);

    @Test
    void readsPcapWithoutAllocating() throws Exception {
        assertNothingAllocated(CaptureFileSource.open("pcap", new Endless(PCAP_HEADER, PCAP_RECORD)));
    }

    @Test
    void readsPcapngWithoutAllocating() throws Exception {
        assertNothingAllocated(CaptureFileSource.open("pcapng", new Endless(PCAPNG_HEADER, PCAPNG_RECORD)));
    }

    @Test
    void filtersWithoutAllocating() throws Exception {
        Libpcap.assumeInstalled();
        PacketSource source = CaptureFileSource.open("pcap", new Endless(PCAP_HEADER, PCAP_RECORD));
        assertNothingAllocated(new FilteredSource(source, PacketFilter.of("--filter", "not tcp and not udp port 53")));
    }

    private static void assertNothingAllocated(PacketSource opened) throws Exception {
        PacketBatch batch = new PacketBatch();
        try (opened) {
            long bytes = Allocation.bytes(10, () -> fill(opened, batch, PACKETS));
            assertEquals(0, bytes);
        }
    }

    @Test
    void readsALargeInputInTheMemoryOfASmallOne() throws IOException {
        PacketBatch batch = new PacketBatch();
        try (CaptureFileSource source = CaptureFileSource.open("large", new Endless(PCAP_HEADER, PCAP_RECORD))) {
            long inputBytes = 3L << 30;
            while (source.bytesRead() < inputBytes) {
                fill(source, batch, PACKETS);
                assertEquals(BUFFER_BYTES, batch.frames.byteSize());
            }
        }
    }

    private static void fill(PacketSource source, PacketBatch batch, int packets) throws IOException {
        for (int read = 0; read < packets; ) {
            read += source.fill(batch);
        }
    }

    /** A header, then one record for ever. */
    private static final class Endless implements ReadableByteChannel {
        private final ByteBuffer header;
        private final ByteBuffer records;

        Endless(CaptureBytes header, CaptureBytes record) {
            this.header = ByteBuffer.wrap(header.toArray());
            records = ByteBuffer.allocateDirect(record.size() * 1000);
            while (records.hasRemaining()) {
                records.put(record.toArray());
            }
            records.flip();
        }

        @Override
        public int read(ByteBuffer target) {
            int start = target.position();
            while (header.hasRemaining() && target.hasRemaining()) {
                target.put(header.get());
            }
            if (target.hasRemaining()) {
                int count = Math.min(records.remaining(), target.remaining());
                target.put(target.position(), records, records.position(), count);
                target.position(target.position() + count);
                records.position(records.position() + count);
                if (!records.hasRemaining()) {
                    records.clear();
                }
            }
            return target.position() - start;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
