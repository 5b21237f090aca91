package io.weir.filter.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.rule.RuleBox;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClassBenchRulesTest {
    private static final String RULE =
            "@192.0.2.0/24\t198.51.100.7/32\t0 : 65535\t80 : 443\t0x06/0xFF\t0x0000/0x0200\t";

    @Test
    void readsOneRuleALineInTheirOrder() {
        ClassBenchRules rules = ClassBenchRules.read("acl", List.of(RULE, "", RULE.replace("0x06/0xFF", "0x00/0x00")));
        assertEquals(List.of(), rules.faults());
        RuleBox first = rules.boxes().getFirst();
        assertEquals("192.0.2.0/24", first.source().toString());
        assertEquals("198.51.100.7/32", first.destination().toString());
        assertEquals("0/65535", first.sourcePorts().toString());
        assertEquals("80/443", first.destinationPorts().toString());
        assertEquals(6, first.protocol());
        assertEquals(RuleBox.ANY_PROTOCOL, rules.boxes().get(1).protocol());
    }

    @Test
    void clearsBitsBeyondThePrefix() {
        ClassBenchRules rules = ClassBenchRules.read("acl", List.of(RULE.replace("192.0.2.0/24", "192.0.2.77/24")));
        assertEquals("192.0.2.0/24", rules.boxes().getFirst().source().toString());
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.0/24, 192.0.2.0/33, has a prefix length of 33",
        "192.0.2.0/24, 192.0.2.300/24, has no IPv4 address in",
        "80 : 443, 443 : 80, has an impossible port range 443 : 80",
        "80 : 443, 80 : 70000, has an impossible port range 80 : 70000",
        "0x06/0xFF, 0x06/0x0F, has a protocol mask that is neither",
        "80 : 443, 80, is no rule; write @192.0.2.0/24",
        "@192, 192, is no rule; write @192.0.2.0/24",
    })
    void namesTheLineAndWhatIsWrong(String right, String wrong, String problem) {
        ClassBenchRules rules = ClassBenchRules.read("acl", List.of(RULE, RULE.replace(right, wrong)));
        assertEquals(1, rules.faults().size());
        String fault = rules.faults().getFirst().toString();
        assertTrue(fault.startsWith("acl:2: ") && fault.contains(problem), fault);
        assertEquals(1, rules.boxes().size());
    }

    @Test
    void listsEveryFaultAtOnce() {
        String twice = RULE.replace("/24", "/40").replace("80 : 443", "9 : 1");
        assertEquals(2, ClassBenchRules.read("acl", List.of(twice)).faults().size());
    }

    @Test
    void neverThrowsForACutLine() {
        for (int length = 1; length < RULE.length(); length++) {
            ClassBenchRules rules = ClassBenchRules.read("acl", List.of(RULE.substring(0, length)));
            assertEquals(1, rules.boxes().size() + rules.faults().size(), RULE.substring(0, length));
        }
    }

    @Test
    void mapsToIpv6AsItSays() {
        RuleBox mapped = ClassBenchRules.read("acl", List.of(RULE)).mapped().getFirst();
        assertEquals("2001:db8:c000:200::/56", mapped.source().toString());
        assertEquals("2001:db8:c633:6407::1/128", mapped.destination().toString());
    }
}
