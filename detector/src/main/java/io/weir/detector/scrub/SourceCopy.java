package io.weir.detector.scrub;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * What is known of sources, copied while it is in use: {@link #take} a part at a time by the thread that judges, in some ten
 * microseconds each, {@link #keep} and {@link #write} by another, in turn.
 */
public final class SourceCopy {
    /** Places of the table that are copied at once. */
    private static final int PART = 2_048;

    private final SourceTable table;
    private final ByteBuffer part = ByteBuffer.allocate(PART * SourceFile.ENTRY_LENGTH);
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private long takenNanos;
    private int next;

    public SourceCopy(SourceTable table) {
        this.table = table;
    }

    /**
     * Copies the next part. The thread that owns the table.
     *
     * @return whether there was one
     */
    public boolean take(long nowNanos) {
        if (next >= table.slots()) {
            return false;
        }
        int end = Math.min(next + PART, table.slots());
        part.clear();
        try {
            table.forEach(
                    next,
                    end,
                    nowNanos,
                    (high, low, times, deeds) ->
                            part.putLong(high).putLong(low).putLong(times).putLong(deeds));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        takenNanos = nowNanos;
        next = end;
        return true;
    }

    /** Keeps the part that was taken. */
    public void keep() {
        kept.write(part.array(), 0, part.position());
    }

    /** Writes all that was kept as {@link SourceTable#read} reads it. */
    public void write(OutputStream out) throws IOException {
        SourceFile.write(kept.toByteArray(), out, takenNanos);
    }
}
