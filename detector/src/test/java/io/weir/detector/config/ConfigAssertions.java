package io.weir.detector.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.weir.filter.fault.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Reads configurations out of texts, as files in a folder that the test owns. */
final class ConfigAssertions {
    private ConfigAssertions() {}

    static WeirConfig loaded(Path folder, String... lines) throws IOException {
        return switch (read(folder, lines)) {
            case ConfigResult.Loaded result -> result.config();
            case ConfigResult.Rejected result -> fail("rejected: " + result.faults());
        };
    }

    /** Faults without the file name, which is checked here. */
    static List<String> faults(Path folder, String... lines) throws IOException {
        return faults(folder.resolve("weir.yaml"), read(folder, lines));
    }

    static List<String> faults(Path file, ConfigResult result) {
        return switch (result) {
            case ConfigResult.Loaded loaded -> fail("loaded: " + loaded.config());
            case ConfigResult.Rejected rejected ->
                rejected.faults().stream()
                        .peek(fault -> assertEquals(file.toString(), fault.file()))
                        .map(fault -> shortened(fault, file))
                        .toList();
        };
    }

    static void assertFaults(Path folder, List<String> lines, String... expected) throws IOException {
        assertEquals(String.join("\n", expected), String.join("\n", faults(folder, lines.toArray(String[]::new))));
    }

    static List<String> lines(String... lines) {
        return Arrays.asList(lines);
    }

    private static ConfigResult read(Path folder, String... lines) throws IOException {
        Path file = folder.resolve("weir.yaml");
        Files.writeString(file, String.join("\n", lines) + "\n");
        return ConfigReader.read(file);
    }

    private static String shortened(Fault fault, Path file) {
        return fault.toString().substring(file.toString().length() + 1).strip();
    }
}
