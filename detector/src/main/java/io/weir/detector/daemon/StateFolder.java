package io.weir.detector.daemon;

import io.weir.detector.scrub.SourceCopy;
import io.weir.detector.scrub.SourceTable;
import io.weir.filter.fault.Fault;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** What a daemon knows between its runs: who is banned, and how sources have behaved. Each file is replaced as a whole. */
final class StateFolder {
    private final Path folder;

    StateFolder(Path folder) {
        this.folder = folder;
    }

    /** @return what couldn't be read, each for a line of a log; the daemon then begins without it */
    List<String> restore(SourceTable sources, BanBook bans, long nowNanos) {
        List<String> problems = new ArrayList<>();
        Path banFile = bans();
        // What can't be reached doesn't "exist" either.
        if (!Files.notExists(banFile)) {
            try (BufferedReader in = Files.newBufferedReader(banFile)) {
                bans.read(in, nowNanos).forEach(line -> problems.add(banFile + ": no ban: " + line));
            } catch (IOException unreadable) {
                problems.add(told(banFile, unreadable));
            }
        }
        Path sourceFile = sources();
        if (!Files.notExists(sourceFile)) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(sourceFile))) {
                sources.read(sourceFile.toString(), in).stream()
                        .map(Fault::toString)
                        .forEach(problems::add);
            } catch (IOException unreadable) {
                problems.add(told(sourceFile, unreadable));
            }
        }
        return problems;
    }

    private static String told(Path file, IOException unreadable) {
        return file + " can't be read: "
                + (unreadable instanceof AccessDeniedException ? "permission denied" : unreadable.getMessage());
    }

    /** What {@link #restore} reads of sources; empty where there is none. */
    byte[] savedSources() throws IOException {
        return Files.exists(sources()) ? Files.readAllBytes(sources()) : new byte[0];
    }

    synchronized void save(BanBook book) throws IOException {
        Files.createDirectories(folder);
        save(bans(), to -> {
            Writer out = new BufferedWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8));
            book.write(out);
            out.flush();
        });
    }

    void save(SourceTable table, long nowNanos) throws IOException {
        saveSources(out -> table.write(out, nowNanos));
    }

    void save(SourceCopy copy) throws IOException {
        saveSources(copy::write);
    }

    @FunctionalInterface
    private interface Content {
        void write(OutputStream out) throws IOException;
    }

    private synchronized void saveSources(Content content) throws IOException {
        Files.createDirectories(folder);
        save(sources(), content);
    }

    /** Where the disk is full the file of before stays, and nothing half written takes room. */
    private static void save(Path file, Content content) throws IOException {
        Path fresh = fresh(file);
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(fresh))) {
                content.write(out);
            }
            replace(fresh, file);
        } catch (IOException unwritable) {
            Files.deleteIfExists(fresh);
            throw new IOException(file + ": " + unwritable.getMessage(), unwritable);
        }
    }

    private Path bans() {
        return folder.resolve("bans.tsv");
    }

    private Path sources() {
        return folder.resolve("sources.bin");
    }

    private static Path fresh(Path file) {
        return file.resolveSibling(file.getFileName() + ".new");
    }

    private static void replace(Path fresh, Path file) throws IOException {
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
