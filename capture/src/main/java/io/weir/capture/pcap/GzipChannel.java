package io.weir.capture.pcap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses gzip (RFC 1952), one member after the other, straight into the reader's window. The JDK's stream asks
 * its input what is "available" to know whether another member follows, which a pipe can't tell, and copies twice.
 */
final class GzipChannel implements ReadableByteChannel {
    private static final int INPUT_BYTES = 1 << 16;
    private static final int HEADER_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int DEFLATE = 8;
    private static final int FLAG_HEADER_CHECKSUM = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;

    private final ReadableByteChannel compressed;
    private final ByteBuffer input = ByteBuffer.allocateDirect(INPUT_BYTES).flip();
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private @Nullable Damage pending;
    private boolean inMember;
    private boolean ended;
    private long compressedBytes;
    private long memberBytes;
    private int members;

    /** @param compressed stands at the first byte of the first member */
    GzipChannel(ReadableByteChannel compressed) {
        this.compressed = compressed;
    }

    /** Whether a file that starts so is gzip (RFC 1952 section 2.3.1). */
    static boolean isStart(byte[] magic) {
        return magic.length >= 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (pending != null) {
            throw pending;
        }
        int start = target.position();
        try {
            while (!ended && target.position() == start) {
                step(target);
            }
        } catch (Damage e) {
            if (target.position() == start) {
                throw e;
            }
            // What was decompressed before the damage counts.
            pending = e;
        }
        return target.position() == start ? -1 : target.position() - start;
    }

    private void step(ByteBuffer target) throws IOException {
        if (!inMember && !startMember()) {
            ended = true;
            return;
        }
        inflate(target);
        if (inflater.finished()) {
            endMember();
        }
    }

    private void inflate(ByteBuffer target) throws IOException {
        if (inflater.needsInput()) {
            if (!input.hasRemaining() && !refill()) {
                throw cutShort();
            }
            inflater.setInput(input);
        }
        int start = target.position();
        long before = inflater.getBytesWritten();
        try {
            inflater.inflate(target);
        } catch (DataFormatException e) {
            throw damaged(e.getMessage() == null ? "not deflate data" : e.getMessage());
        } finally {
            int count = (int) (inflater.getBytesWritten() - before);
            int limit = target.limit();
            checksum.update(target.position(start).limit(start + count));
            target.limit(limit).position(start + count);
            memberBytes += count;
        }
    }

    /** Reads a member's header; false where the file ends instead. */
    private boolean startMember() throws IOException {
        if (!input.hasRemaining() && !refill()) {
            return false;
        }
        int first = next();
        // Some tools pad with zeros after the last member; gzip ignores them.
        if (members > 0 && first == 0) {
            return skipPadding();
        }
        if (first != 0x1f || next() != 0x8b) {
            throw damaged("no gzip member starts here");
        }
        if (next() != DEFLATE) {
            throw damaged("the compression method isn't deflate");
        }
        int flags = next();
        skip(HEADER_BYTES - 4);
        if ((flags & FLAG_EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        if ((flags & FLAG_NAME) != 0) {
            skipText();
        }
        if ((flags & FLAG_COMMENT) != 0) {
            skipText();
        }
        if ((flags & FLAG_HEADER_CHECKSUM) != 0) {
            skip(2);
        }
        inMember = true;
        return true;
    }

    private void endMember() throws IOException {
        long stated = 0;
        for (int i = 0; i < TRAILER_BYTES; i++) {
            stated |= (long) next() << 8 * i;
        }
        if (stated != (memberBytes << 32 | checksum.getValue())) {
            throw damaged("checksum or length of the decompressed data is wrong");
        }
        inflater.reset();
        checksum.reset();
        memberBytes = 0;
        members++;
        inMember = false;
    }

    private boolean skipPadding() throws IOException {
        do {
            while (input.hasRemaining()) {
                if (input.get() != 0) {
                    throw damaged("neither a gzip member nor padding");
                }
            }
        } while (refill());
        return false;
    }

    private void skipText() throws IOException {
        while (next() != 0) {
            // The terminating zero ends it (RFC 1952 section 2.3).
        }
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            next();
        }
    }

    private int next() throws IOException {
        if (!input.hasRemaining() && !refill()) {
            throw cutShort();
        }
        return input.get() & 0xff;
    }

    private boolean refill() throws IOException {
        input.clear();
        int count;
        do {
            count = compressed.read(input);
        } while (count == 0);
        input.flip();
        compressedBytes += Math.max(count, 0);
        return count > 0;
    }

    private Damage cutShort() {
        return new Damage("truncated: the gzip data ends early, after " + compressedBytes + " compressed bytes");
    }

    private Damage damaged(String what) {
        return new Damage(
                "damaged: gzip data at compressed offset " + (compressedBytes - input.remaining()) + ": " + what);
    }

    @Override
    public boolean isOpen() {
        return compressed.isOpen();
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        compressed.close();
    }
}
