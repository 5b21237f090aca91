package io.weir.detector.cli;

import io.weir.detector.testing.Corpus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What must come out of a real capture: a row of {@code corpus-expectations.tsv}.
 *
 * @param kinds of flood that are in it, empty for none
 * @param also kinds that may be found besides, at the same target
 * @param target that they go to
 * @param isFound false for a miss that is known; such a row has to change when the flood is found
 * @param end {@code whole}, {@code damaged} or {@code unsupported}: how far it can be read
 */
record CorpusExpectation(Set<String> kinds, Set<String> also, String target, boolean isFound, String end) {
    /** The end of a capture that the table doesn't know. */
    static final String UNKNOWN = "unknown";

    private static final String NONE = "-";
    /** From this rate on a flood must be found, known to the table or not. */
    private static final int CERTAIN_PACKETS_PER_SECOND = 1_000;

    private static final Map<String, Map<String, String>> ROWS = rows();

    /** The row of a capture; one that the table doesn't know yet is judged by the label in its index. */
    static CorpusExpectation of(Corpus.Entry entry) {
        Map<String, String> row = ROWS.get(entry.name());
        return row == null ? ofLabel(entry) : ofRow(row);
    }

    private static CorpusExpectation ofRow(Map<String, String> row) {
        return new CorpusExpectation(
                words(row, "kinds"),
                words(row, "also"),
                row.getOrDefault("target", ""),
                "found".equals(row.get("status")),
                row.getOrDefault("end", ""));
    }

    private static CorpusExpectation ofLabel(Corpus.Entry entry) {
        boolean isFlood = entry.name().startsWith("flood/");
        String peak = entry.value("peak_pps");
        boolean isCertain = isFlood && peak.matches("\\d+") && Integer.parseInt(peak) >= CERTAIN_PACKETS_PER_SECOND;
        String word = entry.value("label").toLowerCase(Locale.ROOT).replaceAll("_.*", "");
        boolean isKind = Set.of("syn", "udp", "ack", "icmp", "dns", "http").contains(word);
        Set<String> kinds = isFlood && isKind ? Set.of(word) : Set.of();
        return new CorpusExpectation(kinds, Set.of(), isFlood ? entry.value("target") : "", isCertain, UNKNOWN);
    }

    private static Set<String> words(Map<String, String> row, String column) {
        return Arrays.stream(row.getOrDefault(column, NONE).split(","))
                .filter(word -> !word.equals(NONE))
                .collect(Collectors.toSet());
    }

    private static Map<String, Map<String, String>> rows() {
        try (InputStream in = Objects.requireNonNull(
                CorpusExpectation.class.getResourceAsStream("corpus-expectations.tsv"), "the table is missing")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Corpus.table(text.lines().toList()).stream()
                    .collect(Collectors.toMap(row -> row.getOrDefault("file", ""), Function.identity()));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
