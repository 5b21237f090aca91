package io.weir.capture.pcap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Compresses into one gzip member (RFC 1952) without a time or a name, so that the same input gives the same bytes. */
final class GzipOutputChannel implements WritableByteChannel {
    private static final int OUTPUT_BYTES = 1 << 16;
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    private static final int TRAILER_BYTES = 8;

    private final WritableByteChannel channel;
    private final ByteBuffer output = ByteBuffer.allocateDirect(OUTPUT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    // The fastest level: packets wait for this.
    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private final CRC32 checksum = new CRC32();

    GzipOutputChannel(WritableByteChannel channel) {
        this.channel = channel;
        output.put(HEADER);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int count = source.remaining();
        int start = source.position();
        checksum.update(source);
        source.position(start);
        deflater.setInput(source);
        while (!deflater.needsInput()) {
            deflate();
        }
        return count;
    }

    private void deflate() throws IOException {
        deflater.deflate(output);
        if (!output.hasRemaining()) {
            flush();
        }
    }

    private void flush() throws IOException {
        output.flip();
        while (output.hasRemaining()) {
            channel.write(output);
        }
        output.clear();
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            deflater.finish();
            while (!deflater.finished()) {
                deflate();
            }
            if (output.remaining() < TRAILER_BYTES) {
                flush();
            }
            output.putInt((int) checksum.getValue()).putInt((int) deflater.getBytesRead());
            flush();
        } finally {
            deflater.end();
        }
    }
}
