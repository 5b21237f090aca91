package io.weir.capture.source;

import io.weir.capture.pcap.CaptureInterface;
import io.weir.capture.pcap.CaptureReader;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/**
 * Capture files as one stream, in the order given: pcap and pcapng, plain or in gzip, told apart by their first bytes;
 * {@code -} is standard input. Memory is constant whatever the size of the files.
 *
 * <p>A frame check sequence that a capture holds is part of its frames. Packets that state no time have time 0.
 */
public final class CaptureFileSource implements PacketSource {
    private static final String STANDARD_INPUT = CaptureReader.STANDARD_INPUT;

    private final List<String> names;
    private final long bytesTotal;
    private final CaptureReader reader = new CaptureReader();
    private int current;

    private CaptureFileSource(List<String> names, long bytesTotal) {
        this.names = names;
        this.bytesTotal = bytesTotal;
    }

    /**
     * Opens the first of these files, and makes sure that the others are there.
     *
     * @param names paths, or {@code -}; at least one
     * @throws CaptureException if one isn't there or can't be read, or the first isn't a capture
     */
    public static CaptureFileSource open(List<String> names) throws CaptureException {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("no capture file given");
        }
        if (Collections.frequency(names, STANDARD_INPUT) > 1) {
            throw new CaptureException("'-' is given more than once; standard input can be read only once");
        }
        long total = 0;
        for (String name : names) {
            long size = name.equals(STANDARD_INPUT) ? -1 : readableSize(name);
            total = total < 0 || size < 0 ? -1 : total + size;
        }
        CaptureFileSource source = new CaptureFileSource(List.copyOf(names), total);
        source.reader.open(names.getFirst());
        return source.started();
    }

    /**
     * Reads a capture from a channel, which is closed with the source.
     *
     * @param name of the input for messages
     * @param channel blocking; may give any number of bytes at a time
     * @throws CaptureException if it isn't a capture
     */
    public static CaptureFileSource open(String name, ReadableByteChannel channel) throws CaptureException {
        CaptureFileSource source = new CaptureFileSource(List.of(name), -1);
        source.reader.open(channel);
        return source.started();
    }

    private CaptureFileSource started() throws CaptureException {
        try {
            checkFailure();
        } catch (CaptureException e) {
            reader.close();
            throw e;
        }
        return this;
    }

    /** Size in bytes, or -1 for what isn't a regular file. */
    private static long readableSize(String name) throws CaptureException {
        try {
            Path path = Path.of(name);
            if (!Files.exists(path)) {
                throw new CaptureException(name + ": no such file");
            }
            if (Files.isDirectory(path)) {
                throw new CaptureException(name + ": is a directory; a capture file is expected");
            }
            if (!Files.isReadable(path)) {
                throw new CaptureException(name + ": permission denied");
            }
            return Files.isRegularFile(path) ? Files.size(path) : -1;
        } catch (InvalidPathException | IOException e) {
            if (e instanceof CaptureException known) {
                throw known;
            }
            throw new CaptureException(name + ": cannot read: " + e.getMessage());
        }
    }

    @Override
    public int fill(PacketBatch batch) throws CaptureException {
        while (true) {
            int count = reader.fill(batch);
            if (count > 0) {
                return count;
            }
            checkFailure();
            if (current == names.size() - 1) {
                return END;
            }
            current++;
            reader.open(names.get(current));
        }
    }

    private void checkFailure() throws CaptureException {
        String failure = reader.failure();
        if (failure != null) {
            String name = names.get(current);
            throw new CaptureException((name.equals(STANDARD_INPUT) ? "standard input" : name) + ": " + failure);
        }
    }

    /** The interfaces met so far; a batch's {@code interfaceIndex} counts in this list. It grows while reading. */
    public List<CaptureInterface> interfaces() {
        return reader.interfaces();
    }

    /** Makes a {@link #fill} that waits for input fail, and every later one. The one method that another thread may call. */
    public void interrupt() {
        reader.interrupt();
    }

    @Override
    public long bytesRead() {
        return reader.bytesRead();
    }

    @Override
    public long bytesTotal() {
        return bytesTotal;
    }

    @Override
    public void close() {
        reader.close();
    }
}
