package io.weir.detector.cli;

import io.weir.detector.report.Explained;
import io.weir.detector.report.ExplanationJson;
import io.weir.detector.report.ExplanationText;
import io.weir.filter.match.RuleExplanation;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.FiveTuple;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir explain}: which rule decides a packet that is described in words. */
@Command(
        name = "explain",
        description = {
            "Say which rule decides a packet that opens a connection, why, and which would be next.",
            "",
            "  weir explain --group web.json tcp 203.0.113.9:4242 to 198.51.100.10:22",
            "  weir explain --group web.json tcp [2001:db8::9]:4242 to [2001:db8::10]:22",
            "  weir explain --group web.json icmp 203.0.113.9 to 198.51.100.10 echo-request",
            "  weir explain --group web.json 47 203.0.113.9 to 198.51.100.10",
            ""
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ExplainCommand implements Callable<Integer> {
    @Option(
            names = "--group",
            required = true,
            paramLabel = "FILE",
            description = "A security group; more may follow, or --group again: merged.")
    private List<String> groups = new ArrayList<>();

    @Option(
            names = "--direction",
            paramLabel = "WHICH",
            description = "ingress (the default) or egress, seen from the protected host.")
    private Direction direction = Direction.INGRESS;

    @Option(names = "--json", description = "Print the explanation as one JSON object.")
    private boolean json;

    @Parameters(
            arity = "1..*",
            paramLabel = "PACKET",
            description = "PROTOCOL SOURCE to DESTINATION, with ports or, for ICMP, a message.")
    private List<String> words = new ArrayList<>();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final LoadedRules.Reader reader;

    ExplainCommand() {
        this(LoadedRules::read);
    }

    ExplainCommand(LoadedRules.Reader reader) {
        this.reader = reader;
    }

    @Override
    public Integer call() {
        int start = PacketDescription.start(words);
        List<String> files = new ArrayList<>(groups);
        files.addAll(words.subList(0, start));
        FiveTuple packet = PacketDescription.parse(words.subList(start, words.size()));
        LoadedRules.Target target = reader.read(null, files).targets().getFirst();
        List<Explained> judgements = target.of(direction).stream()
                .map(set -> new Explained(set, RuleExplanation.of(set, packet)))
                .toList();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(ExplanationJson.of(judgements));
        } else {
            out.print(ExplanationText.of(judgements, Terminal.style()));
        }
        out.flush();
        return ExitStatus.DONE;
    }
}
