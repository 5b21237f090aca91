package io.weir.detector.config.group;

import static io.weir.detector.config.group.GroupText.decided;
import static io.weir.detector.config.group.GroupText.tuple;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.filter.address.PortRange;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.SecurityGroup;
import io.weir.filter.rule.TargetRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AwsGroupTest {
    private static final String ANYWHERE = "\"IpRanges\": [{\"CidrIp\": \"0.0.0.0/0\"}]";

    @TempDir
    Path folder;

    @Test
    void readsEveryFieldOfAGroup() throws IOException {
        TargetRules rules = GroupText.of(folder, """
                {"SecurityGroups": [
                 {"Description": "d", "GroupName": "web", "OwnerId": "123456789012", "GroupId": "sg-1", "VpcId": "vpc-1",
                  "Tags": [{"Key": "a", "Value": "b"}], "SecurityGroupArn": "arn:aws:ec2:r:1:security-group/sg-1",
                  "IpPermissions": [
                   {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 443,
                    "IpRanges": [{"CidrIp": "192.0.2.0/24", "Description": "lab"}, {"CidrIp": "198.51.100.7/32"}],
                    "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32", "Description": "v6"}],
                    "PrefixListIds": [{"PrefixListId": "pl-partners", "Description": "p"}],
                    "UserIdGroupPairs": [{"GroupId": "sg-office", "UserId": "123456789012", "GroupName": "o",
                     "Description": "desk", "VpcId": "vpc-1", "VpcPeeringConnectionId": "pcx-1",
                     "PeeringStatus": "active"}]}],
                  "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [],
                   "PrefixListIds": [], "UserIdGroupPairs": []}]},
                 {"GroupId": "sg-2", "IpPermissions": [], "IpPermissionsEgress": []}]}""").rules();
        SecurityGroup group = rules.groups().getFirst();
        assertEquals(
                List.of("sg-1", "sg-2"),
                rules.groups().stream().map(SecurityGroup::id).toList());
        assertEquals(GroupType.ALLOW_ONLY, group.type());
        assertEquals(
                List.of(
                        "accept TCP 80/443 from 192.0.2.0/24",
                        "accept TCP 80/443 from 198.51.100.7/32",
                        "accept TCP 80/443 from 2001:db8::/32",
                        "accept TCP 80/443 from pl-partners",
                        "accept TCP 80/443 from sg-office",
                        "accept ALL to 0.0.0.0/0"),
                group.rules().stream().map(Rule::text).toList());
        assertEquals(
                List.of("lab", "", "v6", "p", "desk", ""),
                group.rules().stream().map(Rule::description).toList());
        assertEquals(
                "SecurityGroups[0].IpPermissions[0].UserIdGroupPairs[0]",
                group.rules().get(4).origin().place());
        assertEquals(
                Policy.ACCEPT,
                decided(rules.ingress(), tuple(6, "10.1.2.3", 1, "10.0.0.1", 443))
                        .policy());
        assertEquals(
                Policy.DROP,
                decided(rules.ingress(), tuple(6, "10.2.2.3", 1, "10.0.0.1", 443))
                        .policy());
        assertEquals(
                Policy.ACCEPT,
                decided(rules.egress(), tuple(17, "10.0.0.1", 1, "10.2.2.3", 53))
                        .policy());
        assertEquals(
                Policy.DROP,
                decided(rules.egress(), tuple(17, "2001:db8::1", 1, "2001:db8::2", 53))
                        .policy());
    }

    @ParameterizedTest
    @CsvSource({
        "tcp, 0, 65535, 0, 65535",
        "6, 22, 22, 22, 22",
        "udp, 53, 53, 53, 53",
        "17, 65535, 65535, 65535, 65535",
        "icmp, -1, -1, 0, 65535",
        "icmp, 8, -1, 2048, 2303",
        "icmp, 8, 0, 2048, 2048",
        "1, 3, 4, 772, 772",
        "icmp, 255, 255, 65535, 65535",
        "icmpv6, 128, 0, 32768, 32768",
        "58, -1, -1, 0, 65535",
        "-1, 22, 22, 0, 65535",
        "50, 22, 22, 0, 65535",
    })
    void readsPortsTypesAndCodes(String protocol, String from, String to, int first, int last) throws IOException {
        RuleBox box = box(permission(protocol, "\"FromPort\": " + from + ", \"ToPort\": " + to + ", " + ANYWHERE));
        assertEquals(new PortRange(first, last), box.destinationPorts());
    }

    @Test
    void needsNoPortsWhereTheCloudWritesNone() throws IOException {
        for (String protocol : List.of("-1", "icmpv6", "58", "50", "255")) {
            assertEquals(PortRange.ANY, box(permission(protocol, ANYWHERE)).destinationPorts());
        }
        assertEquals(-1, box(permission("-1", ANYWHERE)).protocol());
        assertEquals(50, box("{\"IpProtocol\": 50, " + ANYWHERE + "}").protocol());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tcp|-1|-1|FromPort: '-1' must be a whole number from 0 to 65535",
                "tcp|0|65536|ToPort: '65536' must be a whole number from 0 to 65535",
                "tcp|443|80|ToPort: '80' is below FromPort, 443",
                "tcp|1.5|80|FromPort: '1.5' must be a whole number from 0 to 65535",
                "icmp|256|0|FromPort: '256' must be a whole number from -1 to 255",
                "icmp|-2|0|FromPort: '-2' must be a whole number from -1 to 255",
                "icmp|-1|0|ToPort: '0' names a code of all types; it must be -1",
                "icmpv6|1|256|ToPort: '256' must be a whole number from -1 to 255",
                "icmp|null|0|FromPort: missing; give the ICMP type, -1 for all",
            })
    void refusesImpossiblePorts(String protocol, String from, String to, String problem) throws IOException {
        List<String> faults = group(
                        permission(protocol, "\"FromPort\": " + from + ", \"ToPort\": " + to + ", " + ANYWHERE))
                .faults();
        assertEquals("2: SecurityGroups[0].IpPermissions[0]." + problem, faults.getFirst());
    }

    @Test
    void listsTheFaultsOfARule() throws IOException {
        group(
                        permission("tcp", ANYWHERE),
                        permission("256", ANYWHERE),
                        permission("-1", "\"IpRanges\": []"),
                        permission("-1", "\"IpRanges\": [{\"CidrIpv6\": \"::/0\"}, {\"CidrIp\": \"::/0\"}]"),
                        permission("-1", "\"UserIdGroupPairs\": [{\"GroupName\": \"web\"}, {\"GroupId\": \"sg-x\"}]"),
                        permission("-1", "\"PrefixListIds\": [{\"PrefixListId\": \"pl-x\"}], \"Ranges\": []"))
                .assertFaults(
                        "2: SecurityGroups[0].IpPermissions[0].FromPort: missing; give the first port",
                        "2: SecurityGroups[0].IpPermissions[0].ToPort: missing; give the last port",
                        "3: SecurityGroups[0].IpPermissions[1].IpProtocol: '256' is no protocol; it must be -1 for all, tcp,"
                                + " udp, icmp, icmpv6 or a number from 0 to 255",
                        "4: SecurityGroups[0].IpPermissions[2]: names no source; give one of IpRanges, Ipv6Ranges,"
                                + " PrefixListIds, UserIdGroupPairs",
                        "5: SecurityGroups[0].IpPermissions[3].IpRanges[0].CidrIpv6: unknown key; did you mean 'CidrIp'?"
                                + " known here are CidrIp, Description",
                        "5: SecurityGroups[0].IpPermissions[3].IpRanges[0].CidrIp: missing; give its value",
                        "5: SecurityGroups[0].IpPermissions[3].IpRanges[1].CidrIp: '::/0' is of IPv6; an IPv4 prefix"
                                + " belongs here",
                        "6: SecurityGroups[0].IpPermissions[4].UserIdGroupPairs[0].GroupId: missing; give its value",
                        "6: SecurityGroups[0].IpPermissions[4].UserIdGroupPairs[1].GroupId: 'sg-x' is a name, and nobody"
                                + " said who its members are; name its file in the groups of what it protects, or give"
                                + " members: {sg-x: [CIDR]} in the configuration",
                        "7: SecurityGroups[0].IpPermissions[5].Ranges: unknown key; did you mean 'IpRanges'?"
                                + " known here are"
                                + " IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs",
                        "7: SecurityGroups[0].IpPermissions[5].PrefixListIds[0].PrefixListId: 'pl-x' is a name, and nobody"
                                + " said its prefixes; give prefix_lists: {pl-x: [CIDR]} in the configuration");
    }

    @Test
    void readsOneGroupOrAListOfThemAsAQueryPrintsThem() throws IOException {
        String one = "{\"GroupId\": \"sg-1\", \"IpPermissions\": [], \"IpPermissionsEgress\": []}";
        assertEquals(1, GroupText.of(folder, one).rules().groups().size());
        assertEquals(
                2,
                GroupText.of(folder, "[", one, ",", one, "]").rules().groups().size());
        assertEquals(
                2,
                GroupText.of(folder, "[{\"SecurityGroups\": [", one, "]}, {\"SecurityGroups\": [", one, "]}]")
                        .rules()
                        .groups()
                        .size());
        // aws … --output yaml
        assertEquals(
                "sg-1",
                GroupText.of(
                                folder,
                                "SecurityGroups:",
                                "- GroupId: sg-1",
                                "  IpPermissions: []",
                                "  IpPermissionsEgress: []")
                        .rules()
                        .groups()
                        .getFirst()
                        .id());
    }

    @Test
    void refusesWhatIsIncomplete() throws IOException {
        GroupText.of(folder, "{\"SecurityGroups\": [],", "\"NextToken\": \"abc\"}")
                .assertFaults(
                        "1: holds no group; it must be what aliyun ecs DescribeSecurityGroupAttribute, aws ec2"
                                + " describe-security-groups or aws ec2 describe-network-acls prints, or Weir's own YAML with"
                                + " the key rules",
                        "2: NextToken: 'abc' is not empty, so the export is incomplete; export all pages");
        GroupText.of(folder, "{\"GroupId\": \"sg-1\", \"IpPermissions\": []}")
                .assertFaults("1: IpPermissionsEgress: missing; give the list of egress rules, [] for none");
    }

    @Test
    void refusesATypeThatItsFileContradicts() throws IOException {
        GroupText.of(folder, "{\"GroupId\": \"sg-1\", \"IpPermissions\": [], \"IpPermissionsEgress\": []}")
                .as(GroupType.ENTERPRISE)
                .assertFaults("1: is an allow-only group, not an enterprise group; leave the type out");
    }

    private RuleBox box(String permission) throws IOException {
        return group(permission)
                .rules()
                .groups()
                .getFirst()
                .rules()
                .getFirst()
                .boxes()
                .getFirst();
    }

    /** A group with one permission a line, from the second line on. */
    private GroupText group(String... permissions) {
        return GroupText.of(
                folder,
                "{\"SecurityGroups\": [{\"GroupId\": \"sg-1\", \"IpPermissions\": [\n" + String.join(",\n", permissions)
                        + "], \"IpPermissionsEgress\": []}]}");
    }

    private static String permission(String protocol, String fields) {
        return "{\"IpProtocol\": \"" + protocol + "\", " + fields + "}";
    }
}
