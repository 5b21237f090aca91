package io.weir.detector.daemon;

import io.weir.detector.api.Capture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Files with the packets around floods, for root alone: packets tell what users say. A file has a dot before its name until
 * it is complete. Files of other names are nobody's business here. Any thread; one writes.
 */
final class CaptureFolder {
    private static final Pattern NAME = Pattern.compile("[0-9]{8}T[0-9]{9}Z-[a-z]+\\.pcapng");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Path folder;
    private final long mostBytes;

    /** @param mostBytes of all files together */
    CaptureFolder(Path folder, long mostBytes) {
        this.folder = folder;
        this.mostBytes = mostBytes;
    }

    /**
     * Makes the folder, and removes what a daemon that was killed left half written.
     *
     * @throws IOException if it can't be had; the message names it
     */
    void open() throws IOException {
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            for (Path file : files(".")) {
                Files.deleteIfExists(file);
            }
        } catch (IOException refused) {
            throw new IOException("no captures of floods: " + folder + " can't be written: " + refused.getMessage());
        }
    }

    /** Sorts by time. */
    static String name(long timeNanos, String kind) {
        return TIME.format(Instant.ofEpochMilli(TimeUnit.NANOSECONDS.toMillis(timeNanos))) + "-" + kind + ".pcapng";
    }

    /**
     * Deletes the oldest until there is room, and makes an empty file.
     *
     * @param bytes that it may have
     * @return where to write
     */
    Path begin(String name, long bytes) throws IOException {
        List<Path> files = files("");
        long sum = 0;
        for (Path file : files) {
            sum += Files.size(file);
        }
        for (Path file : files) {
            if (sum + bytes <= mostBytes) {
                break;
            }
            sum -= Files.size(file);
            Files.delete(file);
        }
        Path part = folder.resolve("." + name);
        Files.deleteIfExists(part);
        return Files.createFile(
                part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    void finish(Path part) throws IOException {
        String name = part.getFileName().toString().substring(1);
        Files.move(part, part.resolveSibling(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The oldest first. */
    List<Capture> list() throws IOException {
        List<Capture> captures = new ArrayList<>();
        for (Path file : files("")) {
            try {
                FileTime written = Files.getLastModifiedTime(file);
                captures.add(
                        new Capture(file.getFileName().toString(), Files.size(file), written.to(TimeUnit.NANOSECONDS)));
            } catch (NoSuchFileException deleted) {
                // To make room, since it was listed.
            }
        }
        return captures;
    }

    /** Only a name that this folder gives, and that is there. */
    Optional<Path> find(String name) {
        return Optional.of(name)
                .filter(given -> NAME.matcher(given).matches())
                .map(folder::resolve)
                .filter(Files::isRegularFile);
    }

    /** Ours, the oldest first. */
    private List<Path> files(String before) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.startsWith(before)
                                && NAME.matcher(name.substring(before.length())).matches();
                    })
                    .sorted()
                    .toList();
        }
    }
}
