package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Json;
import io.weir.detector.testing.Packets;
import io.weir.detector.testing.Skips;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Standard input, standard output and signals, which only a process of its own can show. */
class StreamsTest {
    private static final int INTERRUPTED = 128 + 2;
    private static final int READ_BYTES = 1_000_000;

    @TempDir
    private static Path folder = Path.of("");

    private static Path capture = Path.of("");

    @BeforeAll
    static void simulate() {
        capture = Weir.simulate(folder, "syn");
    }

    @Test
    void readsStandardInput() throws IOException, InterruptedException {
        Map<String, Object> piped = WeirProcess.run(Files.readAllBytes(capture), "replay", "--json", "-")
                .expect(ExitStatus.DONE)
                .answer()
                .json();
        Map<String, Object> read = Weir.run("replay", "--json", capture).json();
        assertEquals(List.of("-"), piped.get("files"));
        for (String key : List.of("packets", "bytes", "passed", "dropped", "reasons", "floods", "decode")) {
            assertEquals(read.get(key), piped.get(key), key);
        }
    }

    /** Nothing but packets goes to standard output then: the summary steps aside. */
    @Test
    void writesPacketsToStandardOutput() throws IOException, InterruptedException {
        Path file = folder.resolve("drop.pcap");
        Weir.run("replay", "--drop", file, capture).expect(ExitStatus.DONE);
        WeirProcess.Result result = WeirProcess.run(Files.readAllBytes(capture), "replay", "--drop", "-", "-")
                .expect(ExitStatus.DONE);
        assertArrayEquals(Files.readAllBytes(file), result.bytes().array());
        assertTrue(result.answer().err().startsWith("Weir replayed -\n"), result.answer()::err);
    }

    @Test
    void writesEventsToStandardOutput() throws IOException, InterruptedException {
        Path file = folder.resolve("events.jsonl");
        Weir.run("replay", "--events", file, capture).expect(ExitStatus.DONE);
        WeirProcess.Result result = WeirProcess.run(
                        new byte[0], "replay", "--json", "--events", "-", capture.toString())
                .expect(ExitStatus.DONE);
        assertEquals(Files.readString(file), result.answer().out());
        assertEquals(47_094, Json.asLong(Json.object(result.answer().err()).get("packets")));
    }

    @Test
    void generatesToStandardOutput() throws IOException, InterruptedException {
        WeirProcess.Result result = WeirProcess.run(new byte[0], "generate", "syn", "--seconds", "4", "--out", "-")
                .expect(ExitStatus.DONE);
        assertArrayEquals(Files.readAllBytes(capture), result.bytes().array());
        assertTrue(result.answer().err().contains(" 47,094 packets, "));
    }

    @Test
    void saysThatStandardInputIsNoCapture() throws IOException, InterruptedException {
        for (String input : List.of("", "hello")) {
            WeirProcess.Result result = WeirProcess.run(input.getBytes(StandardCharsets.UTF_8), "replay", "-")
                    .expect(ExitStatus.FAILED);
            assertTrue(result.answer().err().startsWith("weir: standard input: not a capture file: "));
            assertEquals(1, result.answer().problems().size());
        }
    }

    /** Ctrl-C while a pipe is silent: what came until then is judged, summed up and written whole. */
    @Test
    void sumsUpWhatWasReadWhenInterrupted() throws IOException, InterruptedException {
        ReplayFiles files = ReplayFiles.in(folder.resolve("interrupted"));
        Path out = folder.resolve("interrupted.out");
        Path err = folder.resolve("interrupted.err");
        Process process = interruptible(out, err, files.arguments("-"));
        try (OutputStream input = process.getOutputStream()) {
            input.write(Files.readAllBytes(capture), 0, READ_BYTES);
            input.flush();
            // The flood's start is written as soon as it is seen: from then on there is something to sum up.
            while (Files.notExists(files.events()) || Files.size(files.events()) == 0) {
                assertTrue(process.isAlive(), "it ended before it was interrupted");
                Thread.sleep(20);
            }
            interrupt(process);
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it didn't end");
        } finally {
            process.destroyForcibly();
        }
        Weir.Answer answer = Weir.checked(
                        new Weir.Answer(process.exitValue(), Files.readString(out), Files.readString(err)))
                .expect(INTERRUPTED);
        assertEquals("", answer.err());
        long packets = Json.asLong(answer.json().get("packets"));
        files.assertHolds(Packets.of(capture).subList(0, Math.toIntExact(packets)));
        assertEquals(1, Json.asArray(answer.json().get("floods")).size());
        EventSchema.check(files.events());
    }

    /** With the default action for SIGINT: a suite that runs in the background has it ignored, and hands that on. */
    private static Process interruptible(Path out, Path err, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        Skips.unless(runs(command, "true"), "install GNU coreutils 8.31 or newer for 'env --default-signal'");
        command.addAll(WeirProcess.command(List.of(), arguments));
        return new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
    }

    private static boolean runs(List<String> command, String program) throws IOException {
        try {
            List<String> all = new ArrayList<>(command);
            all.add(program);
            return new ProcessBuilder(all).start().waitFor() == 0;
        } catch (InterruptedException impatient) {
            throw new IOException(impatient);
        }
    }

    private static void interrupt(Process process) throws IOException, InterruptedException {
        String pid = String.valueOf(process.pid());
        assertEquals(0, new ProcessBuilder("kill", "-INT", pid).start().waitFor());
    }
}
