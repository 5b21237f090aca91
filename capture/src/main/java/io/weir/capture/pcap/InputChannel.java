package io.weir.capture.pcap;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An input that counts what was read of it and lets its first bytes be looked at. */
final class InputChannel implements ReadableByteChannel {
    /** The longest magic that is looked for. */
    static final int MAGIC_BYTES = 4;

    private final ReadableByteChannel input;
    private final ByteBuffer first = ByteBuffer.allocate(MAGIC_BYTES);
    private long bytesRead;

    InputChannel(ReadableByteChannel input) {
        this.input = input;
    }

    /** Opens a path, or standard input for {@code -}. */
    static InputChannel open(String name) throws IOException {
        // The descriptor stays open: closing it would not be ours to do.
        return new InputChannel(
                name.equals(CaptureReader.STANDARD_INPUT)
                        ? new FileInputStream(FileDescriptor.in).getChannel()
                        : FileChannel.open(Path.of(name), StandardOpenOption.READ));
    }

    /** Reads the first bytes, {@link #MAGIC_BYTES} or as many as there are; {@link #read} gives them once more. */
    byte[] magic() throws IOException {
        while (first.hasRemaining()) {
            if (input.read(first) < 0) {
                break;
            }
        }
        bytesRead = first.position();
        first.flip();
        byte[] magic = new byte[first.remaining()];
        first.get(0, magic);
        return magic;
    }

    long bytesRead() {
        return bytesRead;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (first.position() < first.limit()) {
            int count = Math.min(first.remaining(), target.remaining());
            for (int i = 0; i < count; i++) {
                target.put(first.get());
            }
            return count;
        }
        int count = input.read(target);
        bytesRead += Math.max(count, 0);
        return count;
    }

    @Override
    public boolean isOpen() {
        return input.isOpen();
    }

    @Override
    public void close() throws IOException {
        input.close();
    }
}
