package io.weir.detector.config.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.filter.rule.Direction;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.TargetRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random groups of each kind decide random headers as a reading of their own fields does, without boxes or order. */
class NaiveReadingTest {
    private static final int GROUPS = 60;
    private static final int HEADERS = 400;
    private static final List<String> CIDRS = List.of(
            "0.0.0.0/0",
            "10.0.0.0/8",
            "10.0.0.0/30",
            "10.0.0.1/32",
            "10.0.0.2/31",
            "::/0",
            "2001:db8::/126",
            "2001:db8::1/128");

    @TempDir
    Path folder;

    /** One rule as plain as it gets; {@code type} and {@code code} of ICMP, ports of TCP and UDP. */
    private record Naive(
            boolean isIngress, boolean isAccept, int priority, int protocol, String cidr, int first, int last) {
        /** The far side is the source of ingress and the destination of egress. */
        boolean matches(boolean isIngressPacket, FiveTuple packet) {
            long high = isIngressPacket ? packet.sourceHigh() : packet.destinationHigh();
            long low = isIngressPacket ? packet.sourceLow() : packet.destinationLow();
            boolean isProtocol = protocol == -1 || protocol == packet.protocol();
            boolean isPort = first < 0 || packet.destinationPort() >= first && packet.destinationPort() <= last;
            return isIngress == isIngressPacket
                    && isProtocol
                    && isPort
                    && GroupText.prefix(cidr).contains(high, low);
        }
    }

    @Test
    void alibabaGroupsDecideByPriorityAndDropWinsTies() throws IOException {
        Random random = new Random(61);
        for (int i = 0; i < GROUPS; i++) {
            List<Naive> rules = rules(random, 1 + random.nextInt(4), true, false);
            StringBuilder text = new StringBuilder("{\"VpcId\":\"v\",\"InnerAccessPolicy\":\"Drop\",\"Permissions\":[");
            for (Naive rule : rules) {
                String side = rule.isIngress ? "Source" : "Dest";
                text.append(text.charAt(text.length() - 1) == '[' ? "" : ",")
                        .append("{\"Direction\":\"" + (rule.isIngress ? "ingress" : "egress") + "\",\"Policy\":\""
                                + (rule.isAccept ? "Accept" : "drop") + "\",\"Priority\":\"" + rule.priority
                                + "\",\"IpProtocol\":\"" + (rule.protocol < 0 ? "ALL" : rule.protocol)
                                + "\",\"PortRange\":\"" + (rule.first < 0 ? "-1/-1" : rule.first + "/" + rule.last)
                                + "\",\"" + (rule.cidr.contains(":") ? "Ipv6" : "") + side + "CidrIp\":\"" + rule.cidr
                                + "\"}");
            }
            TargetRules merged = GroupText.of(folder, text + "]}").rules();
            compare(random, merged, false, (isIngress, packet) -> {
                int best = rules.stream()
                        .filter(rule -> rule.matches(isIngress, packet))
                        .mapToInt(Naive::priority)
                        .min()
                        .orElse(0);
                boolean isDropped = rules.stream()
                        .anyMatch(rule -> rule.priority == best && !rule.isAccept && rule.matches(isIngress, packet));
                return best == 0 ? !isIngress : !isDropped;
            });
        }
    }

    @Test
    void awsGroupsAcceptWhatAnyRuleAccepts() throws IOException {
        Random random = new Random(62);
        for (int i = 0; i < GROUPS; i++) {
            List<Naive> rules = rules(random, 1, false, false);
            TargetRules merged = GroupText.of(
                            folder,
                            "{\"GroupId\":\"g\",\"IpPermissions\":[" + aws(rules, true) + "],\"IpPermissionsEgress\":["
                                    + aws(rules, false) + "]}")
                    .rules();
            compare(
                    random,
                    merged,
                    false,
                    (isIngress, packet) -> rules.stream().anyMatch(rule -> rule.matches(isIngress, packet)));
        }
    }

    private static String aws(List<Naive> rules, boolean isIngress) {
        List<String> texts = new ArrayList<>();
        for (Naive rule : rules) {
            if (rule.isIngress == isIngress) {
                boolean isIpv6 = rule.cidr.contains(":");
                texts.add("{\"IpProtocol\":\"" + rule.protocol + "\""
                        + (rule.first < 0 && !Protocols.isIcmp(rule.protocol)
                                ? ""
                                : ",\"FromPort\":" + rule.first + ",\"ToPort\":" + rule.last)
                        + ",\"" + (isIpv6 ? "Ipv6Ranges" : "IpRanges") + "\":[{\""
                        + (isIpv6 ? "CidrIpv6" : "CidrIp") + "\":\"" + rule.cidr + "\"}]}");
            }
        }
        return String.join(",", texts);
    }

    @Test
    void networkAclsDecideByTheSmallestNumber() throws IOException {
        Random random = new Random(63);
        for (int i = 0; i < GROUPS; i++) {
            List<Naive> rules = rules(random, 30_000, true, true);
            List<String> texts = new ArrayList<>();
            for (Naive rule : rules) {
                String ports = Protocols.hasPorts(rule.protocol)
                        ? ",\"PortRange\":{\"From\":" + rule.first + ",\"To\":" + rule.last + "}"
                        : Protocols.isIcmp(rule.protocol) ? ",\"IcmpTypeCode\":{\"Type\":-1,\"Code\":-1}" : "";
                texts.add("{\"RuleNumber\":" + rule.priority + ",\"Egress\":" + !rule.isIngress + ",\"RuleAction\":\""
                        + (rule.isAccept ? "allow" : "deny") + "\",\"Protocol\":\"" + rule.protocol + "\",\""
                        + (rule.cidr.contains(":") ? "Ipv6CidrBlock" : "CidrBlock") + "\":\"" + rule.cidr + "\"" + ports
                        + "}");
            }
            TargetRules merged = GroupText.of(
                            folder, "{\"NetworkAclId\":\"a\",\"Entries\":[" + String.join(",", texts) + "]}")
                    .rules();
            compare(
                    random,
                    merged,
                    true,
                    (isIngress, packet) -> rules.stream()
                            .filter(rule -> rule.matches(isIngress, packet))
                            .min(Comparator.comparingInt(Naive::priority))
                            .map(Naive::isAccept)
                            .orElse(false));
        }
    }

    private interface Oracle {
        boolean accepts(boolean isIngress, FiveTuple packet);
    }

    private static void compare(Random random, TargetRules merged, boolean isAcl, Oracle oracle) {
        for (int i = 0; i < HEADERS; i++) {
            boolean isIngress = random.nextBoolean();
            Direction direction = isIngress ? Direction.INGRESS : Direction.EGRESS;
            FiveTuple packet = packet(random);
            Policy decided = GroupText.decided(
                            isAcl ? merged.aclOf(direction).orElseThrow() : merged.of(direction), packet)
                    .policy();
            assertEquals(oracle.accepts(isIngress, packet) ? Policy.ACCEPT : Policy.DROP, decided, packet::toString);
        }
    }

    private static FiveTuple packet(Random random) {
        boolean isIpv6 = random.nextBoolean();
        String network = isIpv6 ? "2001:db8::" : random.nextInt(4) == 0 ? "192.0.2." : "10.0.0.";
        int protocol = new int[] {1, 6, 17, 47, 58}[random.nextInt(5)];
        return GroupText.tuple(
                protocol,
                network + random.nextInt(6),
                Protocols.hasPorts(protocol) ? random.nextInt(65_536) : 0,
                network + random.nextInt(6),
                Protocols.hasPorts(protocol) ? random.nextInt(1, 12) : random.nextInt(3) << 8);
    }

    private static List<Naive> rules(Random random, int priorities, boolean isDropping, boolean isNumbered) {
        List<Naive> rules = new ArrayList<>();
        for (int i = random.nextInt(1, 12); i > 0; i--) {
            String cidr = CIDRS.get(random.nextInt(CIDRS.size()));
            int icmp = cidr.contains(":") ? 58 : 1;
            int protocol = new int[] {icmp, 6, 17, 47, -1}[random.nextInt(5)];
            int first = Protocols.hasPorts(protocol) ? random.nextInt(1, 10) : -1;
            int last = first < 0 ? -1 : first + random.nextInt(4);
            int priority = isNumbered ? 100 * i + random.nextInt(99) : random.nextInt(priorities) + 1;
            rules.add(new Naive(
                    random.nextBoolean(), !isDropping || random.nextBoolean(), priority, protocol, cidr, first, last));
        }
        return rules;
    }
}
