package io.weir.detector.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checkout that the tests run in. */
public final class Project {
    private Project() {}

    /** The folder that holds the modules and {@code scripts/}. */
    public static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("scripts", "weir"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("the tests run outside of the project: no scripts/weir above them");
            }
        }
        return folder;
    }
}
