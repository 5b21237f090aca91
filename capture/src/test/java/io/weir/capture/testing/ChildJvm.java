package io.weir.capture.testing;

import io.weir.capture.pcap.PacketFilter;
import io.weir.capture.sink.CaptureFileSink;
import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.PacketSource;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What only a process of its own can show: standard input and output, a missing native library. */
public final class ChildJvm {
    /** What the process wrote. */
    public record Result(ByteBuffer output, String errors) {}

    private ChildJvm() {}

    /** Runs {@link #main} in a new JVM. */
    public static Result run(byte[] input, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xshare:auto", "-Xmx256m"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ChildJvm.class.getName()));
        command.addAll(List.of(arguments));
        // Files, not pipes: a process that waits to be read would wait for us while we write to it.
        Path output = Files.createTempFile("output", ".bin");
        Path errors = Files.createTempFile("errors", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            try (OutputStream to = process.getOutputStream()) {
                to.write(input);
            }
            process.waitFor();
            return new Result(
                    ByteBuffer.wrap(Files.readAllBytes(output)),
                    Files.readString(errors, StandardCharsets.UTF_8).strip());
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }

    /** {@code copy} from standard input to output, then a line; or {@code filter EXPRESSION}. */
    public static void main(String[] arguments) {
        try {
            if (arguments[0].equals("filter")) {
                PacketFilter.of("--filter", arguments[1]);
            } else {
                copy();
                System.out.println("end");
            }
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
    }

    private static void copy() throws IOException {
        PacketBatch batch = new PacketBatch();
        try (CaptureFileSource source = CaptureFileSource.open(List.of("-"));
                CaptureFileSink sink = CaptureFileSink.ofPassed("-")) {
            while (source.fill(batch) != PacketSource.END) {
                sink.accept(batch);
            }
        }
    }
}
