package io.weir.filter.match;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleOrigin;
import io.weir.filter.rule.RuleSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * How long lint takes on rules in ClassBench text. Two readings of each set: every rule accepts, as the sets are
 * written; and of a hundred priorities with three rules in ten dropping, so that verdicts conflict.
 */
final class LintBench {
    private LintBench() {}

    /** @param arguments files, {@code like:N:W:P} for N rules as ClassBench has them, W percent of the
     *     addresses wide, P prefixes, or {@code dense:N} for N wide random boxes that meet everywhere: the worst there is
     */
    public static void main(String[] arguments) throws IOException {
        for (String argument : arguments) {
            if (argument.startsWith("dense:")) {
                measure(argument, dense(Integer.parseInt(argument.substring(6))));
                continue;
            }
            if (argument.startsWith("like:")) {
                String[] numbers = argument.split(":", -1);
                measure(
                        argument,
                        mixed(new RuleShapes(4, 1)
                                .likeClassBench(
                                        Integer.parseInt(numbers[1]),
                                        Integer.parseInt(numbers[2]),
                                        Integer.parseInt(numbers[3]))));
                continue;
            }
            Path file = Path.of(argument);
            for (boolean isMixed : new boolean[] {false, true}) {
                for (boolean isIpv6 : new boolean[] {false, true}) {
                    RuleSet set = read(file, isMixed, isIpv6);
                    String reading = (isMixed ? " mixed " : " accept ") + (isIpv6 ? "IPv6" : "IPv4");
                    measure(file.getFileName() + reading, set);
                }
            }
        }
    }

    private static void measure(String name, RuleSet set) {
        long start = System.nanoTime();
        List<LintFinding> findings = new ArrayList<>(RuleLint.of(set));
        double seconds = (System.nanoTime() - start) / 1e9;
        long exposureStart = System.nanoTime();
        findings.addAll(ExposureLint.of(set));
        double exposureSeconds = (System.nanoTime() - exposureStart) / 1e9;
        Map<LintKind, Integer> counts = new EnumMap<>(LintKind.class);
        findings.forEach(finding -> counts.merge(finding.kind(), 1, Integer::sum));
        System.out.printf(
                "%-20s %6d rules, lint %6.2f s, exposure %6.2f s %s%n",
                name, set.rules().size(), seconds, exposureSeconds, counts);
    }

    /** A hundred priorities; of each, first the three rules in ten that drop. */
    private static RuleSet mixed(List<RuleBox> boxes) {
        Random random = new Random(1);
        List<Rule> rules = new ArrayList<>();
        for (int priority = 1; priority <= 100; priority++) {
            int first = (priority - 1) * boxes.size() / 100;
            int end = priority * boxes.size() / 100;
            for (int i = first; i < end; i++) {
                Policy policy = i - first < (end - first) * 3 / 10 ? Policy.DROP : Policy.ACCEPT;
                int chosen = random.nextInt(boxes.size());
                rules.add(new Rule(
                        new RuleOrigin("like", "like", "rule " + i),
                        "",
                        Direction.INGRESS,
                        policy,
                        priority,
                        List.of(boxes.get(chosen)),
                        ""));
            }
        }
        rules.add(SmallRules.defaultRule(Policy.DROP));
        return new RuleSet(Direction.INGRESS, rules);
    }

    /** Boxes so wide that most of them meet. */
    static RuleSet dense(int count) {
        Random random = new Random(1);
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rules.add(new Rule(
                    new RuleOrigin("dense", "dense", "rule " + i),
                    "",
                    Direction.INGRESS,
                    random.nextInt(10) < 3 ? Policy.DROP : Policy.ACCEPT,
                    i,
                    List.of(new RuleBox(
                            widePrefix(random),
                            widePrefix(random),
                            widePorts(random),
                            widePorts(random),
                            random.nextInt(3) == 0 ? RuleBox.ANY_PROTOCOL : 6 + 11 * random.nextInt(2))),
                    ""));
        }
        rules.add(SmallRules.defaultRule(Policy.DROP));
        return new RuleSet(Direction.INGRESS, rules);
    }

    private static IpPrefix widePrefix(Random random) {
        int length = random.nextInt(6);
        long address = random.nextInt() & 0xffff_ffffL & (length == 0 ? 0 : -1L << 32 - length);
        return new IpPrefix(4, 0, IpAddress.IPV4_MAPPED | address, length);
    }

    private static PortRange widePorts(Random random) {
        int one = random.nextInt(65_536);
        int other = random.nextInt(65_536);
        return new PortRange(Math.min(one, other), Math.max(one, other));
    }

    /** @param isIpv6 whether each IPv4 prefix becomes 2001:db8:(32 bits)::, 32 bits longer */
    static RuleSet read(Path file, boolean isMixed, boolean isIpv6) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<Rule> rules = new ArrayList<>();
        Random random = new Random(1);
        List<Rule> accepting = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            int priority = isMixed ? 1 + i * 100 / lines.size() : i;
            boolean isDrop = isMixed && random.nextInt(10) < 3;
            if (i == 0 || isMixed && priority != 1 + (i - 1) * 100 / lines.size()) {
                rules.addAll(accepting);
                accepting.clear();
            }
            Rule rule = new Rule(
                    new RuleOrigin(file.toString(), "classbench", "line " + (i + 1)),
                    "",
                    Direction.INGRESS,
                    isDrop ? Policy.DROP : Policy.ACCEPT,
                    priority,
                    List.of(box(lines.get(i), isIpv6)),
                    "");
            (isDrop ? rules : accepting).add(rule);
        }
        rules.addAll(accepting);
        rules.add(SmallRules.defaultRule(Policy.DROP));
        return new RuleSet(Direction.INGRESS, rules);
    }

    private static RuleBox box(String line, boolean isIpv6) {
        String[] words = line.substring(1).trim().split("[\\s:]+", -1);
        String[] protocol = words[6].split("/", -1);
        return new RuleBox(
                prefix(words[0], isIpv6),
                prefix(words[1], isIpv6),
                new PortRange(Integer.parseInt(words[2]), Integer.parseInt(words[3])),
                new PortRange(Integer.parseInt(words[4]), Integer.parseInt(words[5])),
                Integer.decode(protocol[1]) == 0 ? RuleBox.ANY_PROTOCOL : Integer.decode(protocol[0]));
    }

    private static IpPrefix prefix(String text, boolean isIpv6) {
        String[] parts = text.split("/", -1);
        long[] halves = new long[2];
        if (!IpAddress.parse(parts[0], halves)) {
            throw new IllegalArgumentException(text);
        }
        int length = Integer.parseInt(parts[1]);
        long address = halves[1] & 0xffff_ffffL & (length == 0 ? 0 : -1L << 32 - length);
        if (!isIpv6) {
            return new IpPrefix(4, 0, IpAddress.IPV4_MAPPED | address, length);
        }
        return length == 0 ? new IpPrefix(6, 0, 0, 0) : new IpPrefix(6, 0x20010db8_00000000L | address, 0, 32 + length);
    }
}
