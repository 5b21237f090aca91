package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClassifyBenchCommandTest {
    private static final List<String> RULES = List.of(
            "@10.1.2.3/32\t198.51.100.0/24\t0 : 65535\t22 : 22\t0x06/0xFF\t0x0000/0x0000\t",
            "@0.0.0.0/0\t198.51.100.0/24\t0 : 65535\t22 : 22\t0x06/0xFF\t0x0000/0x0000\t",
            "@0.0.0.0/0\t198.51.100.0/24\t0 : 65535\t0 : 65535\t0x11/0xFF\t0x0000/0x0000\t");

    @TempDir
    private Path folder = Path.of("");

    private Path write(String name, List<String> lines) throws IOException {
        return Files.write(folder.resolve(name), lines);
    }

    @Test
    void writesTheRuleOfEachHeader() throws IOException {
        // 10.1.2.3, 10.1.2.4, then UDP, then a destination that no rule names.
        Path headers = write(
                "headers",
                List.of(
                        "167838211\t3325256705\t1024\t22\t6\t0\t0",
                        "167838212\t3325256705\t1024\t22\t6\t0\t1",
                        "167838212\t3325256705\t53\t9\t17\t0\t2",
                        "167838212\t3325256961\t53\t9\t17\t0\t-1"));
        Path out = folder.resolve("matches");
        Map<String, Object> json = Weir.run(
                        "bench-classify",
                        "--rules",
                        write("rules", RULES),
                        "--headers",
                        headers,
                        "--matches",
                        out,
                        "--passes",
                        1)
                .expect(ExitStatus.DONE)
                .json();
        assertEquals(List.of("0", "1", "2", "-1"), Files.readAllLines(out));
        assertEquals(4, Json.asLong(json.get("lookups")));
        assertTrue(json.keySet().containsAll(List.of("ns_per_packet", "build_ms", "bytes", "bound")), json::toString);
    }

    @Test
    void refusesWhatIsNoHeader() throws IOException {
        Weir.Answer answer = Weir.run(
                        "bench-classify",
                        "--rules",
                        write("rules", RULES),
                        "--headers",
                        write("headers", List.of("1\t2\t3\t4\t6", "1\t2\t3\t4\t256")))
                .expect(ExitStatus.WRONG_USAGE);
        assertTrue(answer.err().contains("headers:2: '1\t2\t3\t4\t256' is no header"), answer::err);
    }

    @Test
    void refusesWhatIsNoRule() throws IOException {
        Weir.Answer answer = Weir.run("bench-classify", "--rules", write("rules", List.of("nonsense")))
                .expect(ExitStatus.WRONG_USAGE);
        assertTrue(answer.err().contains("rules:1: 'nonsense' is no rule"), answer::err);
    }
}
