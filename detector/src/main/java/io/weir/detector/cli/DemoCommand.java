package io.weir.detector.cli;

import io.weir.capture.load.LoadProfile;
import io.weir.capture.load.LoadProfiles;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.report.SummaryText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code weir demo}: makes a capture with a flood in it, replays it, shows what happened. */
@Command(
        name = "demo",
        description = "Make a capture with a flood in it, replay it, show what happened.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final String PROFILE = "syn";
    private static final long SEED = 1;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            Path folder = Files.createTempDirectory("weir-demo");
            Path capture = folder.resolve("demo.pcap");
            try {
                LoadProfile profile = LoadProfiles.named(PROFILE).orElseThrow();
                out.println(
                        "20 seconds of web, DNS and ping traffic, and from second 5 to 15 a SYN flood on one host:");
                out.println();
                out.println("  $ scripts/weir generate " + PROFILE + " --out demo.pcap");
                out.println(Generation.write(profile, SEED, Long.MAX_VALUE, capture.toString(), err));
                out.println();
                out.println("  $ scripts/weir replay demo.pcap");
                out.flush();
                ReplayOutputs.Names none = ReplayOutputs.Names.NONE;
                try (Replay replay = new Replay(
                        WeirConfig.DEFAULT,
                        false,
                        List.of(capture.toString()),
                        null,
                        null,
                        ReplaySources.NONE,
                        none,
                        List.of(),
                        err)) {
                    out.print(SummaryText.of(replay.run().named("demo.pcap"), Terminal.style()));
                    replay.throwFailure();
                }
            } finally {
                Files.deleteIfExists(capture);
                Files.deleteIfExists(folder);
            }
        } catch (IOException failure) {
            throw CommandException.failed("the demo needs room for a capture of 20 MB: " + failure.getMessage());
        }
        out.println();
        out.println("Now a capture of your own: scripts/weir replay FILE.pcap");
        out.flush();
        return ExitStatus.DONE;
    }
}
