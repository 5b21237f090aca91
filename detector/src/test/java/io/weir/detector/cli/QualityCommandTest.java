package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short selection of scenarios: what must hold whatever else the figures say. */
class QualityCommandTest {
    private static final List<Map<String, String>> ROWS = new ArrayList<>();

    @BeforeAll
    static void judgeTheShortSelection(@TempDir Path folder) throws IOException {
        Path target = Project.root().resolve("detector/target");
        // Kept with the build: each run's figures can be compared with the ones before.
        Path out = (Files.isDirectory(target) ? target : folder).resolve("quality.tsv");
        Weir.run("quality", "--short", "--out", out.toString()).expect(ExitStatus.DONE);
        List<String> lines = Files.readAllLines(out);
        List<String> columns = List.of(lines.getFirst().split("\t", -1));
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split("\t", -1);
            assertEquals(columns.size(), cells.length, line);
            Map<String, String> row = new HashMap<>();
            for (int i = 0; i < cells.length; i++) {
                row.put(columns.get(i), cells[i]);
            }
            ROWS.add(row);
        }
    }

    @Test
    void peaceRaisesNoAlarmAndLosesNothing() {
        List<Map<String, String>> peace = ROWS.stream()
                .filter(row -> row.getOrDefault("scenario", "").equals("peace"))
                .toList();
        assertTrue(peace.size() >= 2, () -> ROWS.size() + " rows");
        peace.forEach(row -> {
            assertEquals("0", row.get("false_alarms"), row::toString);
            assertEquals("0", row.get("peace_lost"), row::toString);
        });
    }

    @Test
    void nothingIsLostBeforeAFloodBegins() {
        ROWS.stream()
                .filter(row -> !row.getOrDefault("scenario", "").endsWith("-scan"))
                .forEach(row ->
                        assertTrue(List.of("0", "-").contains(row.getOrDefault("peace_lost", "")), row::toString));
    }

    @Test
    void everyFloodAboveTheThresholdIsFoundInTime() {
        List<Map<String, String>> floods = ROWS.stream()
                .filter(row -> !row.getOrDefault("scenario", "").endsWith("-scan"))
                .filter(row -> !row.getOrDefault("scenario", "").startsWith("syn-low-rate"))
                .toList();
        assertTrue(floods.size() >= 20, () -> ROWS.size() + " rows");
        floods.forEach(row -> assertFalse(row.getOrDefault("delay_ms", "!").endsWith("!"), row::toString));
    }

    @Test
    void noFloodBelowTheApplicationCostsAnOpenConnectionAPacket() {
        List<Map<String, String>> floods = ROWS.stream()
                .filter(row -> row.getOrDefault("scenario", "").matches("(syn|ack|udp|icmp|dns|mixed).*"))
                .filter(row -> "both".equals(row.get("view")))
                // A scan is no flood.
                .filter(row -> !row.getOrDefault("scenario", "").endsWith("-scan"))
                .toList();
        assertTrue(floods.size() >= 10, () -> ROWS.size() + " rows");
        floods.forEach(row -> assertEquals("0", row.get("established_lost"), row::toString));
    }

    @Test
    void refusesAScenarioThatIsNone() {
        Weir.Answer answer = Weir.run("quality", "--scenario", "nonsense").expect(ExitStatus.WRONG_USAGE);
        assertTrue(answer.err().contains("'nonsense' names none"), answer::err);
    }
}
