package io.weir.detector.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Prometheus' own checks, where its package is installed. */
public final class Promtool {
    private Promtool() {}

    /**
     * Checks something; skips the calling test aloud where there is no promtool.
     *
     * @param input for its standard input, may be empty
     * @param arguments such as {@code check metrics}
     * @return what it finds wrong, empty for nothing
     */
    public static String check(String input, String... arguments) throws IOException, InterruptedException {
        Skips.unless(
                new ProcessBuilder("bash", "-c", "command -v promtool").start().waitFor() == 0,
                "install prometheus, to have promtool check metrics and alert rules");
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process check = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var in = check.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = check.waitFor();
        return status == 0 ? "" : "status " + status + ": " + said;
    }
}
