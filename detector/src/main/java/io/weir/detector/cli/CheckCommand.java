package io.weir.detector.cli;

import io.weir.detector.report.CheckJson;
import io.weir.detector.report.CheckReport;
import io.weir.detector.report.CheckText;
import io.weir.filter.match.Classifier;
import io.weir.filter.match.ClassifierBound;
import io.weir.filter.match.ExposureLint;
import io.weir.filter.match.LintFinding;
import io.weir.filter.match.LintKind;
import io.weir.filter.match.RuleLint;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleSet;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir check}: is the configuration sound, and do its rules do what they seem to? */
@Command(
        name = "check",
        description = {
            "Validate a configuration and security groups, and find the rules that are wrong.",
            "",
            "Wrong are rules that are shadowed, contradicting, redundant, unreachable, or open to everybody.",
            "Exit status: 0 nothing found, 3 findings, 2 faults in a file."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class CheckCommand implements Callable<Integer> {
    /** The entry that AWS shows as {@code *}; the one of IPv6 has the next number. */
    private static final int NETWORK_ACL_LAST = 32_767;

    @Option(names = "--config", paramLabel = "weir.yaml", description = "The configuration to check.")
    private @Nullable Path config;

    @Option(names = "--group", paramLabel = "FILE", description = "A security group; may be given again: merged.")
    private List<String> groups = new ArrayList<>();

    @Option(names = "--json", description = "Print the findings as one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final LoadedRules.Reader reader;

    CheckCommand() {
        this(LoadedRules::read);
    }

    CheckCommand(LoadedRules.Reader reader) {
        this.reader = reader;
    }

    @Override
    public Integer call() {
        if (config == null && groups.isEmpty()) {
            throw CommandException.wrongUsage("nothing to check; give --config weir.yaml, --group FILE, or both");
        }
        CheckReport report = report(reader.read(config, groups));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(CheckJson.of(report));
        } else {
            out.print(CheckText.of(report, Terminal.style()));
        }
        out.flush();
        return report.findingCount() == 0 ? ExitStatus.DONE : ExitStatus.FINDINGS;
    }

    private CheckReport report(LoadedRules rules) {
        List<RuleSet> sets = rules.targets().stream()
                .flatMap(target -> target.sets().stream())
                .toList();
        long looks = sets.stream()
                .mapToLong(set -> (RuleLint.LOOKS + 1L) * set.rules().size())
                .sum();
        Progress progress = new Progress(spec.commandLine().getErr(), Terminal.isErrorShown());
        AtomicLong done = new AtomicLong();
        try {
            List<CheckReport.Checked> checked = new ArrayList<>();
            for (LoadedRules.Target target : rules.targets()) {
                for (RuleSet set : target.sets()) {
                    checked.add(checked(
                            target.name(), set, () -> progress.update("checked", done.incrementAndGet(), looks)));
                }
            }
            return new CheckReport(checked, rules.unusedNames());
        } finally {
            progress.done();
        }
    }

    private static CheckReport.Checked checked(String target, RuleSet rules, Runnable onLook) {
        List<LintFinding> findings = new ArrayList<>(RuleLint.of(rules, onLook));
        findings.removeIf(finding -> isDefaultStated(finding, rules.rules()) || isUnremovable(finding, rules.rules()));
        findings.addAll(ExposureLint.of(rules, onLook));
        findings.sort(Comparator.comparing(LintFinding::kind).thenComparingInt(LintFinding::rule));
        return new CheckReport.Checked(target, rules, findings, bounds(rules));
    }

    /** A last rule that says what the group's type does anyway is meant so: its author wants it to be seen, and to hold. */
    private static boolean isDefaultStated(LintFinding finding, List<Rule> rules) {
        int last = rules.size() - 1;
        return finding.kind() == LintKind.REDUNDANT
                && finding.others().equals(List.of(last))
                && rules.get(last).origin().isImplicit()
                && rules.get(finding.rule()).boxes().stream()
                        .allMatch(box -> rules.get(last).boxes().stream().anyMatch(box::contains));
    }

    /** Nobody can change or remove the last entries of a network ACL, so that they never decide is no finding. */
    private static boolean isUnremovable(LintFinding finding, List<Rule> rules) {
        Rule rule = rules.get(finding.rule());
        return rule.policy() == Policy.DROP
                && rule.priority() >= NETWORK_ACL_LAST
                && (finding.kind() == LintKind.SHADOWED || finding.kind() == LintKind.REDUNDANT);
    }

    private static Map<Integer, ClassifierBound> bounds(RuleSet rules) {
        Classifier classifier = Classifier.ofRules(rules.rules());
        return Map.of(4, classifier.bound(4), 6, classifier.bound(6));
    }
}
