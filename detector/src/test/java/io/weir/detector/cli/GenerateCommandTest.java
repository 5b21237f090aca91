package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.load.LoadProfiles;
import io.weir.detector.testing.Json;
import io.weir.detector.testing.Packets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Simulated captures: the same for the same words, told in one line, and what is asked for. */
class GenerateCommandTest {
    @TempDir
    private Path folder = Path.of("");

    private static Stream<String> profiles() {
        return LoadProfiles.names().stream();
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void makesTheSameBytesOfTheSameSeed(String profile) throws IOException {
        Path first = generate(profile, "first.pcap", "--seconds", 2);
        Path second = generate(profile, "second.pcap", "--seconds", 2, "--seed", 1);
        Path other = generate(profile, "other.pcap", "--seconds", 2, "--seed", 2);
        assertEquals(-1, Files.mismatch(first, second));
        assertNotEquals(-1, Files.mismatch(first, other));
    }

    private Path generate(String profile, String name, Object... options) {
        Path out = folder.resolve(name);
        Object[] fixed = {"generate", profile, "--out", out};
        Weir.Answer answer = Weir.run(
                        Stream.concat(Stream.of(fixed), Stream.of(options)).toArray())
                .expect(ExitStatus.DONE);
        assertEquals("", answer.out());
        assertEquals(1, answer.problems().size(), answer::err);
        return out;
    }

    @Test
    void tellsWhatItWrote() throws IOException {
        Path out = folder.resolve("out.pcap");
        Weir.Answer answer = Weir.run("generate", "udp", "--seconds", 2, "--seed", 7, "--out", out);
        String line = answer.problems().getFirst();
        String pattern = "\\w+ .*?([\\d,]+) packets, [\\d.]+ MB.*\\(seed 7\\).*";
        assertTrue(line.matches(pattern), line);
        long packets = Long.parseLong(line.replaceAll(pattern, "$1").replace(",", ""));
        assertEquals(packets, Packets.of(out).size());
    }

    @Test
    void obeysItsOptions() throws IOException {
        Path out = generate(
                "icmp",
                "out.pcapng.gz",
                "--seconds",
                6,
                "--start",
                2,
                "--flood-seconds",
                1,
                "--pps",
                3000,
                "--target",
                "2001:db8:5::5");
        Map<String, Object> json = Weir.run("replay", "--json", out).json();
        Map<String, Object> event =
                Json.asObject(Json.asArray(json.get("floods")).getFirst());
        Map<String, Object> flood = Json.asObject(event.get("flood"));
        assertEquals("2001:db8:5::5", event.get("dest_ip"));
        assertEquals("icmp", flood.get("kind"));
        assertTrue(Json.asText(flood.get("start")).startsWith("2026-01-01T00:00:02."), flood::toString);
        long peak = Json.asLong(flood.get("peak_pps"));
        assertTrue(peak > 2_500 && peak < 3_500, flood::toString);
        long seconds = Json.asLong(json.get("duration_ns")) / 1_000_000_000;
        assertEquals(5, seconds, "a capture of 6 s has its last packet in the sixth second");
    }

    @Test
    void explainsItself() {
        for (String command : List.of("generate", "replay", "demo")) {
            Weir.Answer answer = Weir.run(command, "--help").expect(ExitStatus.DONE);
            assertTrue(answer.out().startsWith("Usage: weir " + command + " "), answer::out);
            assertEquals("", answer.err());
            assertTrue(answer.out().lines().allMatch(line -> line.length() <= 100), answer::out);
        }
        Weir.Answer all = Weir.run("--help").expect(ExitStatus.DONE);
        for (String command : List.of("generate", "replay", "demo")) {
            assertTrue(all.out().contains("\n  " + command + " "), all::out);
        }
        assertTrue(Weir.run("--version").expect(ExitStatus.DONE).out().startsWith("weir "));
    }
}
