package io.weir.detector.config;

import static io.weir.detector.config.ConfigAssertions.assertFaults;
import static io.weir.detector.config.ConfigAssertions.lines;
import static io.weir.detector.config.ConfigAssertions.loaded;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.fault.Fault;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleSet;
import io.weir.filter.rule.SecurityGroup;
import io.weir.filter.rule.TargetRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupsReaderTest {
    private static final int TCP = 6;

    @TempDir
    Path folder;

    @BeforeEach
    void writeGroups() throws IOException {
        write(
                "web.yaml",
                "id: sg-web",
                "rules:",
                "- { direction: ingress, policy: accept, protocol: tcp, ports: 80/80, source: any }");
        write(
                "db.json",
                "{\"SecurityGroupId\": \"sg-db\", \"VpcId\": \"vpc-1\", \"InnerAccessPolicy\": \"Drop\", \"Permissions\": [",
                "{\"Direction\": \"ingress\", \"Policy\": \"Accept\", \"IpProtocol\": \"TCP\", \"PortRange\": \"3306/3306\",",
                " \"SourceGroupId\": \"sg-web\"}]}");
    }

    @Test
    void resolvesASourceGroupToThePrefixesThatItProtects() throws IOException {
        WeirConfig config = loaded(
                folder,
                "protect:",
                "- { prefix: 198.51.100.0/24, groups: [web.yaml] }",
                "- { prefix: 198.51.100.64/26 }",
                "- { prefix: 192.0.2.0/28, groups: [db.json] }");
        RuleSet ingress = rules(config, 2).ingress();
        assertEquals(Policy.ACCEPT, policy(ingress, "198.51.100.1", "192.0.2.1", 3306));
        assertEquals(Policy.DROP, policy(ingress, "198.51.100.65", "192.0.2.1", 3306));
        assertEquals(Policy.ACCEPT, policy(ingress, "198.51.100.128", "192.0.2.1", 3306));
        assertEquals(Policy.DROP, policy(ingress, "198.51.101.1", "192.0.2.1", 3306));
        assertEquals(Optional.empty(), config.protect().get(1).rules());
        assertEquals(List.of(), config.unusedNames());
    }

    @Test
    void takesMembersAndPrefixListsAsTheyAreStated() throws IOException {
        WeirConfig config = loaded(
                folder,
                "protect:",
                "- { prefix: 198.51.100.0/24, groups: [web.yaml] }",
                "- { prefix: 192.0.2.0/28, groups: [db.json] }",
                "members: { sg-web: [203.0.113.0/28, '2001:db8::/64'], sg-unknown: [] }",
                "prefix_lists: { pl-1: [10.0.0.0/8] }");
        RuleSet ingress = rules(config, 1).ingress();
        assertEquals(Policy.DROP, policy(ingress, "198.51.100.1", "192.0.2.1", 3306));
        assertEquals(Policy.ACCEPT, policy(ingress, "203.0.113.1", "192.0.2.1", 3306));
        assertEquals(List.of("members.sg-unknown", "prefix_lists.pl-1"), config.unusedNames());
    }

    @Test
    void letsMembersReachEachOther() throws IOException {
        WeirConfig config = loaded(folder, "protect: [{ prefix: 198.51.100.0/24, groups: [web.yaml] }]");
        RuleSet ingress = rules(config, 0).ingress();
        assertEquals(Policy.ACCEPT, policy(ingress, "198.51.100.1", "198.51.100.2", 22));
        assertEquals(Policy.DROP, policy(ingress, "198.51.101.1", "198.51.100.2", 22));
        assertEquals(Policy.ACCEPT, policy(ingress, "198.51.101.1", "198.51.100.2", 80));
        assertEquals(Policy.ACCEPT, policy(rules(config, 0).egress(), "198.51.100.2", "203.0.113.1", 25));
    }

    @Test
    void takesTypeAndIdsOfAFile() throws IOException {
        write(
                "aws.json",
                "[{\"GroupId\": \"sg-1\", \"IpPermissions\": [], \"IpPermissionsEgress\": []},",
                " {\"GroupId\": \"sg-2\", \"IpPermissions\": [], \"IpPermissionsEgress\": []},",
                " {\"GroupId\": \"sg-3\", \"IpPermissions\": [], \"IpPermissionsEgress\": []}]");
        WeirConfig config = loaded(
                folder,
                "protect:",
                "- prefix: 198.51.100.0/24",
                "  groups:",
                "  - { file: web.yaml, type: enterprise }",
                "  - { file: aws.json, id: sg-2 }",
                "  - { file: aws.json, id: [sg-3] }",
                "  - { file: db.json, nic: internet }");
        assertEquals(
                List.of("sg-web", "sg-2", "sg-3", "sg-db"),
                rules(config, 0).groups().stream().map(SecurityGroup::id).toList());
        assertEquals(GroupType.ENTERPRISE, rules(config, 0).groups().getFirst().type());
        assertEquals(
                folder.resolve("web.yaml").toString(),
                rules(config, 0).groups().getFirst().file());
        assertEquals(Policy.DROP, policy(rules(config, 0).egress(), "198.51.100.1", "203.0.113.1", 443));
    }

    @Test
    void neverLocksAdministratorsOut() throws IOException {
        write(
                "shut.yaml",
                "type: enterprise",
                "rules:",
                "- { direction: ingress, policy: drop, protocol: all, source: any }");
        write("acl.yaml", "type: network_acl", "rules: []");
        WeirConfig config = loaded(
                folder,
                "protect: [{ prefix: 198.51.100.0/24, groups: [shut.yaml, acl.yaml] }]",
                "management: [192.0.2.0/28, { prefix: '2001:db8::/64', ports: [22, 8022] }]");
        TargetRules rules = rules(config, 0);
        for (RuleSet ingress : List.of(rules.ingress(), rules.aclIngress().orElseThrow())) {
            assertEquals(Policy.ACCEPT, policy(ingress, "192.0.2.1", "198.51.100.1", 22));
            assertEquals(Policy.DROP, policy(ingress, "192.0.2.1", "198.51.100.1", 8022));
            assertEquals(Policy.ACCEPT, policy(ingress, "2001:db8::1", "2001:db8:1::1", 8022));
            assertEquals(Policy.DROP, policy(ingress, "192.0.2.16", "198.51.100.1", 22));
            assertEquals("management", ingress.rules().getFirst().origin().group());
        }
        for (RuleSet egress : List.of(rules.egress(), rules.aclEgress().orElseThrow())) {
            assertEquals(
                    Policy.ACCEPT,
                    egress.rules()
                            .get(decide(egress, "198.51.100.1", 22, "192.0.2.1", 4242))
                            .policy());
            assertEquals(
                    Policy.DROP,
                    egress.rules()
                            .get(decide(egress, "198.51.100.1", 23, "192.0.2.1", 4242))
                            .policy());
        }
    }

    @Test
    void listsTheFaultsOfTheConfigurationAndOfEveryFile() throws IOException {
        write(
                "bad.yaml",
                "rules:",
                "- { direction: ingress, policy: accept, protocol: tcp, ports: 200/1, source: any }");
        Path file = folder.resolve("weir.yaml");
        Files.writeString(file, """
                protect:
                - { prefix: 198.51.100.0/24, groups: [bad.yaml, missing.yaml, web.yaml, web.yaml] }
                - { prefix: 192.0.2.0/28, groups: [db.json, bad.yaml, { file: web.yaml, id: sg-x }] }
                - { prefix: 192.0.2.0/29, groups: [] }
                - { prefix: 192.0.2.0/30, groups: [{ type: normal, nic: eth0 }, { file: '' }, 7: 8] }
                members: [sg-1]
                prefix_lists: { pl-1: 10.0.0.0/8, pl-2: [10.0.0.1/8], pl-2: [] }
                """);
        ConfigResult.Rejected rejected = (ConfigResult.Rejected) ConfigReader.read(file);
        assertEquals(
                """
                weir.yaml:2: protect[0].groups[3]: 'web.yaml' stands in the list twice; keep one
                weir.yaml:4: protect[2].groups: is empty; it must be a list of files such as [web.json], or of {file: web.json, \
                type: enterprise}, or left out to accept everything
                weir.yaml:5: protect[3].groups[0].file: missing; give the path of a file of groups
                weir.yaml:5: protect[3].groups[0].type: 'normal' isn't known; it must be one of basic, enterprise
                weir.yaml:5: protect[3].groups[0].nic: 'eth0' isn't known; it must be one of internet, intranet
                weir.yaml:5: protect[3].groups[1].file: is empty; it must be the path of a file
                weir.yaml:5: protect[3].groups[2].7: unknown key; known here are file, type, nic, id
                weir.yaml:5: protect[3].groups[2].file: missing; give the path of a file of groups
                weir.yaml:6: members: is a list; it must be a block of ids, each with a list of prefixes such as [192.0.2.0/28]
                weir.yaml:7: prefix_lists.pl-2: given twice; keep one
                weir.yaml:7: prefix_lists.pl-1: '10.0.0.0/8' is a single value; it must be a list of prefixes such as \
                [192.0.2.0/28]
                weir.yaml:7: prefix_lists.pl-2[0]: '10.0.0.1/8' has host bits; 10.0.0.0/8 is the prefix
                bad.yaml:2: rules[0].ports: '200/1' is backwards; write 1/200
                missing.yaml: doesn't exist; give the path of a file of security groups
                web.yaml:1: 'sg-x' isn't in the file; it holds sg-web""",
                String.join(
                        "\n",
                        rejected.faults().stream()
                                .map(Fault::toString)
                                .map(text -> text.substring(folder.toString().length() + 1))
                                .toList()));
    }

    @Test
    void appliesGroupsOfTheCommandLineWhereThereAreNoneYet() throws IOException {
        Path config = write(
                "weir.yaml", "protect: [{ prefix: 192.0.2.0/28, groups: [db.json] }, { prefix: 198.51.100.0/24 }]");
        WeirConfig both = loadedWith(Optional.of(config), List.of("10.0.0.0/8", "192.0.2.0/28"), "web.yaml");
        assertEquals(
                List.of("sg-db", "sg-web", "sg-web"),
                both.protect().stream()
                        .map(entry ->
                                entry.rules().orElseThrow().groups().getFirst().id())
                        .toList());
        assertEquals(Optional.empty(), both.rules());
        WeirConfig alone = loadedWith(Optional.empty(), List.of(), "web.yaml");
        RuleSet ingress = alone.rules().orElseThrow().ingress();
        assertEquals(List.of(), alone.protect());
        assertEquals(Policy.ACCEPT, policy(ingress, "203.0.113.1", "192.0.2.1", 80));
        // Who its members are nobody said, so that nobody is taken for one.
        assertEquals(Policy.DROP, policy(ingress, "203.0.113.1", "192.0.2.1", 22));
        assertEquals(WeirConfig.DEFAULT, loadedWith(Optional.empty(), List.of()));
    }

    @Test
    void saysThatNobodyKnowsTheMembers() {
        ConfigResult result = ConfigReader.read(Optional.empty(), List.of(), List.of(folder.resolve("db.json")));
        String fault = ((ConfigResult.Rejected) result).faults().getFirst().toString();
        assertTrue(
                fault.contains("db.json:3: Permissions[0].SourceGroupId: 'sg-web' is a name, and nobody said"), fault);
        assertTrue(fault.endsWith("give members: {sg-web: [CIDR]} in the configuration"), fault);
    }

    @Test
    void keepsToTheFaultsWhereTheGroupsFileIsWrong() throws IOException {
        assertFaults(
                folder,
                lines("protect: [{ prefix: 10.0.0.1, groups: web.yaml }]"),
                "1: protect[0].groups: 'web.yaml' is a single value; it must be a list of files such as [web.json], or of"
                        + " {file: web.json, type: enterprise}");
    }

    private WeirConfig loadedWith(Optional<Path> config, List<String> protect, String... groups) {
        List<IpPrefix> prefixes = protect.stream()
                .map(text -> ((IpPrefix.Parsed.Valid) IpPrefix.parse(text)).prefix())
                .toList();
        List<Path> files = List.of(groups).stream().map(folder::resolve).toList();
        return switch (ConfigReader.read(config, prefixes, files)) {
            case ConfigResult.Loaded loaded -> loaded.config();
            case ConfigResult.Rejected rejected -> fail(rejected.faults().toString());
        };
    }

    private Path write(String name, String... lines) throws IOException {
        return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    }

    private static TargetRules rules(WeirConfig config, int entry) {
        return config.protect().get(entry).rules().orElseThrow();
    }

    private static Policy policy(RuleSet rules, String source, String destination, int port) {
        Rule rule = rules.rules().get(decide(rules, source, 4242, destination, port));
        return rule.policy();
    }

    private static int decide(RuleSet rules, String source, int sourcePort, String destination, int port) {
        long[] from = new long[2];
        long[] to = new long[2];
        assertTrue(IpAddress.parse(source, from) && IpAddress.parse(destination, to));
        return rules.decide(new FiveTuple(from[0], from[1], to[0], to[1], sourcePort, port, TCP));
    }
}
