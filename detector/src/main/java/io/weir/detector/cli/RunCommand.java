package io.weir.detector.cli;

import io.weir.detector.config.ConfigResult;
import io.weir.detector.config.RunConfig;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.daemon.DaemonException;
import io.weir.detector.daemon.LivePlan;
import io.weir.detector.daemon.LiveSettings;
import io.weir.detector.daemon.Lockout;
import io.weir.detector.report.ReplaySummary;
import io.weir.detector.report.SummaryJson;
import io.weir.detector.report.SummaryText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir run}: the daemon. */
@Command(
        name = "run",
        description = "Judge the packets of this host's interfaces until stopped. Without a configuration: watch what "
                + "comes to this host's own addresses, drop nothing.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class RunCommand implements Callable<Integer> {
    @Option(
            names = "--config",
            paramLabel = "weir.yaml",
            description = "Protected prefixes, thresholds, and under 'run' the mode and the interfaces.")
    private @Nullable Path config;

    @Option(
            names = "--protect",
            paramLabel = "CIDR",
            description = "A prefix to protect; may be given again. Added to the configuration's.")
    private List<String> protect = new ArrayList<>();

    @Option(
            names = "--group",
            paramLabel = "FILE",
            description = "A security group as exported; may be given again: merged. Holds for every prefix that the "
                    + "configuration gives none.")
    private List<String> groups = new ArrayList<>();

    @Option(names = "--plan", description = "Say what would be put into the kernel, and end.")
    private boolean plan;

    @Option(names = "--force", description = "Start even if the rules cut off whoever is logged in over SSH.")
    private boolean force;

    @Option(
            names = "--record",
            paramLabel = "FILE.pcapng",
            description =
                    "Record the session: every packet, and beside it in FILE.pcapng.session what it was judged by. "
                            + "'weir replay FILE.pcapng' then gives the same verdicts, or says which differ.")
    private @Nullable Path record;

    @Mixin
    private LatencyFiles latency = new LatencyFiles();

    @Option(names = "--json", description = "At the end, print the summary as one JSON object.")
    private boolean json;

    private final @Nullable WarmUp begun;

    RunCommand() {
        this.begun = null;
    }

    /** @param begun while the arguments are read */
    RunCommand(WarmUp begun) {
        this.begun = begun;
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return run(begun == null ? WarmUp.start() : begun);
    }

    private Integer run(WarmUp warmUp) {
        if (record != null && !record.toString().endsWith(".pcapng")) {
            throw CommandException.wrongUsage("--record '" + record + "' must end in .pcapng");
        }
        List<Path> latencyFiles = latency.checked();
        Supplier<ConfigResult> source = Settings.source(config, protect, groups);
        WeirConfig read = Settings.loaded(source);
        PrintWriter out = spec.commandLine().getOut();
        try {
            LiveSettings settings = LiveSettings.of(read);
            if (record != null && settings.run().mode() == RunConfig.Mode.XDP) {
                throw CommandException.wrongUsage("--record: in mode xdp the kernel drops packets that no recording"
                        + " would hold; record in mode observe, queue or bridge");
            }
            if (record != null && settings.run().workers() > 1) {
                throw CommandException.wrongUsage("--record needs one worker, run.workers is "
                        + settings.run().workers() + "; a recording has one order of packets");
            }
            if (plan) {
                out.print(LivePlan.text(settings));
                out.flush();
                return ExitStatus.DONE;
            }
            List<String> lockout = force ? List.of() : Lockout.problems(settings);
            if (!lockout.isEmpty()) {
                throw CommandException.wrongUsage(lockout);
            }
            try (LiveRun run = new LiveRun(
                    warmUp,
                    settings,
                    source,
                    record,
                    latencyFiles,
                    spec.commandLine().getErr())) {
                ReplaySummary summary = run.run();
                out.print(json ? SummaryJson.of(summary) + "\n" : SummaryText.ofLive(summary, Terminal.style()));
                out.flush();
                run.throwFailure();
            }
        } catch (DaemonException wrong) {
            throw CommandException.wrongUsage(String.valueOf(wrong.getMessage()));
        }
        return ExitStatus.DONE;
    }
}
