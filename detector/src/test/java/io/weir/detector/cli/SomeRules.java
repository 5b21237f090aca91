package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleOrigin;
import io.weir.filter.rule.RuleSet;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;

/** Rules in code, and commands that work on them. */
final class SomeRules {
    static final IpPrefix ALL_4 = prefix("0.0.0.0/0");
    static final IpPrefix ALL_6 = prefix("::/0");

    private final List<Rule> ingress = new ArrayList<>();
    private final List<String> unused = new ArrayList<>();

    static IpPrefix prefix(String text) {
        if (IpPrefix.parse(text) instanceof IpPrefix.Parsed.Valid valid) {
            return valid.prefix();
        }
        throw new IllegalArgumentException(text);
    }

    /** Adds a rule of web.json behind the others. */
    SomeRules add(Policy policy, int priority, int protocol, PortRange ports, String... sources) {
        List<RuleBox> boxes = Arrays.stream(sources)
                .map(SomeRules::prefix)
                .map(source ->
                        new RuleBox(source, source.version() == 4 ? ALL_4 : ALL_6, PortRange.ANY, ports, protocol))
                .toList();
        return add("web.json", policy, priority, boxes);
    }

    SomeRules add(String file, Policy policy, int priority, List<RuleBox> boxes) {
        String place = "Permissions.Permission[" + ingress.size() + "]";
        RuleOrigin origin = new RuleOrigin(file, "sg-" + file.replace(".json", ""), place);
        ingress.add(new Rule(origin, "", Direction.INGRESS, policy, priority, boxes, ""));
        return this;
    }

    SomeRules unused(String name) {
        unused.add(name);
        return this;
    }

    private static Rule standard(Direction direction, Policy policy) {
        String verb = policy == Policy.DROP ? " dropped" : " accepted";
        return new Rule(
                new RuleOrigin("", "sg-web", "default of basic: " + direction.text() + verb + " where no rule matches"),
                "",
                direction,
                policy,
                Integer.MAX_VALUE,
                List.of(
                        new RuleBox(ALL_4, ALL_4, PortRange.ANY, PortRange.ANY, RuleBox.ANY_PROTOCOL),
                        new RuleBox(ALL_6, ALL_6, PortRange.ANY, PortRange.ANY, RuleBox.ANY_PROTOCOL)),
                "");
    }

    private LoadedRules loaded() {
        List<Rule> rules = new ArrayList<>(ingress);
        rules.add(standard(Direction.INGRESS, Policy.DROP));
        return new LoadedRules(
                List.of(new LoadedRules.Target(
                        "198.51.100.0/24",
                        List.of(
                                new RuleSet(Direction.INGRESS, rules),
                                new RuleSet(Direction.EGRESS, List.of(standard(Direction.EGRESS, Policy.ACCEPT)))))),
                unused);
    }

    /** Runs {@code check} or {@code explain} with these rules, whatever file is named. */
    Weir.Answer run(Object... arguments) {
        CommandLine commands = new CommandLine(new Main());
        commands.addSubcommand(new CheckCommand((config, groups) -> loaded()));
        commands.addSubcommand(new ExplainCommand((config, groups) -> loaded()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] texts = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
        int status = Main.execute(commands, new PrintWriter(out), new PrintWriter(err), texts);
        return Weir.checked(new Weir.Answer(status, out.toString(), err.toString()));
    }

    static void assertNarrow(String text) {
        assertFalse(text.isEmpty());
        text.lines().forEach(line -> assertTrue(line.length() <= 80, () -> line.length() + " columns: " + line));
    }
}
