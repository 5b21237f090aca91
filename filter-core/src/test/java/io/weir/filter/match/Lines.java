package io.weir.filter.match;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleOrigin;
import io.weir.filter.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rule sets from lines such as {@code 1 accept tcp 22/22 from 0.0.0.0/0,::/0 in web}: sources and group may be left out. */
final class Lines {
    private Lines() {}

    /** The rules in this order, and behind them one that drops. */
    static RuleSet ingress(String... lines) {
        List<Rule> rules = new ArrayList<>();
        for (String line : lines) {
            rules.add(rule(line));
        }
        rules.add(SmallRules.defaultRule(Policy.DROP));
        return new RuleSet(Direction.INGRESS, rules);
    }

    private static Rule rule(String line) {
        List<String> words = List.of(line.split(" ", -1));
        List<RuleBox> boxes = new ArrayList<>();
        for (String source : word(words, "from", "0.0.0.0/0").split(",", -1)) {
            IpPrefix from = prefix(source);
            IpPrefix to = prefix(from.version() == 4 ? "0.0.0.0/0" : "::/0");
            String[] ports = words.get(3).split("/", -1);
            boxes.add(new RuleBox(
                    from,
                    to,
                    PortRange.ANY,
                    new PortRange(Integer.parseInt(ports[0]), Integer.parseInt(ports[1])),
                    protocol(words.get(2))));
        }
        String group = word(words, "in", "sg-1");
        return new Rule(
                new RuleOrigin(group + ".json", group, line),
                "",
                Direction.INGRESS,
                Policy.valueOf(words.get(1).toUpperCase(Locale.ROOT)),
                Integer.parseInt(words.get(0)),
                boxes,
                "");
    }

    private static String word(List<String> words, String before, String otherwise) {
        int at = words.indexOf(before);
        return at < 0 ? otherwise : words.get(at + 1);
    }

    static IpPrefix prefix(String text) {
        if (IpPrefix.parse(text) instanceof IpPrefix.Parsed.Valid valid) {
            return valid.prefix();
        }
        throw new IllegalArgumentException(text);
    }

    private static int protocol(String name) {
        return switch (name) {
            case "tcp" -> IpProtocol.TCP;
            case "udp" -> IpProtocol.UDP;
            case "all" -> RuleBox.ANY_PROTOCOL;
            default -> Integer.parseInt(name);
        };
    }
}
