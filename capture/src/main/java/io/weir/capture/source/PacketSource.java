package io.weir.capture.source;

import io.weir.filter.packet.PacketBatch;
import java.io.IOException;

/**
 * A stream of packets. Used by one thread.
 *
 * <p>{@link #fill} overwrites the frame columns of a batch ({@code frames}, {@code frameOffset}, lengths, timestamp, link
 * type, interface). Frame bytes stay where the source has them, in native memory, until the next call.
 */
public interface PacketSource extends AutoCloseable {
    /** What {@link #fill} answers once the stream has ended. */
    int END = -1;

    /**
     * Fills a batch and sets its size.
     *
     * @return the packets now in the batch (0: none at the moment, ask again), or {@link #END}
     * @throws CaptureException if the input is damaged; every packet before the damage has been delivered by then
     * @throws IOException if reading fails
     */
    int fill(PacketBatch batch) throws IOException;

    /** Bytes of input read so far, for progress; of a compressed file, compressed bytes. */
    long bytesRead();

    /** Size of the whole input in bytes, or -1 where it can't be known (a pipe). */
    long bytesTotal();

    @Override
    void close() throws IOException;
}
