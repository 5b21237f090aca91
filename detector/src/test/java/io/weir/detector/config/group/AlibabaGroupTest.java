package io.weir.detector.config.group;

import static io.weir.detector.config.group.GroupText.decided;
import static io.weir.detector.config.group.GroupText.tuple;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.address.PortRange;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleOrigin;
import io.weir.filter.rule.SecurityGroup;
import io.weir.filter.rule.TargetRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlibabaGroupTest {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final String HOST = "198.51.100.10";
    private static final String PORTS = " is no port range; write first/last from 1 to 65535, such as ";

    @TempDir
    Path folder;

    @Test
    void onlyTheAllowedAddressReachesPort22() throws IOException {
        TargetRules rules = group(
                        permission(
                                "\"PortRange\": \"22/22\", \"SourceCidrIp\": \"10.1.2.3/32\", \"Policy\": \"Accept\","
                                        + " \"Priority\": \"1\""),
                        permission("\"PortRange\": \"22/22\", \"SourceCidrIp\": \"0.0.0.0/0\", \"Policy\": \"Drop\","
                                + " \"Priority\": \"2\""))
                .rules();
        Rule allowed = decided(rules.ingress(), tuple(TCP, "10.1.2.3", 4242, HOST, 22));
        assertEquals(Policy.ACCEPT, allowed.policy());
        assertEquals("accept TCP 22/22 from 10.1.2.3/32", allowed.text());
        for (String other : List.of("10.1.2.2", "10.1.2.4", "0.0.0.0", "255.255.255.255")) {
            Rule dropped = decided(rules.ingress(), tuple(TCP, other, 4242, HOST, 22));
            assertEquals(Policy.DROP, dropped.policy());
            assertEquals(
                    new RuleOrigin(folder.resolve("group.file").toString(), "sg-1", "Permissions.Permission[1]"),
                    dropped.origin());
        }
        assertEquals(
                Policy.DROP,
                decided(rules.ingress(), tuple(TCP, "2001:db8::1", 4242, "2001:db8::2", 22))
                        .policy());
    }

    @Test
    void readsEveryFieldOfARule() throws IOException {
        SecurityGroup group = group("""
                {"SecurityGroupRuleId": "sgr-1", "Direction": "egress", "IpProtocol": "udp", "PortRange": "53/53,853/853",
                 "PortRangeListId": "prl-1", "PortRangeListName": "x", "SourcePortRange": "1024/65535", "Policy": "drop",
                 "Priority": 100, "NicType": "intranet", "SourceCidrIp": "10.0.0.0/8", "Ipv6SourceCidrIp": "",
                 "SourceGroupId": "sg-ignored", "SourceGroupName": "", "SourceGroupOwnerAccount": 1234567890123456,
                 "SourcePrefixListId": null, "SourcePrefixListName": "", "DestCidrIp": "192.0.2.0/24",
                 "Ipv6DestCidrIp": null, "DestGroupId": "", "DestGroupName": "", "DestGroupOwnerAccount": "",
                 "DestPrefixListId": "pl-ignored", "DestPrefixListName": "", "Description": "names",
                 "CreateTime": "2026-01-02T03:04:05Z"}""").rules().groups().getFirst();
        assertEquals("sg-1", group.id());
        assertEquals(GroupType.BASIC, group.type());
        assertTrue(group.isInnerAccess());
        Rule rule = group.rules().getFirst();
        assertEquals("sgr-1", rule.id());
        assertEquals(Direction.EGRESS, rule.direction());
        assertEquals(Policy.DROP, rule.policy());
        assertEquals(100, rule.priority());
        assertEquals("names", rule.description());
        assertEquals("drop UDP 53/53,853/853 from 10.0.0.0/8 port 1024/65535 to 192.0.2.0/24", rule.text());
        assertEquals(
                List.of(box("10.0.0.0/8", "192.0.2.0/24", 53), box("10.0.0.0/8", "192.0.2.0/24", 853)), rule.boxes());
    }

    private static RuleBox box(String source, String destination, int port) {
        return new RuleBox(
                GroupText.prefix(source),
                GroupText.prefix(destination),
                new PortRange(1024, 65_535),
                new PortRange(port, port),
                UDP);
    }

    @ParameterizedTest
    @CsvSource({
        "TCP, 6",
        "tcp, 6",
        "Udp, 17",
        "ICMP, 1",
        "icmp, 1",
        "ICMPv6, 58",
        "ICMPV6, 58",
        "GRE, 47",
        "ALL, -1",
        "all, -1",
        "0, 0",
        "6, 6",
        "17, 17",
        "132, 132",
        "255, 255",
    })
    void readsProtocolsInAnyCase(String text, int protocol) throws IOException {
        boolean hasPorts = protocol == TCP || protocol == UDP;
        String cidr = protocol == 58 ? "\"Ipv6SourceCidrIp\": \"::/0\"" : "\"SourceCidrIp\": \"0.0.0.0/0\"";
        for (String ports : hasPorts ? List.of("\"22/22\"") : List.of("\"-1/-1\"", "\"\"", "null")) {
            Rule rule = rule(ofProtocol(
                    text,
                    cidr + ", \"PortRange\": " + ports + ", \"SourcePortRange\": " + (hasPorts ? "\"\"" : ports)));
            RuleBox only = rule.boxes().getFirst();
            assertEquals(1, rule.boxes().size());
            assertEquals(protocol, only.protocol());
            assertEquals(hasPorts ? new PortRange(22, 22) : PortRange.ANY, only.destinationPorts());
            assertEquals(PortRange.ANY, only.sourcePorts());
        }
    }

    @Test
    void takesANumberWithoutQuotes() throws IOException {
        Rule rule = rule("{\"Direction\": \"INGRESS\", \"Policy\": \"ACCEPT\", \"IpProtocol\": 132, \"Priority\": 7,"
                + " \"SourceCidrIp\": \"0.0.0.0/0\"}");
        assertEquals(132, rule.boxes().getFirst().protocol());
        assertEquals(7, rule.priority());
        assertEquals("accept protocol 132 from 0.0.0.0/0", rule.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TC", "-1", "256", "06", "6.0", "any", "tcp "})
    void refusesProtocolsThatAreNone(String text) throws IOException {
        group(ofProtocol(text, "\"SourceCidrIp\": \"0.0.0.0/0\""))
                .assertFaults("2: Permissions.Permission[0].IpProtocol: '" + text
                        + "' is no protocol; it must be TCP, UDP, ICMP, ICMPv6, GRE, ALL or a number from 0 to 255");
    }

    @ParameterizedTest
    @CsvSource({
        "22/22, 22, 22",
        "1/65535, 1, 65535",
        "1/1, 1, 1",
        "65535/65535, 65535, 65535",
        "22 / 23, 22, 23",
    })
    void readsPortRanges(String text, int first, int last) throws IOException {
        assertEquals(
                new PortRange(first, last),
                rule(ofPorts(text)).boxes().getFirst().destinationPorts());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200/1| is backwards; write 1/200",
                "0/22|" + PORTS + "22/22 or 1/65535",
                "22/0|" + PORTS + "22/22 or 1/65535",
                "1/65536|" + PORTS + "22/22 or 1/65535",
                "-1/-1|" + PORTS + "22/22 or 1/65535",
                "22|" + PORTS + "22/22",
                "22-23|" + PORTS + "22/22 or 1/65535",
                "22/22/22|" + PORTS + "22/22 or 1/65535",
                "022/22|" + PORTS + "22/22 or 1/65535",
                "/|" + PORTS + "22/22 or 1/65535",
                "ssh|" + PORTS + "22/22 or 1/65535",
                "22/22,443| holds '443', which" + PORTS + "443/443",
                "22/22,| holds '', which" + PORTS + "22/22 or 1/65535",
                "22/22,443/80| holds '443/80', which is backwards; write 80/443",
            })
    void refusesImpossiblePortRanges(String text, String problem) throws IOException {
        group(ofPorts(text)).assertFaults("2: Permissions.Permission[0].PortRange: '" + text + "' " + problem.strip());
    }

    @Test
    void refusesPortsOfProtocolsWithoutThem() throws IOException {
        group(ofProtocol("GRE", "\"SourceCidrIp\": \"0.0.0.0/0\", \"PortRange\": \"22/22\""))
                .assertFaults("2: Permissions.Permission[0].PortRange: '22/22' names ports, which GRE has none of;"
                        + " it must be -1/-1");
    }

    @Test
    void asksForThePortsOfTcp() throws IOException {
        group(ofProtocol("TCP", "\"SourceCidrIp\": \"0.0.0.0/0\", \"PortRange\": \"\""))
                .assertFaults("2: Permissions.Permission[0].PortRange: missing; give the ports, such as 22/22");
        group(ofProtocol("TCP", "\"SourceCidrIp\": \"0.0.0.0/0\", \"PortRangeListId\": \"prl-1\""))
                .assertFaults(
                        "2: Permissions.Permission[0].PortRangeListId: 'prl-1' is a port list, whose ports no export"
                                + " holds; write them as PortRange, such as 22/22,443/443");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "101", "-1", "\"0\"", "\"1.0\"", "\"01\"", "\"high\"", "1e1", "99999999999999999999"})
    void refusesPrioritiesOutOfBounds(String priority) throws IOException {
        group(permission(
                        "\"PortRange\": \"22/22\", \"SourceCidrIp\": \"0.0.0.0/0\", \"Policy\": \"drop\", \"Priority\": "
                                + priority))
                .assertFaults("2: Permissions.Permission[0].Priority: '" + priority.replace("\"", "")
                        + "' must be a whole number from 1 to 100");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "100", "\"1\"", "\"100\"", "\"\"", "null"})
    void readsPrioritiesAsNumberOrText(String priority) throws IOException {
        Rule rule = rule(permission(
                "\"PortRange\": \"22/22\", \"SourceCidrIp\": \"0.0.0.0/0\", \"Policy\": \"drop\", \"Priority\": "
                        + priority));
        assertEquals(priority.contains("100") ? 100 : 1, rule.priority());
    }

    @Test
    void takesTheNetworkWhereHostBitsAreSet() throws IOException {
        assertEquals(
                GroupText.prefix("10.1.2.0/24"),
                rule(ofSource("\"SourceCidrIp\": \"10.1.2.3/24\""))
                        .boxes()
                        .getFirst()
                        .source());
        assertEquals(
                GroupText.prefix("10.1.2.3/32"),
                rule(ofSource("\"SourceCidrIp\": \"10.1.2.3\""))
                        .boxes()
                        .getFirst()
                        .source());
        assertEquals(
                GroupText.prefix("2001:db8::/32"),
                rule(ofSource("\"Ipv6SourceCidrIp\": \"2001:db8::1/32\""))
                        .boxes()
                        .getFirst()
                        .source());
    }

    @Test
    void refusesMaskedAndImpossiblePrefixes() throws IOException {
        String written = "is neither an address nor a prefix; write one such as 198.51.100.7, 198.51.100.0/24 or"
                + " 2001:db8::/32";
        group(
                        ofSource("\"Ipv6SourceCidrIp\": \"2001:db8:1233:1a00::***\""),
                        ofSource("\"SourceCidrIp\": \"10.0.0.0/33\""),
                        ofSource("\"SourceCidrIp\": \"10.0.0/8\""),
                        ofSource("\"SourceCidrIp\": \"::/0\""),
                        ofSource("\"Ipv6SourceCidrIp\": \"0.0.0.0/0\""),
                        ofSource("\"SourceCidrIp\": \"10.0.0.0/8\", \"Ipv6SourceCidrIp\": \"::/0\""),
                        ofSource("\"SourceCidrIp\": \"\""),
                        ofSource("\"SourceCidrIp\": [\"10.0.0.0/8\"]"))
                .assertFaults(
                        "2: Permissions.Permission[0].Ipv6SourceCidrIp: '2001:db8:1233:1a00::***' is masked;"
                                + " put the real IPv6 prefix there",
                        "3: Permissions.Permission[1].SourceCidrIp: '10.0.0.0/33' has no length from 0 to 32 after the"
                                + " slash",
                        "4: Permissions.Permission[2].SourceCidrIp: '10.0.0/8' " + written,
                        "5: Permissions.Permission[3].SourceCidrIp: '::/0' is of IPv6; an IPv4 prefix belongs here",
                        "6: Permissions.Permission[4].Ipv6SourceCidrIp: '0.0.0.0/0' is of IPv4; an IPv6 prefix belongs"
                                + " here",
                        "7: Permissions.Permission[5].Ipv6SourceCidrIp: '::/0' stands beside SourceCidrIp; a rule names"
                                + " one of the two",
                        "8: Permissions.Permission[6]: names no source; give one of SourceCidrIp, Ipv6SourceCidrIp,"
                                + " SourceGroupId, SourcePrefixListId",
                        "9: Permissions.Permission[7].SourceCidrIp: is a list; it must be an IPv4 prefix");
    }

    @Test
    void refusesVersionsThatMatchNoPacket() throws IOException {
        group(
                        ofProtocol("ICMP", "\"Ipv6SourceCidrIp\": \"::/0\""),
                        ofProtocol("ICMPv6", "\"SourceCidrIp\": \"0.0.0.0/0\""),
                        ofSource("\"SourceCidrIp\": \"10.0.0.0/8\", \"Ipv6DestCidrIp\": \"::/0\""))
                .assertFaults(
                        "2: Permissions.Permission[0].Ipv6SourceCidrIp: '::/0' is of IPv6, where ICMP has no packets; the"
                                + " protocol must be ICMPv6",
                        "3: Permissions.Permission[1].SourceCidrIp: '0.0.0.0/0' is of IPv4, where ICMPv6 has no packets;"
                                + " the protocol must be ICMP",
                        "4: Permissions.Permission[2]: matches no packet: source and destination are of different IP"
                                + " versions");
    }

    @Test
    void resolvesGroupsAndPrefixLists() throws IOException {
        assertEquals(
                2, rule(ofSource("\"SourceGroupId\": \"sg-office\"")).boxes().size());
        assertEquals(
                GroupText.prefix("2001:db8:2::/48"),
                rule(ofSource("\"SourcePrefixListId\": \"pl-partners\""))
                        .boxes()
                        .get(1)
                        .source());
        assertEquals(
                List.of(),
                rule(ofSource("\"SourcePrefixListId\": \"pl-empty\"")).boxes());
        assertEquals(
                "accept TCP 80/80 from sg-office",
                rule(ofSource("\"SourceGroupId\": \"sg-office\"")).text());
        group(
                        ofSource("\"SourceGroupId\": \"sg-x\", \"SourcePrefixListId\": \"pl-x\""),
                        ofSource("\"SourcePrefixListId\": \"pl-x\""))
                .assertFaults(
                        "2: Permissions.Permission[0].SourceGroupId: 'sg-x' is a name, and nobody said who its members"
                                + " are; name its file in the groups of what it protects, or give members: {sg-x: [CIDR]}"
                                + " in the configuration",
                        "3: Permissions.Permission[1].SourcePrefixListId: 'pl-x' is a name, and nobody said its prefixes;"
                                + " give prefix_lists: {pl-x: [CIDR]} in the configuration");
    }

    @Test
    void refusesWhatItDoesNotKnow() throws IOException {
        group("{\"Direction\": \"in\", \"Policy\": \"reject\", \"IpProtocol\": \"TCP\", \"PortRange\": \"1/1\","
                        + " \"SourceCidrIp\": \"0.0.0.0/0\", \"NicType\": \"eth\", \"SourceCidrIP\": \"\", \"Ttl\": 3}")
                .assertFaults(
                        "2: Permissions.Permission[0].SourceCidrIP: unknown key; did you mean 'SourceCidrIp'? "
                                + KNOWN_KEYS,
                        "2: Permissions.Permission[0].Ttl: unknown key; " + KNOWN_KEYS,
                        "2: Permissions.Permission[0].Direction: 'in' isn't known; it must be one of egress, ingress",
                        "2: Permissions.Permission[0].Policy: 'reject' isn't known; it must be one of accept, drop",
                        "2: Permissions.Permission[0].NicType: 'eth' isn't known; it must be one of internet, intranet");
        group("{}")
                .assertFaults(
                        "2: Permissions.Permission[0].Direction: missing; give ingress or egress",
                        "2: Permissions.Permission[0].Policy: missing; give Accept or Drop",
                        "2: Permissions.Permission[0].IpProtocol: missing; give TCP, UDP, ICMP, ICMPv6, GRE, ALL or a"
                                + " number from 0 to 255");
        group("7")
                .assertFaults("2: Permissions.Permission[0]: '7' is a single value; it must be a block with the keys "
                        + KNOWN_KEYS.substring("known here are ".length()));
    }

    private static final String KNOWN_KEYS =
            "known here are SecurityGroupRuleId, Direction, Policy, Priority, IpProtocol,"
                    + " PortRange, PortRangeListId, SourcePortRange, SourceCidrIp, Ipv6SourceCidrIp, SourceGroupId,"
                    + " SourcePrefixListId, DestCidrIp, Ipv6DestCidrIp, DestGroupId, DestPrefixListId, NicType, Description";

    private Rule rule(String permission) throws IOException {
        return group(permission).rules().groups().getFirst().rules().getFirst();
    }

    /** A group with one permission a line, from the second line on. */
    private GroupText group(String... permissions) {
        return GroupText.of(
                folder,
                "{\"SecurityGroupId\": \"sg-1\", \"VpcId\": \"vpc-1\", \"RegionId\": \"r\", \"InnerAccessPolicy\": \"Accept\","
                        + " \"NextToken\": \"\", \"Permissions\": {\"Permission\": [\n"
                        + String.join(",\n", permissions) + "]}}");
    }

    private static String permission(String fields) {
        return "{\"Direction\": \"ingress\", \"IpProtocol\": \"TCP\", " + fields + "}";
    }

    private static String ofProtocol(String protocol, String fields) {
        return "{\"Direction\": \"ingress\", \"Policy\": \"Accept\", \"IpProtocol\": \"" + protocol + "\", " + fields
                + "}";
    }

    private static String ofPorts(String ports) {
        return permission("\"Policy\": \"Accept\", \"SourceCidrIp\": \"0.0.0.0/0\", \"PortRange\": \"" + ports + "\"");
    }

    private static String ofSource(String source) {
        return permission("\"Policy\": \"Accept\", \"PortRange\": \"80/80\", " + source);
    }
}
