package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.detector.testing.Project;
import io.weir.detector.testing.Skips;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/bench compare}: what changed beyond noise. */
class BenchCompareTest {
    private static final String MACHINE = "{\"date\":\"2026-01-01\",\"machine\":\"m\",\"load\":0.1,\"kernel\":\"k\"}";

    @TempDir
    private Path folder = Path.of("");

    @BeforeAll
    static void bash() {
        Skips.unless(Files.isExecutable(Path.of("/bin/bash")), "install bash to test scripts/bench");
    }

    private static String line(String name, String unit, double median, double least, double most) {
        return "{\"name\":\"%s\",\"unit\":\"%s\",\"median\":%s,\"min\":%s,\"max\":%s}"
                .formatted(name, unit, median, least, most);
    }

    /** The verdict of each line of the answer. */
    private List<String> compare(List<String> first, List<String> second) throws IOException, InterruptedException {
        Path a = Files.write(folder.resolve("a.json"), first);
        Path b = Files.write(folder.resolve("b.json"), second);
        Process process = new ProcessBuilder(
                        Project.root().resolve("scripts/bench").toString(), "compare", a.toString(), b.toString())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said.lines()
                .map(line -> line.strip().replaceAll(" {2,}", "  "))
                .map(line -> line.substring(0, line.indexOf(' ')) + line.substring(line.lastIndexOf("  ")))
                .toList();
    }

    @Test
    void saysBetterOrWorseOnlyWhereTheRangesHaveNothingInCommon() throws IOException, InterruptedException {
        List<String> before = List.of(
                MACHINE,
                line("time", "ns a packet", 100, 95, 105),
                line("slower", "ns a packet", 100, 95, 105),
                line("speed", "packets/s", 9e6, 8.5e6, 9.5e6),
                line("noise", "ns a packet", 100, 80, 140));
        List<String> after = List.of(
                MACHINE,
                line("time", "ns a packet", 80, 78, 90),
                line("slower", "ns a packet", 120, 106, 130),
                line("speed", "packets/s", 12e6, 10e6, 13e6),
                line("noise", "ns a packet", 130, 120, 150));
        assertEquals(
                List.of("time  BETTER", "slower  WORSE", "speed  BETTER", "noise  within noise"),
                compare(before, after));
    }

    @Test
    void namesWhatOnlyOneOfThemHas() throws IOException, InterruptedException {
        assertEquals(
                List.of("new  only in the second", "old  only in the first"),
                compare(
                        List.of(MACHINE, line("old", "packets/s", 1, 1, 1)),
                        List.of(MACHINE, line("new", "packets/s", 1, 1, 1))));
    }
}
