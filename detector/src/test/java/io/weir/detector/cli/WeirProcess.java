package io.weir.detector.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command in a process of its own: what only that can show is standard input, standard output, and its end. */
final class WeirProcess {
    private WeirProcess() {}

    /**
     * What a process answered.
     *
     * @param bytes of standard output
     */
    record Result(ByteBuffer bytes, Weir.Answer answer) {
        Result expect(int status) {
            answer.expect(status);
            return this;
        }
    }

    /** Runs a command with this standard input. */
    static Result run(byte[] input, String... arguments) throws IOException, InterruptedException {
        // Files, not pipes: a process that waits to be read would wait for us while we write to it.
        Path out = Files.createTempFile("output", ".bin");
        Path err = Files.createTempFile("errors", ".txt");
        try {
            Process process = new ProcessBuilder(command(arguments))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            try (OutputStream to = process.getOutputStream()) {
                to.write(input);
            } catch (IOException closed) {
                // A command that is refused doesn't read its input.
            }
            int status = process.waitFor();
            byte[] bytes = Files.readAllBytes(out);
            String text = new String(bytes, StandardCharsets.UTF_8);
            return new Result(
                    ByteBuffer.wrap(bytes), Weir.checked(new Weir.Answer(status, text, Files.readString(err))));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Starts this very Java with this very class path. */
    static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
