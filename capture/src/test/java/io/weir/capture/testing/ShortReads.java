package io.weir.capture.testing;

import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.function.IntUnaryOperator;

/** A channel like a slow pipe: gives few bytes at a time. */
public final class ShortReads implements ReadableByteChannel {
    private final ByteBuffer bytes;
    private final IntUnaryOperator sizes;

    /** @param sizes bytes to give at most, by the position in the file */
    public ShortReads(byte[] bytes, IntUnaryOperator sizes) {
        this.bytes = ByteBuffer.wrap(bytes);
        this.sizes = sizes;
    }

    @Override
    public int read(ByteBuffer target) {
        if (!bytes.hasRemaining()) {
            return -1;
        }
        int most = Math.min(bytes.remaining(), target.remaining());
        int count = Math.min(most, sizes.applyAsInt(bytes.position()));
        target.put(bytes.slice(bytes.position(), count));
        bytes.position(bytes.position() + count);
        return count;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
