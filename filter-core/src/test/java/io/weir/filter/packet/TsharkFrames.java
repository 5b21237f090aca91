package io.weir.filter.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Asks tshark, as an oracle, about frames. */
final class TsharkFrames {
    private TsharkFrames() {}

    /** One line per frame, its fields separated by tabs, with every checksum verified. */
    static List<String> fields(Path folder, List<byte[]> frames, String... fields) {
        Path file = folder.resolve("frames.pcap");
        Path errors = folder.resolve("tshark.err");
        List<String> command = new ArrayList<>(List.of("tshark", "-n", "-r", file.toString(), "-T", "fields"));
        for (String protocol : List.of("ip", "tcp", "udp")) {
            command.addAll(List.of("-o", protocol + ".check_checksum:TRUE"));
        }
        for (String field : fields) {
            command.addAll(List.of("-e", field));
        }
        try {
            Files.write(file, pcap(frames));
            Process process = start(new ProcessBuilder(command).redirectError(errors.toFile()));
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), Files.readString(errors));
            return output.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException absent) {
            String message = "SKIPPED: tshark isn't installed; install it (Debian: apt-get install tshark) to check"
                    + " frames against it";
            System.err.println(message);
            return abort(message);
        }
    }

    private static byte[] pcap(List<byte[]> frames) {
        int size = 24 + frames.stream().mapToInt(frame -> 16 + frame.length).sum();
        ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0xa1b23c4d).putShort((short) 2).putShort((short) 4).putLong(0);
        file.putInt(262_144).putInt(LinkType.ETHERNET);
        for (byte[] frame : frames) {
            file.putLong(0).putInt(frame.length).putInt(frame.length).put(frame);
        }
        return file.array();
    }
}
