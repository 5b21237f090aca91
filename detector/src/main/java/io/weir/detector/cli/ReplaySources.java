package io.weir.detector.cli;

import io.weir.detector.scrub.SourceTable;
import io.weir.filter.fault.Fault;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files that what is known of sources comes from and goes to.
 *
 * @param known read before the first packet; null for none
 * @param saved written after the last; null for none. May be the same
 */
record ReplaySources(@Nullable String known, @Nullable String saved) {
    static final ReplaySources NONE = new ReplaySources(null, null);

    /** @throws CommandException if the file can't be read, or isn't one of saved sources */
    void restore(SourceTable sources) {
        if (known == null) {
            return;
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(Path.of(known)))) {
            List<Fault> faults = sources.read(known, in);
            if (!faults.isEmpty()) {
                throw CommandException.wrongUsage(faults);
            }
        } catch (NoSuchFileException | InvalidPathException missing) {
            throw CommandException.wrongUsage(known + ": no such file; --save-sources makes one");
        } catch (IOException unreadable) {
            throw CommandException.failed(known + ": " + unreadable.getMessage());
        }
    }

    /** @throws IOException if it can't be written */
    void save(SourceTable sources, long nowNanos) throws IOException {
        if (saved == null) {
            return;
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(saved)))) {
            sources.write(out, nowNanos);
        } catch (InvalidPathException invalid) {
            throw new IOException(saved + ": " + invalid.getReason(), invalid);
        }
    }
}
