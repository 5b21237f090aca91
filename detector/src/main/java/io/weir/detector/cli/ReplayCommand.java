package io.weir.detector.cli;

import io.weir.detector.config.WeirConfig;
import io.weir.detector.report.ReplaySummary;
import io.weir.detector.report.SummaryJson;
import io.weir.detector.report.SummaryText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Option(
            names = "--group",
            paramLabel = "FILE",
            description = "A security group as exported; may be given again: merged. Holds for every prefix that the "
                    + "configuration gives none, or for every destination.")
    private List<String> groups = new ArrayList<>();

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

    @Option(
            names = "--report",
            paramLabel = "OUT.html",
            description = "Write what was found, with charts, as one file that can be mailed.")
    private @Nullable String report;

    @Option(
            names = "--sources",
            paramLabel = "FILE",
            description = "Begin with what is known of sources from before, as --save-sources wrote it.")
    private @Nullable String sources;

    @Option(
            names = "--save-sources",
            paramLabel = "FILE",
            description = "Write what is known of sources at the end, for a later --sources.")
    private @Nullable String saveSources;

    @Mixin
    private LatencyFiles latency = new LatencyFiles();

    @Option(names = "--json", description = "Print the summary as one JSON object.")
    private boolean json;

    @Option(names = "--filter", paramLabel = "BPF", description = "Only packets that match a tcpdump expression.")
    private @Nullable String filter;

    @Option(
            names = "--explain",
            paramLabel = "BPF",
            description =
                    "Say of the first packets that match a tcpdump expression what became of them, and which rule "
                            + "decided.")
    private @Nullable String explain;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Captures (pcap, pcapng, either in gzip), one stream in this order; - for standard input.")
    private List<String> files = new ArrayList<>();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        WeirConfig settings = Settings.read(config, protect, groups);
        ReplayOutputs.Names outputs = new ReplayOutputs.Names(pass, drop, events, report);
        outputs.refuseCollisions(inputs(settings));
        new ReplayOutputs.Names(saveSources, null, null, null).refuseCollisions(besidesSources(settings));
        List<Path> latencyFiles = latency.checked();
        for (Path file : latencyFiles) {
            new ReplayOutputs.Names(file.toString(), null, null, null).refuseCollisions(besidesSources(settings));
        }
        PrintWriter err = spec.commandLine().getErr();
        try (Replay replay = new Replay(
                settings,
                observe,
                files,
                filter,
                explain,
                new ReplaySources(sources, saveSources),
                outputs,
                latencyFiles,
                err)) {
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

    private List<String> besidesSources(WeirConfig settings) {
        List<String> others = inputs(settings);
        Stream.of(pass, drop, events, report).filter(name -> name != null).forEach(others::add);
        return others;
    }

    private List<String> inputs(WeirConfig settings) {
        List<String> inputs = new ArrayList<>(files);
        settings.protect().stream()
                .flatMap(entry -> entry.rules().stream())
                .flatMap(rules -> rules.groups().stream())
                .forEach(named -> inputs.add(named.file()));
        inputs.addAll(groups);
        if (config != null) {
            inputs.add(config.toString());
        }
        return inputs;
    }
}
