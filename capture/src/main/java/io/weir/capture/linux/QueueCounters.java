package io.weir.capture.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a queue took and what it couldn't take. Any thread may ask.
 *
 * <p>The kernel gives each packet that it offers us a number: a gap is a packet that our socket had no room for. What
 * finds the queue full gets no number; the kernel counts it where it drops it, and where it lets it pass, nobody does but
 * the rules' own counters.
 */
public final class QueueCounters implements AutoCloseable {
    /** Of the thread that asks first: another thread of the process may be in another network. */
    private static final Path TABLE = Path.of("/proc/thread-self/net/netfilter/nfnetlink_queue");

    private static final int TABLE_BYTES = 1 << 16;
    private static final int COLUMN_WAITING = 2;
    private static final int COLUMN_DROPPED = 5;

    private final int queue;
    private final @Nullable FileChannel table;
    private final AtomicLong skippedPackets = new AtomicLong();
    private final AtomicLong lateVerdicts = new AtomicLong();
    private final AtomicLong packets = new AtomicLong();
    private int lastId;

    QueueCounters(int queue) {
        this.queue = queue;
        table = open();
    }

    private static @Nullable FileChannel open() {
        try {
            return FileChannel.open(TABLE);
        } catch (IOException e) {
            return null;
        }
    }

    void noteId(int id) {
        packets.lazySet(packets.getPlain() + 1);
        int gap = id - lastId - 1;
        if (gap > 0) {
            skippedPackets.lazySet(skippedPackets.getPlain() + gap);
        }
        lastId = id;
    }

    void countLateVerdict() {
        lateVerdicts.lazySet(lateVerdicts.getPlain() + 1);
    }

    /** Packets that were given. */
    public long packets() {
        return packets.get();
    }

    /** Packets that our socket had no room for; dropped, or passed where overload is open. */
    public long skippedPackets() {
        return skippedPackets.get();
    }

    /** Verdicts that came too late: somebody emptied the queue, or the interface went down. */
    public long lateVerdicts() {
        return lateVerdicts.get();
    }

    /**
     * What the kernel says of a queue.
     *
     * @param waitingPackets that wait for their verdict now
     * @param refusedPackets dropped because it was full
     */
    public record Fill(long waitingPackets, long refusedPackets) {
        private static final Fill UNKNOWN = new Fill(0, 0);
    }

    /** Packets dropped because the queue was full. */
    public long refusedPackets() {
        return fill().refusedPackets();
    }

    /**
     * Both at once, 0 where the kernel's table can't be read.
     *
     * <pre>
     *   queue, port, waiting, copy mode, copy bytes, dropped when full, dropped by the socket, last number, 1
     * </pre>
     */
    public synchronized Fill fill() {
        if (table == null) {
            return Fill.UNKNOWN;
        }
        try {
            ByteBuffer text = ByteBuffer.allocate(TABLE_BYTES);
            table.read(text, 0);
            return new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII)
                    .lines()
                    .map(line -> line.strip().split(" +"))
                    .filter(columns -> columns.length > COLUMN_DROPPED && columns[0].equals(Integer.toString(queue)))
                    .map(columns ->
                            new Fill(Long.parseLong(columns[COLUMN_WAITING]), Long.parseLong(columns[COLUMN_DROPPED])))
                    .findFirst()
                    .orElse(Fill.UNKNOWN);
        } catch (IOException e) {
            return Fill.UNKNOWN;
        }
    }

    @Override
    public synchronized void close() {
        try {
            if (table != null) {
                table.close();
            }
        } catch (IOException e) {
            // Nothing was written.
        }
    }
}
