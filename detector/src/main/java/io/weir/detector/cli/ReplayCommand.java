package io.weir.detector.cli;

import io.weir.detector.config.ConfigReader;
import io.weir.detector.config.ConfigResult;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.WeirConfig;
import io.weir.detector.report.ReplaySummary;
import io.weir.detector.report.SummaryJson;
import io.weir.detector.report.SummaryText;
import io.weir.filter.address.IpPrefix;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir replay}: a capture through the engine. */
@Command(
        name = "replay",
        description = "Judge a capture: find the floods in it, drop what exceeds the thresholds, say so.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ReplayCommand implements Callable<Integer> {
    @Option(
            names = "--config",
            paramLabel = "weir.yaml",
            description = "Protected prefixes and thresholds. Without: every destination, built-in thresholds.")
    private @Nullable Path config;

    @Option(
            names = "--protect",
            paramLabel = "CIDR",
            description = "A prefix to protect; may be given again. Added to the configuration's.")
    private List<String> protect = new ArrayList<>();

    @Option(names = "--observe", description = "Detect and report, drop nothing.")
    private boolean observe;

    @Option(
            names = "--pass",
            paramLabel = "OUT.pcap",
            description = "Write the packets that pass (.pcap, .pcapng, either with .gz; - for standard output).")
    private @Nullable String pass;

    @Option(names = "--drop", paramLabel = "OUT.pcap", description = "Write the packets that are dropped.")
    private @Nullable String drop;

    @Option(names = "--events", paramLabel = "OUT.jsonl", description = "Write what happens as JSON lines.")
    private @Nullable String events;

    @Option(names = "--json", description = "Print the summary as one JSON object.")
    private boolean json;

    @Option(names = "--filter", paramLabel = "BPF", description = "Only packets that match a tcpdump expression.")
    private @Nullable String filter;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Captures (pcap, pcapng, either in gzip), one stream in this order; - for standard input.")
    private List<String> files = new ArrayList<>();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        WeirConfig settings = settings(config, protect);
        ReplayOutputs.Names outputs = new ReplayOutputs.Names(pass, drop, events);
        outputs.refuseCollisions(inputs());
        PrintWriter err = spec.commandLine().getErr();
        try (Replay replay = new Replay(settings, observe, files, filter, outputs, err)) {
            tell(replay.run(), outputs.isStandardOutputUsed());
            replay.throwFailure();
        }
        return ExitStatus.DONE;
    }

    private void tell(ReplaySummary summary, boolean isStandardOutputUsed) {
        // What goes to standard output alone stays parseable: the summary steps aside.
        PrintWriter to = isStandardOutputUsed
                ? spec.commandLine().getErr()
                : spec.commandLine().getOut();
        if (json) {
            to.println(SummaryJson.of(summary));
        } else {
            to.print(SummaryText.of(summary, Terminal.style()));
        }
        to.flush();
    }

    private List<String> inputs() {
        List<String> inputs = new ArrayList<>(files);
        if (config != null) {
            inputs.add(config.toString());
        }
        return inputs;
    }

    /** The configuration with the prefixes of the command line, or every fault of both. */
    private static WeirConfig settings(@Nullable Path file, List<String> protect) {
        List<Object> faults = new ArrayList<>();
        WeirConfig config = WeirConfig.DEFAULT;
        if (file != null) {
            switch (ConfigReader.read(file)) {
                case ConfigResult.Loaded loaded -> config = loaded.config();
                case ConfigResult.Rejected rejected -> faults.addAll(rejected.faults());
            }
        }
        List<ProtectedPrefix> prefixes = new ArrayList<>(config.protect());
        for (String text : protect) {
            switch (IpPrefix.parse(text)) {
                case IpPrefix.Parsed.Invalid invalid -> faults.add("--protect '" + text + "' " + invalid.problem());
                case IpPrefix.Parsed.Valid valid -> {
                    // What the configuration says of a prefix holds.
                    if (prefixes.stream().noneMatch(known -> known.prefix().equals(valid.prefix()))) {
                        prefixes.add(ProtectedPrefix.of(valid.prefix()));
                    }
                }
            }
        }
        if (!faults.isEmpty()) {
            throw CommandException.wrongUsage(faults);
        }
        return new WeirConfig(
                prefixes,
                config.trusted(),
                config.management(),
                config.run(),
                config.events(),
                config.tables(),
                config.timeouts());
    }
}
