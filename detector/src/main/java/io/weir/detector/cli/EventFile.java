package io.weir.detector.cli;

import io.weir.detector.cli.RunLog.Level;
import io.weir.detector.event.Event;
import io.weir.detector.event.EventWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A daemon's events, a line each at the end of a file. Where the disk is full events are lost, not the lines before them,
 * and judging goes on; it is written again once there is room. One thread.
 */
final class EventFile implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final RunLog log;
    private long lost;

    private EventFile(Path file, FileChannel channel, RunLog log) {
        this.file = file;
        this.channel = channel;
        this.log = log;
    }

    /** @throws IOException if it can't be written */
    static EventFile open(Path file, RunLog log) throws IOException {
        try {
            return new EventFile(
                    file, FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND), log);
        } catch (IOException unwritable) {
            throw new IOException("cannot write " + file + ": " + unwritable.getMessage(), unwritable);
        }
    }

    void accept(Event event) {
        ByteBuffer line = ByteBuffer.wrap((EventWriter.line(event) + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            append(line);
            if (lost > 0) {
                log.say(Level.WARNING, "events are written again; " + lost + " are missing in " + file);
                lost = 0;
            }
        } catch (IOException full) {
            if (lost++ == 0) {
                log.say(Level.ERROR, "events are lost: cannot write " + file + ": " + full.getMessage());
            }
        }
    }

    /** A whole line or nothing of it. */
    private void append(ByteBuffer line) throws IOException {
        long sizeBytes = channel.size();
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException full) {
            if (line.position() > 0) {
                channel.truncate(sizeBytes);
            }
            throw full;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
