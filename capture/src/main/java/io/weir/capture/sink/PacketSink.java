package io.weir.capture.sink;

import io.weir.filter.packet.PacketBatch;
import java.io.IOException;

/** Takes judged batches. Used by one thread. */
public interface PacketSink extends AutoCloseable {
    /**
     * Takes the packets of a batch whose verdict this sink is for. Frame bytes are valid during the call only.
     *
     * @throws IOException if writing fails; the message names the output
     */
    void accept(PacketBatch batch) throws IOException;

    @Override
    void close() throws IOException;
}
