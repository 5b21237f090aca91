package io.weir.detector.config.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.SecurityGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroupFileTest {
    private static final String ALIBABA = """
            {"SecurityGroupId": "sg-1", "VpcId": "vpc-1", "InnerAccessPolicy": "Drop", "Permissions": {"Permission": [
              {"Direction": "ingress", "IpProtocol": "TCP", "PortRange": "22/22", "SourceCidrIp": "10.0.0.0/8",
               "Policy": "Accept", "Priority": 1, "Description": "\\u00e4"}]}}""";
    private static final String AWS = """
            {"SecurityGroups": [{"GroupId": "sg-1", "IpPermissionsEgress": [], "IpPermissions": [
              {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]}]}""";
    private static final String ACL = """
            {"NetworkAcls": [{"NetworkAclId": "acl-1", "Entries": [
              {"RuleNumber": 100, "Egress": false, "RuleAction": "allow", "Protocol": "6", "CidrBlock": "10.0.0.0/8",
               "PortRange": {"From": 22, "To": 22}}]}]}""";
    private static final String OWN = """
            id: web
            rules:
            - { direction: ingress, policy: accept, protocol: tcp, ports: 22/22, source: [10.0.0.0/8, sg-office] }
            """;

    static final List<String> JSON = List.of(ALIBABA, AWS, ACL);
    static final List<String> ALL = List.of(ALIBABA, AWS, ACL, OWN);
    private static final String KINDS = "it must be what aliyun ecs DescribeSecurityGroupAttribute, aws ec2"
            + " describe-security-groups or aws ec2 describe-network-acls prints, or Weir's own YAML with the key rules";

    @TempDir
    Path folder;

    @ParameterizedTest
    @FieldSource("JSON")
    void refusesEveryTruncation(String text) throws IOException {
        assertEquals(List.of(), GroupText.of(folder, text).faults());
        for (int end = 0; end < text.length(); end++) {
            List<String> faults = GroupText.of(folder, text.substring(0, end)).faults();
            assertEquals(1, faults.size(), faults::toString);
        }
    }

    @Test
    void survivesEveryTruncationOfYaml() throws IOException {
        for (int end = 0; end < OWN.length(); end++) {
            GroupText.of(folder, OWN.substring(0, end)).faults();
        }
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void survivesDamage(String text) throws IOException {
        Random random = new Random(31);
        String alphabet = "{}[],:\"'\\ \n019-/.*truenlax\u0000\ufeff\u00e4";
        for (int i = 0; i < 1_500; i++) {
            StringBuilder damaged = new StringBuilder(text);
            for (int change = random.nextInt(1, 5); change > 0; change--) {
                int at = random.nextInt(damaged.length());
                char character = alphabet.charAt(random.nextInt(alphabet.length()));
                if (random.nextBoolean()) {
                    damaged.setCharAt(at, character);
                } else {
                    damaged.deleteCharAt(at);
                }
            }
            GroupText.of(folder, damaged.toString())
                    .faults()
                    .forEach(fault -> assertFalse(fault.contains("\n"), fault));
        }
    }

    @Test
    void saysWhereTheSyntaxBreaks() throws IOException {
        GroupText.of(folder, "{\"Permissions\":", "  {\"Permission\": [}}")
                .assertFaults("2: can't be read as JSON at column 19: Unexpected close marker '}': expected ']'");
        GroupText.of(folder, "{\"Permissions\": {}", "")
                .assertFaults("2: ends inside a value: the JSON is cut off; export it again");
        GroupText.of(folder, "{}", "{}")
                .assertFaults("2: can't be read as JSON at column 1: a second value starts; put"
                        + " several pages or groups into one list, [ …, … ]");
        GroupText.of(folder, "[".repeat(100_000))
                .assertFaults("1: can't be read as JSON at column 33: more than 32 levels");
        GroupText.of(folder, "").assertFaults("is empty; " + KINDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[{}]", "7", "[7]", "hello", "[[]]", "{\"a\": 1}", "a: 1", "{\"Resources\": {}}"})
    void saysWhatAFileMayHold(String text) throws IOException {
        List<String> faults = GroupText.of(folder, text).faults();
        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.getFirst().endsWith(KINDS), faults::toString);
    }

    @Test
    void refusesOtherCommandsOutputsByName() throws IOException {
        GroupText.of(folder, "{\"SecurityGroupRules\": [{\"SecurityGroupRuleId\": \"sgr-1\"}]}")
                .assertFaults("1: is of aws ec2 describe-security-group-rules, which tells nothing of the group itself;"
                        + " export with aws ec2 describe-security-groups");
        GroupText.of(folder, "{\"SecurityGroups\": {\"SecurityGroup\": []}}")
                .assertFaults("1: is of aliyun ecs DescribeSecurityGroups, which holds no rules; export each group with"
                        + " aliyun ecs DescribeSecurityGroupAttribute");
    }

    @Test
    void refusesDoubledKeys() throws IOException {
        GroupText.of(folder, "{\"Permissions\": [],", "\"Permissions\": []}")
                .assertFaults("2: Permissions: given twice, first on line 1; keep one");
    }

    @Test
    void putsThePagesOfAGroupTogether() throws IOException {
        String first = ALIBABA.replace("\"VpcId\"", "\"NextToken\": \"page2\", \"VpcId\"");
        SecurityGroup group = GroupText.of(folder, "[", first, ",", ALIBABA, "]")
                .rules()
                .groups()
                .getFirst();
        assertEquals(2, group.rules().size());
        assertEquals(
                "[1].Permissions.Permission[0]", group.rules().get(1).origin().place());
        GroupText.of(folder, first)
                .assertFaults("1: NextToken: 'page2' is not empty, so the export is incomplete; export"
                        + " with --MaxResults 1000, and put all pages into one list, [ …, … ]");
        List<SecurityGroup> two = GroupText.of(folder, "[", ALIBABA, ",", ALIBABA.replace("sg-1", "sg-2"), "]")
                .rules()
                .groups();
        assertEquals(2, two.size());
    }

    @Test
    void takesTheTypeThatIsSaid() throws IOException {
        assertEquals(GroupType.BASIC, type(GroupText.of(folder, ALIBABA)));
        assertEquals(GroupType.ENTERPRISE, type(GroupText.of(folder, ALIBABA).as(GroupType.ENTERPRISE)));
        String said = ALIBABA.replace("\"VpcId\"", "\"SecurityGroupType\": \"enterprise\", \"VpcId\"");
        assertEquals(GroupType.ENTERPRISE, type(GroupText.of(folder, said)));
        GroupText.of(folder, said)
                .as(GroupType.BASIC)
                .assertFaults(
                        "1: is an enterprise group by its SecurityGroupType, not a basic group; leave the type out");
    }

    private static GroupType type(GroupText text) throws IOException {
        return text.rules().groups().getFirst().type();
    }

    @Test
    void countsTheNetworkCardInTheClassicNetworkOnly() throws IOException {
        String both = "{\"VpcId\": \"%s\", \"Permissions\": ["
                + "{\"NicType\": \"internet\", \"Direction\": \"ingress\", \"Policy\": \"drop\", \"IpProtocol\": \"all\","
                + " \"SourceCidrIp\": \"0.0.0.0/0\"},"
                + "{\"NicType\": \"intranet\", \"Direction\": \"ingress\", \"Policy\": \"accept\", \"IpProtocol\": \"all\","
                + " \"SourceCidrIp\": \"0.0.0.0/0\"}]}";
        assertEquals(
                2,
                GroupText.of(folder, both.formatted("vpc-1"))
                        .rules()
                        .groups()
                        .getFirst()
                        .rules()
                        .size());
        GroupText.of(folder, both.formatted(""))
                .assertFaults("1: is of the classic network (VpcId is empty) and holds rules of both network cards"
                        + " (NicType); say which card is meant: {file: group.file, nic: internet | intranet}");
        assertEquals(
                1,
                GroupText.of(
                                folder,
                                both.formatted("")
                                        .replace("internet", "intranet")
                                        .replaceFirst("\\{\"NicType.*?},", ""))
                        .rules()
                        .groups()
                        .getFirst()
                        .rules()
                        .size());
    }
}
