package io.weir.capture.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * What tshark reads in a capture, a row per packet. Reassembly is off, so that each packet shows its own bytes; names
 * aren't resolved.
 */
public final class Tshark implements AutoCloseable {
    /** Between several occurrences of a field; no capture's text holds it. */
    static final char AGGREGATOR = '\u0001';

    private static final List<String> PREFERENCES = List.of(
            "ip.defragment:FALSE",
            "ipv6.defragment:FALSE",
            "ipv6.tso_support:TRUE",
            "tcp.desegment_tcp_streams:FALSE",
            "tcp.relative_sequence_numbers:FALSE",
            "tcp.analyze_sequence_numbers:FALSE",
            "tcp.no_subdissector_on_error:FALSE",
            "dns.desegment_dns_messages:FALSE");

    private final Process process;
    private final BufferedReader lines;

    private Tshark(Process process) {
        this.process = process;
        this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Skips the calling test, saying how to run it, where tshark isn't there. */
    public static void assumeInstalled() {
        try {
            Process version = new ProcessBuilder("tshark", "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Assumptions.assumeTrue(version.waitFor() == 0, "SKIPPED: tshark doesn't run");
        } catch (IOException e) {
            String message = "SKIPPED: tshark is missing; install the package tshark";
            System.out.println(message);
            Assumptions.abort(message);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Starts reading a capture. */
    public static Tshark read(Path capture) throws IOException {
        List<String> command = new ArrayList<>(List.of("tshark", "-r", capture.toString(), "-n", "-T", "fields"));
        command.addAll(List.of("-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=" + AGGREGATOR));
        for (String preference : PREFERENCES) {
            command.addAll(List.of("-o", preference));
        }
        for (TsharkField field : TsharkField.values()) {
            command.addAll(List.of("-e", field.text()));
        }
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new Tshark(process);
    }

    /** The next packet's row, or null at the end: of the file, or of what tshark can read of it. */
    public @Nullable TsharkRow next() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            return null;
        }
        return new TsharkRow(Arrays.asList(line.split("\t", -1)));
    }

    @Override
    public void close() {
        process.destroy();
    }
}
