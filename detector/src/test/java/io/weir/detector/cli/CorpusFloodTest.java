package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Corpus;
import io.weir.detector.testing.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each real capture, replayed as the command does it, with the built-in thresholds: what must come out of it. */
class CorpusFloodTest {
    @TempDir
    private Path folder = Path.of("");

    private static Stream<Corpus.Entry> corpus() throws IOException {
        return Corpus.entries();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void findsWhatTheTableSays(Corpus.Entry entry) throws IOException {
        try {
            judge(entry);
        } catch (AssertionError failure) {
            throw new AssertionError(entry + ": " + failure.getMessage(), failure);
        }
    }

    private void judge(Corpus.Entry entry) throws IOException {
        Path file = entry.file();
        CorpusExpectation expected = CorpusExpectation.of(entry);
        ReplayFiles first = ReplayFiles.in(folder.resolve("first"));
        Weir.Answer answer = Weir.run((Object[]) first.arguments(file.toString()));
        assertEnd(expected.end(), answer);
        Map<String, Object> json = answer.json();
        assertCounts(entry, json);
        assertFloods(expected, floods(json));
        first.assertHoldsEveryPacketOf(file, Json.asLong(json.get("packets")));
        assertSuspects(entry.name(), EventSchema.check(first.events()));

        ReplayFiles second = ReplayFiles.in(folder.resolve("second"));
        Weir.Answer again = Weir.run((Object[]) second.arguments(file.toString()));
        assertEquals(answer.err(), again.err());
        first.assertSame(second);
        for (Path written : List.of(first.pass(), first.drop(), second.pass(), second.drop())) {
            Files.delete(written);
        }
    }

    /** Fails where a capture can be read less far, or further, than it is known to. */
    private static void assertEnd(String end, Weir.Answer answer) {
        boolean isWhole = answer.status() == ExitStatus.DONE;
        assertTrue(isWhole || answer.status() == ExitStatus.FAILED, answer::toString);
        assertEquals(isWhole ? 0 : 1, answer.problems().size(), answer::err);
        String pattern = switch (end) {
            case "whole" -> "";
            case "damaged" -> "weir: .*: (truncated|damaged): .* at offset \\d+ .*\n";
            case "unsupported" -> "weir: .*: link type \\S+ isn't supported; .*\n";
            default -> "(?s).*";
        };
        assertTrue(answer.err().matches(pattern), () -> end + ", and said: " + answer.err());
    }

    private static void assertCounts(Corpus.Entry entry, Map<String, Object> json) {
        long packets = Json.asLong(json.get("packets"));
        if (entry.value("packets").matches("\\d+")) {
            assertEquals(Long.parseLong(entry.value("packets")), packets);
        }
        assertEquals(packets, Json.asLong(json.get("passed")) + Json.asLong(json.get("dropped")));
        long reasons = Json.asObject(json.get("reasons")).values().stream()
                .mapToLong(tally -> Json.asLong(Json.asObject(tally).get("packets")))
                .sum();
        assertEquals(packets, reasons);
    }

    private static void assertFloods(CorpusExpectation expected, Set<String> found) {
        Set<String> must = at(expected.kinds(), expected.target());
        if (expected.end().equals(CorpusExpectation.UNKNOWN)
                && !expected.target().isEmpty()) {
            assertTrue(!expected.isFound() || !found.isEmpty() && found.containsAll(must), () -> "not found: " + must);
            assertTrue(
                    found.stream().allMatch(flood -> flood.endsWith(" at " + expected.target())),
                    () -> "expected only " + expected.target() + ", found " + found);
            return;
        }
        if (expected.isFound()) {
            Set<String> may = new TreeSet<>(must);
            may.addAll(at(expected.also(), expected.target()));
            assertTrue(
                    found.containsAll(must) && may.containsAll(found), () -> "expected " + must + ", found " + found);
        } else if (!must.isEmpty() && found.equals(must)) {
            throw new AssertionError("no longer missed: " + found + "; its row has to say so");
        } else {
            assertEquals(Set.of(), found, "no flood is known in this capture");
        }
    }

    /** By folder: who scans and who guesses is told, and of peace nothing is. */
    private static void assertSuspects(String name, List<Map<String, Object>> events) {
        Set<String> types = events.stream()
                .map(event -> Json.asText(event.get("event_type")))
                .filter(Set.of("scan", "bruteforce")::contains)
                .collect(Collectors.toSet());
        switch (name.replaceAll("/.*", "")) {
            case "scan" -> assertEquals(Set.of("scan"), types);
            case "bruteforce" -> assertEquals(Set.of("bruteforce"), types);
            case "benign", "parser", "pcapng" -> assertEquals(Set.of(), types);
            default -> {}
        }
    }

    private static Set<String> at(Set<String> kinds, String target) {
        return kinds.stream().map(kind -> kind + " at " + target).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> floods(Map<String, Object> json) {
        return Json.asArray(json.get("floods")).stream()
                .map(Json::asObject)
                .map(event -> Json.asText(Json.asObject(event.get("flood")).get("kind")) + " at "
                        + event.getOrDefault("dest_ip", event.get("dest_prefix")))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
