package io.weir.capture.pcap;

import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads capture files, one after the other, through one buffer: pcap and pcapng, plain or in gzip, told apart by their
 * first bytes. Memory doesn't grow with the file. Used by one thread.
 *
 * <p>Nothing here throws for a bad input: {@link #failure} tells, once every packet before the damage was delivered.
 */
public final class CaptureReader implements AutoCloseable {
    /** The name of standard input. */
    public static final String STANDARD_INPUT = "-";

    private final List<CaptureInterface> interfaces = new ArrayList<>();
    private final List<CaptureInterface> interfacesView = Collections.unmodifiableList(interfaces);
    private @Nullable ByteWindow window;
    private volatile @Nullable InputChannel input;
    private @Nullable ReadableByteChannel channel;
    private @Nullable RecordReader records;
    private @Nullable String failure;
    private long bytesReadBefore;

    /** Opens a path, or standard input for {@code -}; what was open before is closed. */
    public void open(String name) {
        closeInput();
        try {
            start(InputChannel.open(name));
        } catch (IOException e) {
            fail(e);
        }
    }

    /** Opens a blocking channel, which is closed with this reader. */
    public void open(ReadableByteChannel opened) {
        closeInput();
        try {
            start(new InputChannel(opened));
        } catch (IOException e) {
            fail(e);
        }
    }

    private void start(InputChannel opened) throws IOException {
        input = opened;
        channel = opened;
        byte[] magic = opened.magic();
        InputChannel content = opened;
        if (GzipChannel.isStart(magic)) {
            content = new InputChannel(new GzipChannel(opened));
            channel = content;
            magic = content.magic();
        }
        ByteWindow attached = window;
        if (attached == null) {
            attached = new ByteWindow(content);
            window = attached;
        } else {
            attached.attach(content);
        }
        records = recordReader(magic, attached);
    }

    private RecordReader recordReader(byte[] magic, ByteWindow attached) throws IOException {
        int first = 0;
        for (int i = 0; i < magic.length; i++) {
            first |= (magic[i] & 0xff) << 8 * i;
        }
        if (magic.length == 0) {
            throw new Damage("not a capture file: it is empty; pcap, pcapng, or either in gzip is expected");
        }
        if (magic.length == InputChannel.MAGIC_BYTES && PcapReader.isStart(first)) {
            return new PcapReader(attached, interfaces);
        }
        if (magic.length == InputChannel.MAGIC_BYTES && first == NgFields.SECTION_HEADER) {
            return new PcapngReader(attached, interfaces);
        }
        throw new Damage("not a capture file: starts with "
                + HexFormat.ofDelimiter(" ").formatHex(magic) + "; pcap, pcapng, or either in gzip is expected");
    }

    /**
     * Fills a batch's frame columns and size; the frames hold until the next call.
     *
     * @return packets now in the batch; 0: the input has ended, or {@link #failure} tells why it can't be read on
     */
    public int fill(PacketBatch batch) {
        batch.size = 0;
        RecordReader reader = records;
        if (reader == null || failure != null) {
            return 0;
        }
        try {
            while (batch.size == 0 && reader.fill(batch)) {
                // A buffer's end may yield no packet; the next round reads.
            }
        } catch (IOException e) {
            fail(e);
        }
        return batch.size;
    }

    /** What is wrong with the input and where, without its name; null while nothing is. */
    public @Nullable String failure() {
        return failure;
    }

    /** The interfaces met so far, of all inputs; the packets' {@code interfaceIndex} counts in it. */
    public List<CaptureInterface> interfaces() {
        return interfacesView;
    }

    /** Bytes read so far of all inputs; of compressed ones, compressed bytes. */
    public long bytesRead() {
        InputChannel current = input;
        return bytesReadBefore + (current == null ? 0 : current.bytesRead());
    }

    /**
     * Ends a read that waits for input, and every later one, with a {@link #failure}. The one method that another thread
     * may call.
     */
    public void interrupt() {
        InputChannel current = input;
        try {
            if (current != null) {
                current.close();
            }
        } catch (IOException e) {
            // It is over either way.
        }
    }

    private void fail(IOException e) {
        failure = e instanceof Damage ? e.getMessage() : "cannot read: " + IoProblem.of(e);
    }

    private void closeInput() {
        bytesReadBefore = bytesRead();
        ReadableByteChannel closing = channel;
        records = null;
        input = null;
        channel = null;
        failure = null;
        try {
            if (closing != null) {
                closing.close();
            }
        } catch (IOException e) {
            // Nothing read is lost by it.
            fail(e);
        }
    }

    @Override
    public void close() {
        closeInput();
        if (window != null) {
            window.close();
            window = null;
        }
    }
}
