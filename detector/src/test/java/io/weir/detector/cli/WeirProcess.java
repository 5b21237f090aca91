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
     * @param bytes of standard output; the answer has them too where they are text
     */
    record Result(ByteBuffer bytes, Weir.Answer answer) {
        Result expect(int status) {
            answer.expect(status);
            return this;
        }
    }

    /** Runs a command with this standard input. */
    static Result run(byte[] input, String... arguments) throws IOException, InterruptedException {
        return run(List.of(), input, arguments);
    }

    /** The same with options of the JVM. */
    static Result run(List<String> options, byte[] input, String... arguments)
            throws IOException, InterruptedException {
        // Files, not pipes: a process that waits to be read would wait for us while we write to it.
        Path out = Files.createTempFile("output", ".bin");
        Path err = Files.createTempFile("errors", ".txt");
        try {
            Process process = new ProcessBuilder(command(options, arguments))
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
            String text = isText(bytes) ? new String(bytes, StandardCharsets.UTF_8) : "";
            return new Result(
                    ByteBuffer.wrap(bytes), Weir.checked(new Weir.Answer(status, text, Files.readString(err))));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static boolean isText(byte[] bytes) {
        for (byte value : bytes) {
            if (value == 0) {
                return false;
            }
        }
        return true;
    }

    /** Starts this very Java with this very class path. */
    static List<String> command(List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
