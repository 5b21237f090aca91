package io.weir.capture.sink;

import io.weir.capture.linux.NfQueue;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;

/** Tells the kernel what becomes of the packets that wait in a queue. The queue is its source's to close. */
public final class KernelVerdictSink implements PacketSink {
    private final NfQueue queue;

    public KernelVerdictSink(NfQueue queue) {
        this.queue = queue;
    }

    @Override
    public void accept(PacketBatch batch) throws IOException {
        queue.accept(batch);
    }

    @Override
    public void close() {}
}
