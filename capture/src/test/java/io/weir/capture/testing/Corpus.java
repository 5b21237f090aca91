package io.weir.capture.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The real captures that the tests read where they are there; none of them is part of the project. */
public final class Corpus {
    /**
     * One capture.
     *
     * @param packets as capinfos counts them, or {@code ?} where it doesn't know the link type
     */
    public record Entry(String name, Path file, String packets) {
        /** Skips the calling test where the corpus isn't there. */
        @Override
        public Path file() {
            Skips.unless(!equals(NONE), "set " + VARIABLE + " to a folder of real captures with an index-public.tsv");
            return file;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final String VARIABLE = "WEIR_CORPUS";
    private static final Entry NONE = new Entry("no corpus", Path.of(""), "?");

    private Corpus() {}

    /** Every row of the index; one that skips its test where the corpus isn't there, since no test at all is silent. */
    public static Stream<Entry> entries() throws IOException {
        String folder = System.getenv(VARIABLE);
        if (folder == null) {
            return Stream.of(NONE);
        }
        Path root = Path.of(folder);
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
