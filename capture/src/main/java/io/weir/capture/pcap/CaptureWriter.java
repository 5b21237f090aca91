package io.weir.capture.pcap;

import io.weir.filter.packet.PacketBatch;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes packets to a capture file with nanosecond timestamps: pcapng where the name ends in {@code .pcapng}, else
 * classic pcap; compressed where {@code .gz} follows. The same packets give the same bytes. Used by one thread.
 */
public final class CaptureWriter implements AutoCloseable {
    /** The name of standard output. */
    public static final String STANDARD_OUTPUT = "-";

    private static final String COMPRESSED = ".gz";

    private final String name;
    private final OutputBuffer output;
    private final RecordWriter records;
    private boolean closed;
    private boolean failed;

    private CaptureWriter(String name, OutputBuffer output, RecordWriter records) {
        this.name = name;
        this.output = output;
        this.records = records;
    }

    /**
     * Creates the file, or empties it.
     *
     * @param name path, or {@code -}
     * @throws IOException if that fails; the message names the output
     */
    public static CaptureWriter create(String name) throws IOException {
        try {
            WritableByteChannel file = open(name);
            boolean compressed = name.endsWith(COMPRESSED);
            String plainName = compressed ? name.substring(0, name.length() - COMPRESSED.length()) : name;
            OutputBuffer output = new OutputBuffer(compressed ? new GzipOutputChannel(file) : file);
            RecordWriter records = plainName.endsWith(".pcapng") ? new PcapngWriter(output) : new PcapWriter(output);
            return new CaptureWriter(name, output, records);
        } catch (InvalidPathException e) {
            throw new IOException("cannot write " + name + ": " + e.getReason(), e);
        } catch (IOException e) {
            throw named(name, e);
        }
    }

    private static WritableByteChannel open(String name) throws IOException {
        if (name.equals(STANDARD_OUTPUT)) {
            return new StandardOutput(new FileOutputStream(FileDescriptor.out).getChannel());
        }
        return FileChannel.open(
                Path.of(name),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
    }

    /**
     * Writes packet {@code i} of a batch.
     *
     * @return false if the file can't hold it: classic pcap has one link type, that of the first packet
     */
    public boolean write(PacketBatch batch, int i) throws IOException {
        try {
            return records.write(batch, i);
        } catch (IOException e) {
            failed = true;
            throw named(name, e);
        }
    }

    private static IOException named(String name, IOException e) {
        String output = name.equals(STANDARD_OUTPUT) ? "standard output" : name;
        return new IOException("cannot write " + output + ": " + IoProblem.of(e), e);
    }

    /** Completes the file; one without a packet is a valid capture too. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (output) {
            if (!failed) {
                records.finish();
            }
        } catch (IOException e) {
            // A write that failed was told already; closing after it fails for the same reason.
            if (!failed) {
                throw named(name, e);
            }
        }
    }

    /** Standard output isn't ours to close: what comes after the packets may go there too. */
    private record StandardOutput(FileChannel channel) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) throws IOException {
            return channel.write(source);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() {}
    }
}
