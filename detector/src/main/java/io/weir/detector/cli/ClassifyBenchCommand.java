package io.weir.detector.cli;

import io.weir.filter.address.IpAddress;
import io.weir.filter.match.ClassBenchRules;
import io.weir.filter.match.Classifier;
import io.weir.filter.match.ClassifierBound;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.RuleBox;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code scripts/bench classify}: how fast the rule that decides is found, on one thread, and that it is the right one. */
@Command(
        name = "bench-classify",
        hidden = true,
        description = "Measure rule matching in batches of 256; prints one JSON line, medians of the passes.",
        mixinStandardHelpOptions = true)
final class ClassifyBenchCommand implements Callable<Integer> {
    private static final int DRAWN = 100_000;
    private static final int BUILDS = 5;
    private static final long SEED = 1;

    @Option(names = "--rules", required = true, paramLabel = "FILE", description = "Rules in ClassBench's form.")
    private Path rules = Path.of("");

    @Option(
            names = "--headers",
            paramLabel = "FILE",
            description = "Headers, seven decimals a line, the first five the five-tuple; without it,"
                    + " headers are drawn from the rules' own boxes.")
    private Optional<Path> headers = Optional.empty();

    @Option(
            names = "--matches",
            paramLabel = "OUT",
            description = "Write the 0-based rule of each header, -1 for none.")
    private Optional<Path> matches = Optional.empty();

    @Option(names = "--ipv6", description = "The same rules and headers, mapped into 2001:db8::/32.")
    private boolean isIpv6;

    @Option(names = "--passes", paramLabel = "N", defaultValue = "21", description = "Passes to measure (default: 21).")
    private int passes;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (passes < 1) {
            throw CommandException.wrongUsage("--passes '" + passes + "' measures nothing; give at least 1");
        }
        try {
            spec.commandLine().getOut().println(measure());
            spec.commandLine().getOut().flush();
        } catch (IOException failure) {
            throw CommandException.failed(failure.getClass().getSimpleName() + ": " + failure.getMessage());
        }
        return ExitStatus.DONE;
    }

    private String measure() throws IOException {
        ClassBenchRules read = ClassBenchRules.read(rules.toString(), Files.readAllLines(rules));
        if (!read.faults().isEmpty()) {
            throw CommandException.wrongUsage(read.faults());
        }
        List<RuleBox> boxes = isIpv6 ? read.mapped() : read.boxes();
        int version = isIpv6 ? 6 : 4;
        double[] buildMillis = new double[BUILDS];
        Classifier classifier = Classifier.ofBoxes(boxes);
        for (int i = 0; i < BUILDS; i++) {
            long start = System.nanoTime();
            classifier = Classifier.ofBoxes(boxes);
            buildMillis[i] = (System.nanoTime() - start) / 1e6;
        }
        ClassifyTiming timing = new ClassifyTiming(classifier, passes);
        HeaderDraw draw = new HeaderDraw(boxes, SEED);
        Optional<List<FiveTuple>> given =
                headers.isPresent() ? Optional.of(readHeaders(headers.get())) : Optional.empty();
        List<FiveTuple> first =
                given.orElseGet(() -> boxes.isEmpty() ? draw.anywhere(DRAWN, version) : draw.drawn(DRAWN));
        int[] found = new int[first.size()];
        double nanos = timing.nanosPerHeader(first, found);
        if (matches.isPresent()) {
            writeMatches(matches.get(), found);
        }
        ClassifierBound bound = classifier.bound(version);
        StringBuilder json = new StringBuilder(400);
        json.append(String.format(
                Locale.ROOT,
                "{\"rules\":%d,\"lookups\":%d,\"ns_per_packet\":%.1f,\"build_ms\":%.1f,\"bytes\":%d,\"bound\":%d,"
                        + "\"bound_words\":%d,\"bound_exact\":%b",
                boxes.size(),
                (long) first.size() * passes,
                nanos,
                ClassifyTiming.median(buildMillis),
                classifier.sizeBytes(),
                bound.loads(),
                bound.words(),
                bound.isExact()));
        if (given.isEmpty() && !boxes.isEmpty()) {
            List<FiveTuple> spoofed = draw.spoofed(first);
            json.append(String.format(
                    Locale.ROOT,
                    ",\"spoofed_ns_per_packet\":%.1f,\"worst_ns_per_packet\":%.1f",
                    timing.nanosPerHeader(spoofed, new int[spoofed.size()]),
                    timing.nanosPerHeader(classifier.slowestHeaders(version, DRAWN, SEED), new int[DRAWN])));
        }
        return json.append('}').toString();
    }

    private List<FiveTuple> readHeaders(Path file) throws IOException {
        HeaderFile read = HeaderFile.read(file.toString(), Files.readAllLines(file));
        if (!read.faults().isEmpty()) {
            throw CommandException.wrongUsage(read.faults());
        }
        return isIpv6
                ? read.headers().stream().map(ClassifyBenchCommand::mapped).toList()
                : read.headers();
    }

    private static FiveTuple mapped(FiveTuple header) {
        return new FiveTuple(
                ClassBenchRules.mappedHigh(header.sourceLow() & ~IpAddress.IPV4_MAPPED),
                1,
                ClassBenchRules.mappedHigh(header.destinationLow() & ~IpAddress.IPV4_MAPPED),
                1,
                header.sourcePort(),
                header.destinationPort(),
                header.protocol());
    }

    private static void writeMatches(Path out, int[] found) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(out)) {
            for (int rule : found) {
                writer.write(Integer.toString(rule));
                writer.write('\n');
            }
        }
    }
}
