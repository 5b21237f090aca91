package io.weir.detector.cli;

import io.weir.detector.latency.LatencyLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Where a command writes how long packets took. */
final class LatencyFiles {
    @Option(
            names = "--latency",
            paramLabel = "FILE",
            description = "Write how long packets took, as HdrHistogram's tools read it: FILE.hlog every second, "
                    + "FILE.hgrm at the end; may be given once for each.")
    private List<Path> files = new ArrayList<>();

    /** @throws CommandException if one can't be meant */
    List<Path> checked() {
        for (Path file : files) {
            if (!LatencyLog.isKnown(file)) {
                throw CommandException.wrongUsage("--latency '" + file + "' must end in .hlog or .hgrm");
            }
        }
        if (files.stream().filter(file -> file.toString().endsWith(".hlog")).count() > 1) {
            throw CommandException.wrongUsage("--latency takes one file that ends in .hlog");
        }
        return List.copyOf(files);
    }
}
