package io.weir.filter.match;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleOrigin;
import io.weir.filter.rule.RuleSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Random rule sets over so few different values that every packet that matters can be tried: IPv4 addresses differ in
 * their last three bits, IPv6 in bits around the middle, ports and protocols are a handful.
 */
final class SmallRules {
    private static final int[] PORTS = {0, 1, 22, 23, 65_534, 65_535};
    private static final int[] PROTOCOLS = {0, 1, 6, 47, 58, 132, 255};
    private static final int ADDRESS_BITS = 3;

    private final Random random;

    SmallRules(long seed) {
        random = new Random(seed);
    }

    RuleSet next() {
        int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 50 : 9);
        int priorities = 1 + random.nextInt(6);
        int width = random.nextInt(4);
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<RuleBox> boxes = new ArrayList<>();
            int boxCount = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(random.nextInt(3) == 0 ? 3 : 1);
            for (int box = 0; box < boxCount; box++) {
                boxes.add(box(width));
            }
            rules.add(new Rule(
                    new RuleOrigin("small.yaml", "group-" + random.nextInt(2), "rules[" + i + "]"),
                    "",
                    Direction.INGRESS,
                    random.nextBoolean() ? Policy.ACCEPT : Policy.DROP,
                    1 + random.nextInt(priorities),
                    boxes,
                    ""));
        }
        // As security groups are merged: by priority, and of one priority what drops first.
        rules.sort(Comparator.comparingInt(Rule::priority).thenComparing(rule -> rule.policy() == Policy.ACCEPT));
        rules.add(defaultRule(random.nextBoolean() ? Policy.ACCEPT : Policy.DROP));
        return new RuleSet(Direction.INGRESS, rules);
    }

    static Rule defaultRule(Policy policy) {
        IpPrefix all4 = new IpPrefix(4, 0, IpAddress.IPV4_MAPPED, 0);
        IpPrefix all6 = new IpPrefix(6, 0, 0, 0);
        return new Rule(
                new RuleOrigin("", "sg-1", "default"),
                "",
                Direction.INGRESS,
                policy,
                Integer.MAX_VALUE,
                List.of(
                        new RuleBox(all4, all4, PortRange.ANY, PortRange.ANY, RuleBox.ANY_PROTOCOL),
                        new RuleBox(all6, all6, PortRange.ANY, PortRange.ANY, RuleBox.ANY_PROTOCOL)),
                "");
    }

    /** @param width how much a box leaves open: nothing in particular at 0, nearly all at 3 */
    private RuleBox box(int width) {
        boolean isIpv6 = random.nextInt(3) == 0;
        int protocol = random.nextInt(4) < width
                ? RuleBox.ANY_PROTOCOL
                : PROTOCOLS[random.nextInt(4) > 0 ? 2 : random.nextInt(PROTOCOLS.length)];
        return new RuleBox(prefix(isIpv6, width), prefix(isIpv6, width), ports(width + 2), ports(width), protocol);
    }

    private IpPrefix prefix(boolean isIpv6, int width) {
        int bits = isIpv6 ? 128 : 32;
        if (random.nextInt(5) < width) {
            return new IpPrefix(isIpv6 ? 6 : 4, 0, isIpv6 ? 0 : IpAddress.IPV4_MAPPED, 0);
        }
        int kept = random.nextInt(ADDRESS_BITS + 1);
        int number = random.nextInt(1 << ADDRESS_BITS) >>> ADDRESS_BITS - kept << ADDRESS_BITS - kept;
        return isIpv6
                ? new IpPrefix(6, ipv6High(number), ipv6Low(number), kept == 0 ? 62 : 62 + kept)
                : new IpPrefix(4, 0, IpAddress.mapped(0x0a000000 | number), bits - ADDRESS_BITS + kept);
    }

    /** The three bits lie across the middle: 62 and 63 of the high half, the first of the low one. */
    private static long ipv6High(int number) {
        return 0x20010db8_00000000L | number >>> 1;
    }

    private static long ipv6Low(int number) {
        return (long) number << 63;
    }

    private PortRange ports(int width) {
        if (random.nextInt(5) < width) {
            return PortRange.ANY;
        }
        int one = PORTS[random.nextInt(PORTS.length)];
        int other = random.nextBoolean() ? one : PORTS[random.nextInt(PORTS.length)];
        return new PortRange(Math.min(one, other), Math.max(one, other));
    }

    /** One packet of each kind that such rules can tell apart. */
    static List<FiveTuple> packets() {
        List<FiveTuple> packets = new ArrayList<>();
        for (int source = 0; source <= 1 << ADDRESS_BITS; source++) {
            for (int destination = 0; destination <= 1 << ADDRESS_BITS; destination++) {
                for (int protocol : new int[] {0, 1, 2, 6, 47, 58, 132, 255}) {
                    addPackets(packets, source, destination, protocol);
                }
            }
        }
        return packets;
    }

    private static void addPackets(List<FiveTuple> packets, int source, int destination, int protocol) {
        boolean hasPorts = protocol == 6 || protocol == 132;
        boolean hasTypes = protocol == 1 || protocol == 58;
        int[] all = {0, 1, 2, 22, 23, 24, 65_534, 65_535};
        for (int sourcePort : hasPorts ? all : new int[] {0}) {
            for (int destinationPort : hasPorts || hasTypes ? all : new int[] {0}) {
                packets.add(
                        new FiveTuple(0, ipv4(source), 0, ipv4(destination), sourcePort, destinationPort, protocol));
                packets.add(new FiveTuple(
                        ipv6(source),
                        ipv6Low(source),
                        ipv6(destination),
                        ipv6Low(destination),
                        sourcePort,
                        destinationPort,
                        protocol));
            }
        }
    }

    /** The ninth address is none of those that rules name. */
    private static long ipv4(int number) {
        return number == 1 << ADDRESS_BITS ? IpAddress.mapped(0x0b000000) : IpAddress.mapped(0x0a000000 | number);
    }

    private static long ipv6(int number) {
        return number == 1 << ADDRESS_BITS ? 0x20020db8_00000000L : ipv6High(number);
    }
}
