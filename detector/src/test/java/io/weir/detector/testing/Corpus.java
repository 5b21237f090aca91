package io.weir.detector.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The real captures that the tests read where they are there; none of them is part of the project. */
public final class Corpus {
    /**
     * One capture.
     *
     * @param row of the index, by column
     */
    public record Entry(String name, Path path, Map<String, String> row) {
        /** Skips the calling test where the corpus isn't there. */
        public Path file() {
            Skips.unless(!equals(NONE), "set " + VARIABLE + " to a folder of real captures with an index-public.tsv");
            return path;
        }

        /** Of a column, or empty. */
        public String value(String column) {
            return row.getOrDefault(column, "");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final String VARIABLE = "WEIR_CORPUS";
    private static final Entry NONE = new Entry("no corpus", Path.of(""), Map.of());

    private Corpus() {}

    /** Every row of the index; one that skips its test where the corpus isn't there, since no test at all is silent. */
    public static Stream<Entry> entries() throws IOException {
        String folder = System.getenv(VARIABLE);
        if (folder == null) {
            return Stream.of(NONE);
        }
        Path root = Path.of(folder);
        List<Map<String, String>> rows = table(Files.readAllLines(root.resolve("index-public.tsv")));
        return rows.stream()
                .map(row -> new Entry(row.getOrDefault("file", ""), root.resolve(row.getOrDefault("file", "")), row));
    }

    /** Rows of tab-separated lines by the names in the first one. */
    public static List<Map<String, String>> table(List<String> lines) {
        List<String> columns = Arrays.asList(lines.getFirst().split("\t", -1));
        return lines.stream()
                .skip(1)
                .map(line -> line.split("\t", -1))
                .map(cells -> {
                    Map<String, String> row = new LinkedHashMap<>();
                    for (int i = 0; i < columns.size(); i++) {
                        row.put(columns.get(i), cells[i]);
                    }
                    return row;
                })
                .toList();
    }
}
