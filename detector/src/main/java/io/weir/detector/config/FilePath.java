package io.weir.detector.config;

import io.weir.detector.config.tree.Value;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Paths in a configuration. */
final class FilePath {
    private FilePath() {}

    /** The path that a value holds, from the folder of the file that holds the value. */
    static Optional<Path> beside(Path file, Value value) {
        Optional<String> text = value.text("the path of a file");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (text.get().isEmpty()) {
            return value.fault("is empty; it must be the path of a file");
        }
        try {
            return Optional.of(file.resolveSibling(text.get()));
        } catch (InvalidPathException invalid) {
            return value.fault("is no path: " + invalid.getReason());
        }
    }
}
