package io.weir.capture.source;

import io.weir.capture.linux.NfQueue;
import io.weir.capture.linux.QueueCounters;
import io.weir.capture.linux.QueueSettings;
import io.weir.capture.linux.Wakeup;
import io.weir.capture.sink.KernelVerdictSink;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;

/**
 * Packets that wait in a queue of the kernel for their verdict, which {@link #verdicts} gives; every batch must have its
 * verdicts before the next fill. Interrupted, it ends once the queue is empty: take the rules away first.
 */
public final class NfQueueSource implements PacketSource {
    private final Wakeup wakeup;
    private final NfQueue queue;
    private long bytesRead;

    private NfQueueSource(Wakeup wakeup, NfQueue queue) {
        this.wakeup = wakeup;
        this.queue = queue;
    }

    /** @throws io.weir.capture.linux.KernelException if another process has the queue, or this one may not */
    public static NfQueueSource open(QueueSettings settings) throws IOException {
        Wakeup wakeup = new Wakeup();
        try {
            return new NfQueueSource(wakeup, NfQueue.bind(settings, wakeup));
        } catch (IOException e) {
            wakeup.close();
            throw e;
        }
    }

    /** Where the batches of this source go once they are judged. */
    public KernelVerdictSink verdicts() {
        return new KernelVerdictSink(queue);
    }

    @Override
    public int fill(PacketBatch batch) throws IOException {
        boolean isEnding = wakeup.isAwake();
        int count = queue.fill(batch);
        if (count == 0 && isEnding) {
            return END;
        }
        for (int i = 0; i < count; i++) {
            bytesRead += batch.capturedLength[i];
        }
        return count;
    }

    /** Ends the source as soon as its queue is empty. Any thread. */
    public void interrupt() {
        wakeup.wake();
    }

    /** What the kernel handed over, and what it couldn't. Any thread. */
    public QueueCounters counters() {
        return queue.counters();
    }

    @Override
    public long bytesRead() {
        return bytesRead;
    }

    @Override
    public long bytesTotal() {
        return -1;
    }

    @Override
    public void close() {
        queue.close();
        wakeup.close();
    }
}
