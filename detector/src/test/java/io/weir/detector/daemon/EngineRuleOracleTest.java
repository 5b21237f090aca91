package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.View;
import io.weir.detector.flood.Thresholds;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.flow.FlowTimeouts;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleOrigin;
import io.weir.filter.rule.RuleSet;
import io.weir.filter.rule.SecurityGroup;
import io.weir.filter.rule.TargetRules;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What opens something gets the verdict, by the rule, that trying one rule after the other gives. */
final class EngineRuleOracleTest {
    private static final int PACKETS = 4_000;
    private static final int FRAME_BYTES = 256;
    private static final int[] PROTOCOLS = {
        IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMP, IpProtocol.ICMPV6, IpProtocol.GRE, RuleBox.ANY_PROTOCOL
    };
    private static final int[] PORTS = {0, 22, 23, 80, 443, 2_048, 32_768, 65_535};

    private final PacketBatch batch = new PacketBatch();
    private final FrameBuilder builder = new FrameBuilder();
    private final List<FiveTuple> packets = new ArrayList<>();
    private final int[] lengths = new int[PACKETS];

    EngineRuleOracleTest() {
        batch.frames = Arena.ofAuto().allocate((long) PACKETS * FRAME_BYTES);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 256})
    void theRuleThatDecidesIsTheFirstThatMatches(int batchSize) {
        for (int seed = 0; seed < 3; seed++) {
            Random random = new Random(seed);
            ProtectedPrefix four = protect(new IpPrefix(4, 0, IpAddress.mapped(0xc633_6400), 24), random);
            ProtectedPrefix six = protect(new IpPrefix(6, Settings.TARGET_V6_HIGH, 0, 64), random);
            build(random);
            judge(batchSize, four, six);
        }
    }

    private static ProtectedPrefix protect(IpPrefix prefix, Random random) {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            rules.add(rule(i, prefix, random));
        }
        GroupType type = random.nextBoolean() ? GroupType.BASIC : GroupType.ENTERPRISE;
        SecurityGroup group = new SecurityGroup("web.json", "sg-web", type, false, rules);
        return new ProtectedPrefix(
                prefix,
                View.BOTH,
                Thresholds.UNLIMITED,
                Thresholds.UNLIMITED,
                Optional.of(TargetRules.of(List.of(group), List.of(prefix), List.of())));
    }

    private static Rule rule(int number, IpPrefix near, Random random) {
        Direction direction = random.nextBoolean() ? Direction.INGRESS : Direction.EGRESS;
        IpPrefix own = random.nextBoolean() ? near : near.version() == 4 ? IpPrefix.ANY_IPV4 : IpPrefix.ANY_IPV6;
        IpPrefix far = far(near.version(), random);
        boolean isIngress = direction == Direction.INGRESS;
        int protocol = PROTOCOLS[random.nextInt(PROTOCOLS.length)];
        RuleBox box = new RuleBox(isIngress ? far : own, isIngress ? own : far, range(random), range(random), protocol);
        Policy policy = random.nextBoolean() ? Policy.ACCEPT : Policy.DROP;
        return new Rule(
                new RuleOrigin("web.json", "sg-web", "rules[" + number + "]"),
                "",
                direction,
                policy,
                1 + random.nextInt(100),
                List.of(box),
                "");
    }

    private static IpPrefix far(int version, Random random) {
        int length = random.nextInt(4) * 8;
        if (version == 4) {
            int bits = length == 0 ? 0 : farAddress(random) & -1 << 32 - length;
            return new IpPrefix(4, 0, IpAddress.mapped(bits), length);
        }
        long bits = length == 0 ? 0 : farHigh(random) & -1L << 64 - length;
        return new IpPrefix(6, bits, 0, length);
    }

    /** Few different bits, so that rules and packets meet. */
    private static int farAddress(Random random) {
        return (10 + random.nextInt(3)) << 24 | random.nextInt(3) << 16 | random.nextInt(3) << 8 | random.nextInt(256);
    }

    private static long farHigh(Random random) {
        return (long) (0x20 + random.nextInt(2)) << 56
                | (long) random.nextInt(3) << 48
                | (long) random.nextInt(3) << 40;
    }

    private static PortRange range(Random random) {
        int first = PORTS[random.nextInt(PORTS.length)];
        int last = PORTS[random.nextInt(PORTS.length)];
        return random.nextInt(3) == 0 ? PortRange.ANY : new PortRange(Math.min(first, last), Math.max(first, last));
    }

    private void build(Random random) {
        packets.clear();
        for (int n = 0; n < PACKETS; n++) {
            boolean isSix = random.nextBoolean();
            boolean isIngress = random.nextBoolean();
            long farHigh = isSix ? farHigh(random) : 0;
            long farLow = isSix ? n + 1L : IpAddress.mapped(farAddress(random));
            long ownHigh = isSix ? Settings.TARGET_V6_HIGH : 0;
            long ownLow = isSix ? n + 1L : IpAddress.mapped(0xc633_6400 + random.nextInt(256));
            int sourcePort = PORTS[random.nextInt(PORTS.length)] + random.nextInt(2) & 0xffff;
            int port = PORTS[random.nextInt(PORTS.length)] + random.nextInt(2) & 0xffff;
            int kind = random.nextInt(4);
            long at = (long) n * FRAME_BYTES;
            builder.addresses(
                    isIngress ? farHigh : ownHigh,
                    isIngress ? farLow : ownLow,
                    isIngress ? ownHigh : farHigh,
                    isIngress ? ownLow : farLow);
            lengths[n] = switch (kind) {
                case 0 -> builder.tcp(batch.frames, at, sourcePort, port, n, 0, TcpFlags.SYN, 1_000);
                case 1 -> builder.udp(batch.frames, at, sourcePort, port);
                case 2 -> builder.icmp(batch.frames, at, isSix ? 128 : 8, 0, n);
                default -> builder.ip(batch.frames, at, IpProtocol.GRE);
            };
            int protocol = kind == 0
                    ? IpProtocol.TCP
                    : kind == 1
                            ? IpProtocol.UDP
                            : kind == 3 ? IpProtocol.GRE : isSix ? IpProtocol.ICMPV6 : IpProtocol.ICMP;
            packets.add(new FiveTuple(
                    isIngress ? farHigh : ownHigh,
                    isIngress ? farLow : ownLow,
                    isIngress ? ownHigh : farHigh,
                    isIngress ? ownLow : farLow,
                    kind < 2 ? sourcePort : 0,
                    kind < 2 ? port : kind == 2 ? (isSix ? 128 : 8) << 8 : 0,
                    protocol));
        }
    }

    private void judge(int batchSize, ProtectedPrefix four, ProtectedPrefix six) {
        Engine engine = new Engine(
                new EngineSettings(List.of(four, six), true, List.of(), 1 << 16, FlowTimeouts.DEFAULT, 7, false),
                event -> {});
        int opened = 0;
        long ruled = 0;
        for (int from = 0; from < PACKETS; from += batch.size) {
            fill(from, batchSize);
            engine.worker().judge(batch);
            for (int i = 0; i < batch.size; i++) {
                FiveTuple packet = packets.get(from + i);
                int verdict = batch.verdict[i];
                ruled += Verdict.id(verdict) != 0 ? 1 : 0;
                // The reverse of a packet before it, of the few flows without ports, is an answer.
                if (Verdict.reason(verdict) == Reason.ACCEPTED || Verdict.isDrop(verdict) && !isFollowing(from + i)) {
                    opened++;
                    assertDecided(engine, packet, verdict, packet.ipVersion() == 4 ? four : six);
                }
            }
        }
        engine.finish();
        assertTrue(opened > PACKETS * 9 / 10, opened + " opened");
        long hits = engine.worker().rules().hits().stream()
                .mapToLong(hit -> hit.packets())
                .sum();
        int following = PACKETS - opened;
        assertTrue(hits <= ruled && hits >= ruled - following, hits + " hits of " + ruled);
    }

    private boolean isFollowing(int packet) {
        FiveTuple tuple = packets.get(packet);
        return packets.subList(0, packet).stream()
                .anyMatch(other -> other.protocol() == tuple.protocol()
                        && other.sourceLow() == tuple.destinationLow()
                        && other.sourceHigh() == tuple.destinationHigh()
                        && other.destinationLow() == tuple.sourceLow()
                        && other.sourcePort() == tuple.destinationPort());
    }

    private static void assertDecided(Engine engine, FiveTuple packet, int verdict, ProtectedPrefix entry) {
        Direction direction = entry.prefix().contains(packet.destinationHigh(), packet.destinationLow())
                ? Direction.INGRESS
                : Direction.EGRESS;
        RuleSet set = entry.rules().orElseThrow().of(direction);
        Rule expected = set.rules().get(set.decide(packet));
        assertEquals(
                Optional.of(expected),
                engine.worker().rules().rule(Verdict.id(verdict)),
                () -> packet + " " + Verdict.reason(verdict));
        assertEquals(expected.policy() == Policy.DROP, Verdict.isDrop(verdict));
        if (Verdict.isDrop(verdict)) {
            assertEquals(expected.origin().isImplicit() ? Reason.NO_RULE : Reason.RULE, Verdict.reason(verdict));
        }
    }

    private void fill(int from, int most) {
        batch.size = Math.min(most, PACKETS - from);
        for (int i = 0; i < batch.size; i++) {
            batch.frameOffset[i] = (long) (from + i) * FRAME_BYTES;
            batch.capturedLength[i] = lengths[from + i];
            batch.wireLength[i] = lengths[from + i];
            batch.timestampNanos[i] = 1_000_000_000_000L + 50_000L * (from + i);
            batch.linkType[i] = LinkType.ETHERNET;
        }
    }
}
