package io.weir.capture.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The real captures that the tests read where they are there; none of them is part of the project. */
public final class Corpus {
    /**
     * One capture.
     *
     * @param packets as capinfos counts them, or {@code ?} where it doesn't know the link type
     */
    public record Entry(String name, Path file, String packets) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final String VARIABLE = "WEIR_CORPUS";

    private Corpus() {}

    /** Every row of the index; skips the calling test, saying how to run it, where the corpus isn't there. */
    public static Stream<Entry> entries() throws IOException {
        String folder = System.getenv(VARIABLE);
        Assumptions.assumeTrue(
                folder != null,
                "SKIPPED: set " + VARIABLE + " to the folder of real captures that holds index-public.tsv");
        Path root = Path.of(String.valueOf(folder));
        List<String> lines = Files.readAllLines(root.resolve("index-public.tsv"));
        List<String> columns = Arrays.asList(lines.getFirst().split("\t"));
        int file = columns.indexOf("file");
        int packets = columns.indexOf("packets");
        return lines.stream()
                .skip(1)
                .map(line -> line.split("\t"))
                .map(row -> new Entry(row[file], root.resolve(row[file]), row[packets]));
    }
}
