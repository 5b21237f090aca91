package io.weir.detector.config.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.fault.Fault;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleSet;
import io.weir.filter.rule.TargetRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A text as a file of groups that protects every destination.
 *
 * @param folder that the test owns
 */
record GroupText(Path folder, String text, Optional<GroupType> type, References references) {
    static final References KNOWN = new References(
            Map.of("sg-office", prefixes("10.1.0.0/16", "2001:db8:1::/48")),
            Map.of("pl-partners", prefixes("192.0.2.0/28", "2001:db8:2::/48"), "pl-empty", List.of()));

    static GroupText of(Path folder, String... lines) {
        return new GroupText(folder, String.join("\n", lines), Optional.empty(), KNOWN);
    }

    GroupText as(GroupType stated) {
        return new GroupText(folder, text, Optional.of(stated), references);
    }

    /** Must be without faults. */
    TargetRules rules() throws IOException {
        Read read = read();
        assertEquals(List.of(), read.faults);
        return read.rules;
    }

    /** Without the file's name. */
    List<String> faults() throws IOException {
        String file = file().toString();
        return read().faults.stream()
                .map(fault -> fault.toString().substring(file.length() + 1).strip())
                .toList();
    }

    void assertFaults(String... expected) throws IOException {
        assertEquals(String.join("\n", expected), String.join("\n", faults()));
    }

    private record Read(TargetRules rules, List<Fault> faults) {}

    private Read read() throws IOException {
        Files.writeString(file(), text);
        GroupAssembly assembly = new GroupAssembly(references, List.of());
        GroupUse use = new GroupUse(file(), type, Optional.empty(), List.of());
        TargetRules rules = assembly.merge(List.of(new GroupAssembly.Target(Optional.empty(), List.of(use))))
                .getFirst()
                .orElseThrow();
        return new Read(rules, assembly.faults());
    }

    private Path file() {
        return folder.resolve("group.file");
    }

    static List<IpPrefix> prefixes(String... texts) {
        return List.of(texts).stream().map(GroupText::prefix).toList();
    }

    static IpPrefix prefix(String text) {
        return ((IpPrefix.Parsed.Valid) IpPrefix.parse(text)).prefix();
    }

    /** For ICMP the ports are 0 and type and code. */
    static FiveTuple tuple(int protocol, String source, int sourcePort, String destination, int destinationPort) {
        long[] from = new long[2];
        long[] to = new long[2];
        if (!IpAddress.parse(source, from) || !IpAddress.parse(destination, to)) {
            throw new IllegalArgumentException(source + " or " + destination);
        }
        return new FiveTuple(from[0], from[1], to[0], to[1], sourcePort, destinationPort, protocol);
    }

    static Rule decided(RuleSet rules, FiveTuple tuple) {
        return rules.rules().get(rules.decide(tuple));
    }
}
