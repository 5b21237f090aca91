package io.weir.detector.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.report.CheckReport.Checked;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.match.LintFinding;
import io.weir.filter.match.LintKind;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleOrigin;
import io.weir.filter.rule.RuleSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CheckTextTest {
    private static final IpPrefix ANY = new IpPrefix(4, 0, IpAddress.IPV4_MAPPED, 0);

    private static Rule rule(int number) {
        RuleBox box = new RuleBox(ANY, ANY, PortRange.ANY, new PortRange(number, number), 6);
        RuleOrigin origin = new RuleOrigin("web.json", "sg", "rules[" + number + "]");
        return new Rule(origin, "", Direction.INGRESS, Policy.ACCEPT, 1, List.of(box), "");
    }

    private static String text(int undecided) {
        RuleSet rules = new RuleSet(
                Direction.INGRESS,
                IntStream.range(0, undecided + 1).mapToObj(CheckTextTest::rule).toList());
        // The finding that matters stands behind all that is undecided, as its kind's place among the rules has it.
        List<LintFinding> findings = IntStream.rangeClosed(0, undecided)
                .mapToObj(at -> new LintFinding(
                        at == undecided ? LintKind.UNREACHABLE : LintKind.UNDECIDED,
                        at,
                        List.of(),
                        Optional.empty(),
                        List.of()))
                .toList();
        Checked checked = new Checked("198.51.100.0/24", rules, findings, Map.of());
        return CheckText.of(new CheckReport(List.of(checked), List.of()), TextStyle.PLAIN);
    }

    @Test
    void whatIsUndecidedIsToldLastAndBeyondAFewOnlyCounted() {
        String text = text(1_005);
        assertTrue(text.indexOf("\n  unreachable\n") < text.indexOf("\n  undecided\n"), text);
        assertEquals(5, text.split("\n  undecided\n", -1).length - 1, text);
        assertTrue(text.contains("and 1,000 more that are undecided (--json names them)"), text);
    }

    @Test
    void aFewAreToldOneByOne() {
        String text = text(5);
        assertEquals(5, text.split("\n  undecided\n", -1).length - 1, text);
        assertFalse(text.contains("more that are undecided"), text);
    }
}
