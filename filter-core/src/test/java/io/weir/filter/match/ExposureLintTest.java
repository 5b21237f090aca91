package io.weir.filter.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.rule.Direction;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is open to everybody is found, and nothing that isn't. */
class ExposureLintTest {
    /** Rule, kind and services of each finding; each packet that is shown gets in by its rule. */
    private static List<String> exposures(RuleSet set) {
        List<LintFinding> findings = ExposureLint.of(set);
        for (LintFinding finding : findings) {
            FiveTuple packet = finding.witness().orElseThrow();
            assertEquals(finding.rule(), set.decide(packet), finding::toString);
        }
        return findings.stream()
                .map(finding -> finding.rule() + " " + finding.kind().text()
                        + finding.services().stream()
                                .map(service -> " " + service.name())
                                .collect(Collectors.joining()))
                .toList();
    }

    private static List<String> exposures(String... lines) {
        return exposures(Lines.ingress(lines));
    }

    private static List<ManagementService> services() {
        return ManagementService.ALL;
    }

    @ParameterizedTest
    @MethodSource("services")
    void findsEachServiceThatIsOpenToEverybody(ManagementService service) {
        String ports = " " + service.port() + "/" + service.port();
        String found = "0 open-management " + service.name();
        assertEquals(List.of(found), exposures("1 accept " + service.protocol() + ports));
        assertEquals(List.of(found), exposures("1 accept " + service.protocol() + ports + " from ::/0"));
        assertEquals(List.of(), exposures("1 accept " + service.protocol() + ports + " from 10.0.0.0/8"));
        assertEquals(List.of(), exposures("1 accept 132" + ports));
    }

    @Test
    void namesEachServiceOnce() {
        Set<List<Integer>> seen = new HashSet<>();
        for (ManagementService service : ManagementService.ALL) {
            assertTrue(seen.add(List.of(service.protocol(), service.port())), service::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "64.0.0.0/7", "::/0", "2000::/3", "2000::/11"})
    void takesWidePrefixesForEverybody(String source) {
        assertEquals(List.of("0 open-management SSH"), exposures("1 accept tcp 22/22 from " + source));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"9.0.0.0/8", "10.0.0.0/8", "224.0.0.0/4", "224.0.0.0/3", "fc00::/7", "fe80::/10", "2400::/12"})
    void takesNetworksForThemselves(String source) {
        assertEquals(List.of(), exposures("1 accept tcp 22/22 from " + source));
    }

    @Test
    void findsWhatIsOpenAltogether() {
        assertEquals(
                "0 open-to-all SSH Telnet",
                exposures("1 accept all 0/65535").getFirst().substring(0, 24));
        assertEquals(
                "0 open-ports SSH Telnet",
                exposures("1 accept tcp 1/65535").getFirst().substring(0, 23));
        assertEquals(List.of("0 open-ports NetBIOS names SNMP LDAP RDP memcached"), exposures("1 accept udp 1/65535"));
        assertEquals(List.of(), exposures("1 accept tcp 80/80", "1 accept tcp 443/443", "1 accept 1 0/65535"));
    }

    @Test
    void countsWhatEarlierRulesDrop() {
        String rest = "3 accept tcp 22/22";
        assertEquals(List.of(), exposures("1 accept tcp 22/22 from 192.0.2.0/24", "2 drop tcp 22/22", rest));
        assertEquals(
                List.of(), exposures("1 drop tcp 0/22 from 0.0.0.0/1", "1 drop all 0/65535 from 128.0.0.0/1", rest));
        assertEquals(List.of("1 open-management SSH"), exposures("1 drop tcp 22/22 from 0.0.0.0/2", rest));
        assertEquals(List.of("1 open-management SSH"), exposures("1 drop udp 22/22", rest));
    }

    @Test
    void takesWhatDropsLeaveOfEverybodyForANetwork() {
        assertEquals(
                List.of(),
                exposures(
                        "1 drop tcp 22/22 from 0.0.0.0/1", "1 drop tcp 22/22 from 128.0.0.0/2", "2 accept tcp 22/22"));
    }

    @Test
    void chargesTheRuleThatDecides() {
        assertEquals(
                List.of("0 open-management SSH", "1 open-management Telnet"),
                exposures("1 accept tcp 22/22", "2 accept tcp 22/23"));
    }

    @Test
    void leavesEgressAlone() {
        List<Rule> rules = Lines.ingress("1 accept all 0/65535").rules();
        assertEquals(List.of(), ExposureLint.of(new RuleSet(Direction.EGRESS, rules)));
    }
}
