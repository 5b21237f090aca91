package io.weir.detector.config.group;

import static io.weir.detector.config.group.GroupText.decided;
import static io.weir.detector.config.group.GroupText.tuple;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.filter.address.PortRange;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.TargetRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkAclTest {
    @TempDir
    Path folder;

    @Test
    void decidesByTheFirstNumberThatMatches() throws IOException {
        TargetRules rules = acl(
                        entry(200, false, "allow", "6", "0.0.0.0/0", "\"PortRange\": {\"From\": 22, \"To\": 22}"),
                        entry(100, false, "deny", "6", "203.0.113.0/24", "\"PortRange\": {\"From\": 0, \"To\": 65535}"),
                        entry(110, true, "allow", "-1", "0.0.0.0/0", "\"PortRange\": null"),
                        entry(32767, false, "deny", "-1", "0.0.0.0/0", "\"IcmpTypeCode\": null"),
                        entry(32767, true, "deny", "-1", "0.0.0.0/0", ""),
                        "{\"RuleNumber\": 32768, \"Egress\": true, \"RuleAction\": \"deny\", \"Protocol\": \"-1\","
                                + " \"Ipv6CidrBlock\": \"::/0\"}")
                .rules();
        assertEquals(GroupType.NETWORK_ACL, rules.groups().getFirst().type());
        assertEquals(
                List.of("100", "200", "32767", ""),
                rules.aclIngress().orElseThrow().rules().stream().map(Rule::id).toList());
        assertIngress("100", Policy.DROP, rules, "203.0.113.9");
        assertIngress("200", Policy.ACCEPT, rules, "192.0.2.9");
        assertIngress("", Policy.DROP, rules, "2001:db8::1");
        Rule egress = decided(rules.aclEgress().orElseThrow(), tuple(17, "10.0.0.1", 1, "192.0.2.1", 53));
        assertEquals("accept ALL to 0.0.0.0/0", egress.text());
        assertEquals(
                Policy.ACCEPT,
                decided(rules.ingress(), tuple(17, "10.0.0.1", 1, "192.0.2.1", 53))
                        .policy());
    }

    private static void assertIngress(String id, Policy policy, TargetRules rules, String source) {
        String destination = source.contains(":") ? "2001:db8::2" : "10.0.0.1";
        Rule rule = decided(rules.aclIngress().orElseThrow(), tuple(6, source, 4242, destination, 22));
        assertEquals(id, rule.id());
        assertEquals(policy, rule.policy());
    }

    @ParameterizedTest
    @CsvSource({"-1, -1, 0, 65535", "8, -1, 2048, 2303", "8, 0, 2048, 2048", "0, 255, 255, 255"})
    void readsTypesAndCodes(int type, int code, int first, int last) throws IOException {
        TargetRules rules = acl(entry(
                        1,
                        false,
                        "allow",
                        "1",
                        "0.0.0.0/0",
                        "\"IcmpTypeCode\": {\"Type\": " + type + ", \"Code\": " + code + "}"))
                .rules();
        assertEquals(
                new PortRange(first, last),
                rules.groups().getFirst().rules().getFirst().boxes().getFirst().destinationPorts());
    }

    @Test
    void takesTheStarOfTheConsole() throws IOException {
        TargetRules rules = acl(
                        "{\"RuleNumber\": \"*\", \"Egress\": false, \"RuleAction\": \"deny\", \"Protocol\": \"-1\","
                                + " \"CidrBlock\": \"0.0.0.0/0\"}",
                        "{\"RuleNumber\": \"*\", \"Egress\": false, \"RuleAction\": \"deny\", \"Protocol\": \"-1\","
                                + " \"Ipv6CidrBlock\": \"::/0\"}",
                        entry(32_766, false, "allow", "-1", "0.0.0.0/0", ""))
                .rules();
        assertEquals(
                List.of("32766", "*", "*"),
                rules.aclIngress().orElseThrow().rules().stream()
                        .map(Rule::id)
                        .limit(3)
                        .toList());
    }

    @Test
    void listsAllFaults() throws IOException {
        acl(
                        entry(0, false, "allow", "-1", "0.0.0.0/0", ""),
                        entry(32_769, false, "allow", "-1", "0.0.0.0/0", ""),
                        entry(1, false, "accept", "-1", "0.0.0.0/0", ""),
                        entry(2, false, "allow", "6", "0.0.0.0/0", ""),
                        entry(3, false, "allow", "1", "0.0.0.0/0", ""),
                        entry(4, false, "allow", "6", "0.0.0.0/0", "\"PortRange\": {\"From\": 9, \"To\": 8, \"X\": 1}"),
                        entry(5, false, "allow", "-1", "10.0.0.0/8", "\"Ipv6CidrBlock\": \"::/0\""),
                        entry(6, false, "allow", "-1", "10.0.0.0/8", ""),
                        entry(6, false, "deny", "-1", "10.0.0.0/8", ""),
                        entry(6, true, "deny", "-1", "10.0.0.0/8", ""),
                        "{}")
                .assertFaults(
                        "2: NetworkAcls[0].Entries[0].RuleNumber: '0' must be a whole number from 1 to 32768",
                        "3: NetworkAcls[0].Entries[1].RuleNumber: '32769' must be a whole number from 1 to 32768",
                        "4: NetworkAcls[0].Entries[2].RuleAction: 'accept' isn't known; it must be one of allow, deny",
                        "5: NetworkAcls[0].Entries[3].PortRange: missing; give the ports as {From, To}",
                        "6: NetworkAcls[0].Entries[4].IcmpTypeCode: missing; give type and code as {Type, Code}, -1 for all",
                        "7: NetworkAcls[0].Entries[5].PortRange.X: unknown key; did you mean 'To'? known here are From, To"
                                .replace(" did you mean 'To'?", ""),
                        "7: NetworkAcls[0].Entries[5].PortRange.To: '8' is below From, 9",
                        "8: NetworkAcls[0].Entries[6].Ipv6CidrBlock: '::/0' stands beside CidrBlock; an entry names one of"
                                + " the two",
                        "10: NetworkAcls[0].Entries[8]: has the number 6 of NetworkAcls[0].Entries[7]; each number stands"
                                + " once a direction",
                        "12: NetworkAcls[0].Entries[10].RuleNumber: missing; give its number",
                        "12: NetworkAcls[0].Entries[10].Egress: missing; give true or false",
                        "12: NetworkAcls[0].Entries[10].RuleAction: missing; give allow or deny",
                        "12: NetworkAcls[0].Entries[10].Protocol: missing; give -1 for all, tcp, udp, icmp, icmpv6 or a"
                                + " number from 0 to 255",
                        "12: NetworkAcls[0].Entries[10]: names no prefix; give CidrBlock or Ipv6CidrBlock");
    }

    @Test
    void refusesTwoOnOneTarget() throws IOException {
        String acl = "{\"NetworkAclId\": \"acl-%d\", \"Entries\": [], \"Associations\": [], \"IsDefault\": true,"
                + " \"Tags\": [], \"VpcId\": \"vpc-1\", \"OwnerId\": \"1\"}";
        GroupText.of(folder, "{\"NetworkAcls\": [" + acl.formatted(1) + ",", acl.formatted(2) + "]}")
                .assertFaults(
                        "2: NetworkAcls[1]: is the network ACL acl-2 beside acl-1 on one target; a subnet has one:"
                                + " choose it with {file: …, id: …}");
    }

    /** One entry a line, from the second line on. */
    private GroupText acl(String... entries) {
        return GroupText.of(
                folder,
                "{\"NetworkAcls\": [{\"NetworkAclId\": \"acl-1\", \"Entries\": [\n" + String.join(",\n", entries)
                        + "]}]}");
    }

    private static String entry(
            int number, boolean isEgress, String action, String protocol, String cidr, String further) {
        return "{\"RuleNumber\": " + number + ", \"Egress\": " + isEgress + ", \"RuleAction\": \"" + action
                + "\", \"Protocol\": \"" + protocol + "\", \"CidrBlock\": \"" + cidr + "\""
                + (further.isEmpty() ? "" : ", " + further) + "}";
    }
}
